"""What models and their chat templates write besides the text, and how it is found in a stream."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import NamedTuple


class Mark(Enum):
    """What a mark means: a thought begins or ends, the turn ends, or nothing at all."""

    OPEN = auto()
    CLOSE = auto()
    END = auto()
    DROP = auto()


class Found(NamedTuple):
    """Words, and the mark that stands after them; none where they go on."""

    words: str
    kind: Mark | None = None
    mark: str = ""


# All in lower case: they are found in any.
_THOUGHTS = (
    *("think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection"),
    *("analysis", "scratchpad", "inner_monologue", "seed:think"),
)
_PAIRS = (
    ("<{}>", "</{}>"),
    ("<{} >", "</{} >"),
    ("< {} >", "< /{} >"),
    ("< {}>", "< /{}>"),
    ("<|{}|>", "<|/{}|>"),
    ("◁{}▷", "◁/{}▷"),
    ("&lt;{}&gt;", "&lt;/{}&gt;"),
)
THOUGHT_MARKS: Mapping[str, Mark] = {
    **{pair[0].format(name): Mark.OPEN for pair in _PAIRS for name in _THOUGHTS},
    **{pair[1].format(name): Mark.CLOSE for pair in _PAIRS for name in _THOUGHTS},
    # Mistral
    **{f"[{name}]": Mark.OPEN for name in _THOUGHTS[:5]},
    **{f"[/{name}]": Mark.CLOSE for name in _THOUGHTS[:5]},
    # gpt-oss
    "<|channel|>analysis": Mark.OPEN,
    "<|channel|>commentary": Mark.OPEN,
    "<|channel|>final<|message|>": Mark.CLOSE,
    # Gemma
    "<|channel>thought": Mark.OPEN,
    "<channel|>": Mark.CLOSE,
    "<unused94>": Mark.OPEN,
    "<unused95>": Mark.CLOSE,
    # Command A, and models taught by traces of others
    "<|start_thinking|>": Mark.OPEN,
    "<|end_thinking|>": Mark.CLOSE,
    "<|begin_of_thought|>": Mark.OPEN,
    "<|end_of_thought|>": Mark.CLOSE,
}
_ENDS = (
    *("<|im_end|>", "<im_end>", "<|eot_id|>", "<eot_id>", "<|eot|>", "<|eom_id|>"),
    *("<|end|>", "<|return|>", "<|eos|>", "<|eod|>", "</s>", "<eos>", "<|endoftext|>"),
    *("<|end_of_text|>", "<end_of_turn>", "<|end_of_turn|>", "<|end_of_turn_token|>", "<turn|>"),
    *("<|end_of_sentence|>", "<｜end▁of▁sentence｜>", "<end_of_utterance>", "<|end_response|>"),
    # Somebody else's turn
    *("<|im_start|>user", "<|start|>user", "<|start_header_id|>user", "<start_of_turn>user"),
    *("<|user|>", "<｜user｜>", "<|system|>", "[inst]"),
)
_DROPPED = (
    *("<|im_start|>assistant", "<|im_start|>", "<|im_sep|>", "<|start|>assistant", "<|start|>"),
    *("<|message|>", "<|channel|>final", "<|channel|>", "<|assistant|>", "<｜assistant｜>"),
    *("<|start_header_id|>assistant<|end_header_id|>", "<|start_header_id|>", "<|end_header_id|>"),
    *("<start_of_turn>model", "<start_of_turn>", "<|start_of_turn_token|>", "<|chatbot_token|>"),
    *("<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "<s>", "<bos>", "<pad>", "[/inst]"),
    *("<|start_response|>", "<|begin_of_solution|>", "<|end_of_solution|>"),
    *("<answer>", "</answer>", "<think/>", "<think />"),
)
CHAT_MARKS: Mapping[str, Mark] = {
    **dict.fromkeys(_ENDS, Mark.END),
    **dict.fromkeys(_DROPPED, Mark.DROP),
}

# Unlike `str.lower` this keeps the length.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Marks:
    """Finds marks in a text that comes in pieces; keeps back what may become one."""

    def __init__(self, kinds: Mapping[str, Mark]) -> None:
        self._kinds = kinds
        by_length = sorted(kinds, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, by_length)))
        self._begins = {mark[:length] for mark in kinds for length in range(1, len(mark))}
        self._longest_begin = len(by_length[0]) - 1
        self._held = ""

    def feed(self, piece: str) -> Iterator[Found]:
        """Yield what is known for sure after `piece`."""
        yield from self._found(self._held + piece, is_last=False)

    def finish(self) -> Iterator[Found]:
        yield from self._found(self._held, is_last=True)

    def _found(self, text: str, *, is_last: bool) -> Iterator[Found]:
        lowered = text.translate(_LOWER)
        at = 0
        while True:
            sure = len(text) if is_last else self._sure_until(lowered, at)
            match = self._pattern.search(lowered, at)
            if match is None or match.start() >= sure:
                break
            mark = text[match.start() : match.end()]
            yield Found(text[at : match.start()], self._kinds[match[0]], mark)
            at = match.end()
        self._held = text[sure:]
        if at < sure:
            yield Found(text[at:sure])

    def _sure_until(self, lowered: str, at: int) -> int:
        """Return from where on a mark may be coming, or a longer one than is there."""
        for start in range(max(at, len(lowered) - self._longest_begin), len(lowered)):
            if lowered[start:] in self._begins:
                return start
        return len(lowered)
