"""Words and the gaps between them; capitals; the last tidying of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W\d_]+)*")
_PIECE = re.compile(r"\s*\S+\s*\Z|\s*\S+")
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*\s*|[.!?…]+\s*")
_BEGIN = re.compile(r"(\A|[.!?]\s+|\n)([„“\"»(]?)([a-zäöü])")
_ARTICLE = re.compile(r"\b([Aa])(n?) (?=([a-zA-Z]+))")
_SOUNDS_OPEN = re.compile(r"(?i)(?!uni|use|eu|one|once|ur)[aeiou]|hour|honest")


def pieces(text: str) -> Iterator[str]:
    """Yield `text` word by word, each with the space before it."""
    yield from _PIECE.findall(text) or ([text] if text else [])


def sentences(text: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def like(model: str, word: str) -> str:
    """`word` with the capitals of `model`."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    if model[:1].isupper():
        return capital(word)
    return word


def inflected(stem: str, ending: str) -> str:
    """A German adjective with its ending: dunkel -> dunkler, hoch -> hoher, müde -> müder."""
    if not ending:
        return stem
    if stem.endswith("hoch"):
        return stem[:-2] + "h" + ending
    if stem.endswith("el"):
        return stem[:-2] + "l" + ending
    return stem + (ending.removeprefix("e") if stem.endswith("e") else ending)


def bare(text: str) -> str:
    """`text` without its final full stop, ready to be carried on."""
    return text.strip().rstrip(".!?… ") or text.strip()


def closed(text: str) -> str:
    """`text` with a mark at its end."""
    text = text.strip()
    return text if not text or text[-1] in '.!?…:“”"»)' else text + "."


def tidy(text: str, language: str) -> str:
    """Mend what putting words together breaks: spaces, commas, a/an, capitals after a stop."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r" +([,;.!?])(?=\s|\Z)", r"\1", text)
    text = re.sub(r",(?=[,.!?;])", "", text)
    if language == "en":
        text = _ARTICLE.sub(_right_article, text)
    text = _BEGIN.sub(lambda m: m[1] + m[2] + m[3].upper(), text)
    return text.strip()


def _right_article(match: re.Match[str]) -> str:
    return match[1] + ("n " if _SOUNDS_OPEN.match(match[3]) else " ")


def shortened(text: str, limit: int) -> str:
    """`text`, ended at a word before `limit` characters where it is longer."""
    if len(text) <= limit:
        return text
    return (text[:limit].rsplit(None, 1)[0] or text[:limit]) + " …"
