"""Has the servers load their models, so that the first child does not wait for that."""

from __future__ import annotations

import time
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from devices.models import Workshop
from pipelines import registry
from pipelines.engines.table import RULE_BASED
from pipelines.servers import inventory, probing, routing
from pipelines.servers.diagnosis import missing_at


class Command(BaseCommand):
    help = """Loads the language model and what the outputs need; says how long it took.

  manage.py warm_up                     for all outputs that are connected
  manage.py warm_up --workshop KLASSE   for what that workshop allows, by its join code
  manage.py warm_up qwen                for these
  manage.py warm_up --dry-run           only say what would be loaded"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("outputs", nargs="*", metavar="OUTPUT", help="ids of output configs")
        parser.add_argument("--workshop", metavar="CODE", help="join code of a workshop")
        parser.add_argument("--dry-run", action="store_true", help="load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = probing.models_to_load(self._outputs(options["outputs"], options["workshop"]))
        if not wanted:
            self.stdout.write("There is nothing to load: no server is set up for this.")
            return
        failed = False
        for name, loads in wanted.items():
            server = inventory.server_named(name)
            assert server is not None
            for load in loads:
                if options["dry_run"]:
                    self.stdout.write(f"  {name}: {load}")
                    continue
                begin = time.monotonic()
                error = probing.load(server, load)
                seconds = time.monotonic() - begin
                failed = failed or bool(error)
                self.stdout.write(f"  {'✗' if error else '✓'} {name}: {load}, {seconds:.1f} s")
                if error:
                    self.stdout.write(f"      {error}")
                    for each in () if load.startswith("model:") else missing_at(server, load):
                        self.stdout.write(f"      {each.what} {each.name} is missing")
        if failed:
            raise CommandError("Not everything could be loaded; check_engines says why.")

    def _outputs(self, given: list[str], code: str | None) -> list[str]:
        known = registry.get_catalog().outputs
        unknown = set(given) - set(known)
        if unknown:
            raise CommandError(f"There is no output config {', '.join(sorted(unknown))}.")
        if given:
            return given
        allowed: list[str] = []
        if code is not None:
            workshop = Workshop.objects.filter(join_code__iexact=code).first()
            if workshop is None:
                raise CommandError(f"There is no workshop with the code {code}.")
            allowed = list(workshop.allowed_outputs)
        routes = {output: routing.route_of(output) for output in allowed or known}
        return [
            output
            for output, route in routes.items()
            if route is not None and route.backend_type not in RULE_BASED
        ]
