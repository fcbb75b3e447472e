"""A write-protected archive: whatever only reads goes on, and touches nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.checks import Warning as CheckWarning
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client

from runs import archive as files
from runs.models import Run
from runs.tests.making import made
from runs.tests.recording import DAY, RUN_ID, january_run, printed_by, snapshot

pytestmark = pytest.mark.django_db


def test_a_read_only_archive_is_indexed_verified_served_and_exported(
    small_disk: Path, write_protect: Callable[[], None], tmp_path: Path
) -> None:
    made()
    january_run(f"{DAY}/{RUN_ID}")
    Run.objects.all().delete()
    write_protect()
    before = snapshot(small_disk)
    # Commands are given up where a check finds an error.
    call_command("check")
    assert "2 would be indexed" in printed_by("--dry-run")
    assert "2 indexed" in printed_by()
    assert "2 unchanged" in printed_by("--verify")
    out = tmp_path / "runs.zip"
    call_command("export_runs", "--status", "complete", "--out", str(out), stderr=io.StringIO())
    with zipfile.ZipFile(out) as exported:
        assert f"json/{DAY}/{RUN_ID}/04_output_image.png" in exported.namelist()
    client = Client()
    client.force_login(User.objects.create_superuser("leitung"))
    for run in Run.objects.all():
        for address in (
            f"/api/media/image/{run.run_id}/0",
            f"/api/runs/{run.run_id}/thumbnail",
            f"/api/runs/{run.run_id}/",
            f"/card/{run.run_id}/",
            f"/admin/runs/run/{run.pk}/change/",
            "/admin/runs/run/",
        ):
            assert client.get(address).status_code == 200, address
    assert snapshot(small_disk) == before


@pytest.mark.parametrize("fault", ["write_protect", "full_disk"])
def test_what_cannot_be_written_is_a_warning(fault: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(fault)()
    (message,) = run_checks(tags=["files"])
    assert (message.id, type(message)) == ("runs.W002", CheckWarning)
    assert "nothing new can be made" in message.msg


def test_reading_touches_nothing_in_an_empty_archive(archive: Path) -> None:
    before = snapshot(archive)
    call_command("check")
    printed_by()
    printed_by("--verify")
    assert snapshot(archive) == before
    assert not files.runs_root().exists()
