from django.db import migrations, models


class Migration(migrations.Migration):
    """The capacity that a run waits for is called its queue."""

    dependencies = [("runs", "0006_durations")]

    operations = [
        migrations.RemoveIndex(model_name="run", name="run_queue"),
        migrations.RenameField(model_name="run", old_name="lane", new_name="queue"),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "running"])),
                fields=["queue", "status"],
                name="run_queue",
            ),
        ),
    ]
