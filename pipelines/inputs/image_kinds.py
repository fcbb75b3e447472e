"""Which kind of picture a file is, told by its first bytes whatever its name says.

HEIC and AVIF are the same kind of box with other contents, and bear many brands: what is in the box
is told by all of them, as the first may only name the box.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

# By the names that Pillow has for them.
JPEG, PNG, WEBP, HEIF, AVIF = "JPEG", "PNG", "WEBP", "HEIF", "AVIF"

_SIGNATURES = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", WEBP: b"RIFF"}
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
# They name the box alone.
_BOX_BRANDS = {b"mif1", b"mif2", b"mif3", b"msf1", b"miaf"}
# H.264, H.266, EVC, JPEG and JPEG 2000 in the same box.
_OTHER_BRANDS = {b"avci", b"avcs", b"vvic", b"vvis", b"evbi", b"evbs", b"jpeg", b"jpgs", b"j2ki"}
_FILM_BRANDS = {b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"qt  ", b"M4V ", b"3gp4"}
_MOST_BRANDS = 64


class InvalidImage(Exception):
    """A file that is not taken; `message` tells the person why and what to do."""

    message: str

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(detail or message)
        self.message = message


class NotAPicture(InvalidImage):
    """No picture of a kind that is read here."""


def kind_of(data: bytes) -> str:
    """Return the kind of the picture in `data`. Raises `NotAPicture`."""
    for kind, signature in _SIGNATURES.items():
        if data.startswith(signature) and (kind != WEBP or data[8:12] == b"WEBP"):
            return kind
    brands = _brands_of(data)
    # The first brand goes before the others.
    for some in (brands[:1], brands):
        if _AVIF_BRANDS & set(some):
            return AVIF
        if _HEIC_BRANDS & set(some):
            return HEIF
    if _OTHER_BRANDS & set(brands):
        raise other_coding("/".join(brand.decode("ascii", "replace") for brand in brands))
    if _BOX_BRANDS & set(brands):
        return HEIF
    if _FILM_BRANDS & set(brands):
        raise NotAPicture(
            _("This is a film. Choose a picture, or take a screenshot of the film and send that."),
            detail="film",
        )
    raise NotAPicture(
        _("This is no picture that can be read here. Choose one of the kind JPEG, PNG or HEIC."),
        detail="unknown kind",
    )


def other_coding(detail: str) -> NotAPicture:
    """Return what is told of a picture whose box is read here, but not what is in it."""
    return NotAPicture(
        _(
            "Pictures of this rare kind cannot be read here. "
            "Send it as JPEG, or take a screenshot of it and send that."
        ),
        detail=detail,
    )


def _brands_of(data: bytes) -> list[bytes]:
    """Return the brands that the file's first box names, the major one first; none of others."""
    if data[4:8] != b"ftyp":
        return []
    size = min(int.from_bytes(data[:4], "big"), len(data), 16 + 4 * _MOST_BRANDS)
    # Behind the major brand stands its version.
    places = (8, *range(16, size - 3, 4))
    return [data[place : place + 4] for place in places if len(data) >= place + 4]
