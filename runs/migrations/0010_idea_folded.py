from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("runs", "0009_acts")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="idea_folded",
            field=models.TextField(blank=True, editable=False),
        ),
    ]
