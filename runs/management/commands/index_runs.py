"""Brings the database in line with the archive on disk."""

from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import healing, index, verify


class Command(BaseCommand):
    help = """Makes the rows of all runs from their folders. The folders are only read, nothing is
deleted, and it may be repeated at any time.

  manage.py index_runs            after the database was lost or an archive was copied in
  manage.py index_runs --dry-run  only say what would be done
  manage.py index_runs --verify   change nothing: read every file, compare its size and SHA-256,
                                  tell what has no row and what belongs to no run
  manage.py index_runs --repair   also complete what a crash or a full disk cut short: metadata.json
                                  and rows of own runs, acts.jsonl, temporary files. Each file that
                                  it touches is named, and each that is nobody's, which stays.
                                  With --dry-run it only says so"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument(
            "--repair", action="store_true", help="complete what a crash cut short, name each file"
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
        if options["repair"]:
            self._repair(report, dry_run=dry_run)
        if options["verify"]:
            self._verify(faults)
        if faults or report.vanished or report.missed:
            raise CommandError(
                f"{len(faults)} folders are damaged, {len(report.vanished)} are not there, "
                f"{len(report.missed)} are not read"
            )

    def _write_summary(self, report: index.Report, seconds: float, *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.indexed} {would}indexed, {report.unchanged} unchanged, "
            f"{report.live} being made, {seconds:.1f} s ({report.seen / seconds:.0f} runs/s)"
        )
        if report.acts.indexed:
            self.stdout.write(f"{report.acts.indexed} acts {would}indexed")
        for file, reason in report.acts.faults:
            self.stderr.write(f"{file}: {reason}")
        for folder in report.abandoned:
            self.stdout.write(f"{folder}: never ended, kept as interrupted")
        for folder, run_id in report.renamed:
            self.stdout.write(f"{folder}: another folder has its name, known as {run_id}")
        for folder, run_id in report.copies.items():
            is_lone = folder in report.lone_copies
            told = "renamed by hand, and nowhere else" if is_lone else "a copy, not counted"
            self.stderr.write(f"{folder}: is {run_id}, {told}")
        for passed in report.passed_over:
            out = self.stderr if passed.is_missed else self.stdout
            out.write(f"{passed.name}: {passed.reason}; passed over")
        for folder in report.vanished:
            self.stderr.write(f"{folder}: has a row, but is not there")
        for folder, reason in report.damaged:
            self.stderr.write(f"{folder}: {reason}")

    def _repair(self, report: index.Report, *, dry_run: bool) -> None:
        """Complete what can be completed, and name each row and file of it."""
        would = "would be " if dry_run else ""
        for deed in chain(healing.deeds_of(report), healing.repair(dry_run=dry_run)):
            self.stdout.write(f"{deed.place}: {would}{deed.what}")

    def _verify(self, faults: dict[str, str]) -> None:
        """Read every file; add what is found to `faults`, by folder."""
        for folder, fault in verify.find_faults(on_progress=self._show):
            if faults.get(folder) != fault:
                self.stderr.write(f"{folder}: {fault}")
            faults.setdefault(folder, fault)

    def _show(self, count: int) -> None:
        if time.monotonic() - self._shown_at > 2:
            self._shown_at = time.monotonic()
            self.stdout.write(f"{count} folders …")
