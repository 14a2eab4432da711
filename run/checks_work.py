"""The doctor's checks of what the assistant is doing: callbacks that arrive, queues that move."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select

from admin.office import Check
from admin.parts.when import lasted, when
from bot.boxes import is_stuck, overdue
from bot.models import InboxMessage, OutboxMessage
from bot.queue import Row, is_open
from core.db import Database
from core.zone import SHANGHAI
from run.patient import Patient
from sop.calendar import Days, OnDate
from sop.enrol import speaking
from sop.reminder_store import unheard_counts
from sop.workdays import GUESSED, KNOWN_UNTIL

# The State Council tells the next year in November, the library follows within weeks: before that nobody could do anything about it.
_HOLIDAYS_AHEAD = timedelta(days=21)
_LATE_AFTER = timedelta(minutes=2)
_LOOK_BACK = timedelta(days=30)
# What arrives by a callback; all other kinds we make or fetch ourselves.
_CALLBACKS = (
    "kf_notice",
    "kf_auth_change",
    "external_contact",
    "external_chat",
    "contact_tag",
    "template_card",
    "member_message",
    "member_event",
    "alarm",
)
_BOXES: tuple[tuple[str, type[Row]], ...] = (("收件", InboxMessage), ("发件", OutboxMessage))


def heard(patient: Patient) -> Iterator[Check]:
    """When WeCom last called. Messages are pulled all the same, only minutes late and without contacts' events."""
    if patient.database is None or not patient.is_connected:
        yield Check("最近的回调", True, "没有配置企业微信或数据库打不开，跳过", skipped=True)
        return
    now = patient.clock()
    newest = InboxMessage.received_at >= now - _LOOK_BACK, InboxMessage.kind.in_(_CALLBACKS)
    with patient.database.reading() as session:
        at = session.scalar(select(InboxMessage.received_at).where(*newest).order_by(InboxMessage.received_at.desc()).limit(1))
    if at is not None:
        yield Check("最近的回调", True, f"{when(at, now=now)}收到过")
        return
    remedy = "管理后台 → 应用管理 → 自建应用 → 接收消息 → 设置 API 接收，重新保存一次；再给客服发一句话试试"
    yield Check(
        "最近的回调", patient.is_trial, "30 天内没有收到过企业微信的回调", "" if patient.is_trial else remedy, skipped=patient.is_trial
    )


def queues(patient: Patient) -> Iterator[Check]:
    """How much waits and since when, what stopped, and whether anybody works."""
    if patient.database is None:
        yield Check("收发件箱", True, "数据库打不开，跳过", skipped=True)
        return
    yield from (_depth(patient, patient.database, name, table) for name, table in _BOXES)
    yield _workers(patient, patient.database)


def reminders(patient: Patient) -> Iterator[Check]:
    """Whether every reminder of a customer reaches somebody."""
    if patient.database is None:
        yield Check("跟进提醒", True, "数据库打不开，跳过", skipped=True)
        return
    with patient.database.reading() as session:
        unanswered, unowned = unheard_counts(session)
    told = [f"{unanswered} 条顾问没有处理，但没有店长可以上报" if unanswered else ""]
    told += [f"{unowned} 条的客户没有顾问，也没有店长可以通知" if unowned else ""]
    remedy = "在「账号」里给店长填写企业微信成员账号（或在资料包 followups.yaml 的 managers 里写上），并在「跟进任务」里改派"
    unheard = "；".join(filter(None, told))
    yield Check("跟进提醒", not unheard, unheard or "都有人能收到", remedy if unheard else "")


def holidays(patient: Patient, *, known_until: date = KNOWN_UNTIL) -> Iterator[Check]:
    """Whether the holidays of the next three weeks are known, and which plans keep to workdays or holidays."""
    known = known_until - patient.clock().astimezone(SHANGHAI).date() >= _HOLIDAYS_AHEAD
    told = f"放假和调休安排已知到 {known_until}"
    if known:
        yield Check("节假日", True, told)
        return
    titles = "、".join(_on_workdays(patient.database)) if patient.database else ""
    told += f"，之后{GUESSED}" + (f"；会受影响的计划：{titles}" if titles else "")
    yield Check("节假日", False, told, "国务院公布新一年安排（通常在 11 月）后，升级展厅，或运行 pip install -U chinesecalendar，再重启")


def _on_workdays(database: Database) -> list[str]:
    """Titles of the plans that are out and have steps for workdays or holidays only."""
    with database.reading() as session:
        contents = [one.content for one in speaking(session)]
    return [
        one.title
        for one in contents
        if any(not step.is_off and not isinstance(step.when, OnDate) and step.when.on is not Days.ANY for step in one.steps)
    ]


def _depth(patient: Patient, database: Database, name: str, table: type[Row]) -> Check:
    oldest = func.min(table.due_at, type_=table.due_at.type)
    with database.reading() as session:
        waiting, since = session.execute(select(func.count(), oldest).where(is_open(table))).one()
        stopped = session.scalar(select(func.count()).select_from(table).where(is_stuck(table))) or 0
    age = f"，最早的该在 {when(since, now=patient.clock())} 处理" if waiting else ""
    told = f"等待 {waiting} 条{age}；停下 {stopped} 条"
    return Check(name, not stopped, told, "到后台的「收发件箱」看原因，重试或放弃" if stopped else "")


def _workers(patient: Patient, database: Database) -> Check:
    since = patient.clock() - _LATE_AFTER
    with database.reading() as session:
        late = sum(overdue(session, table, since=since) for _, table in _BOXES)
    told = f"{late} 条到时间 {lasted(_LATE_AFTER)}以上还没有人处理" if late else "没有积压"
    return Check("处理线程", not late, told, "确认 run 或 work 在运行；都在运行就是忙不过来，看 CPU 和日志" if late else "")
