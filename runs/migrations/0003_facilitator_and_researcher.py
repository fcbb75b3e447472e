"""The groups that people are put into. Their rights may be changed later; this does not undo it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = [
    ("devices", "view_device"),
    ("devices", "view_workshop"),
    ("runs", "view_run"),
    ("runs", "view_entity"),
]
GROUPS = {
    "facilitator": [
        *READ,
        ("devices", "change_device"),
        ("devices", "add_workshop"),
        ("devices", "change_workshop"),
        ("runs", "cancel_run"),
    ],
    "researcher": [*READ, ("runs", "export_run")],
}


def make_groups(apps, schema_editor):
    # Django makes permissions only after all migrations; the groups need them now.
    for label in ("devices", "runs"):
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
        app.models_module = None

    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, rights in GROUPS.items():
        group, _made = Group.objects.get_or_create(name=name)
        for label, codename in rights:
            group.permissions.add(
                Permission.objects.get(content_type__app_label=label, codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0002_run_permissions_and_parent_index"),
        ("devices", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
