"""The Formwerkstatt draws the same picture from the same words, and words change it."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from pipelines.engines.embedded.formwerkstatt import Formwerkstatt
from pipelines.engines.jobs import Cancelled, EngineError, MediaJob, Output

HANDS = ("geometrie", "szene")
ROOT = Path(__file__).parents[2]
PROMPT = "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule"


def paint(prompt: str, *, hand: str = "szene", seed: int = 5, size: int = 256) -> Output:
    job = MediaJob("job", prompt, seed, size, size, parameters={"hand": hand})
    (output,) = Formwerkstatt().generate(job, lambda *report: None)
    return output


def picture(output: Output) -> Image.Image:
    return Image.open(io.BytesIO(output.data)).convert("RGB")


def means(prompt: str, **given: Any) -> list[float]:
    return ImageStat.Stat(picture(paint(prompt, **given))).mean


def distance(one: str, other: str, **given: Any) -> float:
    """Mean absolute difference (0…255) of the pictures reduced to 64×64."""
    a, b = (picture(paint(p, **given)).resize((64, 64)) for p in (one, other))
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean) / 3


@pytest.mark.parametrize("hand", HANDS)
def test_same_seed_and_words_give_the_same_bytes_in_every_process(hand: str) -> None:
    code = (
        "import hashlib; from pipelines.tests.test_formwerkstatt import *;"
        f"print(hashlib.sha256(paint(PROMPT, hand={hand!r}).data).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == hashlib.sha256(paint(PROMPT, hand=hand).data).hexdigest()


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize(
    "prompt", [PROMPT, "drei Fische im Meer", "Haus", "a rocket in space", "ein Hund im Garten"]
)
def test_another_seed_gives_a_visibly_other_composition(prompt: str, hand: str) -> None:
    """Neighbouring seeds: none nearly the same, most of them far apart (0…255 at 64×64)."""
    sheets = [picture(paint(prompt, hand=hand, seed=s)).resize((64, 64)) for s in range(5, 10)]
    apart = [
        sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3
        for one, other in combinations(sheets, 2)
    ]
    assert min(apart) > 8
    assert median(apart) > 18


def test_the_two_hands_draw_different_pictures() -> None:
    one, other = (picture(paint(PROMPT, hand=hand)).resize((64, 64)) for hand in HANDS)
    assert sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3 > 20


def test_the_picture_has_the_size_asked_for_and_says_it_is_algorithmic() -> None:
    job = MediaJob("job", "Haus", 0, 320, 256, parameters={"hand": "szene"})
    (output,) = Formwerkstatt().generate(job, lambda *report: None)
    image = Image.open(io.BytesIO(output.data))
    image.load()
    assert (image.format, image.size) == ("PNG", (320, 256))
    assert "digitalsourcetype/algorithmicMedia" in image.info["XML:com.adobe.xmp"]


@pytest.mark.parametrize("hand", HANDS)
def test_a_colour_word_colours_the_picture(hand: str) -> None:
    red, blue = means("roter Kreis", hand=hand), means("blauer Kreis", hand=hand)
    assert red[0] - red[2] > blue[0] - blue[2] + 15


@pytest.mark.parametrize("hand", HANDS)
def test_night_is_darker_than_day(hand: str) -> None:
    day, night = sum(means("Haus am Tag", hand=hand)), sum(means("Haus bei Nacht", hand=hand))
    assert night < day - 90


def test_numbers_change_how_many_are_drawn() -> None:
    drawn: list[Mapping[str, int]] = [
        paint(p).metadata["drawn"] for p in ("ein Fisch", "drei Fische", "sieben Fische")
    ]
    assert [d["fish"] for d in drawn] == [1, 3, 7]
    assert distance("ein Fisch", "sieben Fische") > 4


@pytest.mark.parametrize(
    "words",
    [
        "am Meer", "unter Wasser", "in der Stadt", "im Wald", "im Gebirge", "im Weltraum",
        "in der Wüste", "im Zimmer", "im Himmel", "im Regen", "im Nebel", "traurig", "unheimlich",
    ],
)  # fmt: skip
@pytest.mark.parametrize("hand", HANDS)
def test_place_weather_and_mood_change_the_picture(words: str, hand: str) -> None:
    assert distance("ein Haus", f"ein Haus {words}", hand=hand) > 3


@pytest.mark.parametrize(
    "style",
    [
        "Bauhaus", "Renaissance", "Tuschmalerei", "technische Zeichnung", "Daguerreotypie",
        "1970s", "Pixel", "Fotokopie", "Comic", "Collage",
    ],
)  # fmt: skip
@pytest.mark.parametrize("hand", HANDS)
def test_a_style_changes_the_picture(style: str, hand: str) -> None:
    assert distance("ein Haus", f"{style}: ein Haus", hand=hand) > 5


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("drei Katzen im Garten", "eine Rakete fliegt zum Mond"),
        ("my bicycle dreams", "ein Schloss am Meer"),
        ("Blubberquatsch", "Zwirbelfax"),
    ],
)
def test_different_ideas_look_different(one: str, other: str, hand: str) -> None:
    assert distance(one, other, hand=hand) > 8


def test_it_tells_which_words_it_read() -> None:
    read = paint(PROMPT).metadata["read"]
    assert read["colours"] == ["red"]
    assert {m["word"] for m in read["things"]} == {"drache", "schule"}
    assert (read["time"], read["place"]) == ("night", "school")


def test_progress_grows_and_a_cancelled_job_stops_at_once() -> None:
    seen: list[float] = []

    def stop_at_third(share: float, word: str, preview: bytes | None = None) -> None:
        seen.append(share)
        if len(seen) == 3:
            raise Cancelled

    job = MediaJob("job", PROMPT, 1, 256, 256, parameters={"hand": "geometrie"})
    with pytest.raises(Cancelled):
        list(Formwerkstatt().generate(job, stop_at_third))
    assert len(seen) == 3
    assert seen == sorted(seen)


@pytest.mark.parametrize(("hand", "side"), [("fuss", 256), ("szene", 200), ("szene", 2000)])
def test_unknown_hands_and_sizes_are_refused(hand: str, side: int) -> None:
    with pytest.raises(EngineError):
        paint("Haus", hand=hand, size=side)


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=80), st.sampled_from(HANDS), st.integers(0, 2**31 - 1))
def test_any_text_becomes_a_picture(text: str, hand: str, seed: int) -> None:
    assert picture(paint(text, hand=hand, seed=seed)).size == (256, 256)
