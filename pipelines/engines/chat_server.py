"""What language model servers share, whatever their wire: jobs as conversations, a first model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from contextlib import closing

from pipelines.engines.conversation import conversation_of, without_thinking
from pipelines.engines.jobs import Conversation, EngineError, ErrorKind, TextJob


class ChatServer(ABC):
    """One server; where no model is named its first one is taken, and kept."""

    _first_model = ""

    def stream(self, job: TextJob) -> Iterator[str]:
        return self.chat(conversation_of(job))

    def chat(self, conversation: Conversation) -> Iterator[str]:
        """Yield the pieces of the answer; closing the iterator closes the connection.

        An answer that reached `max_tokens` is delivered as far as it got.
        """
        with closing(self._pieces(conversation)) as pieces:
            yield from without_thinking(pieces)

    @abstractmethod
    def _pieces(self, conversation: Conversation) -> Generator[str, None, None]:
        """Yield what the server tells, thoughts included. Raises `EngineError`."""

    @abstractmethod
    def _models(self) -> tuple[str, ...]:
        """Ask which models there are. Raises `EngineError`."""

    def _model(self, named: str) -> str:
        if not named and not self._first_model:
            models = self._models()
            if not models:
                raise EngineError(ErrorKind.MISSING_MODEL, "", detail="the server has no model")
            self._first_model = models[0]
        return named or self._first_model
