"""Cards to take home: what they say, who gets them, how links end, and the PDF for a class."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image
from PIL.PdfParser import PdfParser
from pytest_django import Settings

from ai4artsed.cards.content import Card, read_card
from ai4artsed.cards.drawing import draw_card, png_of
from ai4artsed.cards.layout import HEIGHT, WIDTH, lay_out
from ai4artsed.cards.pdf import MOST_CARDS
from ai4artsed.cards.typesetting import IDEA_HEIGHT, TEXT_SIZES, plain_line
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group
from runs import recorder
from runs.acts import COMMAND_LINE
from runs.models import Kind, Run
from runs.releasing import release
from runs.sharing import LinkRefused, share_run, shared_run
from runs.tests.making import (
    begin,
    blocked,
    browser_of,
    damage,
    made,
    picture,
    staff_browser,
    workshop,
)

pytestmark = pytest.mark.django_db

IDEA = "Ein kleiner Drache schläft"
RULED = "Ein großer Drache schläft laut"


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def tablet(group: Workshop) -> tuple[Client, Device]:
    return browser_of("device-maker", workshop=group, name="Tisch 3")


@pytest.fixture
def work(tablet: tuple[Client, Device]) -> Run:
    return made(tablet[1])


def rewritten(device: Device | None = None, engine: str = "wortwerkstatt", **changes: Any) -> Run:
    """Record what a rule made of `IDEA`."""
    run = begin(
        device,
        kind=Kind.INTERCEPTION,
        engine=engine,
        texts=(("input", IDEA), ("interception", RULED)),
        **changes,
    )
    recorder.finish(run)
    return run


def card_of(run: Run) -> Card:
    return read_card(
        Run.objects.select_related("workshop").prefetch_related("entities").get(pk=run.pk)
    )


def authors(card: Card) -> list[tuple[str, str]]:
    return [(card.text.text[span.start : span.end], span.author) for span in card.text.spans]


# What a card says ----------------------------------------------------------------------------


def test_the_marks_tell_the_child_s_words_from_the_rule_s_and_from_the_child_s_changes() -> None:
    final = "Ein großer Drache schläft ganz laut"
    run = made(
        parent_run_id=rewritten().run_id,
        texts=(("input", IDEA), ("interception", final), ("optimized_prompt", final)),
    )
    assert authors(card_of(run)) == [
        ("Ein", "mine"),
        ("großer", "rule"),
        ("Drache schläft", "mine"),
        ("ganz", "edit"),
        ("laut", "rule"),
    ]


def test_what_a_machine_fitted_is_not_said_to_be_the_child_s_change() -> None:
    parent = rewritten()
    optimized = "Ein großer Drache schläft laut, watercolor"
    both = (("interception", RULED), ("optimized_prompt", optimized))
    begin(kind=Kind.OPTIMIZATION, parent_run_id=parent.run_id, texts=both)
    texts = (("input", IDEA), *both)
    run = made(parent_run_id=parent.run_id, texts=texts, output_config="qwen")
    assert ("watercolor", "edit") in authors(card_of(run))
    run = made(parent_run_id=parent.run_id, texts=texts)
    assert ("watercolor", "fitting") in authors(card_of(run))


@pytest.mark.parametrize(
    ("maker", "writer", "labels", "source"),
    [
        ("formwerkstatt", "wortwerkstatt", (False, False), "algorithmicMedia"),
        ("comfyui", "wortwerkstatt", (True, False), "trainedAlgorithmicMedia"),
        ("formwerkstatt", "ollama", (False, True), "trainedAlgorithmicMedia"),
    ],
)
def test_the_card_says_where_an_ai_was_at_work_and_its_file_says_so_too(
    maker: str, writer: str, labels: tuple[bool, bool], source: str
) -> None:
    card = card_of(made(engine=maker, parent_run_id=rewritten(engine=writer).run_id))
    assert card.writer
    assert (card.maker.is_ai, card.writer.is_ai) == labels
    png = png_of(card, picture=None, address="")
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.size) == ("PNG", (1240, 1748))
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert f'digitalsourcetype/{source}"' in image.info["XML:com.adobe.xmp"]


def test_the_picture_is_on_the_drawn_card() -> None:
    card = card_of(made())
    red = io.BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(red, "PNG")
    red.seek(0)
    assert draw_card(card, picture=red, address="").getpixel((400, 400)) == (255, 0, 0)
    unseen = io.BytesIO()
    Image.new("RGBA", (64, 64)).save(unseen, "PNG")
    unseen.seek(0)
    assert draw_card(card, picture=unseen, address="").getpixel((400, 400)) == (255, 255, 255)


TEXTS = {
    "long": "Der Drache schläft auf dem Dach der Schule. " * 180,
    "one word": "Übermäßigkeitsöffnungsgröße" * 80,
    "emoji alone": "🐉🚲🎉",
    "no letter of ours": "Ayşe Łukasz Жар-птица 龙 🐉 مرحبا",
    "control characters": "Drache\x00\x07\u200b\r\n\n\nDach\t!",
    "one letter": "ß",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_whatever_was_written_is_drawn_and_stays_in_its_room(text: str) -> None:
    texts = (
        ("input", text),
        ("interception", f"{text} laut"),
        ("optimized_prompt", f"{text} laut"),
    )
    card = card_of(made(texts=texts))
    sheet = draw_card(card, picture=io.BytesIO(picture()), address="https://example.org/shared/x/")
    assert sheet.size == (WIDTH, HEIGHT)
    assert sheet.crop((0, 0, 60, HEIGHT)).getcolors() == [(60 * HEIGHT, (255, 255, 255))]
    edge = (WIDTH - 52, 0, WIDTH, HEIGHT)
    assert sheet.crop(edge).getcolors() == [(52 * HEIGHT, (255, 255, 255))]


def test_a_long_text_shrinks_and_is_then_cut_at_a_word() -> None:
    def layout_of(count: int) -> Any:
        text = "Drache " * count
        texts = (("input", text), ("interception", text + "laut"), ("optimized_prompt", text))
        return lay_out(card_of(made(texts=(*texts[:2], ("optimized_prompt", text + "laut")))), None)

    short, longer, longest = (layout_of(count) for count in (3, 60, 900))
    assert short.text.size > longer.text.size > longest.text.size == TEXT_SIZES[-1]
    assert plain_line(longest.text.lines[-1]).endswith("Drache …")
    assert plain_line(longest.idea.lines[-1]).endswith("Drache …")
    assert longest.idea.height <= IDEA_HEIGHT
    assert "…" not in plain_line(longer.text.lines[-1])


def test_a_work_of_code_says_plainly_that_paper_cannot_show_it(
    tablet: tuple[Client, Device],
) -> None:
    browser, device = tablet
    run = begin(device, output_config="p5js_templates", engine="sketch_templates")
    recorder.add(run, type="output_code", data="function draw() {}", extension="js")
    recorder.finish(run)
    page = browser.get(f"/card/{run.run_id}/", headers={"accept-language": "en"})
    assert "It is a program (p5.js) that draws" in page.content.decode()
    assert browser.get(f"/card/{run.run_id}.png").status_code == 200


def test_a_picture_that_is_lost_or_broken_leaves_the_rest_of_the_card(
    work: Run, tablet: tuple[Client, Device]
) -> None:
    filename = work.entities.get(type="output_image").filename
    for content in (b"\x89PNG broken", None):
        damage(work, filename, content)
        for address in (f"/card/{work.run_id}.png", f"/card/{work.run_id}/"):
            assert tablet[0].get(address).status_code == 200


def test_the_page_escapes_what_was_written(tablet: tuple[Client, Device]) -> None:
    text = "<script>alert(1)</script>"
    run = made(tablet[1], texts=(("input", text), ("optimized_prompt", f"{text} laut")))
    page = tablet[0].get(f"/card/{run.run_id}/").content.decode()
    assert "&lt;script&gt;" in page and "<script>" not in page


# Who gets it -----------------------------------------------------------------------------------


def test_a_card_opens_to_its_own_device_to_staff_and_once_released_to_the_workshop(
    work: Run, tablet: tuple[Client, Device], group: Workshop
) -> None:
    neighbour, _device = browser_of("device-neighbour", workshop=group)
    doors = {
        "own": tablet[0],
        "staff": browser_of_group("facilitator"),
        "neighbour": neighbour,
        "stranger": browser_of("device-stranger")[0],
        "nobody": Client(),
    }

    def open_to(address: str) -> set[str]:
        return {name for name, client in doors.items() if client.get(address).status_code == 200}

    for address in (f"/card/{work.run_id}/", f"/card/{work.run_id}.png"):
        assert open_to(address) == {"own", "staff"}
    release(run=work, by=COMMAND_LINE)
    for address in (f"/card/{work.run_id}/", f"/card/{work.run_id}.png"):
        assert open_to(address) == {"own", "staff", "neighbour"}
    assert "/shared/" not in neighbour.get(f"/card/{work.run_id}/").content.decode()
    assert "/shared/" in tablet[0].get(f"/card/{work.run_id}/").content.decode()


def test_what_is_not_finished_or_was_blocked_has_no_card(tablet: tuple[Client, Device]) -> None:
    browser, device = tablet
    for run in (begin(device), blocked(device), rewritten(device)):
        assert browser.get(f"/card/{run.run_id}/").status_code == 404
        assert browser.get(f"/card/{run.run_id}.png").status_code == 404
        assert browser.post(f"/api/runs/{run.run_id}/share/").status_code == 409
    assert browser.get("/card/run_nothing/").status_code == 404
    assert browser.get("/card/%00/").status_code == 404


def test_no_card_names_the_device(work: Run, tablet: tuple[Client, Device]) -> None:
    assert "Tisch 3" not in tablet[0].get(f"/card/{work.run_id}/").content.decode()


# Links ---------------------------------------------------------------------------------------


def shared_path(browser: Client, run: Run) -> str:
    answer = browser.post(f"/api/runs/{run.run_id}/share/")
    assert answer.status_code == 201
    return f"/shared/{answer.json()['url'].partition('/shared/')[2]}"


def test_a_link_shows_the_card_to_anyone_and_opens_nothing_else(
    work: Run, tablet: tuple[Client, Device]
) -> None:
    path = shared_path(tablet[0], work)
    visitor = Client()
    page = visitor.get(path)
    assert page.status_code == 200 and "Ein Haus am Meer" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert visitor.get(f"{path}card.png")["Content-Type"] == "image/png"
    assert visitor.get(f"{path}picture")["Content-Type"] == "image/png"
    for other in (
        f"/card/{work.run_id}/",
        f"/api/runs/{work.run_id}/",
        f"/api/media/image/{work.run_id}",
    ):
        assert visitor.get(other).status_code == 404


def test_only_whom_a_work_belongs_to_can_share_it(work: Run, group: Workshop) -> None:
    neighbour, _device = browser_of("device-neighbour", workshop=group)
    release(run=work, by=COMMAND_LINE)
    assert neighbour.post(f"/api/runs/{work.run_id}/share/").status_code == 404


@pytest.mark.parametrize(("rights", "may"), [(("view_run",), False), (("release_run",), True)])
def test_of_the_staff_only_those_share_who_may_release(
    work: Run, rights: tuple[str, ...], may: bool
) -> None:
    browser = staff_browser("view_run", *rights)
    assert browser.post(f"/api/runs/{work.run_id}/share/").status_code == (201 if may else 403)
    page = browser.get(f"/card/{work.run_id}/")
    assert page.status_code == 200
    assert ("/shared/" in page.content.decode()) is may


def test_a_link_expires(work: Run, tablet: tuple[Client, Device], settings: Settings) -> None:
    path = shared_path(tablet[0], work)
    settings.SHARE_DAYS = -1
    answer = Client().get(path, headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert "this one's is over" in answer.content.decode()
    assert Client().get(f"{path}card.png").status_code == 404
    assert Client().get(f"{path}picture").status_code == 404


def test_a_link_says_for_how_long_it_holds(work: Run, settings: Settings) -> None:
    month = share_run(run=work).expires_at
    settings.SHARE_DAYS = 2
    assert month - share_run(run=work).expires_at == pytest.approx(
        timedelta(days=28), abs=timedelta(seconds=2)
    )


def test_a_forged_link_says_so_in_a_friendly_way(work: Run) -> None:
    other = made()
    token = share_run(run=work).token
    last = "A" if token[-1] != "A" else "B"
    forgeries = (
        token.replace(work.run_id, other.run_id),
        token.replace(".0:", ".1:"),
        token[:-1] + last,
        token.partition(":")[0],
        "x",
        ":::",
        "%00",
    )
    for forged in forgeries:
        answer = Client().get(f"/shared/{forged}/", headers={"accept-language": "en"})
        assert answer.status_code == 404, forged
        assert "This link leads nowhere" in answer.content.decode()
        assert Client().get(f"/shared/{forged}/picture").status_code == 404


def test_a_facilitator_ends_all_links_of_a_workshop_and_of_no_other(
    work: Run, tablet: tuple[Client, Device], group: Workshop
) -> None:
    elsewhere = made(Device.objects.create(pk="device-other", workshop=workshop("Mi 9 Uhr")))
    ended, kept = share_run(run=work).token, share_run(run=elsewhere).token
    address = f"/admin/workshop/{group.pk}/end-links/"
    assert browser_of_group("researcher").post(address).status_code == 403
    assert tablet[0].post(address).status_code == 302, "to the login"
    assert shared_run(ended) == work
    leader = browser_of_group("facilitator")
    assert leader.get(address).status_code == 405
    leader.post(address)
    with pytest.raises(LinkRefused, match="ended"):
        shared_run(ended)
    assert Client().get(f"/shared/{ended}/").status_code == 410
    assert shared_run(kept) == elsewhere
    work.refresh_from_db()
    assert shared_run(share_run(run=Run.objects.get(pk=work.pk)).token) == work


def test_a_link_to_a_work_that_is_gone_leads_nowhere(work: Run) -> None:
    token = share_run(run=work).token
    work.delete()
    with pytest.raises(LinkRefused, match="unknown"):
        shared_run(token)


# The class's PDF -----------------------------------------------------------------------------


def pages_of(pdf: bytes) -> int:
    return len(PdfParser(buf=pdf).pages)


def action(browser: Client, runs: list[Run]) -> Any:
    data = {"action": "cards", "_selected_action": [run.pk for run in runs]}
    return browser.post("/admin/runs/run/", data)


def test_the_list_prints_four_cards_on_a_page_and_leaves_out_what_has_none() -> None:
    runs = [made() for _number in range(5)]
    answer = action(browser_of_group("facilitator"), [*runs, begin(), rewritten()])
    assert answer["Content-Type"] == "application/pdf"
    assert pages_of(answer.content) == 2
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", answer.content)
    assert box and (float(box[1]), float(box[2])) == pytest.approx((595.2, 841.9), abs=0.5)


def test_the_workshop_s_page_prints_what_it_made_today(work: Run, group: Workshop) -> None:
    earlier = made(work.device)
    Run.objects.filter(pk=earlier.pk).update(day=earlier.day - timedelta(days=1))
    made(Device.objects.create(pk="device-other", workshop=workshop("Mi 9 Uhr")))
    leader = browser_of_group("facilitator")
    page = leader.get(f"/admin/devices/workshop/{group.pk}/change/").content.decode()
    address = f"/admin/workshop/{group.pk}/cards/"
    assert address in page and f"/admin/workshop/{group.pk}/end-links/" in page
    answer = leader.get(address)
    assert pages_of(answer.content) == 1
    assert b"Tisch 3" not in answer.content


def test_researchers_and_tablets_print_no_cards(
    work: Run, tablet: tuple[Client, Device], group: Workshop
) -> None:
    address = f"/admin/workshop/{group.pk}/cards/"
    researcher = browser_of_group("researcher")
    assert researcher.get(address).status_code == 403
    assert action(researcher, [work]).status_code == 302
    assert tablet[0].get(address).status_code == 302


def test_nothing_and_too_much_are_said_and_not_printed(group: Workshop, work: Run) -> None:
    leader = browser_of_group("facilitator")
    empty = workshop("Mi 9 Uhr")
    page = leader.get(f"/admin/workshop/{empty.pk}/cards/", follow=True).content.decode()
    assert "There is no finished work among these" in page
    for _number in range(MOST_CARDS):
        made(work.device)
    page = leader.get(f"/admin/workshop/{group.pk}/cards/", follow=True).content.decode()
    assert "61 works are more than one PDF holds (60)" in page


def test_a_card_is_read_with_few_queries(work: Run) -> None:
    run = Run.objects.select_related("workshop").prefetch_related("entities").get(pk=work.pk)
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        translation.override("de"),
    ):
        read_card(run)
    assert len(queries) <= 3
