"""Who somebody is: a name that the writer gives as the own one, and days of birth."""

from __future__ import annotations

import re

from pipelines.safety.personal_data.text import Text, pattern

_WELL = (
    r"(?:(?:übrigens|auch|nämlich|wirklich|eigentlich|einfach|jetzt|mit (?:vor|nach)namen"
    r"|actually|really|also) )?"
)
_NAME = r"(?P<name>[^\W\d_][\w'-]+)"
# What must stand in the text for a pattern to be worth a look, and the pattern.
_NAMES = (
    (("ich hei",), pattern(r"\bich (?:heiße|heisse|heise|heiß|heis|heiss) ", _WELL, _NAME)),
    (("heiße ich", "heisse ich"), pattern(r"\bhei(?:ß|ss)e ich ", _WELL, _NAME)),
    ((" heiße", " heisse"), pattern(
        r"\bich ", _NAME, r"(?: [^\W\d_]{2,20})? hei(?:ß|ss)e(?= ?(?:$|[.,;!?)\n]|und\b))"
    )),
    (("name ",), pattern(
        r"\bmein (?:(?:voller|richtiger|echter|ganzer|eigener) )?"
        r"(?:vor|nach|familien|spitz|ruf)?name (?:ist|is|lautet) ", _WELL, _NAME
    )),
    (("name:", "name :"), pattern(
        r"\b(?:mein name|vorname|nachname|familienname) ?: ?", _NAME
    )),
    (("name",), pattern(
        r"\bmy (?:(?:first|last|full|real|sur|nick|own) ?)?name(?: is|'s| ?:) ", _WELL, _NAME
    )),
    (("m called",), pattern(r"\b(?:i am|i'm|im) called ", _NAME)),
    (("jahre",), pattern(
        r"\bich bin (?:die |der )?", _NAME, r"[, ]{1,2}(?:und )?(?:(?:ich )?bin )?\d{1,2} jahre?\b"
    )),
    (("i am", "i'm"), pattern(
        r"\b(?:i am|i'm) ", _NAME, r"[, ]{1,2}(?:and )?(?:(?:i am|i'm) )?\d{1,2}(?: years?\b|$)"
    )),
)  # fmt: skip
_NOT_NAMES = """
    euch dich sie ihn ihr alle alles allen jeden jede jeder das es nicht die der den dies diese
    diesen dieses so wie willkommen uns gut also kein keine keinen anders genauso jemanden
    niemanden nie nur noch schon dort hier ja ein eine einen einem einer aus auf in an mit am im
    geheim geheimnis unbekannt lang kurz schön hase und oder aber bin immer selbst gar nichts genau
    etwas zu von für bei über unter mir mich ihm ihnen was wer wo manchmal oft langsam verschwunden
    eingeritzt geschrieben gemalt überall jetzt heute schokolade suppe suppen quelle quellen lava
    sonne luft wüste tee kakao milch kartoffeln pizza würstchen dusche duschen liebe asche steine
    herzen tage waffeln brühe maronen kohle not written a the on carved my your very too like
    unknown secret what no hidden nobody spelled spelt painted made called as is long short strange
    beautiful forgotten everywhere all to by upon home up names when out at for from of and or but
    always never lost gone glowing floating drawn now only this that it old about over around
    almost just feeling turning gerne gern lieber mal
"""
_NO_NAMES = frozenset(_NOT_NAMES.split())
# Somebody in the story speaks, and not the writer.
_SPEECH = pattern(
    r"(?<!ich )(?<!i )\b(?:sagt|sagte|ruft|rief|singt|flüstert|brüllt|piepst|denkt|says|said"
    r"|shouts|whispers|sings|roars|squeaks|thinks) ?[:,]? ?[\"“„»«']? ?$"
)
_DRINKS = pattern(r"(?!leute |freunde |liebe )\b(?:\w+e|mag|will|darf|muss|kann|hab|koch) $")


def has_name(text: Text) -> bool:
    return any(
        _is_name(match)
        for signs, each in _NAMES
        if text.has(*signs)
        for match in each.finditer(text.small)
    )


def _is_name(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 25) : match.start()]
    after = match.string[match.end() : match.end() + 40]
    first = match["name"].partition("-")[0]
    return not (
        first in _NO_NAMES
        or "willkommen" in after.partition(".")[0]
        or _SPEECH.search(before)
        or (match.group().startswith("ich ") and _DRINKS.search(before))
    )


_MONTH = (
    r"(?:jan(?:uar|uary)?|feb(?:ruar|ruary)?|mär(?:z)?|maerz|mar(?:ch)?|apr(?:il)?|mai|may|jun[ie]?"
    r"|jul[iy]?|aug(?:ust)?|sep(?:t(?:ember)?)?|o[kc]t(?:ober)?|nov(?:ember)?|de[zc](?:ember)?)\b\.?"
)
_DAY = (
    rf"(?:\d{{1,2}}[./-] ?\d{{1,2}}(?:[./-] ?(?P<year>\d{{4}}|\d{{2}}))?(?!\d)"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)? (?:of )?{_MONTH},?(?: (?P<year2>\d{{4}}))?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,?(?: (?P<year3>\d{{4}}))?)"
)
_BIRTHS = (
    pattern(r"\b(?:geboren|geb\.|geb am|geburtsdatum|geburtstag|born|birthday|birthdate"
            r"|date of birth)[^.!?\d]{0,25}", _DAY),
    pattern(_DAY, r"[^.!?\d]{0,30}\b(?:geboren|geburtstag|birthday|born)\b"),
)  # fmt: skip
_OURS = pattern(r"\b(?:ich|mein|meine|meinen|i|i'm|my)\b")
_LIVING = re.compile(r"19[3-9]\d|20[0-2]\d|\d\d")


def has_birth_date(text: Text) -> bool:
    return (
        text.digits > 0
        and text.has("geb", "born", "birth")
        and any(_is_birth(match) for each in _BIRTHS for match in each.finditer(text.small))
    )


def _is_birth(match: re.Match[str]) -> bool:
    year = match["year"] or match["year2"] or match["year3"]
    if year:
        return _LIVING.fullmatch(year) is not None
    around = match.string[max(0, match.start() - 30) : match.end() + 30]
    return _OURS.search(around) is not None
