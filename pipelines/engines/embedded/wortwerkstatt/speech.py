"""Ways of speaking: youth slang, commands, caution. The sentence stays, its tone turns."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.lens import adjective_by_kind, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated, replaced
from pipelines.engines.embedded.wortwerkstatt.words import WORD, bare, capital, like


def slangy(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["slang"]
    hyped = parsed.with_text(replaced(parsed, words["words"]))
    text = bare(decorated(hyped, adjective_by_kind(parsed, dict.fromkeys("wdo", words["hype"]))))
    last = filled(parsed, parsed.pick(words["last"]))
    return f"{parsed.pick(words['first'])} {text}, {parsed.pick(words['tag'])}. {last}"


def commanded(parsed: ParsedText) -> str:
    """Cut before each preposition and at each verb; verbs become orders; no sentence is long."""
    words = load("games", parsed.language)["force"]
    orders: list[str] = []
    current: list[str] = []

    def cut() -> None:
        if order := " ".join(current).strip():
            orders.append(capital(order) + "!")
        current.clear()

    for at, word in parsed.words():
        lower = word.lower()
        before = parsed.parts[at - 1]
        if before.strip():
            cut()
        if lower in parsed.lexicon.verbs and not (word[0].isupper() and parsed.language == "de"):
            cut()
            if lower not in words["dull"]:
                orders.append(words["stronger"].get(lower, parsed.lexicon.verbs[lower]).upper())
                orders[-1] += "!"
        elif lower in words["cut_before"]:
            cut()
            current.append(word)
        elif lower in words["dull"] or (not current and lower in words["drop"]):
            continue
        else:
            current.append(word)
    cut()
    strong = parsed.dice.sample(words["orders"], min(2, len(parsed.things)))
    letters = "ba" if len(parsed.things) > 1 else "aa"
    slots = [o.replace("{b", "{" + to) for o, to in zip(strong, letters, strict=False)]
    shouts = [filled(parsed, order) for order in slots]
    return " ".join([*orders, *shouts, parsed.pick(words["bang"])])


def softened(parsed: ParsedText) -> str:
    """Soft adjectives, a doubt after the first verb, no exclamation, a question at the end."""
    words = load("games", parsed.language)["soft"]
    quiet = parsed.with_text(replaced(parsed, words["words"]))
    text = decorated(quiet, adjective_by_kind(parsed, words["adjectives"]))
    text = bare(re.sub(r"!+", " …", text))
    parts = parsed.with_text(text).parts
    for at in range(1, len(parts), 2):
        if parts[at].lower() in parsed.lexicon.verbs:
            how = parsed.pick(words["how"])
            parts[at] = f"{parts[at]} {how}" if parsed.language == "de" else f"{how} {parts[at]}"
            break
    text = "".join(parts)
    opening = parsed.pick(words["first"])
    return f"{opening} {_lowered(text, parsed)} … {filled(parsed, parsed.pick(words['last']))}"


def _lowered(text: str, parsed: ParsedText) -> str:
    """`text` with a small first letter where that is no noun or name."""
    first = WORD.search(text)
    small = parsed.lexicon.small
    if first and first[0].lower() in small and not (first[0] == "I" or first[0].isupper()):
        return text[: first.start()] + like("a", first[0].lower()) + text[first.end() :]
    return text
