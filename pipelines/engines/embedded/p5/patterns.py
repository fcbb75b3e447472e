"""What a sketch may not contain: the first of three lines, and the weakest.

Whoever wants to can write a program that passes here. It then runs in a frame without an origin
of its own (`sandbox`), under a policy that lets nothing in or out
(`ai4artsed/studio/sketch_frame.py`). This check is there so that a child hears at once, in words
and by line, what is not allowed.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from .javascript import Malformed, Token, tokens

MAX_CHARACTERS = 40_000

# Refused wherever they stand as a name, after a dot too.
FORBIDDEN = frozenset(
    word
    for line in Path(__file__).with_name("forbidden.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
# Parts of the page around, but also good names for one's own things: refused where the sketch
# neither declares them nor means a part of something (`.parent`, `parent:`).
OF_THE_PAGE = frozenset({"parent", "top", "self", "frames", "location", "history", "open"})
# In texts: ways out, whoever takes them.
ADDRESSES = ("http:", "https:", "ws:", "wss:", "javascript:", "data:text", "blob:", "<script",
             "<iframe", "<img", "<link", "<svg")  # fmt: skip


class InvalidSketch(Exception):
    """Why a text is no sketch for here; `what` is forbidden, broken, long or empty.

    `name` is what is forbidden or left open, `line` counts from 1; 0 where it is the whole.
    """

    def __init__(self, what: str, name: str = "", line: int = 0) -> None:
        super().__init__(f"{what}: {name!r} in line {line}")
        self.what = what
        self.name = name
        self.line = line


def check(code: str) -> None:
    """Raise `InvalidSketch` where `code` is none, is broken, or wants what a sketch may not."""
    if len(code) > MAX_CHARACTERS:
        raise InvalidSketch("long", str(MAX_CHARACTERS))
    try:
        found = [token for token in tokens(code) if token.kind != "comment"]
    except Malformed as error:
        raise InvalidSketch("broken", error.what, error.line) from error
    _check_names(found)
    _check_texts(found)
    if not {"setup", "draw"} & _functions(found):
        raise InvalidSketch("empty")


def words_in(code: str) -> str:
    """Return what can be read in a sketch: its comments and texts. Raises `InvalidSketch`."""
    try:
        return "\n".join(
            token.text for token in tokens(code) if token.kind in ("comment", "string")
        )
    except Malformed as error:
        raise InvalidSketch("broken", error.what, error.line) from error


def _check_names(found: list[Token]) -> None:
    own = _declared(found)
    nothing = Token("mark", "", 0)
    for before, token, after in zip([nothing, *found], found, [*found[1:], nothing], strict=False):
        if token.kind != "name":
            continue
        if "\\" in token.text or token.text in FORBIDDEN:
            raise InvalidSketch("forbidden", token.text, token.line)
        if token.text in OF_THE_PAGE - own and before.text != "." and after.text != ":":
            raise InvalidSketch("forbidden", token.text, token.line)
        # `class A { constructor() {} }` is fine, `f.constructor("…")` makes code of a text.
        if token.text == "constructor" and before.text == ".":
            raise InvalidSketch("forbidden", token.text, token.line)
        if token.text == "this" and after.text == "[":
            raise InvalidSketch("forbidden", "this[…]", token.line)


def _check_texts(found: list[Token]) -> None:
    """Texts in `x[…]` are names in disguise, put together from pieces perhaps."""
    brackets: list[tuple[bool, list[str]]] = []
    before = Token("mark", "", 0)
    for token in found:
        if token.kind == "mark" and token.text == "[":
            is_access = before.kind in ("name", "string") or before.text in (")", "]")
            brackets.append((is_access, []))
        elif token.kind == "mark" and token.text == "]" and brackets:
            is_access, pieces = brackets.pop()
            whole = "".join(pieces)
            if is_access and any(name in whole for name in (*FORBIDDEN, "constructor")):
                raise InvalidSketch("forbidden", whole[:40], token.line)
            if brackets:
                brackets[-1][1].append(whole)
        elif token.kind == "string":
            if brackets:
                brackets[-1][1].append(token.text)
            if any(address in token.text.lower() for address in ADDRESSES):
                raise InvalidSketch("forbidden", token.text[:40], token.line)
        before = token


def _functions(found: list[Token]) -> set[str]:
    """The names that are made functions: `function setup`, `setup = …`."""
    return {
        second.text if first.text == "function" else first.text
        for first, second in pairwise(found)
        if (first.text == "function" and second.kind == "name")
        or (first.kind == "name" and second.text == "=")
    }


def _declared(found: list[Token]) -> set[str]:
    """The names that the sketch declares: after let, const, var, function, class, as parameters."""
    own: set[str] = set()
    for index, token in enumerate(found):
        if token.kind == "name" and token.text in ("function", "class", "let", "const", "var"):
            is_list = token.text in ("let", "const", "var")
            own |= _list_from(found, index + 1) if is_list else set()
            if index + 1 < len(found) and found[index + 1].kind == "name":
                own.add(found[index + 1].text)
        # What stands in parentheses before a brace or an arrow are parameters, or a condition;
        # in a condition a name of the page is of no use.
        elif token.text in ("{", "=>") and index and found[index - 1].text == ")":
            own |= _parameters_before(found, index - 1)
        elif token.text == "=>" and index:
            own.add(found[index - 1].text)
    return own


def _list_from(found: list[Token], start: int) -> set[str]:
    names, depth = set(), 0
    for before, token in pairwise(found[start - 1 : start + 200]):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth < 0 or token.text == ";" or token.text in ("of", "in"):
            break
        if token.kind == "name" and before.text in (",", "let", "const", "var") and depth == 0:
            names.add(token.text)
    return names


def _parameters_before(found: list[Token], closing: int) -> set[str]:
    depth, index = 1, closing - 1
    while index >= 0 and depth:
        depth += (found[index].text == ")") - (found[index].text == "(")
        index -= 1
    if index >= 0 and found[index].text in ("if", "while", "for", "switch"):
        return set()
    inside = found[index + 1 : closing]
    return {token.text for before, token in pairwise(inside) if before.text in ("(", ",")}
