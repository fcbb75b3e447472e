from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    """Engine and output config have names and indexes of their own."""

    dependencies = [("runs", "0007_queue")]

    operations = [
        migrations.RenameIndex(model_name="run", old_name="run_engine", new_name="run_output"),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(F("engine"), F("created_at").desc(), name="run_engine"),
        ),
        migrations.AlterField(
            model_name="run",
            name="output_config",
            field=models.CharField(blank=True, max_length=80, verbose_name="output"),
        ),
        migrations.AlterField(
            model_name="run",
            name="engine",
            field=models.CharField(blank=True, max_length=40, verbose_name="engine"),
        ),
    ]
