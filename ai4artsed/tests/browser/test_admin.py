"""The admin on a tablet: two people at one form, a session that has ended, all of a long list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ai4artsed.tests.browser.tablet import LANDSCAPE
from ai4artsed.tests.workshop_process import PASSWORD, WorkshopProcess

MAKE = """
from django.contrib.auth.models import User
from devices.models import Device, FirstPassword, Workshop
User.objects.create_superuser('ben', password='{password}')
FirstPassword.objects.create(user=User.objects.create_superuser('carla', password='{password}'))
Device.objects.bulk_create(Device(pk=f'karton-{{n:02}}') for n in range(43))
print('key', Workshop.objects.create(name='Linde', safety_level='youth').pk)
"""


@pytest.fixture(scope="module")
def group(workshop: WorkshopProcess) -> str:
    """The key of a workshop; with it come a second facilitator and 43 devices."""
    done = workshop.manage("shell", "-c", MAKE.format(password=PASSWORD))
    return re.search(r"key (\d+)", done.stdout)[1]  # type: ignore[index]


@contextmanager
def logged_in(browser: Browser, workshop: WorkshopProcess, name: str) -> Iterator[Page]:
    width, height = LANDSCAPE
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, locale="de-DE"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{workshop.url}/admin/login/?next=/admin/")
    log_in(page, name)
    yield page
    context.close()


def log_in(page: Page, name: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()


def look(page: Page, name: str) -> None:
    """Keep pictures of the page in the folder PICTURES, where one wants to see it."""
    if not (folder := os.environ.get("PICTURES")):
        return
    size = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in ((1180, 820), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(folder) / f"{name}-{scheme}-{width}.png", full_page=True)
    assert size is not None
    page.set_viewport_size(size)


def test_two_people_at_one_form_are_told_of_each_other(
    chromium: Browser, workshop: WorkshopProcess, group: str
) -> None:
    form = f"{workshop.url}/admin/devices/workshop/{group}/change/"
    with (
        logged_in(chromium, workshop, "leitung") as hers,
        logged_in(chromium, workshop, "ben") as his,
    ):
        for page in (hers, his):
            page.goto(form)
        his.locator("[name=safety_level][value=kids]").check()
        his.locator("[name=_continue]").click()
        hers.locator("[name=safety_level][value=adult]").check()
        hers.locator("#id_shows_names").check()
        hers.locator("[name=_continue]").click()
        told = hers.locator(".errorlist .conflict")
        expect(hers.locator("#content")).to_contain_text("ben hat hier um")
        expect(hers.locator("[name=safety_level][value=adult]")).to_be_checked()
        expect(hers.locator("#id_shows_names")).to_be_checked()
        look(hers, "conflict")
        told.get_by_label("Bei „Kinder“ lassen").check()
        hers.locator("[name=_continue]").click()
        expect(hers.locator("[name=safety_level][value=kids]")).to_be_checked()
        expect(hers.locator("#id_shows_names")).to_be_checked()


def test_two_people_who_name_one_device_are_told_of_each_other(
    chromium: Browser, workshop: WorkshopProcess, group: str
) -> None:
    devices = f"{workshop.url}/admin/devices/device/?q=karton-0"
    with (
        logged_in(chromium, workshop, "leitung") as hers,
        logged_in(chromium, workshop, "ben") as his,
    ):
        for page, name in ((hers, "Fenster"), (his, "Tür")):
            page.goto(devices)
            page.locator("#id_form-0-name").fill(name)
        his.locator(".save-names button").click()
        hers.locator(".save-names button").click()
        expect(hers.locator("#content")).to_contain_text("ben hat hier um")
        look(hers, "conflict-list")
        hers.get_by_label("Meins nehmen").check()
        hers.locator(".save-names button").click()
        expect(hers.locator("#id_form-0-name")).to_have_value("Fenster")


def test_a_break_pressed_after_the_session_has_ended_begins_by_one_more_button(
    chromium: Browser, workshop: WorkshopProcess, group: str
) -> None:
    with logged_in(chromium, workshop, "leitung") as page:
        page.goto(f"{workshop.url}/admin/devices/workshop/{group}/change/")
        page.context.clear_cookies(name="sessionid")
        page.locator("#break-message").fill("Wir essen jetzt.")
        page.locator(".workshop-break button").click()
        log_in(page, "leitung")
        expect(page.locator(".pressed")).to_have_text("Linde: Pause für alle")
        look(page, "again")
        page.get_by_role("button", name="Jetzt machen").click()
        expect(page.locator(".workshop-break")).to_contain_text("Wir essen jetzt.")


def test_all_devices_of_a_list_are_chosen_on_all_its_pages(
    chromium: Browser, workshop: WorkshopProcess, group: str
) -> None:
    with logged_in(chromium, workshop, "leitung") as page:
        page.goto(f"{workshop.url}/admin/devices/device/?q=karton")
        page.locator("#action-toggle").check()
        page.locator("select[name=action]").select_option(f"move_to_{group}")
        page.locator("[name=index]").click()
        expect(page.locator(".messagelist")).to_contain_text("40 Geräte sind jetzt in Linde.")
        expect(page.locator(".messagelist")).to_contain_text("3 weitere Zeilen stehen auf anderen")
        look(page, "left")
        page.locator("#action-toggle").check()
        page.locator(".actions .question a").click()
        page.locator("select[name=action]").select_option(f"move_to_{group}")
        page.locator("[name=index]").click()
        expect(page.locator(".messagelist")).to_contain_text("43 Geräte sind jetzt in Linde.")


def test_whose_password_others_know_chooses_another_before_anything_else(
    chromium: Browser, workshop: WorkshopProcess, group: str
) -> None:
    with logged_in(chromium, workshop, "carla") as page:
        expect(page.locator(".first-password")).to_contain_text("kennen auch andere")
        look(page, "first-password")
        page.goto(f"{workshop.url}/admin/devices/device/")
        page.locator("#id_old_password").fill(PASSWORD)
        for field in ("#id_new_password1", "#id_new_password2"):
            page.locator(field).fill("regen-und-moos-2027")
        page.locator("[type=submit]").last.click()
        expect(page.locator("#content")).to_contain_text("Passwort")
        page.goto(f"{workshop.url}/admin/administration/")
        expect(page.locator("#dashboard")).to_be_visible()
