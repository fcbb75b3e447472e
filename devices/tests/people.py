"""People of the groups that a plain migrate makes, signed in."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.test import Client


def browser_of_group(name: str) -> Client:
    """Return the browser of a new member of staff who is in the group `name` and no more."""
    user = User.objects.create(username=f"one-{name}", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def browser_of_owner() -> Client:
    """Return the browser of a superuser."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create(username="owner", is_staff=True, is_superuser=True))
    return client
