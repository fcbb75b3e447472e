from __future__ import annotations

from typing import Any

from django.db import migrations

from devices.folding import FoldedField, fold


def fold_names(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    for model in ("Device", "Workshop"):
        rows = apps.get_model("devices", model).objects.using(alias)
        for pk, name in list(rows.exclude(name="").order_by("pk").values_list("pk", "name")):
            rows.filter(pk=pk, name=name).update(name_folded=fold(name))


class Migration(migrations.Migration):

    atomic = False
    dependencies = [("devices", "0006_plain_names")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="name_folded",
            field=FoldedField(of="name", blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="workshop",
            name="name_folded",
            field=FoldedField(of="name", blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
