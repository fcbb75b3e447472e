"""Who did what, as facilitators read it."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from ai4artsed.facilitation.act_texts import details_of, done_by
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group
from runs.acts import COMMAND_LINE, Verb, new_act
from runs.models import Act, Run
from runs.pausing import pause_workshop
from runs.tests.making import begin, browser_of, made, workshop

pytestmark = pytest.mark.django_db

ACTS = "/admin/runs/act/"
RUNS = "/admin/runs/run/"
DEVICES = "/admin/devices/device/"
WORKSHOPS = "/admin/devices/workshop/"


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def work(group: Workshop) -> Run:
    return made(Device.objects.create(pk="tablet-1", name="Tisch 3", workshop=group))


@pytest.fixture
def facilitator() -> Client:
    return browser_of_group("facilitator")


def test_the_page_of_a_run_says_who_released_it_and_who_took_it_back(
    work: Run, facilitator: Client
) -> None:
    page = f"{RUNS}{work.pk}/change/"
    assert "Who did what" not in facilitator.get(page).content.decode()
    facilitator.post(f"{RUNS}{work.pk}/release/")
    assert "Released by one-facilitator<" in facilitator.get(page).content.decode()
    facilitator.post(f"{RUNS}{work.pk}/take-back/")
    html = facilitator.get(page).content.decode()
    assert "Taken back by one-facilitator" in html
    assert "Released by one-facilitator (undone by one-facilitator, " in html


def test_the_history_of_a_workshop_says_what_was_done_and_in_detail(
    work: Run, group: Workshop, facilitator: Client
) -> None:
    facilitator.post(f"{WORKSHOPS}{group.pk}/pause/", {"message": "Wir essen jetzt."})
    facilitator.post(f"/admin/workshop/{group.pk}/end-links/")
    facilitator.post(f"{RUNS}{work.pk}/release/")
    data = {"name": "Mi 9 Uhr", "safety_level": "youth"}
    for moment in ("opens_at", "closes_at"):
        data |= {f"{moment}_0": "", f"{moment}_1": ""}
    assert facilitator.post(f"{WORKSHOPS}{group.pk}/change/", data).status_code == 302
    assert not LogEntry.objects.exists()
    html = facilitator.get(f"{WORKSHOPS}{group.pk}/history/").content.decode()
    for text in (
        "Break begun by one-facilitator",
        "Wir essen jetzt.",
        "Links ended by",
        "Released by",
        "Workshop changed by",
        "Name: Di 9 Uhr → Mi 9 Uhr",
        "Safety level: Children → Youth",
    ):
        assert text in html


def test_the_history_of_a_device_says_how_it_was_called_and_where_it_was(
    work: Run, facilitator: Client
) -> None:
    data = {"name": "Fenster", "workshop": workshop("Mi 9 Uhr").pk}
    facilitator.post(f"{DEVICES}tablet-1/change/", data)
    assert set(Act.objects.values_list("verb", flat=True)) == {"name", "move"}
    html = facilitator.get(f"{DEVICES}tablet-1/history/").content.decode()
    assert "Tisch 3 → Fenster" in html and "Di 9 Uhr → Mi 9 Uhr" in html
    assert not LogEntry.objects.exists()


def test_what_leaves_the_house_is_recorded(work: Run, group: Workshop, facilitator: Client) -> None:
    facilitator.get(f"/admin/workshop/{group.pk}/cards/")
    researcher = browser_of_group("researcher")
    chosen = {"action": "download", "_selected_action": [work.pk]}
    researcher.post(f"{RUNS}?workshop__id__exact={group.pk}", chosen)
    exported, printed = Act.objects.newest_first()
    assert (printed.verb, printed.workshop) == ("print", group)
    assert printed.details == {"runs": [work.run_id]}
    assert (exported.verb, exported.actor_name) == ("export", "one-researcher")
    assert exported.details == {"selection": {"workshop__id__exact": [str(group.pk)]}, "runs": 1}


def test_all_acts_are_listed_and_found_and_nobody_changes_them(
    work: Run, group: Workshop, facilitator: Client
) -> None:
    facilitator.post(f"{RUNS}{work.pk}/release/")
    pause_workshop(workshop=group, by=COMMAND_LINE)

    def listed(client: Client, **query: str) -> list[str]:
        return [act.verb for act in client.get(ACTS, query).context["cl"].result_list]

    assert listed(facilitator) == ["pause", "release"]
    assert listed(browser_of_group("researcher"), verb="release") == ["release"]
    assert listed(facilitator, q="one-facilitator") == ["release"]
    assert listed(facilitator, q=work.run_id) == ["release"]
    html = facilitator.get(ACTS).content.decode()
    assert "Break begun by the command line" in html
    assert f'href="{RUNS}{work.pk}/change/"' in html
    act = Act.objects.newest_first()[0]
    assert facilitator.get(f"{ACTS}add/").status_code == 403
    assert facilitator.post(f"{ACTS}{act.pk}/change/", {"verb": "release"}).status_code == 403
    assert facilitator.post(f"{ACTS}{act.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_takes_as_many_queries_for_many_acts(work: Run, facilitator: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            facilitator.get(ACTS)
        return len(captured)

    facilitator.post(f"{RUNS}{work.pk}/release/")
    few = queries()
    for _time in range(5):
        facilitator.post(f"{RUNS}{work.pk}/take-back/")
        facilitator.post(f"{RUNS}{work.pk}/release/")
        facilitator.post(f"{DEVICES}tablet-1/change/", {"name": f"Tisch {_time}"})
    assert queries() == few


def test_whoever_stops_a_run_is_named(facilitator: Client) -> None:
    child, device = browser_of("device-child")
    own, other = begin(device), begin(device)
    assert child.post(f"/api/runs/{own.run_id}/cancel/").status_code == 200
    assert browser_of_group("researcher").post(f"{RUNS}{other.pk}/stop/").status_code == 403
    assert facilitator.post(f"{RUNS}{other.pk}/stop/").status_code == 302
    assert [act.actor_key for act in Act.objects.order_by("pk")] == [device.pk, "one-facilitator"]


@pytest.mark.parametrize("verb", [*Verb, "dance"])
def test_every_act_is_told_in_german_whatever_its_details(verb: str) -> None:
    act = new_act(Verb.PRINT, by=COMMAND_LINE)
    act.verb = verb
    with override("de"):
        assert done_by(act).endswith(" von der Kommandozeile")
        details_of(act)
