"""What a server sends is looked at before it counts as a picture."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from pipelines.engines import pictures
from pipelines.engines.jobs import EngineError, ErrorKind


def picture(form: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    image = Image.effect_noise(size, 60).convert("RGB")
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("PNG", ("image/png", "png", 64, 48)),
        ("JPEG", ("image/jpeg", "jpg", 64, 48)),
        ("WEBP", ("image/webp", "webp", 64, 48)),
    ],
)
def test_a_picture_is_known_by_its_bytes(form: str, expected: tuple[object, ...]) -> None:
    assert pictures.inspect_picture(picture(form)) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>502</html>", id="a page"),
        pytest.param(picture("PNG")[:-400], id="a cut PNG"),
        pytest.param(picture("JPEG")[:-400], id="a cut JPEG"),
        pytest.param(picture("WEBP")[:200], id="a cut WebP"),
        pytest.param(picture("GIF"), id="a format that no engine is asked for"),
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(EngineError) as caught:
        pictures.inspect_picture(data)
    assert caught.value.kind == ErrorKind.BAD_RESPONSE


def test_a_picture_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(EngineError, match="64 x 48 pixels"):
        pictures.inspect_picture(picture())
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with pytest.raises(EngineError, match="bytes"):
        pictures.inspect_picture(picture())


def test_base64_comes_plain_or_as_a_data_url() -> None:
    data = bytes(range(256))
    text = base64.b64encode(data).decode()
    assert pictures.from_base64(text) == data
    assert pictures.from_base64("data:image/png;base64," + text) == data
    assert pictures.from_base64(base64.urlsafe_b64encode(data).decode()) == data


@pytest.mark.parametrize("text", [None, "", 7, "a", "ä", "data:image/png;base64,"])
def test_what_is_not_base64_is_refused(text: object) -> None:
    with pytest.raises(EngineError) as caught:
        assert pictures.inspect_picture(pictures.from_base64(text))
    assert caught.value.kind == ErrorKind.BAD_RESPONSE
