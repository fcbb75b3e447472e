"""Write the folders of selected runs into a zip."""

from __future__ import annotations

import sys
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Sum
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from runs.acts import COMMAND_LINE
from runs.export.folders import CHUNK_BYTES
from runs.exporting import export_runs
from runs.files import atomic_file
from runs.filters import RunFilter, may_repeat
from runs.models import Run, RunQuerySet
from web.streaming import Chunks, gathered

# How much is written between two words about it.
REPORT_BYTES = 256 * 1024 * 1024

EXAMPLES = """\
examples:
  manage.py export_runs --device "iPad Tisch 3" --from 2026-01-01 --to 2026-01-31 --out runs.zip
  manage.py export_runs --rule planetarizer --status complete --dry-run
  manage.py export_runs --workshop "Klasse 7b" --out - | ssh storage 'cat > runs.zip'

It ends with 1 where the archive lacks files; the zip then holds all the others and names the
missing in manifest.csv and PROBLEMS.txt.
"""


class OnlyOnce(Action):
    """An option that may be given once; its value becomes a list of one."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None
    ) -> None:
        if getattr(namespace, self.dest):
            parser.error(f"{option} may be given only once")
        setattr(namespace, self.dest, [values])


class Command(BaseCommand):
    help = "Write the folders of selected runs and a manifest.csv into a zip."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=EXAMPLES,
            formatter_class=RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        with translation.override("en"):
            for name, selector in RunFilter.base_filters.items():
                # Of a filter that takes one value a second one must not replace the first silently.
                parser.add_argument(
                    f"--{name}",
                    action="append" if may_repeat(selector) else OnlyOnce,
                    default=[],
                    help=str(selector.label),
                )
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--out", help="the zip to write, - for standard output")
        target.add_argument("--dry-run", action="store_true", help="only tell how much it would be")

    def handle(self, *args: Any, **options: Any) -> None:
        selection = {name: options[name] for name in RunFilter.base_filters if options[name]}
        runs = _selected(selection)
        total = runs.count()
        if not total:
            raise CommandError(_("No runs match this selection."))
        sums = Run.objects.filter(pk__in=runs.values("pk")).aggregate(
            files=Count("entities"), size=Sum("entities__size")
        )
        self._say(
            _("%(runs)d runs with %(files)d files, %(size)s by their records")
            % {"runs": total, "files": sums["files"], "size": filesizeformat(sums["size"] or 0)}
        )
        if options["dry_run"]:
            return
        problems = _Problems(self)
        content = export_runs(runs, by=COMMAND_LINE, selection=selection, report=problems.add)
        chunks = gathered(content, CHUNK_BYTES)
        if options["out"] == "-":
            self._write(chunks, sys.stdout.buffer)
        else:
            self._write_file(chunks, Path(options["out"]))
        if problems.count:
            raise CommandError(
                ngettext(
                    "The archive has %(count)d problem, see above.",
                    "The archive has %(count)d problems, see above.",
                    problems.count,
                )
                % {"count": problems.count}
            )

    def _write_file(self, chunks: Chunks, path: Path) -> None:
        """Let the zip appear under its name only when it is whole and on the disk."""
        try:
            with atomic_file(path) as file:
                self._write(chunks, file)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self._say(f"{path}: {filesizeformat(path.stat().st_size)}")

    def _write(self, chunks: Chunks, file: IO[bytes]) -> None:
        written = told = 0
        for chunk in chunks:
            file.write(chunk)
            written += len(chunk)
            if written - told >= REPORT_BYTES:
                told = written
                self._say(_("%(size)s written …") % {"size": filesizeformat(written)})
        file.flush()

    def _say(self, text: str) -> None:
        # Standard output may be the zip.
        self.stderr.write(text.replace("\xa0", " "), self.style.NOTICE)


class _Problems:
    """Tells each problem as it is seen, and counts them."""

    def __init__(self, command: BaseCommand) -> None:
        self._stderr = command.stderr
        self.count = 0

    def add(self, problem: str) -> None:
        self.count += 1
        self._stderr.write(problem)


def _selected(options: dict[str, list[str]]) -> RunQuerySet:
    query = QueryDict(mutable=True)
    for name, values in options.items():
        query.setlist(name, values)
    selection = RunFilter(query, queryset=Run.objects.all())
    if not selection.is_valid():
        name, errors = next(iter(selection.errors.items()))
        raise CommandError(f"--{name}: {errors[0]}")
    selected: RunQuerySet = selection.qs
    return selected
