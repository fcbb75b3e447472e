from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from devices.folding import FoldedField, fold


def fold_names(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("runs", "Run").objects.using(schema_editor.connection.alias)
    names = runs.exclude(device_name="").order_by().values_list("device_name", flat=True)
    for name in list(names.distinct()):
        runs.filter(device_name=name).update(device_name_folded=fold(name))


class Migration(migrations.Migration):

    dependencies = [("runs", "0011_fold_ideas"), ("devices", "0007_fold_names")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="root",
            field=models.CharField(blank=True, default="", max_length=400, verbose_name="archive"),
            preserve_default=False,
        ),
        # No earlier row says who wrote its folder: the worker looks, and seals what others wrote.
        migrations.AddField(
            model_name="run",
            name="needs_seal",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="run",
            name="needs_seal",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="run",
            name="folder",
            field=models.CharField(max_length=400, verbose_name="folder"),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(fields=("folder", "root"), name="run_folder_once"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=Q(("needs_seal", True)), fields=["id"], name="run_needs_seal"
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="device_name_folded",
            field=FoldedField(of="device_name", blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
