"""Run folders as a zip that is made while it is written or sent."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED

from django.db.models import QuerySet
from zipstream import ZipStream

from runs.act_files import FILENAME, line_of
from runs.export.folders import CHUNK_BYTES, ExportedRun, exported_runs
from runs.export.manifest import ENCODING, Manifest
from runs.models import Run
from web.streaming import Chunks

logger = logging.getLogger(__name__)

# Pictures and sound are compressed already.
_TEXT_SUFFIXES = (".txt", ".json", ".js", ".md", ".csv")

_README = """\
Runs of ai4artsed

json/         one folder per run, exactly as in the archive
archives/     the same for each archive beside it that is only read; only where runs of such are
              among them
acts.jsonl    who released or stopped these runs, and when, one JSON object per line; only where
              somebody did
manifest.csv  one row per run: UTF-8 with byte order mark, commas, times with their UTC offset
              files, sizes and sha256 list the files of the run in the same order, with "; "
              between them; problems tells what the archive lacks or what was changed in it
PROBLEMS.txt  only where there are problems: all of them

A cell that a spreadsheet could take for a formula (one that begins with = + - @, a tab, a line
break, or an apostrophe) has an apostrophe in front that is not part of the text:
    pandas.read_csv("manifest.csv", dtype=str, keep_default_na=False)
    frame = frame.apply(lambda column: column.str.replace(r"^'", "", regex=True))
"""


def zip_chunks(runs: QuerySet[Run], *, report: Callable[[str], None] | None = None) -> Chunks:
    """Yield a zip of the runs' folders, manifest.csv at its end.

    `report` is told each problem, a phrase with the run's id, as soon as it is seen.
    """
    problems: list[str] = []
    stream = ZipStream()
    with tempfile.TemporaryFile() as kept, tempfile.TemporaryFile() as acts:
        text = io.TextIOWrapper(kept, encoding=ENCODING, errors="replace", newline="")
        manifest = Manifest(text)
        stream.add(_README, "README.txt")
        yield from stream.all_files()
        for exported in exported_runs(runs):
            yield from _folder(stream, exported)
            exported.check()
            manifest.add(exported)
            acts.writelines(_lines_of(exported.run))
            for problem in exported.problems:
                problems.append(f"{exported.run.run_id}: {problem}")
                if report is not None:
                    report(problems[-1])
        text.flush()
        kept.seek(0)
        stream.add(_chunks_of(kept), "manifest.csv", compress_type=ZIP_DEFLATED)
        if acts.tell():
            acts.seek(0)
            stream.add(_chunks_of(acts), FILENAME, compress_type=ZIP_DEFLATED)
        if problems:
            logger.warning("export incomplete: problems=%d", len(problems))
            stream.add("\n".join([*problems, ""]), "PROBLEMS.txt", compress_type=ZIP_DEFLATED)
        yield from stream.finalize()


def _folder(stream: ZipStream, exported: ExportedRun) -> Chunks:
    for file in exported.files:
        is_text = file.name.endswith(_TEXT_SUFFIXES)
        stream.add(
            file.chunks(),
            f"{exported.folder}/{file.name}",
            size=file.expected_size,
            compress_type=ZIP_DEFLATED if is_text else ZIP_STORED,
        )
        yield from stream.all_files()


def _lines_of(run: Run) -> Iterator[bytes]:
    for act in run.acts.all():
        undoes = "".join(undone.act_id for undone in act.undoes.all())
        yield f"{line_of(act, undoes)}\n".encode("utf-8", "replace")


def _chunks_of(file: IO[bytes]) -> Chunks:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
