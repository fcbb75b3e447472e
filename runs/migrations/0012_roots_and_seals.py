from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("runs", "0011_fold_ideas")]

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
    ]
