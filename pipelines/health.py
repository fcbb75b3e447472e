"""Whether this installation can work: for load balancers, and for the people who keep it going."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from pipelines import moderation, registry
from pipelines.engines.table import RULE_BASED
from pipelines.error_messages import message_for
from pipelines.models import Availability, ServerState, WorkerPresence
from pipelines.servers import inventory, routing
from pipelines.servers.diagnosis import settings_for
from pipelines.servers.durations import durations_of
from pipelines.servers.probing import availability_of, unavailable_queues
from pipelines.servers.routing import MODEL_SETTINGS, ChosenModel
from runs import archive
from runs.archive import READ_ONLY, STORAGE_FULL, ArchiveError
from runs.models import Kind, Run, Status
from web.methods import ReadOnlyView
from web.problems import Problem

logger = logging.getLogger(__name__)

# Below this a class could fill the disk in a morning.
FEWEST_FREE_BYTES = 2 * 1024**3
# Below this a single large picture may find no room, though a text still does.
PICTURE_BYTES = 4 * 1024**2
# The archive is tried at most this often, however often somebody asks.
STORAGE_SECONDS = 5.0


class Storage(StrEnum):
    """Whether pictures can be kept."""

    OK = "ok"
    FULL = "full"
    READ_ONLY = "read-only"
    UNAVAILABLE = "unavailable"

    @property
    def message(self) -> str:
        """What to tell people; empty where nothing is wrong."""
        if self == Storage.OK:
            return ""
        return message_for(_KIND_OF_STORAGE.get(self, ""))


_KIND_OF_STORAGE = {Storage.FULL: STORAGE_FULL, Storage.READ_ONLY: READ_ONLY}
_STORAGE_OF_KIND = {kind: storage for storage, kind in _KIND_OF_STORAGE.items()}


class StorageWatch:
    """Knows how the archive's storage was within the last `STORAGE_SECONDS`, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Path, tuple[float, Storage]] = {}

    def state(self) -> Storage:
        root = archive.archive_root()
        with self._lock:
            seen_at, storage = self._seen.get(root, (float("-inf"), Storage.OK))
            if time.monotonic() - seen_at < STORAGE_SECONDS:
                return storage
            before, storage = storage, try_storage()
            if storage != before:
                logger.log(
                    logging.INFO if storage == Storage.OK else logging.ERROR,
                    "storage changed: storage=%s before=%s",
                    storage,
                    before,
                )
            self._seen[root] = time.monotonic(), storage
            return storage


storage_watch = StorageWatch()


def try_storage() -> Storage:
    """Write a file into the archive, take it away again, and look for room for a picture."""
    try:
        archive.probe()
        free_bytes = _free_bytes(archive.archive_root())
    except ArchiveError as error:
        return _STORAGE_OF_KIND.get(error.kind, Storage.UNAVAILABLE)
    except OSError:
        return Storage.UNAVAILABLE
    return Storage.OK if free_bytes >= PICTURE_BYTES else Storage.FULL


@method_decorator(never_cache, name="dispatch")
class HealthView(ReadOnlyView):
    """GET: 200 once database and worker are up and pictures can be kept, else 503 and why.

    Names closed safety levels as well.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        worker = _worker_is_up()
        storage = storage_watch.state()
        facts = {
            "version": settings.VERSION,
            "web": True,
            "database": worker is not None,
            "worker": bool(worker),
            "storage": storage,
            "closed_safety_levels": sorted(moderation.closed_levels(database=worker is not None)),
        }
        if not worker:
            message = _("This is still starting. Look again in a moment.")
            return _not_ready("starting", message, facts)
        if storage != Storage.OK:
            return _not_ready("failing", storage.message, facts)
        return JsonResponse({"status": "ok", **facts})


def _worker_is_up() -> bool | None:
    """Tell whether a worker is at work; None where the database does not answer, or is not made."""
    try:
        return WorkerPresence.objects.alive().exists()
    except DatabaseError:
        return None


def _not_ready(status: str, message: str, facts: dict[str, object]) -> HttpResponse:
    problem = Problem(503, "not-ready", message, extra={"status": status, **facts})
    return problem.response(contract=True)


@dataclass(frozen=True, slots=True)
class OutputHealth:
    """An output config; durations in seconds."""

    id: str
    name: str
    engine: str
    state: Availability
    rule_based: bool
    model: str
    settings: tuple[str, ...]
    median_seconds: float | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """A language model's task, by the setting that names the model."""

    setting: str
    state: Availability
    chosen: ChosenModel | None


