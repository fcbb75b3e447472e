"""What language model servers share, whatever their wire: jobs as conversations, a first model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from contextlib import closing

from pipelines.engines.call_facts import CallFacts
from pipelines.engines.conversation import conversation_of
from pipelines.engines.jobs import Conversation, EngineError, ErrorKind, TextJob
from pipelines.engines.patience import OnWait
from pipelines.engines.text_cleaner import clean_answer


class ChatServer(ABC):
    """One server; where no model is named its first one is taken, and kept."""

    _first_model = ""

    def stream(
        self, job: TextJob, on_wait: OnWait | None = None, facts: CallFacts | None = None
    ) -> Iterator[str]:
        with closing(self._pieces(conversation_of(job), on_wait, facts)) as pieces:
            yield from pieces

    def chat(
        self,
        conversation: Conversation,
        on_wait: OnWait | None = None,
        facts: CallFacts | None = None,
    ) -> Generator[str, None, None]:
        """Yield the pieces of the answer; closing the iterator closes the connection.

        An answer that reached `max_tokens` is delivered as far as it got.
        """
        with closing(self._pieces(conversation, on_wait, facts)) as pieces:
            yield from clean_answer(pieces)

    @abstractmethod
    def _pieces(
        self,
        conversation: Conversation,
        on_wait: OnWait | None = None,
        facts: CallFacts | None = None,
    ) -> Generator[str, None, None]:
        """Yield what the server tells, thoughts included. Raises `EngineError`."""

    @abstractmethod
    def _models(self, *, on_wait: OnWait | None = None) -> tuple[str, ...]:
        """Ask which models there are. Raises `EngineError`, and what `on_wait` raises."""

    def _model(self, named: str, on_wait: OnWait | None = None) -> str:
        if not named and not self._first_model:
            models = self._models(on_wait=on_wait)
            if not models:
                raise EngineError(ErrorKind.MISSING_MODEL, "", detail="the server has no model")
            self._first_model = models[0]
        return named or self._first_model
