"""Telephone numbers, and not years, seeds or things that are counted."""

from __future__ import annotations

import re

from pipelines.safety.personal_data.text import Text, pattern

_DATE = re.compile(r"\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}(?!\d)")
_GAP = r"[ ./()\-–]{0,3}"
_INTERNATIONAL = pattern(
    r"(?<![\w.,])(?:\+ ?|plus |00)(?:\(?[1-9]\d{0,2}\)?)", r"(?:", _GAP, r"\d){7,13}(?!\w)"
)
_NATIONAL = pattern(r"(?<![\w.,:+#-])\(?[0o] ?[1-9](?:", _GAP, r"\d){6,12}(?![\w%°])")
_AMERICAN = pattern(r"(?<![\w.,])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\w)")
_ANNOUNCED = pattern(
    r"(?:\b(?:tele(?:f|ph)on|handy|mobil|fest\w{0,6}|phone|mobile|cell|whatsapp|whats app)[ -]?"
    r"(?:nummer|nr\.?|number|no\.?)|\b(?:meine|unsere|my|our|mein|unser) "
    r"(?:nummer|nr\.?|number|tel\.?|telefon|handy|phone|mobile|cell|whatsapp)|\btel\.?(?= ?[:\d+])"
    r"|\bru(?:f|ft) (?:mich|uns) an|\bcall (?:me|us)\b|\btext me\b|\bwhatsapp ?:"
    r"|\bschreib(?:t)? mir auf whatsapp)"
    r"(?: (?:ist|is|lautet|unter|auf|on|at|die|der|das|the))*[ :.,=]{0,3}"
    r"(?P<number>\+?\(?\d(?:",
    _GAP,
    r"\d){5,14})(?!\w)",
)
_DIGIT_WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        ("null zero oh", "eins ein one", "zwei zwo two", "drei three", "vier four",
         "fünf fuenf five", "sechs six", "sieben seven", "acht eight", "neun nine nein")
    )
    for word in words.split()
}  # fmt: skip
_DIGIT_WORD = "(?:" + "|".join(_DIGIT_WORDS) + ")"
_SPOKEN = pattern(r"\b(?:null|zero|oh)(?:[ ,/-]{1,2}", _DIGIT_WORD, r"){7,13}\b")
_AFTER_SEED = pattern(r"(?:seed|zufallszahl|startzahl|pixel|code|version|serien\w*|serial\w*)\W*$")
_FEWEST_DIGITS = 6
_ORDINARY = re.compile(r"[01]+|(.)\1+|0?123456789?0?|0?987654321?0?|0?12345678")


def has_phone(text: Text) -> bool:
    if text.has("null", "zero", "oh") and (spoken := _SPOKEN.search(text.small)):
        digits = "".join(_DIGIT_WORDS[word] for word in re.findall(_DIGIT_WORD, spoken.group()))
        if not _ORDINARY.fullmatch(digits):
            return True
    if text.digits < _FEWEST_DIGITS:
        return False
    undated = _DATE.sub("date", text.small)
    return (
        any(_is_number(match) for match in _NATIONAL.finditer(undated))
        or any(_is_number(match) for match in _INTERNATIONAL.finditer(undated))
        or any(_is_number(match) for match in _AMERICAN.finditer(undated))
        or _ANNOUNCED.search(undated) is not None
    )


def _is_number(match: re.Match[str]) -> bool:
    groups = re.findall(r"\d+", match.group())
    digits = "".join(groups)
    # "05 10 15 20 25" is counted, and so are ones and noughts.
    counted = len(groups) > 3 and all(len(group) <= 2 for group in groups)
    before = match.string[max(0, match.start() - 20) : match.start()]
    return not (counted or _ORDINARY.fullmatch(digits) or _AFTER_SEED.search(before))
