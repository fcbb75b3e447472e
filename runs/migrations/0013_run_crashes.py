from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("runs", "0012_roots_seals_and_names")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="crashes",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
