from __future__ import annotations

from itertools import count
from typing import Any

from django.db import migrations

from devices.names import plain_name

LONGEST = 120


def make_names_plain(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    devices = apps.get_model("devices", "Device").objects.using(alias)
    for pk, name in list(devices.exclude(name="").values_list("pk", "name")):
        if plain_name(name) != name:
            devices.filter(pk=pk, name=name).update(name=plain_name(name))
    workshops = apps.get_model("devices", "Workshop").objects.using(alias)
    for pk, name in list(workshops.order_by("pk").values_list("pk", "name")):
        if plain_name(name) != name:
            free = _free(plain_name(name), set(workshops.values_list("name", flat=True)))
            workshops.filter(pk=pk, name=name).update(name=free)


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no other workshop has: two may have differed in nothing that is seen."""
    numbered = (f"{name[: LONGEST - 5]} ({number})" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)


class Migration(migrations.Migration):

    atomic = False
    dependencies = [("devices", "0005_outputs")]

    operations = [migrations.RunPython(make_names_plain, migrations.RunPython.noop)]
