"""What models put around a whole text: a fence as for code, a sentence that here it is, blanks."""

from __future__ import annotations

import re

from pipelines.engines.text_marks import Mark, Marks

PREFACE_CHARACTERS = 160
FENCE_CHARACTERS = 40

_YES = (
    "sure|certainly|of course|absolutely|okay|ok|gerne|gern|natürlich|klar|sicher|alles klar"
    "|selbstverständlich"
)
_HERE = "here is|here's|here’s|here are|below is|hier ist|hier kommt|hier folgt|hier hast du"
_TEXT = (
    "text|version|prompt|answer|result|output|translation|description|rewrite|fassung|antwort"
    r"|ergebnis|ausgabe|übersetzung|beschreibung|(?:rewritten|revised|transformed) \w+"
    r"|(?:umgeschrieben|überarbeitet|verwandelt)\w* \w+"
)
_PREFACE = re.compile(
    rf"(?:\*\*)?(?:(?:{_YES})\b[^:]*?[\s!,.–-])?(?:{_HERE})\b[^:.!?]*\b(?:{_TEXT})\b[^:.!?]*:",
    re.IGNORECASE,
)
_OPENINGS = tuple(f"{_YES}|{_HERE}".split("|"))
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*[\w+-]{0,20}[ \t]*\n")
_FENCES = ("```", "~~~")


class Wrapping:
    """Takes the wrapping off a text that comes in pieces; what may yet be wrapping is kept back."""

    def __init__(self) -> None:
        self.size = 0
        self._head: str | None = ""
        self._seeks_preface = True
        self._preface_end = ""
        self._fence: Marks | None = None
        self._blanks = ""

    def feed(self, words: str) -> str:
        """Return what is known to belong to the text after `words`."""
        return self._given(self._unfenced(self._behind_head(words)))

    def finish(self) -> str:
        """Return what was kept back, as far as it belongs to the text."""
        rest = self._unfenced(self._behind_head("", is_last=True), is_last=True)
        return self._given(rest)

    def _behind_head(self, words: str, *, is_last: bool = False) -> str:
        if self._head is None:
            return words
        self._head = (self._head + words).lstrip()
        if (self._seeks_preface and not self._preface_taken(is_last)) or not self._fence_taken(
            is_last
        ):
            return ""
        rest, self._head = self._head, None
        return rest

    def _preface_taken(self, is_last: bool) -> bool:
        """Tell whether it is known if there is a preface; then it is gone."""
        head = self._head or ""
        window = head[:PREFACE_CHARACTERS]
        end = re.search(r"[:\n]", window)
        if end is None and len(head) < PREFACE_CHARACTERS and not is_last:
            opening = window.lstrip("*").lower()
            if any(opening.startswith(each) or each.startswith(opening) for each in _OPENINGS):
                return False
        if end is not None and _PREFACE.fullmatch(window[: end.end()]):
            self._head = head[end.end() :]
            self._preface_end = "**" if head.startswith("**") else ""
        self._seeks_preface = False
        return True

    def _fence_taken(self, is_last: bool) -> bool:
        """Tell whether it is known if there is a fence; then its first line is gone."""
        head = (self._head or "").lstrip()
        if self._preface_end:
            if len(head) < len(self._preface_end) and not is_last:
                return False
            head = head.removeprefix(self._preface_end).lstrip()
            self._preface_end = ""
        self._head = head
        if head.startswith(_FENCES):
            if "\n" not in head and len(head) < FENCE_CHARACTERS and not is_last:
                return False
            line = _FENCE.match(head[:FENCE_CHARACTERS])
            fence = head[:3]
            self._head = head[line.end() :] if line else head.lstrip(fence[0])
            self._fence = Marks({fence: Mark.DROP, f"\n{fence}": Mark.DROP})
            return True
        return is_last or not any(fence.startswith(head) for fence in _FENCES)

    def _unfenced(self, words: str, *, is_last: bool = False) -> str:
        if self._fence is None:
            return words
        found = [*self._fence.feed(words), *(self._fence.finish() if is_last else ())]
        return "".join(each.words for each in found)

    def _given(self, words: str) -> str:
        text = self._blanks + words
        if not self.size:
            text = text.lstrip()
        given = text.rstrip()
        self._blanks = text[len(given) :]
        self.size += len(given)
        return given
