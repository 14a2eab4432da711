"""/metrics for Prometheus and /healthz for a load balancer: queue depths, counted when somebody looks."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from bot.models import InboxMessage, OutboxMessage
from bot.queue import State
from core.db import Database

# Ended rows grow for ever and tell nothing of now.
_SHOWN = (State.WAITING, State.CLAIMED, State.PARKED, State.UNCLEAR)


class QueueDepth(Collector):
    """Open and parked rows of inbox and outbox by state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a table; states without rows are zero."""
        for name, table in (("inbox", InboxMessage), ("outbox", OutboxMessage)):
            gauge = GaugeMetricFamily(f"zhanting_{name}_rows", f"Rows of the {name} by state", labels=["state"])
            with self._database.reading() as session:
                counted = select(table.state, func.count()).where(table.state.in_(_SHOWN)).group_by(table.state)
                found: dict[str, int] = {row.state: row[1] for row in session.execute(counted)}
            for state in _SHOWN:
                gauge.add_metric([state], found.get(state, 0))
            yield gauge


def metrics_router(database: Database) -> APIRouter:
    """GET /metrics and GET /healthz."""
    router = APIRouter()
    registry = CollectorRegistry()
    registry.register(QueueDepth(database))

    @router.get("/metrics")
    def metrics() -> Response:
        """In Prometheus' text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/healthz")
    def healthz() -> Response:
        """200 while the database answers."""
        with database.reading() as session:
            session.execute(text("select 1"))
        return Response("ok", media_type="text/plain")

    return router
