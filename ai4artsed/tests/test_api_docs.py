"""The description of the API: complete, without warnings, and shown without foreign help."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import call_command
from django.test import Client


def test_every_endpoint_is_described_without_a_warning(tmp_path: Path) -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yml")
    )


def test_the_description_names_the_filters_of_runs() -> None:
    description = Client().get("/api/docs/openapi.json").json()
    parameters = description["paths"]["/api/runs/"]["get"]["parameters"]
    assert {"device", "workshop", "from", "to", "day", "rule", "engine", "status", "q"} <= {
        parameter["name"] for parameter in parameters
    }


def test_the_page_takes_everything_from_here_and_runs_no_inline_script() -> None:
    response = Client().get("/api/docs/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    page = response.content.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.findall(r"<script>", page)
    assert "SwaggerUIBundle" in Client().get("/api/docs/?script=").content.decode()
