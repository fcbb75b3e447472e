"""What is wrong with a model's text though it is a text: told to its reader as what it is.

Every finding is a guess. So each is made only where it is plain, and the text stays, to be used.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class Fault(StrEnum):
    ECHO = "echo"
    RULE = "rule_repeated"
    UNCHANGED = "unchanged"
    LOOP = "loop"
    REFUSAL = "refusal"
    LANGUAGE = "other_language"


MESSAGES: Mapping[Fault, str] = {
    Fault.ECHO: gettext_noop("The machine just gave your text back. You can ask it once more."),
    Fault.RULE: gettext_noop(
        "The machine repeated the rule instead of working with it. You can ask it once more."
    ),
    Fault.UNCHANGED: gettext_noop(
        "The rule found nothing to change in your text. Write a little more, or take another rule."
    ),
    Fault.LOOP: gettext_noop(
        "The machine got stuck and kept repeating itself. You can ask it once more."
    ),
    Fault.REFUSAL: gettext_noop(
        "The machine did not want to do this and wrote an excuse. That is not your fault. "
        "You can ask it once more, or say it in other words."
    ),
    Fault.LANGUAGE: gettext_noop(
        "The machine answered in another language. You can ask it once more."
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a text was asked for: the text that was to be rewritten, the rule, and the language.

    An empty `language` asks for none. `leads_back` where its stations may well return to the text,
    `is_rule_based` where no model is asked.
    """

    text: str
    rule: str
    language: str = ""
    leads_back: bool = False
    is_rule_based: bool = False


def message_for(fault: Fault) -> str:
    return gettext(MESSAGES[fault])


def fault_in(answer: str, question: Question) -> Fault | None:
    """Return what is plainly wrong with `answer`, None where nothing is."""
    if question.is_rule_based:
        return Fault.UNCHANGED if _is_same(answer, question.text) else None
    if is_looping(answer):
        return Fault.LOOP
    if _is_refusal(answer) and not _is_refusal(question.text):
        return Fault.REFUSAL
    if not question.leads_back and _is_echo(answer, question.text):
        return Fault.ECHO
    if _repeats_rule(answer, question):
        return Fault.RULE
    if _is_other_language(answer, question):
        return Fault.LANGUAGE
    return None


# Loops --------------------------------------------------------------------------------------------

LOOP_TAIL = 2400  # characters; what repeats itself in longer pieces still has variety
LOOP_TIMES = 6
LOOP_CHARACTERS = 300  # "tick tack" may be said as often as a verse bears


def is_looping(text: str) -> bool:
    """Whether `text` ends with one piece so many times in a row that no author means it.

    Looks for the shortest period of each end of the text, in one pass over its last characters,
    whatever the script.
    """
    backwards = text[: -LOOP_TAIL - 1 : -1]
    # fallback[n]: how far the first n characters begin as they end (Knuth, Morris, Pratt).
    fallback = [0] * (len(backwards) + 1)
    matched = 0
    for length in range(2, len(backwards) + 1):
        while matched and backwards[length - 1] != backwards[matched]:
            matched = fallback[matched]
        matched += backwards[length - 1] == backwards[matched]
        fallback[length] = matched
        if length >= LOOP_CHARACTERS and length >= LOOP_TIMES * (length - matched):
            return True
    return False


# Refusals -----------------------------------------------------------------------------------------

REFUSAL_CHARACTERS = 600  # an excuse is short; a longer text went on to the matter
_SORRY = (
    r"(?:(?:es )?tut mir (?:wirklich |sehr )?leid|entschuldigung|entschuldige|leider"
    r"|i(?:'| a)m (?:very |really )?sorry|i apologi[sz]e|sorry|unfortunately)"
)
_CANNOT = (
    r"(?:(?:aber )?(?:das )?(?:kann|darf|möchte|werde) ich (?:dir |ihnen )?"
    r"|(?:aber )?ich (?:kann|darf|möchte|werde) (?:dir |ihnen )?"
    r"|(?:but )?i (?:can(?:no|')t|can not|won't|will not|am unable to|am not able to|'m unable to"
    r"|'m not able to) )"
)
_TASK = (
    r"(?:dabei|damit|hierbei|weiterhelfen|behilflich|anfrage|aufforderung|aufgabe|inhalte?\b"
    r"|text (?:nicht )?(?:um)?schreiben|solche[nr]? text|unterstützen"
    r"|assist|help (?:you )?with|fulfil|comply|your request|this request|that request|rewrite"
    r"|create (?:this|that|such)|generate|provide (?:this|that|such)|engage)"
)
_REFUSAL = re.compile(
    rf"(?:{_SORRY}[,.!:;– -]*)?{_CANNOT}[^.!?]{{0,80}}{_TASK}"
    r"|als (?:eine? )?(?:ki\b|künstliche intelligenz|sprachmodell|großes sprachmodell)"
    r"|as an? (?:ai\b|artificial intelligence|(?:large )?language model)"
)


def _is_refusal(text: str) -> bool:
    """Whether `text` is nothing but an excuse to whoever asked: at its begin, outside of quotes."""
    plain = " ".join(text.lower().replace("’", "'").split())
    return len(plain) <= REFUSAL_CHARACTERS and _REFUSAL.match(plain) is not None


