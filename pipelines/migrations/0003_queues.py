from django.db import migrations, models


class Migration(migrations.Migration):
    """What a worker serves is called a queue."""

    dependencies = [("pipelines", "0002_servers")]

    operations = [
        migrations.RenameField(
            model_name="workerpresence", old_name="lanes", new_name="queues"
        ),
        migrations.AlterField(
            model_name="workerpresence",
            name="queues",
            field=models.JSONField(default=list, verbose_name="queues"),
        ),
    ]
