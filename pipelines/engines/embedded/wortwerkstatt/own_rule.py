"""The child's own rule: key words in German or English choose the mechanisms that it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.engines.embedded.wortwerkstatt import letters
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.recipes import RECIPES
from pipelines.engines.embedded.wortwerkstatt.shift import shifted

Make = Callable[[ParsedText], str]

_LIPOGRAM = re.compile(
    r"(?i)\b(?:ohne|kein(?:e|en)?|without|no)\s+(?:(?:den|das|die|the|any)\s+)?"
    r"(?:(?:buchstaben?|letters?)\s+)?[„“\"'‚]?([a-zäöüß])[“”\"'‘]?"
    r"(?:\s*(?:,|und|oder|and|or)\s+[„“\"'‚]?([a-zäöüß])\b)?(?![\w'’])"
)
_KEY_WORDS: tuple[tuple[str, Make], ...] = (
    (r"gegenteil|umgekehrt|opposite|reverse the meaning", RECIPES["theopposite"].make),
    (r"n\s*\+\s*7|siebte\w* (?:nomen|wort)|seventh noun", shifted),
    (r"still\w* ?post|verhör|telephone game|mishear", RECIPES["stillepost"].make),
    (r"buchstaben.{0,12}rückwärts|spiegelschrift|letters?.{0,12}backwards|mirror writing",
     letters.letters_backwards),
    (r"rückwärts|von hinten|backwards", letters.backwards),
    (r"alphabet|sortier|\bsort\b", letters.alphabetical),
    (r"kürzer|verkürz|\bkurz\b|weniger wörter|telegramm|shorter|\bshort\b|telegram",
     letters.shorter),
    (r"verdopp\w*|doppelt|\bdoubl\w+|twice", letters.doubled),
    (r"übertreib\w*|übertrieb\w*|exaggerat\w*", RECIPES["overdrive"].make),
    (r"jugendsprache|slang|\bcool\w*", RECIPES["jugendsprache"].make),
    (r"geheimsprache|löffelsprache|b-sprache|pig ?latin|secret language",
     RECIPES["piglatin"].make),
    (r"geschicht|märchen|\bstory|fairy ?tale", RECIPES["tellastory"].make),
    (r"\bformen|kreis|dreieck|quadrat|shapes|circle|triangle|square", RECIPES["bauhaus"].make),
    (r"vorsichtig|sanft|zärtlich|leise|gentle|soft(?:ly)?\b|careful|quiet",
     RECIPES["sensitive"].make),
    (r"befehl|kommando|streng|command|shout|\bschrei(?:e|en|t)?\b", RECIPES["forceful"].make),
    (r"\brei(?:m|mt|men|me)\b|gereimt|rhym\w+", letters.rhymed),
    (r"\bfrage|question", letters.questioned),
    (r"robot\w*|maschine spricht|like a machine", letters.robotic),
)  # fmt: skip
_COLOURS = re.compile(r"(?i)\bfarb|\bcolou?r|\bbunt")


def recognised(rule: str) -> list[Make]:
    """The mechanisms that `rule` asks for, in the order in which it names them."""
    found: list[tuple[int, Make]] = []
    taken: list[range] = []
    for pattern, make in _KEY_WORDS:
        if match := re.search(pattern, rule, re.I):
            if any(match.start() in span or match.end() - 1 in span for span in taken):
                continue
            taken.append(range(*match.span()))
            found.append((match.start(), make))
    if match := _COLOURS.search(rule):
        found.append((match.start(), _coloured))
    found.sort(key=lambda entry: entry[0])
    makes = [make for _, make in found]
    banned = "".join(letter for hit in _LIPOGRAM.findall(rule) for letter in hit)
    if banned:
        # The last word: what another mechanism adds must do without the letter, too.
        makes.append(lambda parsed: letters.without(parsed.text, banned))
    return makes


def _coloured(parsed: ParsedText) -> str:
    lexicon = parsed.lexicon
    stems = [lexicon.stem(word) for word in re.findall(r"\w+", parsed.rule)]
    return letters.coloured(parsed, [s[0] for s in stems if s and s[0] in lexicon.colours])


def by_own_rule(parsed: ParsedText) -> str:
    """What the rule says; where nothing in it is understood, rule and text are cut up together."""
    makes = recognised(parsed.rule)
    for make in makes:
        parsed = parsed.with_text(make(parsed) or parsed.text)
    return parsed.text if makes else RECIPES["user_defined"].make(parsed)
