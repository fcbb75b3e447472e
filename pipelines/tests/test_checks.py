"""The system check of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from pipelines.catalog import BUILT_IN
from pipelines.checks import check_catalog, check_models
from pipelines.registry import get_catalog, get_workflows


@pytest.fixture(autouse=True)
def fresh_catalog() -> Iterator[None]:
    for cached in (get_catalog, get_workflows):
        cached.cache_clear()
    yield
    for cached in (get_catalog, get_workflows):
        cached.cache_clear()


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


def test_workflows_of_an_operator_are_checked_too(tmp_path: Path, settings: Settings) -> None:
    workflow = json.loads((BUILT_IN / "workflows/qwen.json").read_text("utf-8"))
    chunk = json.loads((BUILT_IN / "chunks/output_image_qwen.json").read_text("utf-8"))
    chunk |= {"workflow": "own", "roles": ["left", "right"]}
    files = {"workflows/own.json": workflow, "chunks/output_image_qwen.json": chunk}
    for place, content in files.items():
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(json.dumps(content), encoding="utf-8")
    settings.SCHEMA_DIRS = [tmp_path]
    (message,) = check_catalog(None)
    assert message.msg.startswith("chunks/output_image_qwen.json, roles")
    get_catalog.cache_clear()
    get_workflows.cache_clear()
    workflow["graph"]["5"]["inputs"]["text"] = "{{prompt}}"
    (tmp_path / "workflows/own.json").write_text(json.dumps(workflow), encoding="utf-8")
    (message,) = check_catalog(None)
    assert message.msg.startswith(f"{tmp_path / 'workflows/own.json'}, graph.5.inputs.text")


@pytest.mark.parametrize("setting", ["TEXT_MODEL", "CODE_MODEL", "SAFETY_MODEL", "VISION_MODEL"])
def test_an_engine_that_there_is_not_is_told_with_those_that_there_are(
    settings: Settings, setting: str
) -> None:
    setattr(settings, setting, "olama:mistral")
    (message,) = check_models(None)
    assert message.id == "pipelines.E003"
    assert setting in message.msg and "'olama'" in message.msg
    hint = str(message.hint)
    assert all(name in hint for name in ("ollama", "openai", "openai_chat", "openrouter"))
    assert "comfyui" not in hint
    for value in ("", "ollama:mistral", "openai:gpt-x", "openai_chat:x", "wortwerkstatt:"):
        setattr(settings, setting, value)
        assert check_models(None) == []
