"""The shape of the house: imports go one way, the pure rooms stay pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APPS = ("ai4artsed", "pipelines", "runs", "devices")
PURE = (
    "pipelines/engines/jobs.py",
    "pipelines/catalog",
    "pipelines/stages",
    "pipelines/engines",
    "runs/alignment.py",
)
# Messages to children are translated where they are worded; that needs no settings of ours.
PURE_MAY_USE = ("django.utils.translation",)
IMPURE = ("django", "rest_framework", "runs", "devices", "ai4artsed")


def modules(*folders: str) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        place = settings.BASE_DIR / folder
        for path in [place] if place.suffix else sorted(place.rglob("*.py")):
            relative = path.relative_to(settings.BASE_DIR)
            if not {"tests", "migrations"} & set(relative.parts):
                yield ".".join(relative.with_suffix("").parts).removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_from_itself_and_the_apps_below(app: str) -> None:
    above = APPS[: APPS.index(app)]
    upward = [
        f"{name} imports {target}"
        for name, path in modules(app)
        for _node, target in imported(path)
        if target.split(".")[0] in above
    ]
    assert not upward


def test_no_module_imports_in_a_circle() -> None:
    known = dict(modules(*APPS))
    edges = {
        name: {
            found
            for _node, target in imported(path)
            if (found := target if target in known else target.rpartition(".")[0]) in known
            and found != name
        }
        for name, path in known.items()
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
    hidden = []
    for name, path in modules(*APPS):
        if path.name == "apps.py":
            continue  # ready() is where Django lets an app import what needs its models
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    own = isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0]
                    if own in APPS:
                        hidden.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert not hidden


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_know_no_database_no_request_and_no_settings(room: str) -> None:
    impure = [
        f"{name} imports {target}"
        for name, path in modules(room)
        for _node, target in imported(path)
        if target.split(".")[0] in IMPURE and not target.startswith(PURE_MAY_USE)
    ]
    assert not impure


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    offences = [
        f"{path.name}: {mark}"
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for mark in (" style=", " onclick=", " onchange=", "<style", "javascript:")
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not offences