# Echoes -------------------------------------------------------------------------------------------

# One word in thirty may be another by chance; a rule changes more, or little of a short text.
ECHO_WORDS = 30
ECHO_SHARE = 0.97
RULE_WORDS = 10
RULE_SHARE = 0.6
_SHINGLE = 4  # words in a row that are found again


def _plain(text: str) -> str:
    """As `text` is read: what stands around it, and how its lines are broken, changes nothing."""
    return " ".join(unicodedata.normalize("NFC", text).split()).strip("\"'“”„‚’«»‹›.!?… ")


def _is_same(text: str, other: str) -> bool:
    return _plain(text) == _plain(other)


def _is_echo(answer: str, text: str) -> bool:
    if _is_same(answer, text):
        return True
    words, given = _plain(answer).split(), _plain(text).split()
    if len(given) < ECHO_WORDS:
        return False
    # Small and capital letters count: they may be all that a rule changes.
    matcher = SequenceMatcher(None, words, given, autojunk=False)
    # From the quickest to the exact one: most texts are no echo at the first look.
    looks = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(look() >= ECHO_SHARE for look in looks)


def _repeats_rule(answer: str, question: Question) -> bool:
    """Whether most of the rule stands in the answer word for word, and not in what was given."""
    rule = _words(question.rule)
    if len(rule) < RULE_WORDS:
        return False
    pieces = _shingles(rule)
    again = pieces & _shingles(_words(answer)) - _shingles(_words(question.text))
    return len(again) >= RULE_SHARE * len(pieces)


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


# Languages ----------------------------------------------------------------------------------------

LANGUAGE_WORDS = 15  # of a shorter text its language cannot be told for sure
LANGUAGE_SHARE = 0.2  # so many of its words are the language's small ones, where it is plain
SCRIPT_LETTERS = 20
LATIN, CJK = "LATIN", "CJK"  # as Unicode begins the names of their letters
# Only words that the other languages here do not have.
SMALL_WORDS = {
    "de": "der das und ist ein eine einen einem einer nicht ich mit auf den dem des sich von zu im "
    "auch wie aus bei nach für über wird sind hat oder als aber wenn noch nur durch unter zwischen "
    "sie er es ihr ihre sein seine wo dort",
    "en": "the and is of to that it with for his her he she they at by from this which there were "
    "have has had are be been its their into but not you your through between where while",
    "fr": "le la les et est une dans pour que qui des du au sur avec pas ne il elle ses ce cette",
    "es": "el los las y es una por que con para del su sus como pero se lo al está",
    "it": "il lo gli e è una per che con del della nel nella non si sono come ma",
}
_SMALL_WORDS = {language: frozenset(words.split()) for language, words in SMALL_WORDS.items()}
# A rule that speaks of languages may well mean another one.
_OF_LANGUAGES = re.compile(
    r"sprach|sprech|spricht|language|übersetz|translat|dialekt|dialect|platt\b|latein|latin\b|slang"
    r"|\b(?:auf|ins?|in|to|into) (?:\w+isch|\w+ish|\w+ese|german|french|italian|russian|ukrainian"
    r"|greek|arabic|korean|deutsch)\b"
)


def _is_other_language(answer: str, question: Question) -> bool:
    """Whether `answer` is plainly in none of the languages that were asked for or spoken."""
    asked = question.language.split("-")[0]
    if asked not in ("de", "en") or _OF_LANGUAGES.search(question.rule.lower()):
        return False
    given = _scripts_in(question.text)
    written = _scripts_in(answer)
    if any(written[script] >= SCRIPT_LETTERS for script in written.keys() - {LATIN, *given}):
        # Also where a text only slips into it.
        return True
    if given.keys() - {LATIN}:
        # The idea is in a script of its own; how its reader wants the answer nobody can tell.
        return False
    words = _words(answer)
    if len(words) < LANGUAGE_WORDS:
        return False
    shares = _shares_of_languages(words)
    found = max(shares, key=lambda language: shares[language])
    is_plain = shares[found] >= LANGUAGE_SHARE and shares[asked] <= shares[found] / 4
    return is_plain and found != asked and _may_be_in(question.text, asked, instead_of=found)


def _may_be_in(text: str, language: str, *, instead_of: str) -> bool:
    """Whether nothing tells that `text` was written in another language than `language`."""
    words = _words(text)
    shares = _shares_of_languages(words)
    if shares[language] > shares[instead_of]:
        return True
    # A long text without one of its small words is in none that is known here.
    return not any(shares.values()) and len(words) < 4


def _shares_of_languages(words: list[str]) -> dict[str, float]:
    count = max(len(words), 1)
    return {
        language: sum(word in small for word in words) / count
        for language, small in _SMALL_WORDS.items()
    }


def _scripts_in(text: str) -> Counter[str]:
    """Count the letters of `text` by their scripts; those of Japanese are one."""
    letters = (character for character in text if character.isalpha())
    scripts = (unicodedata.name(letter, "?").split()[0] for letter in letters)
    return Counter(CJK if script in (CJK, "HIRAGANA", "KATAKANA") else script for script in scripts)
