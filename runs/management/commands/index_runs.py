"""Brings the database in line with the archive on disk."""

from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import act_index, index, verify
from runs.archive import ArchiveError
from runs.index_report import Report, lines_of
from runs.seals import seal_pending


class Command(BaseCommand):
    help = """Makes the rows of all runs from their folders, those of ARCHIVES included. The folders
are only read, nothing is deleted, and it may be repeated at any time. At the end it seals what
others wrote: the SHA-256 of each file at first sight. That may be broken off; it goes on next time.

  manage.py index_runs            after the database was lost or an archive was copied in
  manage.py index_runs --dry-run  only say what would be done
  manage.py index_runs --verify   change nothing: read every file, compare its size, SHA-256 and
                                  seal, tell what has no row and what belongs to no run
  manage.py index_runs --repair   also complete metadata.json of own runs that a crash cut short,
                                  and acts.jsonl where the disk was full"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument(
            "--repair", action="store_true", help="complete own metadata.json and acts.jsonl"
        )
        parser.add_argument(
            "--no-seals",
            action="store_true",
            help="leave it to the worker to seal what others wrote",
        )
        parser.add_argument(
            "--verify", action="store_true", help="read and compare every file, change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        self._shown_at = begun
        dry_run = options["dry_run"] or (options["verify"] and not options["repair"])
        report = index.rebuild(on_progress=self._show, dry_run=dry_run)
        seconds = max(time.monotonic() - begun, 1e-6)
        self._write_summary(report, seconds, dry_run=dry_run)
        faults = dict(report.damaged)
        if options["repair"] and not dry_run:
            for folder in verify.repair():
                self.stdout.write(f"{folder}: metadata.json completed")
            if written := act_index.write_missing():
                self.stdout.write(f"{written} acts written into acts.jsonl")
        if options["verify"]:
            self._verify(faults)
        if not dry_run and not options["no_seals"]:
            self._seal()
        gone = len(report.vanished) + sum(report.absent.values())
        if faults or gone or report.missed:
            raise CommandError(
                f"{len(faults)} folders are damaged, {gone} are not there, "
                f"{len(report.missed)} are not read"
            )

    def _write_summary(self, report: Report, seconds: float, *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.indexed} {would}indexed, {report.unchanged} unchanged, "
            f"{report.live} being made, {seconds:.1f} s ({report.seen / seconds:.0f} runs/s)"
        )
        for line in lines_of(report, dry_run=dry_run):
            (self.stderr if line.is_fault else self.stdout).write(line.text)

    def _seal(self) -> None:
        """Seal what is only read; broken off, it goes on from there next time."""
        done = None
        try:
            for done in seal_pending():
                self._say(f"{done.folders} folders sealed, {done.left} left …")
        except ArchiveError as error:
            raise CommandError(f"The seals cannot be kept: {error}") from error
        if done is not None and done.folders:
            self.stdout.write(f"{done.folders} folders sealed")

    def _verify(self, faults: dict[str, str]) -> None:
        """Read every file; add what is found to `faults`, by folder."""
        for folder, fault in verify.find_faults(on_progress=self._show):
            if faults.get(folder) != fault:
                self.stderr.write(f"{folder}: {fault}")
            faults.setdefault(folder, fault)

    def _show(self, count: int) -> None:
        self._say(f"{count} folders …")

    def _say(self, text: str) -> None:
        """Tell how far it is, every now and then."""
        if time.monotonic() - self._shown_at > 2:
            self._shown_at = time.monotonic()
            self.stdout.write(text)
