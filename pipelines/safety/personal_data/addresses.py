"""Where somebody lives: a street with the number of a house, or a postcode with its place."""

from __future__ import annotations

import re

from pipelines.safety.personal_data.text import Text, pattern

_NUMBER = r"(?P<number>\d{1,4} ?(?:[a-h]\b)?(?: ?[-/] ?\d{1,4})?)"
# After the number of a house goes nothing, or what cannot be counted.
_ENDS = (
    r"(?= ?(?:$|[,.;!?)\"“\n]|(?:und|in|im|bei|bitte|and|wo|da|dort|oben|ist|links|rechts|near"
    r"|\d{5})\b))"
)
_STREET = pattern(
    r"(?:stra(?:ß|ss)e|str\.|str|gasse|allee|chaussee|damm|weg|platz|ring|ufer)"
    r"(?: ?,)? ?(?:nr\.? ?|nummer |hausnummer )?(?<!\d)", _NUMBER, _ENDS
)  # fmt: skip
_STREETS = ("str", "gasse", "allee", "chaussee", "damm", "weg", "platz", "ring", "ufer")
_BEFORE_STREET = re.compile(r"(?:\b(?P<first>[^\W\d_]{3,30})[ -])?(?P<stem>[^\W\d_-]{0,30}-?)$")
# Not the names of streets: what is counted or numbered, and well-known houses of stories.
_NO_STREETS = pattern(
    r"(?:spiel|park|sitz|steh|start|stell|fu(?:ß|ss)ball|sport|camping|zelt|liege|lande|arbeits"
    r"|tennis|bolz|lager|fenster|steck|treff|rast|grill|lieblings|schlaf|start|ziel|haupt?preis"
    r"|box|ehe|schlüssel|finger|rettungs|ohr|nasen|gold|silber|zauber|freundschafts|schwimm"
    r"|dichtungs|hula|jahres|sprü?ng|spring|f|fe|gef|dr|st|heim|hin|rück|um|aus|rad|wander|flucht"
    r"|lebens|über|hol|be|hin|unter|vor|trampel|fuß|feld|wald|milch|bundes|land|landes|kreis"
    r"|seiden|sesam|einbahn|autobahn|stau|liguster|über|pass|schnell|wasser|traum|regenbogen)-?"
)
_CALLED_AFTER = pattern(
    r"(?!(?:der|einer|dieser|jeder|meiner|deiner|seiner|ihrer|unserer|welcher|aller|keiner|über"
    r"|unter|hinter|weiter|immer|oder|aber|großer|langer|breiter|kleiner|dunkler|leerer|alter"
    r"|neuer|bunter)$)\w{2,}er"
)
_PERSON_LIVES = (
    r"(?:\b(?:ich|wir) wohnen? |\b(?:meine|unsere) (?:adresse|anschrift)(?: ist| lautet| :|:) ?)"
)
_LIVES_AT = pattern(
    _PERSON_LIVES,
    r"(?:(?:in der|an der|auf der|in|im|am|an|auf dem|zum|zur|unter den|bei der|beim) )?"
    r"(?!jahr|zimmer|stock|raum|haus|block|planet|level|welt|gang|deck|schloss|tor|tür)"
    r"[^\W\d_]{3,30}(?:[ -][^\W\d_]{3,30})? ?",
    _NUMBER,
    _ENDS,
)
_CITIES = (
    "berlin|hamburg|münchen|muenchen|köln|koeln|frankfurt|stuttgart|düsseldorf|leipzig|dortmund"
    "|essen|bremen|dresden|hannover|nürnberg|duisburg|bochum|wuppertal|bielefeld|bonn|münster"
    "|mannheim|karlsruhe|augsburg|wiesbaden|mönchengladbach|gelsenkirchen|aachen|braunschweig"
    "|chemnitz|kiel|halle|magdeburg|freiburg|krefeld|mainz|lübeck|erfurt|oberhausen|rostock"
    "|kassel|hagen|potsdam|saarbrücken|hamm|ludwigshafen|oldenburg|mülheim|osnabrück|leverkusen"
    "|heidelberg|darmstadt|solingen|regensburg|herne|paderborn|neuss|ingolstadt|offenbach|fürth"
    "|würzburg|ulm|heilbronn|pforzheim|wolfsburg|göttingen|bottrop|reutlingen|koblenz|bremerhaven"
    "|erlangen|bergisch|remscheid|jena|trier|salzgitter|moers|siegen|hildesheim|gütersloh|cottbus"
    "|kaiserslautern|witten|schwerin|gera|iserlohn|zwickau|düren|esslingen|flensburg|gießen"
    "|ratingen|lünen|marl|tübingen|villingen|konstanz|worms|minden|dessau|velbert|norderstedt"
    "|bamberg|marburg|celle|fulda|stralsund|greifswald|weimar|passau|landshut|bayreuth|lüneburg"
    "|gladbeck|dorsten|detmold|castrop|arnsberg|wetzlar|hanau|rheine|neumünster|sindelfingen"
)
_PLACE = (
    rf"(?:(?:bad|sankt|st\.|neu|alt|groß|klein) )?(?:(?:{_CITIES})\b"
    r"|[^\W\d_]{2,20}(?:burg|hausen|heim|dorf|stadt|bach|furt|hafen|bronn|rode|stedt|münde)\b)"
)
_POSTCODES = (
    pattern(r"(?<![\w.,])(?:d ?- ?)?\d{5},? ", _PLACE),
    pattern(r"\b(?:wohnen?|komme aus|plz|postleitzahl|adresse)\b[^.!?\d]{0,20}\b\d{5}\b"),
)
_STREET_WORD = r"(?:street|st\.|road|rd\.?|avenue|ave\.?|lane|drive|boulevard|blvd\.?|court|crescent|terrace|square|way|close|place)"  # noqa: E501
_ENGLISH = re.compile(
    r"(?<![\w.,])(?!1600 |10 D|42 Wall|221[bB] )\d{1,5}[a-dA-D]? (?:[A-Z][a-z']{1,20} ){1,3}"
    r"(?:Street|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Boulevard|Blvd\.?|Court|Crescent"
    r"|Terrace|Square|Close)(?!\w| [A-Z]?[a-z]+s\b)"
)
# Where capitals decide: German postcodes, English streets, British and American postcodes.
_AS_WRITTEN = (
    re.compile(r"(?<![\w.,])(?:D ?- ?\d{5}|0[1-9]\d{3}) [A-ZÄÖÜ][a-zäöüß]{2,}"),
    _ENGLISH,
    re.compile(r"\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"),
    re.compile(r", ?[A-Z]{2} \d{5}\b"),
)
_ENGLISH_LIVES = pattern(
    r"\b(?:(?:i|we) live (?:at|on|in)|my address is|our address is):? (?:number )?"
    r"\d{1,5}[a-d]? (?:[a-z']{2,20} ){1,3}", _STREET_WORD, r"\b"
)  # fmt: skip


