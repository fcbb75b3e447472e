"""QR codes of addresses, for the page and for drawings, without a quiet zone of their own."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno
from PIL import Image

_DARK = "#1e1c19"


def qr_image(address: str, *, side: int) -> Image.Image:
    """Return the code in whole pixels per module, as large as `side` allows."""
    code = segno.make(address, error="l", micro=False)
    rows = [bytes(row) for row in code.matrix]
    modules = Image.new("1", (len(rows), len(rows)), 1)
    modules.putdata([0 if dark else 1 for row in rows for dark in row])
    scale = max(1, side // len(rows))
    return modules.resize((len(rows) * scale, len(rows) * scale), Image.Resampling.NEAREST)


def qr_source(address: str) -> str:
    """Return the code as an SVG in a `data:` address, for an image of any size."""
    drawing = io.BytesIO()
    segno.make(address, error="l", micro=False).save(
        drawing, kind="svg", border=0, dark=_DARK, light=None, omitsize=True, xmldecl=False
    )
    return f"data:image/svg+xml,{quote(drawing.getvalue())}"
