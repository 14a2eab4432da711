"""A tick over 2,000 groups and 20,000 enrolled customers, all of them due in the same minute, and a broadcast planned to a million."""

import resource
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from core.db import Base, Database
from core.migrate import migrate
from customers.models import Customer, GroupChat
from run.compose import Say
from sop import steer
from sop.enrol import enrol, speaking
from sop.models import Plan
from sop.tick import Ticker, run_tick
from sop.workdays import is_workday

GROUPS, CUSTOMERS, SENDERS = 2_000, 20_000, 40
MILLION = 1_000_000
# As many customers of one member in the small broadcast as in the large one, so that their slices are alike.
EACH = 25_000
_AT_ONCE = 5_000
_NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
_STEP = {"key": "hello", "title": "问候", "date": "2026-11-23", "at": "10:30", "wordings": ["大家好。"]}


def measure_sop(*, broadcast_to: int, say: Say) -> dict[str, Any]:
    """Seconds of the tick in which everything falls due, and of one with nothing due; the rate at which a broadcast is planned, and the
    memory that it takes, for a tenth of the customers and then for all."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        figures = _measure_tick(_filled(Path(folder) / "tick.db", groups=GROUPS, customers=CUSTOMERS, senders=SENDERS))
        for customers in (broadcast_to // 10, broadcast_to) if broadcast_to else ():
            say(f"  向 {customers:,} 位客户的群发…")
            path = Path(folder) / f"{customers}.db"
            database = _filled(path, groups=0, customers=customers, senders=max(customers // EACH, 1))
            figures[f"broadcast_to_{customers}"] = _measure_broadcast(database)
        return figures


def _measure_tick(database: Database) -> dict[str, Any]:
    ticker = Ticker(database, {"顾问": "", "门店": ""})
    try:
        run_tick(ticker, now=_NOW)
        due, went = _timed(ticker, _NOW + timedelta(minutes=30))
        idle, _ = _timed(ticker, _NOW + timedelta(minutes=31))
    finally:
        database.close()
    return {"groups": GROUPS, "customers": CUSTOMERS, "due_at_once": went, "tick_seconds": due, "idle_tick_seconds": idle}


def _timed(ticker: Ticker, now: datetime) -> tuple[float, int]:
    began = perf_counter()
    went = run_tick(ticker, now=now).went
    return round(perf_counter() - began, 3), went


def _measure_broadcast(database: Database) -> dict[str, Any]:
    before = _resident_mb()
    try:
        with database.reading() as session:
            plan = next(one for one in speaking(session) if one.content.key == "people")
        began = perf_counter()
        enrol(database, plan, now=_NOW, is_workday=is_workday)
        enrolled = perf_counter() - began
        ticked, went = _timed(Ticker(database, {"顾问": "", "门店": ""}), _NOW + timedelta(minutes=30))
    finally:
        database.close()
    return {
        "planned": went,
        "enrolling_seconds": round(enrolled, 1),
        "queueing_seconds": ticked,
        "customers_a_second": round(went / (enrolled + ticked)),
        "peak_mb": round(_resident_mb()),
        "peak_grew_mb": round(_resident_mb() - before),
    }


def _filled(path: Path, *, groups: int, customers: int, senders: int) -> Database:
    database = Database(f"sqlite:///{path}")
    migrate(database)
    for start in range(0, customers, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, customers))
        _insert(database, Customer, [_customer(number, senders) for number in some])
    _insert(database, GroupChat, [_group(number, senders) for number in range(groups)])
    for key, kind in (("groups", "group_post"), ("people", "mass_message")):
        _start(database, key, kind)
    return database


def _customer(number: int, senders: int) -> dict[str, Any]:
    return {"external_id": f"wm{number:07}", "first_seen_at": _NOW, "advisor": f"advisor{number % senders}"}


def _group(number: int, senders: int) -> dict[str, Any]:
    return {"chat_id": f"wr{number:05}", "owner": f"advisor{number % senders}", "created_at": _NOW, "first_seen_at": _NOW, "size": 80}


def _insert(database: Database, table: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        with database.unit_of_work(durable=False) as session:
            session.execute(insert(table), rows)


def _start(database: Database, key: str, kind: str) -> None:
    with database.unit_of_work() as session:
        plan = Plan(key=key, state="draft", version=1)
        steer.fill(plan, {"title": key, "kind": kind, "steps": [_STEP]}, "bench", now=_NOW)
        session.add(plan)
        session.flush()
        steer.start(session, plan, now=_NOW)


def _resident_mb() -> float:
    """The largest that this process has ever been; Linux counts in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
