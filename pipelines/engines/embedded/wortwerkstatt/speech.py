"""Ways of speaking: youth slang, commands, caution. The sentence stays, its tone turns."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.lens import adjective_by_kind, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch, decorated, replaced
from pipelines.engines.embedded.wortwerkstatt.words import WORD, bare, capital, like


def slangy(sketch: Sketch) -> str:
    words = load("games", sketch.language)["slang"]
    hyped = sketch.again(replaced(sketch, words["words"]))
    text = bare(decorated(hyped, adjective_by_kind(sketch, dict.fromkeys("wdo", words["hype"]))))
    last = filled(sketch, sketch.pick(words["last"]))
    return f"{sketch.pick(words['first'])} {text}, {sketch.pick(words['tag'])}. {last}"


def commanded(sketch: Sketch) -> str:
    """Cut before each preposition and at each verb; verbs become orders; no sentence is long."""
    words = load("games", sketch.language)["force"]
    orders: list[str] = []
    current: list[str] = []

    def cut() -> None:
        if order := " ".join(current).strip():
            orders.append(capital(order) + "!")
        current.clear()

    for at, word in sketch.words():
        lower = word.lower()
        before = sketch.parts[at - 1]
        if before.strip():
            cut()
        if lower in sketch.lexicon.verbs and not (word[0].isupper() and sketch.language == "de"):
            cut()
            if lower not in words["dull"]:
                orders.append(words["stronger"].get(lower, sketch.lexicon.verbs[lower]).upper())
                orders[-1] += "!"
        elif lower in words["cut_before"]:
            cut()
            current.append(word)
        elif lower in words["dull"] or (not current and lower in words["drop"]):
            continue
        else:
            current.append(word)
    cut()
    strong = sketch.dice.sample(words["orders"], min(2, len(sketch.things)))
    letters = "ba" if len(sketch.things) > 1 else "aa"
    slots = [o.replace("{b", "{" + to) for o, to in zip(strong, letters, strict=False)]
    shouts = [filled(sketch, order) for order in slots]
    return " ".join([*orders, *shouts, sketch.pick(words["bang"])])


def softened(sketch: Sketch) -> str:
    """Soft adjectives, a doubt after the first verb, no exclamation, a question at the end."""
    words = load("games", sketch.language)["soft"]
    quiet = sketch.again(replaced(sketch, words["words"]))
    text = decorated(quiet, adjective_by_kind(sketch, words["adjectives"]))
    text = bare(re.sub(r"!+", " …", text))
    parts = sketch.again(text).parts
    for at in range(1, len(parts), 2):
        if parts[at].lower() in sketch.lexicon.verbs:
            how = sketch.pick(words["how"])
            parts[at] = f"{parts[at]} {how}" if sketch.language == "de" else f"{how} {parts[at]}"
            break
    text = "".join(parts)
    opening = sketch.pick(words["first"])
    return f"{opening} {_lowered(text, sketch)} … {filled(sketch, sketch.pick(words['last']))}"


def _lowered(text: str, sketch: Sketch) -> str:
    """`text` with a small first letter where that is no noun or name."""
    first = WORD.search(text)
    small = sketch.lexicon.small
    if first and first[0].lower() in small and not (first[0] == "I" or first[0].isupper()):
        return text[: first.start()] + like("a", first[0].lower()) + text[first.end() :]
    return text
