"""A text on its way from a model to a child: what of it may be read while the rest is written."""

from __future__ import annotations

import re

from pipelines.safety.screening import Screening

# What ends a sentence in the scripts that children write in; a point within a number does not.
_SENTENCE = re.compile(r"""[.!?…]["'”“’»«)\]]*\s|[。！？｡؟۔।\n]["”“’」』）]*""")
# Up to here all words are whole. Scripts without blanks have their own marks between words.
_BREAK = re.compile(r"[\s.!?…、，；：。！？｡؟۔।]")
# A sentence without an end is looked at as one when it is so long.
LONG_CHARACTERS = 400
# With each sentence those before it are looked at: a word may get its meaning from them.
RECENT_CHARACTERS = 2000


class TextGate:
    """Gives out of a growing text only what the word lists have seen.

    A word goes on when it is whole and nothing is found in its sentence so far: that takes a tenth
    of a millisecond, so the text still comes word by word. What is found waits for the end of its
    sentence, as the words after it may make it harmless. There it is a block; or, where a judge may
    lift it, the rest of the text waits for the judge, who is asked once, for the whole: a judge
    takes seconds. Where only judged texts are to be seen, all of it waits.
    """

    def __init__(self, screening: Screening, level: str, *, stage: int) -> None:
        self._screening = screening
        self._level = level
        self._stage = stage
        self.text = ""
        # Until the whole has been checked.
        self.waits = screening.is_judged_first(level)
        self._given = 0
        self._starts = [0]  # of the recent sentences, the one that is being written last

    def feed(self, piece: str) -> str:
        """Take what comes next; return what may be read now. Raises `Blocked`."""
        self.text += piece
        for end in self._sentence_ends():
            self._end_sentence(end)
        if self.waits:
            return ""
        end = self._last_break()
        if end == self._given:
            return ""
        if end - self._starts[-1] > LONG_CHARACTERS:
            self._end_sentence(end)
        elif not self._is_clean(self.text[self._starts[-1] : end]):
            return ""
        return "" if self.waits else self._give(end)

    def rest(self) -> str:
        """Return what has not been given yet, once the whole is checked."""
        return self._give(len(self.text))

    def _sentence_ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE.finditer(self.text, self._starts[-1])]

    def _end_sentence(self, end: int) -> None:
        while end - self._starts[0] > RECENT_CHARACTERS and len(self._starts) > 1:
            del self._starts[0]
        if not self._is_passed(self.text[self._starts[0] : end]):
            self.waits = True
        self._starts.append(end)

    def _is_passed(self, text: str) -> bool:
        return self._screening.check_passage(text, self._level, stage=self._stage)

    def _is_clean(self, text: str) -> bool:
        return not self._screening.findings_in(text, self._level, stage=self._stage)

    def _last_break(self) -> int:
        place = len(self.text)
        while place > self._given and not _BREAK.match(self.text[place - 1]):
            place -= 1
        return place

    def _give(self, end: int) -> str:
        given, self._given = self.text[self._given : end], max(self._given, end)
        return given
