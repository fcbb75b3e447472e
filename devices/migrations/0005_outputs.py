from django.db import migrations, models


class Migration(migrations.Migration):
    """What a workshop allows are outputs: an engine is what makes them."""

    dependencies = [("devices", "0004_drafts")]

    operations = [
        migrations.RenameField(
            model_name="workshop", old_name="allowed_engines", new_name="allowed_outputs"
        ),
        migrations.AlterField(
            model_name="workshop",
            name="allowed_outputs",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Ids; empty: all.",
                verbose_name="allowed outputs",
            ),
        ),
    ]
