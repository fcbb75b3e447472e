"""`check_engines` asks the servers now, and says in the words of the health page how they are."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from pipelines.tests.servers.comfyui import FakeComfyUI
from pipelines.tests.servers.faulty import closed_port_url


@pytest.fixture(autouse=True)
def one_server(settings: Settings) -> Iterator[FakeComfyUI]:
    settings.SWARMUI_URL = settings.OLLAMA_URL = []
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.OPENAI_IMAGES_API_KEY = ""
    settings.GEMINI_API_KEY = settings.OPENROUTER_API_KEY = ""
    settings.TEXT_MODEL = settings.CODE_MODEL = settings.SAFETY_MODEL = settings.VISION_MODEL = ""
    with FakeComfyUI() as server:
        settings.COMFYUI_URL = [server.url]
        yield server


def checked(*outputs: str) -> dict[str, Any]:
    """Return what the command tells programs; where something is wrong it still tells all."""
    out = io.StringIO()
    with suppress(CommandError):
        call_command("check_engines", *outputs, json=True, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_what_no_setting_connects_is_no_fault() -> None:
    found = checked("sd35_large", "formwerkstatt_szene")
    assert [each["state"] for each in found["outputs"]] == ["not_configured", "ready"]
    assert found["outputs"][0]["settings"] == ["SWARMUI_URL"]
    assert found["well"]


def test_a_server_that_does_not_answer_is_unavailable(settings: Settings) -> None:
    settings.COMFYUI_URL = [closed_port_url()]
    found = checked("qwen")
    assert found["servers"][0]["state"] == found["outputs"][0]["state"] == "unavailable"
    assert not found["well"]


def test_what_a_server_has_not_is_named() -> None:
    (output,) = checked("qwen")["outputs"]
    assert output["state"] == "missing_requirements"
    assert {each["server"] for each in output["missing"]} == {"comfyui"}


def test_a_model_setting_that_names_nothing_here_is_misconfigured(settings: Settings) -> None:
    settings.SAFETY_MODEL = "ollama:mistral"
    states = {each["setting"]: each["state"] for each in checked("qwen")["models"]}
    assert (states["SAFETY_MODEL"], states["TEXT_MODEL"]) == ("misconfigured", "ready")


def test_people_read_marks_and_what_to_do(settings: Settings) -> None:
    settings.COMFYUI_URL = [closed_port_url()]
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_engines", "qwen", "sd35_large", stdout=out)
    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert any(line.startswith("✗ qwen") and "does not answer" in line for line in lines)
    assert any(line.startswith("· sd35_large") and "SWARMUI_URL" in line for line in lines)
