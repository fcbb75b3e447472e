"""What a sentence is made of: its noun phrases, and the endings that German asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.engines.embedded.wortwerkstatt.lexicon import Lexicon, Noun
from pipelines.engines.embedded.wortwerkstatt.words import WORD

_SPLIT = re.compile(f"({WORD.pattern})")

_DEFINITE = re.compile(r"(der|die|das|den|dem|des|diese[rsnm]?|jede[rsnm]?|welche[rsnm]?)\Z")
_EIN = re.compile(r"(k?ein|mein|dein|sein|ihr|unser|euer)(e[rsnm]?)?\Z")
_JOINED = {
    "im": "dem",
    "am": "dem",
    "vom": "dem",
    "zum": "dem",
    "beim": "dem",
    "hinterm": "dem",
    "überm": "dem",
    "unterm": "dem",
    "zur": "der",
    "ins": "das",
    "ans": "das",
}
_WITH_DATIVE = frozenset(["mit", "aus", "bei", "von", "zu", "nach", "seit"])
_ENGLISH_DETERMINER = frozenset(
    "a an the my your his her its our their this that these those some every".split()  # noqa: SIM905
)
_DEFINITE_FORMS = {
    "nom": {"m": "der", "f": "die", "n": "das", "p": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "p": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "p": "den"},
}
_EIN_FORMS = {
    "nom": {"m": "ein", "f": "eine", "n": "ein", "p": ""},
    "acc": {"m": "einen", "f": "eine", "n": "ein", "p": ""},
    "dat": {"m": "einem", "f": "einer", "n": "einem", "p": ""},
}


def taken_apart(text: str) -> list[str]:
    """`text` as gap, word, gap, word … gap: the words have the odd places."""
    return _SPLIT.split(text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One noun with what stands before it; the numbers are places in `taken_apart`."""

    noun: Noun
    plural: bool
    determiner: str
    before: str
    adjectives: tuple[int, ...]
    place: int
    count: int
    owner: bool

    def ending(self, lexicon: Lexicon, parts: list[str]) -> str | None:
        """The ending of a German adjective here; None where gender or case is not known."""
        for adjective in self.adjectives:
            if (known := lexicon.stem(parts[adjective])) and known[1]:
                return known[1]
        gender = self.noun.gender[:1]
        determiner = _JOINED.get(self.determiner, self.determiner)
        if _DEFINITE.match(determiner):
            if determiner in {"das", "dieses", "jedes"} or determiner[-2:] == "ie":
                return "en" if self.plural else "e"
            if determiner in {"diese", "jede"}:
                return "en" if self.plural else "e"
            return "e" if determiner[-2:] == "er" and gender == "m" and not self.plural else "en"
        if found := _EIN.match(determiner):
            if not found[2]:
                return {"m": "er", "n": "es", "f": "e"}.get(gender)
            return "e" if found[2] == "e" and not self.plural else "en"
        dative = self.before in _WITH_DATIVE
        if self.plural:
            return "en" if dative else "e"
        if not dative and self.place > 1 and not self.adjectives:
            return None
        strong = {"m": "em", "n": "em", "f": "er"} if dative else {"m": "er", "n": "es", "f": "e"}
        return strong.get(gender)


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun as it can be named anywhere: `case` is nom, acc or dat."""

    noun: Noun
    plural: bool
    language: str
    named: bool = False

    @property
    def name(self) -> str:
        return self.noun.plural if self.plural else self.noun.lemma

    def _declined(self, case: str) -> str:
        if self.language == "de":
            if self.plural and case == "dat" and not re.search(r"[ns]\Z", self.name):
                return self.name + "n"
            if self.noun.weak and not self.plural and case != "nom":
                return self.name + ("en" if self.name[-1] != "e" else "n")
        return self.name

    def the(self, case: str = "nom") -> str:
        """With the definite article; without one where it is a name or its gender unknown."""
        if self.named or not self.noun.gender:
            return self.name
        if self.language == "en":
            return f"the {self.name}"
        article = _DEFINITE_FORMS[case]["p" if self.plural else self.noun.gender[0]]
        return f"{article} {self._declined(case)}"

    def one(self, case: str = "nom") -> str:
        """With the indefinite article, in the same cases."""
        if self.named or self.plural or not self.noun.gender:
            return self._declined(case)
        if self.language == "en":
            return f"a {self.name}"
        return f"{_EIN_FORMS[case][self.noun.gender[0]]} {self._declined(case)}"


def find_phrases(parts: list[str], lexicon: Lexicon) -> list[Phrase]:
    german = lexicon.language == "de"
    shouted = "".join(parts).isupper()
    return [
        _phrase(parts, at, found, lexicon)
        for at in range(1, len(parts), 2)
        if (found := (_german if german else _english)(parts, at, lexicon, shouted))
    ]


Found = tuple[Noun, bool]


def _starts_sentence(parts: list[str], at: int) -> bool:
    return at == 1 or bool(re.search(r"[.!?:…\n„“\"»«]", parts[at - 1]))


def _german(parts: list[str], at: int, lexicon: Lexicon, shouted: bool) -> Found | None:
    word = parts[at]
    lower = word.lower()
    if lower in lexicon.small or lower in lexicon.numbers or lexicon.stem(word):
        return None
    found = lexicon.noun(word)
    if word[:1].isupper() and not shouted and not _starts_sentence(parts, at):
        return found or (lexicon.guess(word), False)
    if found and (lower in lexicon.forms or word[:1].isupper()) and lower not in lexicon.verbs:
        return found
    return None


def _english(parts: list[str], at: int, lexicon: Lexicon, shouted: bool) -> Found | None:
    word = parts[at]
    lower = word.lower()
    if lower in lexicon.small or lower in lexicon.numbers or lexicon.stem(word):
        return None
    if found := lexicon.noun(word):
        return None if lower in lexicon.verbs else found
    if lower in lexicon.verbs:
        return None
    if word[:1].isupper() and len(word) > 1 and not shouted and not _starts_sentence(parts, at):
        return lexicon.guess(word), False
    after = parts[at + 2].lower() if at + 2 < len(parts) and parts[at + 1] == " " else ""
    back = at - 2
    while back > 0 and parts[back + 1] == " " and lexicon.stem(parts[back]):
        back -= 2
    introduced = back > 0 and parts[back].lower() in _ENGLISH_DETERMINER and parts[back + 1] == " "
    return (lexicon.guess(word), False) if introduced and not lexicon.noun(after) else None


def _phrase(parts: list[str], at: int, found: Found, lexicon: Lexicon) -> Phrase:
    noun, plural = found
    adjectives: list[int] = []
    back = at - 2
    while back > 0 and parts[back + 1] in (" ", ", ") and _describes(parts[back], lexicon):
        adjectives.insert(0, back)
        back -= 2
    beside = back > 0 and parts[back + 1] == " "
    word = parts[back].lower() if beside else ""
    count = lexicon.numbers.get(word, 2 if plural else 1)
    if word.isdigit():
        count = int(word[:6])
    if lexicon.language == "de":
        is_determiner = bool(_DEFINITE.match(word) or _EIN.match(word) or word in _JOINED)
        single = bool(re.match(r"(das|dem|des|k?ein|.*eine[ms]|[mds]?einen)\Z", word))
        single = single or _JOINED.get(word, "") in {"dem", "das"}
        if single or (word == "den" and noun.weak):
            plural = False
        elif word in {"die", "diese"} and noun.gender[:1] in ("m", "n"):
            plural = True
    else:
        is_determiner = word in _ENGLISH_DETERMINER
    if count > 1:
        plural = True
    elif not plural:
        count = 1
    return Phrase(
        noun=noun,
        plural=plural,
        determiner=word if is_determiner else "",
        before=word,
        adjectives=tuple(adjectives),
        place=at,
        count=count,
        owner=parts[at].lower().endswith(("'s", "’s")),
    )


def _describes(word: str, lexicon: Lexicon) -> bool:
    if lexicon.stem(word):
        return True
    lower = word.lower()
    return (
        lexicon.language == "de"
        and word == lower
        and len(word) > 4
        and lower.endswith(("e", "er", "es", "en", "em"))
        and lower not in lexicon.small
        and lower not in lexicon.verbs
        and lower not in lexicon.numbers
    )


def things_of(phrases: list[Phrase], language: str) -> list[Thing]:
    """Each noun once, owners last; times only where there is nothing that a picture could show."""
    ordered = sorted(phrases, key=lambda p: p.owner)
    things: dict[str, Thing] = {}
    for phrase in ordered:
        named = phrase.noun.gender in ("", "x") and phrase.noun.lemma[:1].isupper()
        named = named and language == "en"
        lemma = phrase.noun.lemma
        noun = phrase.noun
        if named:
            name = re.sub(r"['’]s\Z", "", lemma)
            noun = Noun(name, noun.gender, name, noun.kind)
        thing = Thing(noun, phrase.plural and not named, language, named)
        things.setdefault(noun.lemma.lower(), thing)
    lasting = [thing for thing in things.values() if thing.noun.kind != "z"]
    return lasting or list(things.values())
