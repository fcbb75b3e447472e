"""The card of a work that is no picture says what it is, and has a drawing."""

from __future__ import annotations

import io
from html import unescape

import pytest
from PIL import Image

from ai4artsed.cards.layout import MARGIN, PLATE
from runs import recorder
from runs.tests.making import begin, browser_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("type_", "extension", "said"),
    [
        ("output_code", "js", "It is a program (p5.js) that draws."),
        ("output_music", "mp3", "This work can be heard."),
        ("output_audio", "wav", "This work can be heard."),
        ("tonejs", "js", "This work can be heard."),
        ("output_video", "mp4", "This work is a film."),
        ("output_3d", "glb", "This work has three dimensions."),
    ],
)
def test_a_work_that_is_no_picture_says_what_it_is_and_has_a_drawing(
    type_: str, extension: str, said: str
) -> None:
    browser, device = browser_of("device-maker")
    run = begin(device)
    recorder.add(run, type=type_, data=b"x", extension=extension)
    recorder.finish(run)
    page = browser.get(f"/card/{run.run_id}/", headers={"accept-language": "en"})
    assert said in unescape(page.content.decode())
    image = Image.open(io.BytesIO(browser.get(f"/card/{run.run_id}.png").content)).convert("RGB")
    # Above the words, where nothing but the drawing is.
    strip = image.crop((MARGIN + 40, MARGIN + 40, MARGIN + PLATE - 40, MARGIN + 372))
    colors = strip.getcolors(100_000) or []
    assert len([count for count, _color in colors if count > 1000]) >= 3
