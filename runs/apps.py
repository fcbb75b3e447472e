from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "runs"
    verbose_name = _("Runs")

    def ready(self) -> None:
        from runs import checks  # noqa: F401  registers them, once the models are there
        from runs.roles import make_groups

        # Django's own place for rows that need permissions, which it makes there too; `devices`
        # stands before this app in INSTALLED_APPS, so its permissions are there by now.
        post_migrate.connect(make_groups, sender=self)
