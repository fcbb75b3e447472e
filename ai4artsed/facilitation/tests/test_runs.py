"""The facilitators' lists of runs and devices, and the page of a run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devices.models import Device
from devices.tests.people import browser_of_group, browser_of_owner
from pipelines.moderation import end_as_blocked
from pipelines.safety.errors import Blocked
from runs import archive as files
from runs import recorder
from runs.archive import ArchiveError
from runs.entity_types import BLOCKED_TEXT
from runs.models import Kind, Run, Status
from runs.naming import label_pending_runs
from runs.tests.making import begin, blocked, browser_of, damage, made, workshop

pytestmark = pytest.mark.django_db

RUNS = "/admin/runs/run/"
DEVICES = "/admin/devices/device/"


def page_of(run: Run) -> str:
    return f"{RUNS}{run.pk}/change/"


def listed(client: Client, **query: Any) -> set[str]:
    response = client.get(RUNS, query)
    assert response.status_code == 200
    return {run.run_id for run in response.context["cl"].result_list}


def save_names(client: Client, **names: str) -> None:
    """Send the list of devices as its form does."""
    devices = list(Device.objects.order_by("-last_seen_at", "-pk"))
    data: dict[str, Any] = {
        "form-TOTAL_FORMS": len(devices),
        "form-INITIAL_FORMS": len(devices),
        "_save": "1",
    }
    for number, device in enumerate(devices):
        data[f"form-{number}-id"] = device.pk
        data[f"form-{number}-name"] = names.get(device.pk, device.name)
    assert client.post(DEVICES, data).status_code == 302


def name_in_metadata(run: Run) -> str:
    return str(files.read_metadata(files.run_folder(run))["device_name"])


# Naming ------------------------------------------------------------------------------------


def test_a_name_given_in_the_list_goes_into_the_runs_of_the_device() -> None:
    device = Device.objects.create(pk="tablet-1")
    other = Device.objects.create(pk="tablet-2")
    mine, theirs = made(device), made(other)
    save_names(browser_of_group("facilitator"), **{"tablet-1": "Tisch 3"})
    label_pending_runs()
    device.refresh_from_db()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (device.name, mine.device_name, theirs.device_name) == ("Tisch 3", "Tisch 3", "")
    assert (name_in_metadata(mine), name_in_metadata(theirs)) == ("Tisch 3", "")


def test_a_run_that_bears_a_name_keeps_it_when_the_device_gets_another() -> None:
    device = Device.objects.create(pk="tablet-1", name="Tisch 3")
    run = made(device)
    save_names(browser_of_group("facilitator"), **{"tablet-1": "Fenster"})
    label_pending_runs()
    run.refresh_from_db()
    assert (run.device_name, name_in_metadata(run)) == ("Tisch 3", "Tisch 3")


def test_a_name_given_in_the_form_goes_into_the_runs_together_with_the_workshop() -> None:
    device = Device.objects.create(pk="tablet-1")
    run, group = made(device), workshop("Di 9 Uhr")
    client = browser_of_group("facilitator")
    client.post(f"{DEVICES}tablet-1/change/", {"name": "Tisch 3", "workshop": group.pk})
    label_pending_runs()
    device.refresh_from_db()
    run.refresh_from_db()
    assert (device.name, device.workshop, run.device_name) == ("Tisch 3", group, "Tisch 3")


def test_on_a_full_disk_the_list_says_that_earlier_runs_wait_for_their_name(
    full_disk: Callable[[], None],
) -> None:
    device = Device.objects.create(pk="tablet-1")
    run = made(device)
    full_disk()
    client = browser_of_group("facilitator")
    save_names(client, **{"tablet-1": "Tisch 3"})
    with pytest.raises(ArchiveError):
        label_pending_runs()
    run.refresh_from_db()
    assert run.device_name == ""
    html = client.get(DEVICES).content.decode()
    assert "Tisch 3" in html and "Earlier runs of 1 device are still to be given its name." in html


def test_the_return_key_saves_names_and_does_not_start_an_action() -> None:
    Device.objects.create(pk="tablet-1")
    html = browser_of_group("facilitator").get(DEVICES).content.decode()
    form = html[html.index('id="changelist-form"') :]
    first = re.search(r'<(?:button|input)[^>]*type="submit"[^>]*>', form)
    assert first is not None and 'name="_save"' in first.group()


# The list of runs ---------------------------------------------------------------------------


@pytest.fixture
def three() -> tuple[Run, Run, Run]:
    """Three runs that differ in all that one can filter by, but for the day."""
    first = Device.objects.create(pk="tablet-1", name="Tisch 1", workshop=workshop("A"))
    second = Device.objects.create(pk="tablet-2", workshop=workshop("B"))
    return (
        made(first),
        begin(
            second,
            interception_config="bauhaus",
            output_config="qwen",
            safety_level="youth",
            texts=(("input", "Ein Wal im Schnee"),),
            status=Status.RUNNING,
        ),
        blocked(None, kind=Kind.INTERCEPTION, safety_level="adult", output_config=""),
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("device", "tablet-1", {0}),
        ("status", "running", {1}),
        ("interception_config", "bauhaus", {1}),
        ("output_config", "flux2", {0}),
        ("safety_level", "adult", {2}),
        ("kind", "interception", {2}),
        ("day", "1999-01-01", set()),
        ("day", "no day", {0, 1, 2}),
        ("q", "wal", {1}),
        ("q", "Tisch 1", {0}),
    ],
)
def test_filters_and_search_select_runs(
    three: tuple[Run, ...], name: str, value: str, expected: set[int]
) -> None:
    client = browser_of_group("facilitator")
    assert listed(client, **{name: value}) == {three[place].run_id for place in expected}


def test_runs_are_found_by_day_workshop_and_id(three: tuple[Run, ...]) -> None:
    client = browser_of_group("facilitator")
    run = three[1]
    assert run.workshop is not None
    Run.objects.filter(pk=three[0].pk).update(day=date(2026, 1, 17))
    assert listed(client, day="2026-01-17") == {three[0].run_id}
    assert "Sat, 01/17/2026" in client.get(RUNS).content.decode()
    assert listed(client, workshop__id__exact=run.workshop.pk) == {run.run_id}
    assert listed(client, q=run.run_id) == {run.run_id}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    return len(context)


@pytest.mark.parametrize("address", [RUNS, DEVICES, "/admin/devices/workshop/"])
def test_a_list_needs_the_same_number_of_queries_for_any_number_of_rows(address: str) -> None:
    client = browser_of_group("facilitator")
    made(Device.objects.create(pk="tablet-0", workshop=workshop("0")))
    before = queries(client, address)
    for number in range(1, 6):
        device = Device.objects.create(pk=f"tablet-{number}", workshop=workshop(f"{number}"))
        made(device)
        begin(device)
    assert queries(client, address) == before <= 16


def test_a_page_of_a_run_needs_the_same_number_of_queries_for_any_number_of_children() -> None:
    client, run = browser_of_group("facilitator"), made(Device.objects.create(pk="tablet-0"))
    made(parent_run_id=run.run_id)
    before = queries(client, page_of(run))
    for _number in range(4):
        made(run.device, parent_run_id=run.run_id)
    assert queries(client, page_of(run)) == before <= 10


# The page of a run --------------------------------------------------------------------------


def test_the_page_shows_texts_rule_picture_files_parent_and_children() -> None:
    parent = made(kind=Kind.INTERCEPTION, pictures=0)
    run = made(Device.objects.create(pk="tablet-1", name="Tisch 1"), parent_run_id=parent.run_id)
    child = begin(parent_run_id=run.run_id)
    html = browser_of_group("researcher").get(page_of(run)).content.decode()
    words = re.sub("<[^>]+>", "", html)
    for text in ("Ein Haus am Meer", "Ein Nest am Meer", "a nest by the sea", "Tisch 1"):
        assert text in words
    assert "Denk an den Planeten." in html
    assert f"/api/media/image/{run.run_id}/0" in html
    assert page_of(parent) in html and page_of(child) in html
    for entity in run.entities.all():
        assert entity.filename in html and entity.sha256 in html


def test_the_last_text_shows_who_wrote_which_words_and_how_much_of_it() -> None:
    rewritten = begin(kind=Kind.INTERCEPTION, texts=(("input", "Ein Haus <b>am</b> Meer"),))
    recorder.add(rewritten, type="interception", data="Ein Nest <b>am</b> Meer", extension="txt")
    run = made(
        parent_run_id=rewritten.run_id,
        texts=(
            ("input", "Ein Haus <b>am</b> Meer"),
            ("interception", "Ein Nest <b>am</b> Meer"),
            ("optimized_prompt", "Ein Nest <b>am</b> Meer, heute"),
        ),
    )
    content = browser_of_group("facilitator").get(page_of(run)).content.decode()
    assert (
        '<span class="by-mine">Ein</span> <span class="by-rule">Nest</span> &lt;'
        '<span class="by-mine">b&gt;am&lt;/b&gt; Meer</span>, <span class="by-edit">heute</span>'
    ) in content
    legend = content.partition('<ul class="shares"')[2].partition("</ul>")[0]
    assert re.findall(r'"by-(\w+)">[^<]+</span> (\d+) %', legend) == [
        ("mine", "71"),
        ("rule", "14"),
        ("edit", "14"),
    ]
    assert content.count('<ul class="shares"') == 1


def test_the_picture_of_a_blocked_run_is_not_shown() -> None:
    run = blocked(None)
    html = browser_of_group("facilitator").get(page_of(run)).content.decode()
    assert "Das zeigen wir nicht." in html
    assert "<img" not in html


def test_what_a_model_wrote_and_nobody_was_shown_is_read_by_facilitators_alone() -> None:
    client, device = browser_of("device-mine")
    run = begin(device, kind=Kind.INTERCEPTION, output_config="", texts=(("input", "Ein Hund"),))
    block = Blocked(stage=2, reason="hate", message="Das passt hier nicht.")
    details = {"model": "tiny-1", "engine_version": "0.12.3"}
    end_as_blocked(run, block, written="Etwas <Böses>", details=details)
    html = browser_of_group("facilitator").get(page_of(run)).content.decode()
    assert "Etwas &lt;Böses&gt;" in html
    assert "tiny-1, 0.12.3" in html
    assert "Böses" not in client.get(f"/api/runs/{run.run_id}/").content.decode()
    (name,) = run.entities.filter(type=BLOCKED_TEXT).values_list("filename", flat=True)
    assert client.get(f"/api/pipeline/{run.run_id}/file/{name}").status_code == 404


def test_a_text_that_cannot_be_read_is_said_and_the_rest_is_shown() -> None:
    run = made()
    damage(run, "01_input.txt")
    html = browser_of_group("facilitator").get(page_of(run)).content.decode()
    assert "This text cannot be read" in html
    assert "Ein Nest am Meer" in html


def test_metadata_is_shown_as_it_lies_on_the_disk() -> None:
    run = made()
    response = browser_of_group("researcher").get(f"{RUNS}{run.pk}/metadata/")
    assert response.json() == files.read_metadata(files.run_folder(run))


def test_nothing_of_a_run_can_be_added_changed_or_deleted_by_anyone() -> None:
    run, client = made(), browser_of_owner()
    assert client.get(f"{RUNS}add/").status_code == 403
    assert client.post(f"{RUNS}{run.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(page_of(run), {"idea": "Etwas anderes"})
    client.post(RUNS, {"action": "delete_selected", "_selected_action": [run.pk], "post": "yes"})
    run.refresh_from_db()
    assert run.idea == "Ein Haus am Meer"


# Stopping -----------------------------------------------------------------------------------


def test_a_waiting_run_is_stopped_at_once_and_its_folder_says_so() -> None:
    run = begin()
    browser_of_group("facilitator").post(f"{RUNS}{run.pk}/stop/")
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert files.read_metadata(files.run_folder(run))["status"] == "cancelled"


def test_a_running_run_is_asked_to_stop_and_left_to_its_worker() -> None:
    run = begin(status=Status.RUNNING)
    browser_of_group("facilitator").post(f"{RUNS}{run.pk}/stop/")
    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (Status.RUNNING, True)


def test_a_run_that_has_ended_stays_as_it_ended() -> None:
    run = made()
    response = browser_of_group("facilitator").post(f"{RUNS}{run.pk}/stop/", follow=True)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (Status.COMPLETE, False)
    assert "The run had ended already." in response.content.decode()


def test_several_runs_are_stopped_from_the_list() -> None:
    runs = [begin(), begin(status=Status.RUNNING), made()]
    client = browser_of_group("facilitator")
    chosen = [run.pk for run in runs]
    response = client.post(RUNS, {"action": "stop", "_selected_action": chosen}, follow=True)
    assert "2 runs are being stopped." in response.content.decode()
    assert Run.objects.filter(status=Status.COMPLETE).count() == 1


def test_only_a_post_stops_a_run() -> None:
    run = begin()
    assert browser_of_group("facilitator").get(f"{RUNS}{run.pk}/stop/").status_code == 405
    run.refresh_from_db()
    assert run.status == Status.QUEUED


# Rights -------------------------------------------------------------------------------------


def test_a_researcher_sees_runs_and_stops_none() -> None:
    run, client = begin(), browser_of_group("researcher")
    assert client.post(f"{RUNS}{run.pk}/stop/").status_code == 403
    client.post(RUNS, {"action": "stop", "_selected_action": [run.pk]})
    assert "/stop/" not in client.get(page_of(run)).content.decode()
    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (Status.QUEUED, False)


def test_a_researcher_takes_chosen_runs_along_as_a_zip_and_a_facilitator_does_not() -> None:
    chosen, _other = made(), made()
    data = {"action": "download", "_selected_action": [chosen.pk]}
    response = browser_of_group("researcher").post(RUNS, data)
    assert response["Content-Type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(response.getvalue())).namelist()
    assert [name for name in names if name.endswith("metadata.json")] == [
        f"{chosen.folder}/metadata.json"
    ]
    refused = browser_of_group("facilitator").post(RUNS, data)
    assert not refused["Content-Type"].startswith("application/zip")


@pytest.mark.parametrize(
    ("group", "allowed"), [("facilitator", True), ("researcher", False), ("nobody", None)]
)
def test_what_each_group_may_open(group: str, allowed: bool | None) -> None:
    """`allowed` tells whether devices and workshops may be changed; None: nothing may be seen."""
    device = Device.objects.create(pk="tablet-1", workshop=workshop("A"))
    run = made(device)
    client = browser_of_group("researcher" if group == "nobody" else group)
    if group == "nobody":
        Group.objects.get(name="researcher").user_set.clear()
    seen = 403 if allowed is None else 200
    for address in (RUNS, page_of(run), f"{RUNS}{run.pk}/metadata/", DEVICES):
        assert client.get(address).status_code == seen, address
    assert client.get("/admin/devices/workshop/").status_code == seen
    changed = client.post(f"{DEVICES}tablet-1/change/", {"name": "Neu", "workshop": ""})
    assert changed.status_code == (302 if allowed else 403)
    added = client.get("/admin/devices/workshop/add/")
    assert added.status_code == (200 if allowed else 403)
    assert client.get("/admin/auth/user/").status_code == 403


def test_without_signing_in_nothing_is_told() -> None:
    run = made()
    for address in (RUNS, page_of(run), f"{RUNS}{run.pk}/metadata/", f"{RUNS}{run.pk}/stop/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


# Devices ------------------------------------------------------------------------------------


def test_a_device_with_runs_stays_and_one_without_can_be_deleted() -> None:
    busy, idle = Device.objects.create(pk="tablet-1"), Device.objects.create(pk="tablet-2")
    made(busy)
    client = browser_of_owner()
    kept = client.post(f"{DEVICES}tablet-1/delete/", {"post": "yes"}, follow=True)
    assert "“tablet-1” has made runs, so it stays" in kept.content.decode()
    client.post(f"{DEVICES}tablet-2/delete/", {"post": "yes"})
    assert list(Device.objects.values_list("pk", flat=True)) == [busy.pk] != [idle.pk]


def test_the_list_of_devices_tells_runs_picture_and_what_it_waits_for() -> None:
    device = Device.objects.create(pk="tablet-1")
    shown = made(device)
    begin(device)
    html = browser_of_group("facilitator").get(DEVICES).content.decode()
    assert f"/api/runs/{shown.run_id}/thumbnail" in html
    assert "status-queued" in html
    assert f'href="{RUNS}?device=tablet-1">2<' in html


# The policy ---------------------------------------------------------------------------------


def test_no_page_has_inline_scripts_styles_or_handlers() -> None:
    device = Device.objects.create(pk="tablet-1", workshop=workshop("A"))
    run = made(device, pictures=2)
    begin(device)
    client = browser_of_owner()
    pages = (
        "/admin/",
        "/admin/dashboard/",
        RUNS,
        page_of(run),
        DEVICES,
        f"{DEVICES}tablet-1/change/",
        f"{DEVICES}tablet-1/delete/",
        "/admin/devices/workshop/",
        "/admin/devices/workshop/add/",
        f"/admin/devices/workshop/{device.workshop_id}/change/",
        "/admin/auth/user/",
        "/admin/password_change/",
    )
    offence = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)|javascript:")
    for address in pages:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        found = offence.search(
            re.sub(
                r'<script[^>]*type="application/json".*?</script>',
                "",
                response.content.decode(),
                flags=re.DOTALL,
            )
        )
        assert found is None, f"{address}: {found}"
