"""A real workshop and real browser windows for the tests of the participants' page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.chromium import running_chromium
from ai4artsed.tests.browser.tablet import LANDSCAPE, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop

# Fast enough not to wait for, slow enough to be interrupted while a long idea is rewritten.
WORDS_PER_SECOND = "200"

# Generous, for machines that do several things at once; a test that passes does not wait.
expect.set_options(timeout=15_000)

TabletMaker = Callable[..., Tablet]


# Of the package, not of the session: Playwright's loop would trouble other tests' database.
@pytest.fixture(scope="package")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    place = tmp_path_factory.mktemp("browser")
    with running_workshop(place, WORDS_PER_SECOND=WORDS_PER_SECOND) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def new_tablet(workshop: WorkshopProcess, chromium: Browser) -> Iterator[TabletMaker]:
    """Makes tablets, on the studio's page or empty, each a device of its own.

    In the end each must be clean.
    """
    tablets: list[Tablet] = []

    def make(
        size: tuple[int, int] = LANDSCAPE, *, before_load: str = "", empty: bool = False
    ) -> Tablet:
        tablet = Tablet(chromium, workshop, size, before_load=before_load, empty=empty)
        tablets.append(tablet)
        return tablet

    yield make
    for tablet in tablets:
        tablet.context.close()
    for tablet in tablets:
        assert tablet.complaints == []
        assert tablet.foreign_requests == []
        assert tablet.failed_answers == []


@pytest.fixture
def code(workshop: WorkshopProcess) -> str:
    """Return the code by which devices join the open workshop."""
    ((code,),) = workshop.query("SELECT join_code FROM devices_workshop WHERE takes_new_devices")
    return str(code)


@pytest.fixture
def tablet(new_tablet: TabletMaker) -> Tablet:
    return new_tablet()


@pytest.fixture
def empty_window(new_tablet: TabletMaker) -> Tablet:
    """A tablet on which nothing is open yet: the studio's page takes a second to load."""
    return new_tablet(empty=True)
