"""The shape of the house: imports go one way, the pure rooms stay pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

# From the top down: a module imports from its own row and from those below it.
APPS = (("ai4artsed",), ("pipelines",), ("runs",), ("devices",), ("web",))
# The rooms and files inside two apps; those of one row do not import each other.
SITE = (
    ("asgi", "management", "urls"),
    ("facilitation", "projector"),
    ("cards", "studio"),
    ("apps",),
    (
        "accounts",
        "api_docs",
        "body_limit",
        "context_processors",
        "errors",
        "sessions",
        "static",
    ),
    ("settings",),
    ("database", "local"),
)
PIPELINES = (
    ("apps", "urls"),
    ("api", "checks", "management"),
    ("health", "live", "worker"),
    ("run_state", "submission"),
    ("generation", "texts"),
    ("failures", "moderation"),
    ("servers",),
    ("inputs", "queue"),
    ("error_messages", "labels", "models", "registry"),
    ("stages",),
    ("safety",),
    ("engines",),
    ("catalog",),
)
PURE = (
    "pipelines/catalog",
    "pipelines/stages",
    "pipelines/safety",
    "pipelines/engines",
    "runs/alignment.py",
    "runs/viewing.py",
)
# Messages to children are translated where they are worded; that needs no settings of ours. The
# judge sees a picture as all faces show it, by a module that is itself pure.
PURE_MAY_USE = ("django.utils.translation", "runs.viewing")
IMPURE = ("django", "rest_framework", "web", "runs", "devices", "ai4artsed")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name; `is_hidden` where a function imports it."""

    target: str
    line: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    path: Path
    imports: tuple[Import, ...]


@cache
def house() -> dict[str, Module]:
    """Return every module of our own but tests and migrations, parsed once for all tests."""
    found = {}
    for (app,) in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            relative = path.relative_to(settings.BASE_DIR)
            if not {"tests", "migrations"} & set(relative.parts):
                name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found[name] = Module(name, relative, tuple(_imports(tree, is_hidden=False)))
    return found


def _imports(node: ast.AST, *, is_hidden: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, is_hidden) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                yield Import(f"{child.module}.{alias.name}", child.lineno, is_hidden)
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _imports(child, is_hidden=is_hidden or inside)


def upward(rows: tuple[tuple[str, ...], ...], package: str = "") -> list[str]:
    """Return the imports between rooms of `package` that go up, or beside within a row."""
    row_of = {room: number for number, row in enumerate(rows) for room in row}
    depth = len(package.split(".")) if package else 0

    def room_of(name: str) -> str | None:
        parts = name.split(".")
        is_inside = ".".join(parts[:depth]) == package and len(parts) > depth
        return parts[depth] if is_inside else None

    found = []
    for module in house().values():
        room = room_of(module.name)
        if room is None:
            continue
        assert room in row_of, f"{package} has a new room: {room}. Give it a row."
        for each in module.imports:
            target = room_of(each.target)
            if target != room and target in row_of and row_of[target] <= row_of[room]:
                found.append(f"{module.name}:{each.line} imports {each.target}")
    return found


def test_an_app_imports_only_from_itself_and_the_apps_below() -> None:
    assert upward(APPS) == []


def test_inside_the_site_pages_stand_on_what_they_share() -> None:
    assert upward(SITE, "ai4artsed") == []


def test_inside_the_pipelines_imports_go_one_way() -> None:
    assert upward(PIPELINES, "pipelines") == []


def test_no_module_imports_in_a_circle() -> None:
    known = house()
    edges = {
        name: {
            found
            for each in module.imports
            if (found := each.target if each.target in known else each.target.rpartition(".")[0])
            in known
            and found != name
        }
        for name, module in known.items()
    }
    finished: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circle: {' -> '.join((*trail[trail.index(name) :], name))}"
        if name not in finished:
            for target in sorted(edges[name]):
                visit(target, (*trail, name))
            finished.add(name)

    for name in sorted(edges):
        visit(name, ())


def test_own_modules_are_imported_at_the_top_and_not_inside_functions() -> None:
    # ready() is where Django lets an app import what needs its models.
    hidden = [
        f"{module.name}:{each.line}"
        for module in house().values()
        for each in module.imports
        if each.is_hidden and _is_own(each.target) and module.path.name != "apps.py"
    ]
    assert not hidden


def _is_own(target: str) -> bool:
    return (target.partition(".")[0],) in APPS


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_know_no_database_no_request_and_no_settings(room: str) -> None:
    inside = [module for module in house().values() if module.path.is_relative_to(room)]
    assert inside
    assert list(_impure(inside)) == []


def _impure(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        for each in module.imports:
            if each.target.split(".")[0] in IMPURE and not each.target.startswith(PURE_MAY_USE):
                yield f"{module.name}:{each.line} imports {each.target}"


@pytest.mark.parametrize("app", [row[0] for row in APPS])
def test_no_module_of_the_house_is_long(app: str) -> None:
    lengths = {
        str(module.path): len((settings.BASE_DIR / module.path).read_text("utf-8").splitlines())
        for module in house().values()
        if module.path.parts[0] == app
    }
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    offences = [
        f"{path.name}: {mark}"
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for mark in (" style=", " onclick=", " onchange=", "<style", "javascript:")
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not offences
