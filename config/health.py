"""Two questions an operator's monitor asks: does the process answer, and can it do its work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database answers and every migration is applied. 503 otherwise."""
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return JsonResponse(
        {"status": "migrate" if pending else "ok", "pending_migrations": pending}, status=503 if pending else 200
    )
