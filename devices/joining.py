"""How a device comes into a workshop: by six characters, typed in or behind a QR code."""

from __future__ import annotations

import io
import unicodedata
from datetime import timedelta

import segno
from django.utils import timezone
from django.utils.translation import gettext as _

from devices.identity import is_kept
from devices.models import JOIN_CODE_ALPHABET, Device, Workshop, WrongCode

CODE_LENGTH = 6
# Of 300 million codes a guesser gets to see few: so many wrong ones within the time …
WINDOW = timedelta(minutes=2)
# … by one device, which then has to wait,
MOST_WRONG_OF_A_DEVICE = 8
# … and by all. From there on a device has to be known for a moment before its code is looked at:
# that holds up a guesser who is a new device each time, and a class for seconds, never for good.
MOST_WRONG_OF_ALL = 200
MOMENT = timedelta(seconds=15)


class JoinRefused(Exception):
    """`kind` is unknown, not_yet, over, not_by_code or wait; the sentence is for the person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def plain_code(typed: str) -> str:
    """Return what was typed as a code: capitals, without spaces, hyphens and the like."""
    # Full-width and other styled letters of a keyboard become plain ones.
    plain = unicodedata.normalize("NFKC", typed[:80]).upper()
    return "".join(character for character in plain if character.isalnum())


def is_code(code: str) -> bool:
    """Tell whether `code` has the form of one; whether it leads anywhere is not told."""
    return len(code) == CODE_LENGTH and set(code) <= set(JOIN_CODE_ALPHABET)


def find_workshop(*, device: Device, typed: str) -> Workshop:
    """Return the workshop that `device` may join by what was typed. Raises `JoinRefused`."""
    code = plain_code(typed)
    if len(code) != CODE_LENGTH:
        raise JoinRefused(
            "unknown", _("A code has six characters. Look at it once more and type all of them.")
        )
    _hold_up_guessers(device)
    workshop = Workshop.objects.filter(join_code=code).first()
    if workshop is None:
        WrongCode.objects.create(device=device if is_kept(device) else None)
        raise JoinRefused(
            "unknown", _("No workshop has this code. Compare it character by character.")
        )
    _refuse_where_closed(workshop, device)
    return workshop


def join_workshop(*, device: Device, typed: str) -> Workshop:
    """Bind `device` to the workshop of a code and return it. Raises `JoinRefused`.

    What the device has made before stays its own, and stays in the workshop it was made in.
    """
    workshop = find_workshop(device=device, typed=typed)
    Device.objects.filter(pk=device.pk).update(workshop=workshop)
    device.workshop = workshop
    return workshop


def _hold_up_guessers(device: Device) -> None:
    now = timezone.now()
    WrongCode.objects.filter(at__lt=now - WINDOW).delete()
    wrong = WrongCode.objects.all()
    if wrong.filter(device=device).count() >= MOST_WRONG_OF_A_DEVICE:
        raise JoinRefused(
            "wait", _("Those were many wrong codes. Wait two minutes, or ask the workshop leader.")
        )
    if now - device.first_seen_at < MOMENT and wrong.count() >= MOST_WRONG_OF_ALL:
        raise JoinRefused(
            "wait", _("Many are trying right now. Count to fifteen, then press once more.")
        )


def _refuse_where_closed(workshop: Workshop, device: Device) -> None:
    if device.workshop_id == workshop.pk:
        return
    names = {"name": workshop.name}
    if not workshop.joined_by_code:
        raise JoinRefused(
            "not_by_code",
            _("“%(name)s” takes nobody in right now. Ask the workshop leader.") % names,
        )
    if workshop.is_open():
        return
    if workshop.opens_at is not None and timezone.now() < workshop.opens_at:
        raise JoinRefused(
            "not_yet", _("“%(name)s” has not begun yet. Come back when it opens.") % names
        )
    raise JoinRefused(
        "over", _("“%(name)s” is over. Ask for the code of today's workshop.") % names
    )


def qr_drawing(address: str) -> bytes:
    """Return a QR code of `address` as an SVG of dark modules on nothing, with its quiet zone."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=4, dark="#1e1c19", light=None, omitsize=True
    )
    return drawing.getvalue()