@dataclass(frozen=True, slots=True)
class HealthReport:
    workers: tuple[WorkerPresence, ...]
    servers: tuple[ServerState, ...]
    models: tuple[ModelHealth, ...]
    outputs: tuple[OutputHealth, ...]
    closed_levels: dict[str, tuple[str, ...]]
    free_bytes: int
    storage: Storage
    loading: bool

    @property
    def disk_is_low(self) -> bool:
        return self.storage != Storage.OK or self.free_bytes < FEWEST_FREE_BYTES

    @property
    def is_well(self) -> bool:
        return bool(
            self.workers
            and not self.closed_levels
            and not self.disk_is_low
            and not any(server.availability.is_fault for server in self.servers)
            and not any(model.state.is_fault for model in self.models)
        )


def get_health() -> HealthReport:
    """Return how everything is, as workers found it when they last asked; no server is asked."""
    states = {state.name: state for state in ServerState.objects.all()}
    known = [server for server in inventory.servers() if server.engine not in RULE_BASED]
    shown = [
        states.get(server.name) or ServerState(name=server.name, engine=server.engine)
        for server in known
    ]
    unavailable = unavailable_queues()
    return HealthReport(
        workers=tuple(WorkerPresence.objects.alive()),
        servers=tuple(shown),
        models=tuple(_model(setting, unavailable) for setting in MODEL_SETTINGS),
        outputs=tuple(_outputs(unavailable)),
        closed_levels=moderation.closed_levels(),
        free_bytes=_free_bytes(settings.ARCHIVE_ROOT),
        storage=storage_watch.state(),
        loading=any(state.to_load for state in shown),
    )


def _free_bytes(folder: Path) -> int:
    """Return the room on the disk where `folder` lies, or will lie once there is a first run."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _model(setting: str, unavailable: frozenset[str]) -> ModelHealth:
    if routing.is_misconfigured(setting):
        return ModelHealth(setting, Availability.MISCONFIGURED, None)
    chosen = routing.model_for(setting)
    if chosen is None:
        return ModelHealth(setting, Availability.NOT_CONFIGURED, None)
    is_unavailable = chosen.server.engine in unavailable
    state = Availability.UNAVAILABLE if is_unavailable else Availability.READY
    return ModelHealth(setting, state, chosen)


def _outputs(unavailable: frozenset[str]) -> list[OutputHealth]:
    catalog = registry.get_catalog()
    successes = dict(
        Run.objects.filter(kind=Kind.GENERATION, status=Status.COMPLETE)
        .exclude(output_config="")
        .values_list("output_config")
        .annotate(last=Max("created_at"))
        .order_by()
    )
    found = []
    for output in catalog.outputs.values():
        route = routing.route_of(output.id)
        chunk = catalog.chunk_of(output.id)
        engine = route.backend_type if route else chunk.backend_type
        found.append(
            OutputHealth(
                id=output.id,
                name=output.name.in_language(get_language() or "de"),
                engine=engine,
                state=availability_of(route, unavailable),
                rule_based=engine in RULE_BASED,
                model=route.model if route else "",
                settings=settings_for(output.id),
                median_seconds=durations_of(output.id).median if route else None,
                last_success=successes.get(output.id),
            )
        )
    return sorted(found, key=lambda output: output.state == Availability.NOT_CONFIGURED)


def as_data(report: HealthReport) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "well": report.is_well,
        "workers": [worker.owner for worker in report.workers],
        "closed_safety_levels": {
            level: list(reasons) for level, reasons in report.closed_levels.items()
        },
        "free_bytes": report.free_bytes,
        "storage": report.storage,
        "servers": [
            {
                "name": state.name,
                "engine": state.engine,
                "state": state.availability,
                "detail": state.detail,
                "version": state.version,
                "models": state.offered,
                "waiting": state.waiting,
                "checked_at": state.checked_at,
                "changed_at": state.changed_at,
                "loaded_at": state.loaded_at,
            }
            for state in report.servers
        ],
        "models": [
            {
                "setting": model.setting,
                "state": model.state,
                "server": model.chosen.server.name if model.chosen else None,
                "model": model.chosen.model if model.chosen else None,
            }
            for model in report.models
        ],
        "outputs": [
            {
                "id": output.id,
                "state": output.state,
                "engine": output.engine,
                "model": output.model,
                "median_seconds": output.median_seconds,
                "last_success": output.last_success,
            }
            for output in report.outputs
        ],
    }
