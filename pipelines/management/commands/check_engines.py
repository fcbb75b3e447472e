"""Says what works and what is missing, server by server and output by output."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pipelines import registry
from pipelines.engines.jobs import MissingRequirement
from pipelines.engines.table import RULE_BASED
from pipelines.models import Availability
from pipelines.servers.diagnosis import (
    Diagnosis,
    ModelFinding,
    OutputFinding,
    ServerFinding,
    diagnose,
)

PURPOSES = {
    "TEXT_MODEL": "rewriting by rules",
    "CODE_MODEL": "writing sketches",
    "SAFETY_MODEL": "judging in context",
    "VISION_MODEL": "looking at pictures",
}
ADVICE = {
    "server": "start it, or correct its address in .env",
    "key": "put a valid key into .env",
    "node": "install it in ComfyUI, see docs/comfyui.md",
    "model": "put the file where the server looks for it, or name another one in the chunk",
    "input": "bring ComfyUI and the workflow to versions that fit",
}


class Command(BaseCommand):
    help = """Asks every server now and says for each output: ready, or what is missing.
Ends with 1 where something that is connected does not work.

  manage.py check_engines                   everything
  manage.py check_engines qwen flux2        only these
  manage.py check_engines --json            for programs"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("outputs", nargs="*", metavar="OUTPUT", help="ids of output configs")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["outputs"]) - set(registry.get_catalog().outputs)
        if unknown:
            raise CommandError(f"There is no output config {', '.join(sorted(unknown))}.")
        diagnosis = diagnose(options["outputs"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(diagnosis), indent=2, ensure_ascii=False))
        else:
            self._write(diagnosis)
        if not diagnosis.is_well:
            raise CommandError("Something that is connected does not work; see the ✗ above.")

    def _write(self, diagnosis: Diagnosis) -> None:
        self.stdout.write("Servers")
        if not diagnosis.servers:
            self.stdout.write("  · none is set up; the embedded engines work alone")
        for server in diagnosis.servers:
            self._write_server(server)
        self.stdout.write("\nLanguage models")
        for model in diagnosis.models:
            self._write_model(model)
        self.stdout.write("\nOutputs")
        for output in diagnosis.outputs:
            self._write_output(output)

    def _write_server(self, finding: ServerFinding) -> None:
        health, server = finding.health, finding.server
        facts = [health.version, health.detail]
        if health.waiting is not None:
            facts.append(f"{health.waiting} waiting there")
        facts.append(f"answered in {finding.seconds * 1000:.0f} ms" if health.ready else "")
        self.stdout.write(
            f"  {_mark(finding.state)} {server.name:<16}{_shown_url(server.url):<42}"
            + ", ".join(filter(None, facts))
        )

    def _write_model(self, finding: ModelFinding) -> None:
        chosen = finding.chosen
        if chosen is None:
            said = str(finding.state)
        elif chosen.server.engine in RULE_BASED:
            said = f"{chosen.server.engine}, embedded, no AI"
        else:
            said = f"{chosen.server.name}: {chosen.model or 'the first model it offers'}"
            said += "" if finding.state == Availability.READY else f", {finding.state}"
        self.stdout.write(f"  {_mark(finding.state)} {PURPOSES[finding.setting]:<22}{said}")
        self._write_missing([("", each) for each in finding.missing])

    def _write_output(self, finding: OutputFinding) -> None:
        if finding.state == Availability.NOT_CONFIGURED:
            said = "not connected; set " + " or ".join(finding.settings)
        elif finding.state == Availability.UNAVAILABLE:
            said = f"{', '.join(finding.servers)} does not answer: {ADVICE['server']}"
        else:
            said = ", ".join(finding.servers) + (f", {finding.model}" if finding.model else "")
        self.stdout.write(f"  {_mark(finding.state)} {finding.output:<30}{said}")
        self._write_missing(finding.missing)

    def _write_missing(self, missing: Any) -> None:
        for server, each in missing:
            place = f"{server}: " if server else ""
            self.stdout.write(f"      {place}{_sentence(each)}")


def _sentence(each: MissingRequirement) -> str:
    detail = f" ({each.detail})" if each.detail else ""
    return f"{each.what} {each.name} is missing{detail}: {ADVICE.get(each.what, 'see the detail')}"


def _mark(state: Availability) -> str:
    if state.is_fault:
        return "✗"
    return "✓" if state == Availability.READY else "·"


def _shown_url(url: str) -> str:
    """Return the address without credentials."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else url


def _as_data(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "well": diagnosis.is_well,
        "servers": [
            {
                "name": finding.server.name,
                "engine": finding.server.engine,
                "url": _shown_url(finding.server.url),
                "state": finding.state,
                "detail": finding.health.detail,
                "version": finding.health.version,
                "models": list(finding.health.models),
                "waiting": finding.health.waiting,
                "seconds": round(finding.seconds, 3),
            }
            for finding in diagnosis.servers
        ],
        "models": [
            {
                "setting": finding.setting,
                "state": finding.state,
                "server": finding.chosen.server.name if finding.chosen else None,
                "model": finding.chosen.model if finding.chosen else None,
                "missing": [asdict(each) for each in finding.missing],
            }
            for finding in diagnosis.models
        ],
        "outputs": [
            {
                "id": finding.output,
                "state": finding.state,
                "model": finding.model,
                "servers": list(finding.servers),
                "settings": list(finding.settings),
                "missing": [{"server": server, **asdict(each)} for server, each in finding.missing],
            }
            for finding in diagnosis.outputs
        ],
    }
