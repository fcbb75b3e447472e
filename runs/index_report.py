"""What a rebuild of the index did, and how people are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from runs.act_index import ActReport
from runs.layouts import PassedOver


@dataclass(slots=True)
class Report:
    """What a rebuild did. Lists are (place, reason) or places of folders."""

    indexed: int = 0
    unchanged: int = 0
    live: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)
    # Folders without a row whose run was never ended: nobody works on them any more.
    abandoned: list[str] = field(default_factory=list)
    # A second folder of a name that was given by hand bears an id of its own.
    renamed: list[tuple[str, str]] = field(default_factory=list)
    # Further folders of one run, and the run's id: they are not counted.
    copies: dict[str, str] = field(default_factory=dict)
    # Folders under a changed name whose run lies nowhere else: it is in no index.
    lone_copies: list[str] = field(default_factory=list)
    # Copies that had a row by an earlier version.
    uncounted: list[str] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    # Archives that are not there, and how many rows they have; these are left alone.
    absent: dict[str, int] = field(default_factory=dict)
    # Rows whose folder is not there; they are left alone.
    vanished: list[str] = field(default_factory=list)
    acts: ActReport = field(default_factory=ActReport)

    @property
    def seen(self) -> int:
        return self.indexed + self.unchanged + self.live

    @property
    def missed(self) -> list[str]:
        """Folders with runs that are in no index."""
        return [folder.name for folder in self.passed_over if folder.is_missed] + self.lone_copies


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence for the operator; `is_fault`: something is to be done about it."""

    text: str
    is_fault: bool = True


def lines_of(report: Report, *, dry_run: bool = False) -> Iterator[Line]:
    """Yield what is to be said of a rebuild, beside its numbers."""
    would = "would be " if dry_run else ""
    if report.acts.indexed:
        yield Line(f"{report.acts.indexed} acts {would}indexed", is_fault=False)
    for file, reason in report.acts.faults:
        yield Line(f"{file}: {reason}")
    for place in report.abandoned:
        yield Line(f"{place}: never ended, kept as interrupted", is_fault=False)
    for place, run_id in report.renamed:
        told = f"{place}: another folder has its name, known as {run_id}"
        yield Line(told, is_fault=False)
    yield from _lines_of_copies(report, would)
    for passed in report.passed_over:
        yield Line(f"{passed.name}: {passed.reason}; passed over", passed.is_missed)
    for root, count in report.absent.items():
        yield Line(f"{root}: {count} runs are in the index, but their archive is not there")
    for place in report.vanished:
        yield Line(f"{place}: has a row, but is not there")
    for place, reason in report.damaged:
        yield Line(f"{place}: {reason}")


def _lines_of_copies(report: Report, would: str) -> Iterator[Line]:
    for place, run_id in report.copies.items():
        is_lone = place in report.lone_copies
        told = "renamed by hand, and nowhere else" if is_lone else "a copy, not counted"
        yield Line(f"{place}: is {run_id}, {told}")
    if report.uncounted:
        count = len(report.uncounted)
        yield Line(f"{count} rows of copies {would}taken from the index", is_fault=False)
