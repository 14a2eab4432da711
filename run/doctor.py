"""Checks what an installation needs, one after the other, and says what to do about what is missing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter

import httpx
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from admin.office import Check
from core.clock import Clock, utc_now
from core.db import Database
from core.embedding import Embedder
from core.errors import AssistantError
from core.migrate import migrate
from core.settings import Settings
from kb.search import ScriptSearch
from run import checks_local, checks_wecom, checks_work
from run.patient import Patient
from run.sandboxed import connection_pool

Look = Callable[[Patient], Iterator[Check]]

# In the order in which an installation comes to life.
LOOKS: Sequence[tuple[str, Look]] = (
    ("设置", checks_local.settings),
    ("磁盘", checks_local.disk),
    ("数据库", checks_local.database),
    ("备份", checks_local.backups),
    ("资料包", checks_local.pack),
    ("编码器", checks_local.encoder),
    ("话术库", checks_local.library),
    ("Token 与密钥", checks_wecom.cipher),
    ("回调地址", checks_wecom.callback),
    ("时钟", checks_wecom.clock),
    ("企业微信接口", checks_wecom.api),
    ("最近的回调", checks_work.heard),
    ("收发件箱", checks_work.queues),
    ("跟进提醒", checks_work.reminders),
    ("节假日", checks_work.holidays),
)


def examine(
    settings: Settings, *, clock: Clock = utc_now, embedder: Embedder | None = None, scripts: ScriptSearch | None = None
) -> Iterator[Check]:
    """All checks, each as soon as it is done. A failing one never hides the others."""
    with connection_pool() as http, _opened(settings) as database:
        yield from look_at(Patient(settings, http, clock, database, embedder, scripts))


def look_at(patient: Patient, looks: Sequence[tuple[str, Look]] = LOOKS) -> Iterator[Check]:
    """These checks of a patient, with the time that each took."""
    for name, look in looks:
        yield from _timed(name, look, patient)


def _timed(name: str, look: Look, patient: Patient) -> Iterator[Check]:
    began = perf_counter()
    checks = look(patient)
    while True:
        try:
            check = next(checks, None)
        except (AssistantError, SQLAlchemyError, OSError, httpx.HTTPError) as error:
            yield replace(_failed(name, error), seconds=perf_counter() - began)
            return
        if check is None:
            return
        yield replace(check, seconds=perf_counter() - began)
        began = perf_counter()


def _failed(name: str, error: Exception) -> Check:
    match error:
        case AssistantError():
            return Check(name, False, str(error), "按提示修改后再检查一次")
        case OSError():
            return Check(name, False, f"{type(error).__name__}: {error.strerror or error}", "检查路径、权限和网络")
        case _:
            # What a database or a network library says may hold an address with its password.
            return Check(name, False, type(error).__name__, "检查数据库和网络，再检查一次")


@contextmanager
def _opened(settings: Settings) -> Iterator[Database | None]:
    """The database with its tables up to date; None when that fails, which the check of the database then tells."""
    try:
        database = Database(settings.database())
    except (AssistantError, SQLAlchemyError, OSError):
        yield None
        return
    try:
        yield database if _is_usable(database) else None
    finally:
        database.close()


def _is_usable(database: Database) -> bool:
    try:
        migrate(database)
    except (SQLAlchemyError, OSError, CommandError):
        return False
    return True
