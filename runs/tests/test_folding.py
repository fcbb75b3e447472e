"""Search and names: what looks the same to its readers is the same, in rows old and new."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from devices.folding import fold
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group
from runs import index
from runs.acts import COMMAND_LINE
from runs.archive import METADATA
from runs.changing import change_workshop
from runs.models import Run
from runs.naming import label_runs, name_device
from runs.tests.making import begin, made, staff_browser, workshop
from runs.tests.recording import old_run

pytestmark = pytest.mark.django_db

ADMIN = "/admin/runs/run/"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


SAME = [
    ("Äpfel", "ÄPFEL"),
    ("Äpfel", nfd("äpfel")),
    ("Straße", "STRASSE"),
    ("Жар-птица", "ЖАР-ПТИЦА"),
    ("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"),
    ("Ångström", "\u212bngström"),
    ("ﬁsch", "FISCH"),
]


@pytest.mark.parametrize(("written", "asked"), SAME)
def test_what_reads_the_same_is_the_same(written: str, asked: str) -> None:
    assert fold(written) == fold(asked)
    assert fold(fold(written)) == fold(written)


@pytest.mark.parametrize(("written", "asked"), [("Äpfel", "A"), (nfd("Äpfel"), "a"), ("x²", "x2")])
def test_another_letter_stays_another_one(written: str, asked: str) -> None:
    assert fold(asked) not in fold(written)


@pytest.mark.parametrize(("written", "asked"), SAME)
def test_an_idea_is_found_however_it_is_typed(written: str, asked: str) -> None:
    researcher, facilitator = staff_browser("view_run"), browser_of_group("facilitator")
    begin(texts=(("input", "Ein Wal"),))

    def assert_found(run_id: str) -> None:
        answer = researcher.get("/api/runs/", {"q": asked}).json()
        assert [run["run_id"] for run in answer["results"]] == [run_id]
        shown = facilitator.get(ADMIN, {"q": asked}).context["cl"].result_list
        assert [run.run_id for run in shown] == [run_id]

    run = made(texts=(("input", f"Viele {written} am Meer"),))
    assert_found(run.run_id)
    run.delete()
    index.rebuild()
    assert_found(run.run_id)


def test_signs_of_patterns_mean_themselves() -> None:
    run = made(texts=(("input", "100 % Äpfel"),))
    begin(texts=(("input", "100 Birnen"),))
    researcher = staff_browser("view_run")
    for query in ("100 %", "0 % ä"):
        answer = researcher.get("/api/runs/", {"q": query}).json()
        assert [one["run_id"] for one in answer["results"]] == [run.run_id]


def test_the_admin_looks_for_each_word_and_for_a_phrase_in_quotes() -> None:
    device = Device.objects.create(pk="device-a", name="Tisch Ö")
    run = made(device, texts=(("input", "Rote ÄPFEL am Meer"),))
    other = made(texts=(("input", "Am Meer: Äpfel"),))
    facilitator = browser_of_group("facilitator")

    def listed(query: str) -> set[str]:
        shown = facilitator.get(ADMIN, {"q": query}).context["cl"].result_list
        return {one.run_id for one in shown}

    assert listed("meer äpfel") == {run.run_id, other.run_id}
    assert listed('"äpfel am meer"') == {run.run_id}
    assert listed(f"äpfel {nfd('Ö')}") == {run.run_id}
    assert listed(f'"{nfd("Tisch Ö")}"') == {run.run_id}
    assert listed(run.run_id) == {run.run_id}


# Names -----------------------------------------------------------------------------------------


def test_a_name_is_stored_in_one_form_and_found_by_either() -> None:
    name = "Bücher Äck"
    group = Workshop.objects.create(name=f" {nfd(name)}  ")
    device = Device.objects.create(pk="device-a", workshop=group)
    name_device(device=device, name=f"  {nfd(name)} ", by=COMMAND_LINE)
    run = begin(Device.objects.get(pk="device-a"))
    for stored in (Device, Workshop):
        assert stored.objects.values_list("name", flat=True).get() == name
    assert Run.objects.values_list("device_name", flat=True).get() == name
    researcher = staff_browser("view_run")
    for asked in (name, nfd(name)):
        for selector in ("device", "workshop"):
            answer = researcher.get("/api/runs/", {selector: asked}).json()
            assert [one["run_id"] for one in answer["results"]] == [run.run_id]


def test_a_name_that_looks_like_another_one_s_is_that_one_s() -> None:
    facilitator = browser_of_group("facilitator")
    workshop("Bücher")
    form = {"name": nfd("Bücher"), "safety_level": "kids"}
    answer = facilitator.post("/admin/devices/workshop/add/", form)
    assert "name" in answer.context["adminform"].form.errors
    assert Workshop.objects.count() == 1


def test_the_lists_of_devices_and_workshops_find_a_name_by_either_form() -> None:
    facilitator = browser_of_group("facilitator")
    Device.objects.create(pk="device-a", name="Äck")
    workshop("Äck")
    for address in ("/admin/devices/device/", "/admin/devices/workshop/"):
        shown = facilitator.get(address, {"q": nfd("Äck")}).context["cl"].result_list
        assert [one.name for one in shown] == ["Äck"]


@pytest.mark.parametrize(("written", "asked"), SAME)
def test_a_name_is_found_whatever_its_case(written: str, asked: str) -> None:
    group = workshop(written)
    device = Device.objects.create(pk="device-a", workshop=group)
    early = begin(device)
    name_device(device=device, name=f"Tisch {written}", by=COMMAND_LINE)
    label_runs(device=device)
    late = begin(Device.objects.get(pk="device-a"))
    others = workshop("Birnen")
    begin(Device.objects.create(pk="device-b", name="Tisch", workshop=others))
    run_ids = {early.run_id, late.run_id}
    researcher, facilitator = staff_browser("view_run"), browser_of_group("facilitator")

    def assert_found() -> None:
        for selector, value in (("device", f"TISCH {asked}"), ("workshop", asked)):
            answer = researcher.get("/api/runs/", {selector: value}).json()
            assert {one["run_id"] for one in answer["results"]} == run_ids
        shown = facilitator.get(ADMIN, {"q": asked}).context["cl"].result_list
        assert {one.run_id for one in shown} == run_ids
        for address in ("/admin/devices/device/", "/admin/devices/workshop/"):
            shown = facilitator.get(address, {"q": asked}).context["cl"].result_list
            assert [written in one.name for one in shown] == [True]

    assert_found()
    Run.objects.all().delete()
    Device.objects.update(name="", name_folded="")
    index.rebuild()
    assert_found()


def test_a_workshop_that_was_renamed_is_found_by_its_new_name() -> None:
    group = workshop("Klasse 7b")
    group.name = "ÄPFEL"
    change_workshop(workshop=group, fields=["name"], by=COMMAND_LINE)
    shown = browser_of_group("facilitator").get("/admin/devices/workshop/", {"q": "äpfel"})
    assert [one.name for one in shown.context["cl"].result_list] == ["ÄPFEL"]


def test_of_two_workshops_that_differ_in_case_each_is_selected_by_itself() -> None:
    runs = {
        name: begin(Device.objects.create(pk=f"device-{name}", workshop=workshop(name)))
        for name in ("7b", "7B")
    }
    researcher = staff_browser("view_run")
    for name, run in runs.items():
        answer = researcher.get("/api/runs/", {"workshop": name}).json()
        assert [one["run_id"] for one in answer["results"]] == [run.run_id]


def test_names_in_folders_are_read_in_one_form(archive: Path) -> None:
    metadata = {
        "run_id": "run_1768652106123_aaaaaa",
        "timestamp": "2026-01-17T10:00:00",
        "device_id": "device-0001",
        "device_name": nfd("Äck"),
        "workshop": nfd("Bücher"),
    }
    folder = archive / "json" / "2026-01-17" / "device-0001" / metadata["run_id"]
    old_run(folder, metadata, {"01_input.txt": nfd("Öl")})
    before = workshop("Bücher")
    index.rebuild()
    run = Run.objects.get()
    assert (run.device_name, run.workshop, run.idea_folded) == ("Äck", before, "öl")
    assert index.rebuild().unchanged == 1
    assert json.loads((folder / METADATA).read_text())["device_name"] == nfd("Äck")


# Rows that were there before -------------------------------------------------------------------


BEFORE = [("runs", "0009_acts"), ("devices", "0005_outputs")]


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_are_folded_and_the_way_back_is_open() -> None:
    for number in range(3):
        made(texts=(("input", f"ÄPFEL {number}"),))
    Device.objects.create(pk="device-a")
    workshop("Bücher")
    MigrationExecutor(connection).migrate(BEFORE)
    # As the state of then has it, which knows nothing of plain names.
    then = MigrationExecutor(connection).loader.project_state(BEFORE).apps
    then.get_model("devices", "Workshop").objects.create(name=nfd("Bücher"), join_code="ACDEFG")
    then.get_model("devices", "Device").objects.update(name=nfd("Äck"))
    then.get_model("runs", "Run").objects.update(device_name=nfd("Äck"))
    newest = MigrationExecutor(connection)
    newest.migrate(newest.loader.graph.leaf_nodes())
    runs = list(Run.objects.order_by("pk"))
    assert [run.idea_folded for run in runs] == ["äpfel 0", "äpfel 1", "äpfel 2"]
    assert {(run.device_name, run.device_name_folded) for run in runs} == {("Äck", "äck")}
    # Nobody knows yet who wrote their folders.
    assert all(run.needs_seal and not run.root for run in runs)
    assert set(Device.objects.values_list("name_folded", flat=True)) == {"äck"}
    assert Workshop.objects.filter(name_folded="bücher (2)").exists()
    assert Device.objects.get().name == "Äck"
    names = Workshop.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Bücher", "Bücher (2)"]
