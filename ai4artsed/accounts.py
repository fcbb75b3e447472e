"""The first account: without it nobody could open the facilitators' pages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group, User

# Letters and digits that cannot be mistaken for one another when copied from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class FirstAccount:
    name: str
    password: str
    password_is_new: bool


def make_first_account(*, name: str, password: str) -> FirstAccount | None:
    """Make a facilitator who may do everything, where there is no staff yet; else None.

    Without `password` one is drawn, to be shown this one time.
    """
    if User.objects.filter(is_staff=True).exists():
        return None
    drawn = not password
    password = password or "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)
    )
    user = User.objects.create_superuser(username=name, password=password)
    user.groups.add(*Group.objects.filter(name="facilitator"))
    return FirstAccount(name, password, drawn)
