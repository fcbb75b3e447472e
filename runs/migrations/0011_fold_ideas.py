from __future__ import annotations

from typing import Any

from django.db import migrations

from devices.names import plain_name
from runs.folding import fold

BATCH = 100


def fold_ideas(apps: Any, schema_editor: Any) -> None:
    """Fill the column of runs that were there before it; again from where it was cut short."""
    runs = apps.get_model("runs", "Run").objects.using(schema_editor.connection.alias)
    unfolded = runs.filter(idea_folded="").exclude(idea="").only("idea").order_by("pk")
    last = 0
    while batch := list(unfolded.filter(pk__gt=last)[:BATCH]):
        for run in batch:
            run.idea_folded = fold(run.idea)
        # A transaction of its own: whoever records a run waits for no more than this.
        runs.bulk_update(batch, ["idea_folded"])
        last = batch[-1].pk


def make_names_plain(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("runs", "Run").objects.using(schema_editor.connection.alias)
    names = runs.exclude(device_name="").order_by().values_list("device_name", flat=True)
    for name in list(names.distinct()):
        if plain_name(name) != name:
            runs.filter(device_name=name).update(device_name=plain_name(name))


class Migration(migrations.Migration):

    atomic = False
    dependencies = [("runs", "0010_idea_folded"), ("devices", "0006_plain_names")]

    operations = [
        migrations.RunPython(fold_ideas, migrations.RunPython.noop),
        migrations.RunPython(make_names_plain, migrations.RunPython.noop),
    ]
