"""What is known of one call to a language model: who answered, what was sent, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pipelines.engines.json_values import object_of

MOST_CHARACTERS = 200  # of a name
# What a request says besides its parameters.
_NO_PARAMETERS = frozenset({"model", "messages", "stream", "keep_alive", "truncate"})
# How servers call themselves in each piece of an answer: OpenAI and llama.cpp tell their build.
_VERSION = "system_fingerprint"


@dataclass(slots=True)
class CallFacts:
    """Filled in by the engine while it is asked; `model` is what the server says that it used.

    `parameters` are as they were sent last, where a server did not take all of them at first;
    `instruction` is the system's turn and `question` the user's.
    """

    model: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    instruction: str = ""
    question: str = ""
    engine_version: str = ""

    def take_request(self, body: Mapping[str, Any]) -> None:
        """Take what is sent, as the chat protocols write it."""
        self.model = _name(body.get("model"))
        self.parameters = {
            name: value for name, value in body.items() if name not in _NO_PARAMETERS
        }
        turns = {turn["role"]: turn["content"] for turn in body["messages"]}
        self.instruction, self.question = turns.get("system", ""), turns.get("user", "")

    def take_answer(self, payload: Any) -> None:
        """Take what a piece of the answer says of the model and its server."""
        about = object_of(payload)
        self.model = _name(about.get("model")) or self.model
        self.engine_version = _name(about.get(_VERSION)) or self.engine_version

    def as_record(self) -> dict[str, Any]:
        """Return what is known, by the names of metadata.json."""
        known = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in known.items() if value}


def _name(value: Any) -> str:
    """Return a name that a server gave, without the folders of its machine."""
    if not isinstance(value, str):
        return ""
    name = "".join(character for character in value if character.isprintable()).strip()
    return (PurePosixPath(name).name if name.startswith("/") else name)[:MOST_CHARACTERS]
