"""The system check of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from pipelines.catalog import BUILT_IN
from pipelines.checks import check_catalog
from pipelines.configured import get_catalog


@pytest.fixture(autouse=True)
def fresh_catalog() -> Iterator[None]:
    get_catalog.cache_clear()
    yield
    get_catalog.cache_clear()


def test_our_own_catalog_passes(settings: Settings) -> None:
    settings.SCHEMA_DIRS = []
    assert check_catalog(None) == []


def test_each_mistake_is_reported_with_file_field_and_hint(
    tmp_path: Path, settings: Settings
) -> None:
    rule = json.loads((BUILT_IN / "configs/interception/overdrive.json").read_text("utf-8"))
    del rule["icon"]
    rule["color"] = "blue"
    file = tmp_path / "configs" / "interception" / "overdrive.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(rule), encoding="utf-8")
    settings.SCHEMA_DIRS = [tmp_path]
    messages = check_catalog(None)
    assert [message.id for message in messages] == ["pipelines.E001", "pipelines.E001"]
    assert [message.msg.split(": ")[0] for message in messages] == [
        f"{file}, color",
        f"{file}, icon",
    ]
    assert all(message.hint for message in messages)
