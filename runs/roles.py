"""The groups that people are put into, and what each may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

READ = (
    "devices.view_device",
    "devices.view_workshop",
    "runs.view_run",
    "runs.view_entity",
)
ROLES = {
    "facilitator": (
        *READ,
        "devices.change_device",
        "devices.add_workshop",
        "devices.change_workshop",
        "runs.cancel_run",
        "runs.release_run",
    ),
    "researcher": (*READ, "runs.export_run"),
}


def make_groups(**signal: Any) -> None:
    """Make the groups that are missing; one that is there keeps the rights it has been given.

    Django makes permissions after all migrations, so groups are made there too (post_migrate).
    """
    for name, rights in ROLES.items():
        group, is_new = Group.objects.using(signal["using"]).get_or_create(name=name)
        if is_new:
            for right in rights:
                app, codename = right.split(".")
                group.permissions.add(
                    Permission.objects.using(signal["using"]).get(
                        content_type__app_label=app, codename=codename
                    )
                )
