"""What is sent to browsers is understood by the oldest that docs/browsers.md names (Safari 16)."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.BASE_DIR, "static")

# With the Safari that knows it first; plain HTTP in a school's network is no secure context.
TOO_NEW = {
    r"\(\?<[=!]": "looking behind in a pattern: 16.4",
    r"\bcrypto\.randomUUID\b": "only in a secure context",
    r"\bnavigator\.clipboard\b(?!\?)": "only in a secure context",
    r"\b(Object|Map)\.groupBy\b": "17.4",
    r"\bPromise\.(withResolvers|try)\b": "17.4",
    r"\bArray\.fromAsync\b": "16.4",
    r"\bURL\.canParse\b": "17",
    r"\bAbortSignal\.any\b": "17.4",
    r"\bSet\.prototype\b|\.(union|intersection|isSubsetOf)\(": "17",
    r"\.checkVisibility\(": "17.4",
    r"\brequestIdleCallback\b": "in none",
    r"\bshowPopover\b|\bpopover=": "17",
    r"\bstartViewTransition\b": "18",
    r"/[gimsuy]*v[gimsuy]*[;,).]": "sets in patterns: 17",
    r"\bimport\b[^;\n]*\bwith\s*\{": "17.2",
}
TOO_NEW_IN_STYLES = {
    r"\blight-dark\(": "17.5",
    r"@starting-style|@property|@scope\b": "16.4 to 17.5",
    r"\bcolor-mix\(": "16.2",
    r"^\s*&|[{;]\s*&[\s.:>]": "rules in rules: 16.5",
    r"text-decoration: [^;}]*\d": "a thickness in the shorthand: in none",
    r"(?<!-webkit-hyphens: auto; )(?<!-webkit-)hyphens: auto": "without prefix: 17",
}


def found(folder: Path, suffix: str, patterns: dict[str, str]) -> list[str]:
    return [
        f"{path.relative_to(folder)}: {match.group()!r} ({since})"
        for path in sorted(folder.rglob(f"*.{suffix}"))
        if "vendor" not in path.parts
        for pattern, since in patterns.items()
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def test_scripts_use_nothing_that_the_oldest_browsers_do_not_know() -> None:
    assert found(STATIC, "js", TOO_NEW) == []


def test_styles_use_nothing_that_the_oldest_browsers_do_not_know() -> None:
    assert found(STATIC, "css", TOO_NEW_IN_STYLES) == []
