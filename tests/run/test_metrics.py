"""/metrics and /healthz."""

import asyncio

import httpx
from fastapi import FastAPI

from bot import outbox
from bot.messages import Channel
from core.clock import utc_now
from core.db import Database
from run.metrics import metrics_router


def get(database: Database, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(metrics_router(database))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here.invalid") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_open_rows_are_counted_by_state(database: Database) -> None:
    with database.unit_of_work() as session:
        outbox.enqueue(session, "a", Channel.ADVISOR_TEXT, {}, lane="a", now=utc_now())
    told = get(database, "/metrics").text
    assert 'zhanting_outbox_rows{state="waiting"} 1.0' in told
    assert 'zhanting_inbox_rows{state="parked"} 0.0' in told


def test_healthy_means_that_the_database_answers(database: Database) -> None:
    assert (get(database, "/healthz").status_code, get(database, "/healthz").text) == (200, "ok")
