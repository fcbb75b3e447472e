"""The first account, without which nobody could open the facilitators' pages; first passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from devices.models import FirstPassword

# Letters and digits that cannot be mistaken for one another when copied from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class FirstAccount:
    name: str
    password: str
    password_is_new: bool


def make_first_account(*, name: str, password: str) -> FirstAccount | None:
    """Make a facilitator who may do everything, where there is no staff yet; else None.

    Without `password` one is drawn, to be shown this one time. Whoever stood by has read it, so it
    opens nothing until it is changed. One that the operator has set is theirs to decide about.
    """
    if User.objects.filter(is_staff=True).exists():
        return None
    drawn = not password
    password = password or "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)
    )
    user = User.objects.create_superuser(username=name, password=password)
    user.groups.add(*Group.objects.filter(name="facilitator"))
    if drawn:
        FirstPassword.objects.create(user=user)
    return FirstAccount(name, password, drawn)


class OwnPasswordForm(AdminPasswordChangeForm):
    """Django's, which takes no password for a new one that is the old one."""

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", ValidationError(_("This is the old password.")))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        FirstPassword.objects.filter(user=user.pk).delete()
        return user
