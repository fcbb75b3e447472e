"""Whether this installation can work: for load balancers, and for whoever starts it."""

from __future__ import annotations

from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from pipelines import configured
from pipelines.models import WorkerPresence


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """GET: 200 once database and worker are up, else 503; names closed safety levels as well."""
    database = _database_answers()
    worker = database and WorkerPresence.objects.alive().exists()
    closed_levels = configured.get_safety_lists().closed_levels()
    ready = database and worker
    return JsonResponse(
        {
            "status": "ok" if ready else "starting",
            "web": True,
            "database": database,
            "worker": worker,
            "closed_safety_levels": sorted(closed_levels),
        },
        status=200 if ready else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
