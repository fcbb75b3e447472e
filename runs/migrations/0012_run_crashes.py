from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("runs", "0011_fold_ideas")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="crashes",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
