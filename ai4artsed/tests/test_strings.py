"""The strings that a page sends to its scripts are those that its scripts ask for.

A script names a string by its key: literally, `t("try_again")`; by the beginning of a key that it
completes, ``t(`group_${key}`)``; or from a table whose name ends in `_STRINGS` and whose values
are keys, `t(ERROR_STRINGS[kind])`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from ai4artsed.studio.module_graph import needed_modules
from devices.models import Workshop

STATIC = Path(settings.BASE_DIR, "static")
PAGES = {
    "/": "js/studio/main.js",
    "/works/": "js/works/main.js",
    "/room/ACDEFG/": "js/projector/main.js",
    "/admin/": "js/facilitation/room.js",
}
# What is compared with is no key.
KEY = re.compile(r"""(?<![=!]== )(?:"(\w+)"|`(\w*)\$\{[^`]*`)""")
TABLE = re.compile(r"const (\w+_STRINGS) = \{(.*?)\};", re.DOTALL)
VALUE = re.compile(r':\s*"(\w+)"')


@dataclass
class Asked:
    """Whole keys, beginnings of keys, and calls that name neither."""

    keys: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)

    def missing(self, sent: set[str]) -> set[str]:
        unfounded = {
            f"{beginning}…"
            for beginning in self.beginnings
            if not any(key.startswith(beginning) for key in sent)
        }
        return (self.keys - sent) | unfounded

    def dead(self, sent: set[str]) -> set[str]:
        return {key for key in sent - self.keys if not key.startswith(tuple(self.beginnings))}


def first_arguments(source: str) -> Iterator[str]:
    """Yield what stands as the first argument in each call of `t`."""
    for call in re.finditer(r"(?<![\w$])(?<![\w)\]]\.)t\(", source):
        depth, at = 0, call.end()
        while depth or source[at] not in ",)":
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(source[at], 0)
            at += 1
        yield source[call.end() : at]


def asked_in(sources: list[str]) -> Asked:
    asked = Asked()
    for source in sources:
        tables = {name: VALUE.findall(body) for name, body in TABLE.findall(source)}
        for argument in first_arguments(re.sub(r"function t\(.*", "", source)):
            named = KEY.findall(argument)
            from_tables = [key for name in tables if name in argument for key in tables[name]]
            asked.keys.update(key for key, _beginning in named if key)
            asked.keys.update(from_tables)
            asked.beginnings.update(beginning for _key, beginning in named if beginning)
            if not named and not from_tables:
                asked.unreadable.append(f"t({argument})")
    return asked


def asked_by(entry: str) -> Asked:
    modules = needed_modules(STATIC, entry, later=True)
    return asked_in([STATIC.joinpath(name).read_text() for name in modules])


@pytest.fixture
def sent(admin_client: Client) -> dict[str, set[str]]:
    """Return the keys that each page sends."""
    Workshop.objects.create(name="Turm", join_code="ACDEFG")
    element = re.compile(r'<script id="strings" type="application/json">(.*?)</script>', re.DOTALL)
    found = {address: element.search(admin_client.get(address).text) for address in PAGES}
    return {address: set(json.loads(match[1])) for address, match in found.items() if match}


def test_each_page_has_the_strings_that_its_scripts_ask_for(sent: dict[str, set[str]]) -> None:
    assert sent.keys() == PAGES.keys()
    missing = {page: asked_by(entry).missing(sent[page]) for page, entry in PAGES.items()}
    assert not any(missing.values()), missing


def test_each_string_is_asked_for_on_a_page_that_sends_it(sent: dict[str, set[str]]) -> None:
    dead = {page: asked_by(entry).dead(sent[page]) for page, entry in PAGES.items()}
    nowhere = {
        key
        for keys in dead.values()
        for key in keys
        if all(key in dead[page] for page in PAGES if key in sent[page])
    }
    assert not nowhere


@pytest.mark.parametrize("entry", PAGES.values())
def test_each_call_names_a_key_as_is_agreed(entry: str) -> None:
    assert not asked_by(entry).unreadable


def test_what_is_missing_dead_or_unreadable_is_named() -> None:
    source = """
        const ERROR_STRINGS = { "no-speech": "nothing", other: "failed" };
        t(ERROR_STRINGS[kind] || "unknown"); t(`group_${key}`);
        t(way === "up" ? "a" : "b", {}); t(chosen(key, "x")); t(key);
    """
    asked = asked_in([source])
    assert asked.keys == {"nothing", "failed", "unknown", "a", "b", "x"}
    assert asked.beginnings == {"group_"}
    assert asked.unreadable == ["t(key)"]
    assert asked.missing({"nothing", "failed", "unknown", "a", "x"}) == {"b", "group_…"}
    assert asked.dead({"a", "group_all", "old"}) == {"old"}
