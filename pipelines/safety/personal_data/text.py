"""A text as the patterns of personal data read it: once as written, once in small letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SPACES = re.compile(r"[^\S\n]+")
_SIGNS = str.maketrans("’‘`´İ", "''''I")
# Five or more single signs with gaps: "m a x @ w e b . d e".
_SPELT_OUT = re.compile(r"(?<!\S)\S(?: \S){4,}(?!\S)")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Text:
    """One reading; `small` is `written` in small letters, sign for sign."""

    written: str
    small: str
    digits: int

    def has(self, *words: str) -> bool:
        """Whether one of `words` stands anywhere: what costs little is asked first."""
        return any(word in self.small for word in words)


def readings(text: str) -> Iterator[Text]:
    """The text, and the text with what was spelt out put together where there is such a thing."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    plain = _SPACES.sub(" ", text).translate(_SIGNS)
    yield _reading(plain)
    joined = _SPELT_OUT.sub(lambda match: match.group().replace(" ", ""), plain)
    if joined != plain:
        yield _reading(joined)


def _reading(plain: str) -> Text:
    return Text(plain, plain.lower(), len(_DIGITS.findall(plain)))


def pattern(*parts: str) -> re.Pattern[str]:
    """Compile what is looked for in `Text.small`."""
    return re.compile("".join(parts))
