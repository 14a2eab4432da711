"""The console over 100,000 customers: how long its lists and its first page look, and one page as a browser asks for it."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
from sqlalchemy.orm import Session

from admin import sign_in
from admin.guard import COOKIE
from admin.looks.conversations import conversations
from admin.looks.customers import customers
from admin.looks.home import home
from admin.looks.wanted import Wanted
from admin.parts.levels import ORDER
from admin.terms import Role, Who
from bot.models import KfSession, Utterance
from core.clock import utc_now
from core.db import Database
from core.migrate import migrate
from core.settings import Settings
from customers.models import Customer, CustomerTag
from customers.record import FOCUS_GROUP
from customers.rules import FOCUS_NAMES
from run.bench.console_sop import GROUPS, REMINDERS, TOUCHES, fill_sop, sop_looks
from run.bench.rows import insert_rows
from run.bench.running import running
from run.bench.stolen import watch
from run.compose import Say

CUSTOMERS, TAGS_EACH = 100_000, 3
CONVERSATIONS_A_DAY, DAYS = 400, 365
# A page is open when its first answer is here; its rows are in it.
LIMIT_SECONDS = 1.0
_STORES, _ADVISORS = 10, 100
_TIMES = 5
_PAGES = tuple(f"/admin/{name}" for name in ("", "customers", "conversations", "groups", "sop", "calendar", "touches", "tasks"))
_ADMIN = Who(1, "bench", "bench", Role.ADMIN)
_MANAGER = Who(2, "bench-store", "bench", Role.STORE_MANAGER, store="store3")
_LEVELS = [level.value for level in ORDER]
_POINTS = list(FOCUS_NAMES.values())


def measure_console(settings: Settings, *, say: Say) -> dict[str, Any]:
    """Milliseconds of every look (median) and page (slowest), and the slowest page as a share of the second that it may take."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        now = utc_now()
        try:
            fill(database, customers=CUSTOMERS, days=DAYS, now=now)
            chat_id = fill_sop(database, settings.pack_folder(), advisors=_ADVISORS, stores=_STORES, now=now)
            looks = {name: _median_ms(database, look) for name, look in _looks(now).items()}
            sop = {name: _median_ms(database, look) for name, look in sop_looks(_ADMIN, _MANAGER, chat_id, now).items()}
            token = _signed_in(database, now)
        finally:
            database.close()
        say(f"  {CUSTOMERS:,} 位客户：{looks}")
        say(f"  {GROUPS:,} 个群、{TOUCHES:,} 次触达：{sop}")
        pages, taken = _pages(settings, database.url, token)
    slowest = max(pages.values()) / 1000
    counts = {"customers": CUSTOMERS, "tags": CUSTOMERS * TAGS_EACH, "conversations": CONVERSATIONS_A_DAY * DAYS}
    counts |= {"groups": GROUPS, "touches": TOUCHES, "reminders": REMINDERS}
    return {
        **counts,
        "look_ms": looks,
        "sop_look_ms": sop,
        "slowest_sop_look_ms": max(sop.values()),
        "page_ms": pages,
        **taken,
        "slowest_page_of_a_second": round(slowest / LIMIT_SECONDS, 3),
    }


def fill(database: Database, *, customers: int, days: int, now: datetime) -> None:
    """A migrated database with so many customers, three tags each, and a question with its answer in every conversation."""
    migrate(database)
    insert_rows(database, Customer, (_customer(number, now) for number in range(customers)))
    insert_rows(database, CustomerTag, (_tag(number, place, now) for number in range(customers) for place in range(TAGS_EACH)))
    talks = range(CONVERSATIONS_A_DAY * days)
    insert_rows(database, KfSession, (_kf(number, now) for number in range(min(customers, len(talks)))))
    insert_rows(database, Utterance, (line for number in talks for line in _talk(number, number * 7 % customers, now)))


def _looks(now: datetime) -> dict[str, Callable[[Session], object]]:
    later, found = Wanted(page=50, size=100), Wanted({"q": "客户 777", "level": "H"})
    return {
        "home": lambda session: home(session, _ADMIN, now=now),
        "home_of_a_store": lambda session: home(session, _MANAGER, now=now),
        "customers": lambda session: customers(session, _ADMIN, Wanted(), {}, now=now),
        "customers_of_a_store": lambda session: customers(session, _MANAGER, Wanted(), {}, now=now),
        "customers_page_50": lambda session: customers(session, _ADMIN, later, {}, now=now),
        "customers_by_words": lambda session: customers(session, _ADMIN, found, {}, now=now),
        "conversations": lambda session: conversations(session, _ADMIN, Wanted(), now=now),
    }


def _median_ms(database: Database, look: Callable[[Session], object]) -> float:
    spent = []
    for _ in range(_TIMES):
        began = perf_counter()
        with database.reading() as session:
            look(session)
        spent.append(perf_counter() - began)
    return round(median(spent) * 1000, 1)


def _signed_in(database: Database, now: datetime) -> str:
    with database.unit_of_work() as session:
        return sign_in.open_session(session, sign_in.new_operator(session, "bench", Role.ADMIN, now=now), now=now)


def _pages(settings: Settings, database_url: str, token: str) -> tuple[dict[str, float], dict[str, float]]:
    """The slowest of a few requests for each page, asked of the product in a process of its own; and the share the host took."""
    with (
        running(settings, database_url=database_url) as there,
        httpx.Client(base_url=there.address, headers={"Cookie": f"{COOKIE}={token}"}, timeout=30) as http,
    ):
        stolen = watch()
        found = {path: max(_page_ms(http, path) for _ in range(_TIMES)) for path in _PAGES}
        return found, stolen()


def _page_ms(http: httpx.Client, path: str) -> float:
    began = perf_counter()
    http.get(path).raise_for_status()
    return round((perf_counter() - began) * 1000, 1)


def _customer(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number + 1,
        "external_id": f"wm{number:07}",
        "nickname": f"客户 {number}",
        "level": _LEVELS[number % len(_LEVELS)],
        "score": float(number % 97),
        "channel": f"channel{number % 5}",
        "advisor": f"advisor{number % _ADVISORS}",
        "store": f"store{number % _STORES}",
        "first_seen_at": now - timedelta(days=number % DAYS),
        "last_heard_at": now - timedelta(minutes=number * 5),
    }


def _tag(number: int, place: int, now: datetime) -> dict[str, Any]:
    held = {"group": FOCUS_GROUP, "name": _POINTS[(number + place) % len(_POINTS)], "words": "字", "confidence": 0.9}
    return {"customer_id": number + 1, **held, "message_id": f"q{number}", "since": now - timedelta(days=number % DAYS)}


def _kf(number: int, now: datetime) -> dict[str, Any]:
    return {"open_kfid": "wkbench", "external_id": f"wm{number:07}", "heard_at": now - timedelta(minutes=number)}


def _talk(number: int, customer: int, now: datetime) -> list[dict[str, Any]]:
    """A question and its answer five seconds later; conversations are spread evenly back from now."""
    at = now - timedelta(days=number / CONVERSATIONS_A_DAY)
    line = {"external_id": f"wm{customer:07}", "words": "这款车多少钱？", "said_at": at, "speaker": "customer", "decision": "answer"}
    answer = {**line, "speaker": "assistant", "decision": "", "said_at": at + timedelta(seconds=5)}
    return [{**line, "msgid": f"q{number}"}, {**answer, "msgid": f"a{number}"}]
