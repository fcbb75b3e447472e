from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from pipelines.checks import check_catalog, check_models, check_safety


class PipelinesConfig(AppConfig):
    name = "pipelines"
    verbose_name = _("Making")

    def ready(self) -> None:
        checks.register(check_catalog)
        checks.register(check_safety)
        checks.register(check_models)