def has_address(text: Text) -> bool:
    if not text.digits:
        return False
    return (
        (text.has(*_STREETS) and _has_street(text))
        or (text.has("wohn", "adresse", "anschrift") and _LIVES_AT.search(text.small) is not None)
        or (text.has("live ", "address") and _ENGLISH_LIVES.search(text.small) is not None)
        or any(each.search(text.written) for each in _AS_WRITTEN)
        or (text.digits >= 5 and _has_postcode(text))
    )


def _has_street(text: Text) -> bool:
    return any(_is_street(match, text.written) for match in _STREET.finditer(text.small))


def _has_postcode(text: Text) -> bool:
    return any(
        "000" not in match.group()  # round numbers are counted
        for each in _POSTCODES
        for match in each.finditer(text.small)
    )


def _is_street(match: re.Match[str], written: str) -> bool:
    before = _BEFORE_STREET.search(written[max(0, match.start() - 62) : match.start()])
    if before is None:
        return False
    stem, first = before["stem"].rstrip("-").lower(), before["first"] or ""
    if stem:
        return len(stem) >= 2 and not _NO_STREETS.fullmatch(stem)
    # "Berliner Straße 5", "Anne-Frank-Straße 5"; not "auf der Straße 5".
    hyphenated = match.string[match.start() - 1 : match.start()] == "-"
    return hyphenated or bool(first[:1].isupper() and _CALLED_AFTER.fullmatch(first.lower()))
