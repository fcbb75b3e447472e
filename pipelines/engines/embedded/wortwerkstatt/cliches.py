"""Cliché filter: stock phrases go, worn adjectives become something one could really see."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.lens import adjective_by_kind
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated, exchanged
from pipelines.engines.embedded.wortwerkstatt.phrases import Phrase
from pipelines.engines.embedded.wortwerkstatt.words import closed

_MOST_NAMED = 5
_OWN_SURPRISE = 0.7


def filtered(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["cliches"]
    removed: list[str] = []
    text = parsed.text
    for phrase, fresh in words["phrases"].items():
        found = re.search(rf"(?i)\b{re.escape(phrase)}\b", text)
        if found:
            removed.append(found[0])
            text = text[: found.start()] + fresh + text[found.end() :]
    cleared = parsed.with_text(text)
    parts = list(cleared.parts)
    described = {at for phrase in cleared.phrases for at in phrase.adjectives}
    for at, word in cleared.words():
        if at in described and (fresh := exchanged(cleared, word, words["worn"])) != word:
            removed.append(word)
            parts[at] = fresh
    cleared = parsed.with_text("".join(parts))
    by_kind = adjective_by_kind(parsed, words["instead"])

    def unexpected(phrase: Phrase) -> str | None:
        known = words["nouns"].get(phrase.noun.lemma.lower())
        if known and parsed.dice.random() < _OWN_SURPRISE:
            return str(known)
        if known or phrase.noun.kind == "w" or not removed:
            return by_kind(phrase)
        return None

    text = closed(decorated(cleared, unexpected))
    if not removed:
        return f"{text} {parsed.pick(words['nothing'])}"
    named = ", ".join(f"„{w}“" if parsed.language == "de" else f"“{w}”" for w in removed)
    return f"{text} {words['removed']} {', '.join(named.split(', ')[:_MOST_NAMED])}."
