"""Every file of a run can be opened from its page, whatever its layout, and nothing else can."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from devices.tests.people import browser_of_group
from runs import archive as files
from runs import index, run_files
from runs.models import Entity, Run
from runs.tests.making import blocked, made, picture, staff_browser
from runs.tests.recording import old_run

pytestmark = pytest.mark.django_db

PNG = picture()
UUID = "5b2e0d2a-0000-4000-8000-000000000000"
MS = "run_1770714000000_abc"


def links_of(client: Client, run: Run) -> dict[str, str]:
    """Return what the page of a run links in its list of files: name → address."""
    html = client.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    found = re.findall(r'<a class="run-file" href="([^"]+)">([^<]+)</a>', html)
    return {unescape(name): unescape(address) for address, name in found}


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def opened(client: Client, run: Run) -> dict[str, bytes]:
    """Open each of the linked files, and check that nothing in it is run as a page."""
    contents = {}
    for name, address in links_of(client, run).items():
        response = client.get(address)
        assert response.status_code == 200, name
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"] not in ("text/html", "image/svg+xml")
        contents[name] = content_of(response)
    return contents


def lying_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def entities(*names: str) -> list[dict[str, Any]]:
    return [
        {"sequence": number, "type": name.partition("_")[2].partition(".")[0], "filename": name}
        for number, name in enumerate(names, start=1)
    ]


LAYOUTS: dict[str, tuple[str, dict[str, Any], dict[str, bytes | str]]] = {
    "L0": (
        UUID,
        {"schema": "bauhaus", "outputs": []},
        {"input_text.txt": "Haus", "output_image.png": PNG},
    ),
    "L1": (
        "leg_1770714000000_abc",
        {"entities": entities("01_input.txt")},
        {"01_input.txt": "Haus", "02_output_image.png": PNG, "notes.md": "x"},
    ),
    "L2": (
        f"2026-01-20/{MS}",
        {"entities": entities("01_input.txt", "04_output_image.png")},
        {
            "01_input.txt": "Haus",
            "04_output_image.png": PNG,
            "page.html": "<script>",
            "a.svg": "<svg>",
        },
    ),
    "L2b": (
        f"2026-01-20/{MS}",
        {"entities": entities("A_input.txt", "B_output_image.png")},
        {"A_input.txt": "Haus", "B_output_image.png": PNG, "Z1_error.json": "{}"},
    ),
    "L3": (
        f"2026-02-10/{UUID}_2026-02-10/{MS}",
        {
            "entities": entities("01_input.txt", "02_output_image.png"),
            "prompting_process": entities("prompting_process/001_input.txt"),
        },
        {
            "final/01_input.txt": "Haus",
            "final/02_output_image.png": PNG,
            "final/03_output_music.mp3": b"ID3",
            "final/04_error.json": '{"error_type": "timeout"}',
            "prompting_process/001_input.txt": "Ha",
            "prompting_process/002_context_prompt.txt": "Regel",
            "other/ä ? & %.txt": "odd",
            ".hidden.tmp": "half",
        },
    ),
    "L4": (
        f"2026-01-20/legacy_20260101/{UUID}",
        {"entities": entities("01_input.txt")},
        {"01_input.txt": "Haus", "02_output_image.png": PNG},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_file_of_every_layout_is_opened_from_the_page(layout: str) -> None:
    place, metadata, contents = LAYOUTS[layout]
    folder = old_run(
        files.runs_root() / place, {"timestamp": "2026-02-10T10:00:00"} | metadata, contents
    )
    index.rebuild()
    run = Run.objects.get()
    assert opened(browser_of_group("researcher"), run) == lying_in(folder)


def test_of_our_own_runs_too_with_type_and_size_and_what_no_record_knows_is_said() -> None:
    run = made()
    folder = files.run_folder(run)
    (folder / "09_output_image.png").write_bytes(PNG)
    client = browser_of_group("facilitator")
    assert opened(client, run) == lying_in(folder)
    html = client.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    rows = {
        name: re.sub(r"<[^>]+>", "|", row)
        for row in html.split("<tr>")
        for name in re.findall(r'class="run-file" href="[^"]+">([^<]+)<', row)
    }
    assert "output_image" in rows["04_output_image.png"]
    assert "image/png" in rows["04_output_image.png"]
    assert "KB" in rows["04_output_image.png"]
    assert "in no record" in rows["09_output_image.png"]
    for record in ("metadata.json", "authorship.json"):
        assert "record of the run" in rows[record]


def test_a_record_that_is_damaged_is_opened_as_it_lies() -> None:
    run = made()
    (files.run_folder(run) / "metadata.json").write_bytes(b'{"half')
    client = browser_of_group("researcher")
    assert content_of(client.get(links_of(client, run)["metadata.json"])) == b'{"half'


def test_links_pipes_and_names_that_fit_no_address_are_named_and_stay_closed(
    tmp_path: Path,
) -> None:
    run = made()
    folder = files.run_folder(run)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "link.txt").symlink_to(secret)
    (folder / "sub").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    (folder / "a\nb.txt").write_text("x")
    (folder / "a\\b.txt").write_text("x")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text("x")
    Entity.objects.create(run=run, sequence=9, type="input", filename="pipe.txt")
    Entity.objects.create(run=run, sequence=10, type="gone", filename="10_gone.txt")
    Entity.objects.create(run=run, sequence=11, type="out", filename="../../secret.txt")
    client = browser_of_group("researcher")
    linked = links_of(client, run)
    assert set(linked) == {
        "01_input.txt",
        "02_interception.txt",
        "03_optimized_prompt.txt",
        "04_output_image.png",
        "authorship.json",
        "metadata.json",
    }
    page = client.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    for told in (
        "A link, which is not followed.",
        "It is no regular file.",
        "Its name cannot stand in an address.",
        "It is not there any more.",
    ):
        assert told in page
    base = f"/admin/runs/run/{run.pk}/file/"
    for name in (
        "link.txt",
        "sub/secret.txt",
        "pipe.txt",
        "10_gone.txt",
        "../../secret.txt",
        "..%2F..%2Fsecret.txt",
        "%2Fetc%2Fpasswd",
        "a%0Ab.txt",
        "a%5Cb.txt",
        "%FF.txt",
        "nothing.txt",
    ):
        assert client.get(base + name).status_code == 404, name


def test_a_pipe_that_a_record_names_holds_nobody_up() -> None:
    run = made()
    folder = files.run_folder(run)
    for name in ("04_output_image.png", "metadata.json", "01_input.txt"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    client = staff_browser("view_run", "export_run", "view_entity")
    for address in (
        f"/api/media/image/{run.run_id}",
        f"/api/runs/{run.run_id}/thumbnail",
        f"/api/pipeline/{run.run_id}/file/01_input.txt",
    ):
        assert client.get(address).status_code == 404
    assert client.get(f"/api/pipeline/{run.run_id}/status").status_code == 200
    assert client.get(f"/api/runs/{run.run_id}/").json()["texts"]["input"] is None
    assert client.get(f"/admin/runs/run/{run.pk}/change/").status_code == 200
    assert content_of(client.get("/api/runs/export/"))


def test_what_a_blocked_run_has_made_stays_closed_and_its_words_are_opened() -> None:
    run = blocked(None)
    folder = files.run_folder(run)
    (folder / "09_output_image.png").write_bytes(PNG)
    (folder / "10_output_code.txt").write_text("x")
    (folder / "stray.png").write_bytes(PNG)
    client = browser_of_group("facilitator")
    assert set(links_of(client, run)) == {
        "01_input.txt",
        "02_interception.txt",
        "03_optimized_prompt.txt",
        "metadata.json",
        "authorship.json",
    }
    assert "Kept closed" in client.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    for name in ("04_output_image.png", "09_output_image.png", "10_output_code.txt", "stray.png"):
        assert client.get(f"/admin/runs/run/{run.pk}/file/{name}").status_code == 404


def test_only_who_may_view_runs_opens_their_files() -> None:
    run = made()
    address = f"/admin/runs/run/{run.pk}/file/metadata.json"
    assert Client().get(address).status_code == 302
    assert staff_browser("view_device").get(address).status_code == 403
    assert browser_of_group("facilitator").get("/admin/runs/run/0/file/x").status_code == 404


def test_a_folder_with_more_files_than_fit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_files, "MOST_FILES", 3)
    run = made()
    client = browser_of_group("facilitator")
    page = client.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    assert "There are more files in this folder than fit here." in page
