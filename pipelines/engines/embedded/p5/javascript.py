"""JavaScript taken apart into tokens, as far as a look at a sketch needs it; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[\s\ufeff]+")
_NAME = re.compile(r"(?:[^\W\d]|[$_]|\\u)(?:[\w$\u200c\u200d]|\\u\{?[0-9a-fA-F]*\}?)*")
_NUMBER = re.compile(
    r"(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)n?"
)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL
)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
# After one of these words a slash begins a regular expression, not a division.
_BEFORE_VALUE = frozenset(
    {"return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "instanceof"}
    | {"new", "throw", "yield", "await"}
)
PAIRS = {")": "(", "]": "[", "}": "{"}


class Malformed(Exception):
    """The text is no JavaScript: `what` is left open or does not fit, in `line` (from 1)."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"line {line}: {what}")
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is name, number, string, regex, comment or mark; `line` counts from 1.

    `text` of a string is its value; what stands in a template's `${}` comes as tokens of its own.
    """

    kind: str
    text: str
    line: int


def tokens(code: str) -> Iterator[Token]:
    """Yield the tokens of `code`, comments too. Raises `Malformed`."""
    return _Reader(code).read()


class _Reader:
    def __init__(self, code: str) -> None:
        self.code = code
        self.at = 0
        self.line = 1
        self.open: list[Token] = []
        self.last: Token | None = None

    def read(self) -> Iterator[Token]:
        code = self.code
        while self.at < len(code):
            if space := _SPACE.match(code, self.at):
                self._pass(space.end())
                continue
            if code.startswith(("//", "/*"), self.at):
                yield self._comment()
                continue
            character = code[self.at]
            if character == "`" or (character == "}" and self._in_template()):
                if character == "}":
                    self.open.pop()
                yield from self._give(self._template())
                continue
            yield from self._give(self._token(character))
        if self.open:
            opening = self.open[-1]
            raise Malformed(opening.text, opening.line)

    def _give(self, token: Token) -> Iterator[Token]:
        self.last = token
        yield token

    def _pass(self, end: int) -> str:
        text = self.code[self.at : end]
        self.line += text.count("\n")
        self.at = end
        return text

    def _in_template(self) -> bool:
        return bool(self.open) and self.open[-1].text == "${"

    def _comment(self) -> Token:
        line, is_block = self.line, self.code[self.at + 1] == "*"
        end = self.code.find("*/" if is_block else "\n", self.at + 2)
        if end < 0:
            if is_block:
                raise Malformed("/*", line)
            end = len(self.code)
        return Token("comment", self._pass(end + 2 if is_block else end), line)

    def _token(self, character: str) -> Token:
        line = self.line
        if character in "\"'":
            return Token("string", self._string(character), line)
        if name := _NAME.match(self.code, self.at):
            return Token("name", self._pass(name.end()), line)
        if (number := _NUMBER.match(self.code, self.at)) and number.group():
            return Token("number", self._pass(number.end()), line)
        regex = _REGEX.match(self.code, self.at) if character == "/" else None
        if regex and self._value_expected():
            return Token("regex", self._pass(regex.end()), line)
        arrow = self.code.startswith("=>", self.at)
        mark = Token("mark", self._pass(self.at + (2 if arrow else 1)), line)
        if character in "([{":
            self.open.append(mark)
        elif character in PAIRS:
            if not self.open or self.open[-1].text != PAIRS[character]:
                raise Malformed(character, line)
            self.open.pop()
        return mark

    def _value_expected(self) -> bool:
        last = self.last
        if last is None:
            return True
        if last.kind == "name":
            return last.text in _BEFORE_VALUE
        return last.kind == "mark" and last.text not in (")", "]", "}")

    def _string(self, quote: str) -> str:
        line, position = self.line, self.at + 1
        while position < len(self.code):
            character = self.code[position]
            if character == "\\":
                position += 2
                continue
            if character == "\n":
                break
            if character == quote:
                return _value(self._pass(position + 1)[1:-1])
            position += 1
        raise Malformed(quote, line)

    def _template(self) -> Token:
        """Read on from a backtick, or from the brace that ends a `${}`."""
        line, position = self.line, self.at + 1
        while position < len(self.code):
            if self.code[position] == "\\":
                position += 2
                continue
            if self.code[position] == "`":
                return Token("string", _value(self._pass(position + 1)[1:-1]), line)
            if self.code.startswith("${", position):
                text = self._pass(position + 2)[1:-2]
                self.open.append(Token("mark", "${", line))
                return Token("string", _value(text), line)
            position += 1
        raise Malformed("`", line)


def _value(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
        return _LETTERS.get(match[4], match[4])

    return _ESCAPE.sub(letter, text) if "\\" in text else text
