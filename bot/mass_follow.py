"""Who must confirm, who has, whom it reached and who failed: queues the looks that are due, and tells what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from bot import outbox
from bot.mass_rule import LOST, REACH_NAMES, STATE_NAMES, MassState, Reach
from bot.mass_tasks import due
from bot.messages import TASKS, Channel
from bot.models import MassResult, MassTask, OutboxMessage
from core.db import Database

TASKS_A_LOOK = 500
# A look that stays undone so long is pointless: the next one is queued by then.
_LOOK_WITHIN = timedelta(hours=6)
_RECOVER_WITHIN = timedelta(days=3)
_NEXT = timedelta(hours=1)


@dataclass(frozen=True)
class MassFollow:
    """The chore of every minute: only queues, so that it never waits for WeCom. Safe to repeat and to do in two processes at once."""

    database: Database

    def minute(self, now: datetime) -> None:
        """Queue what is due."""
        with self.database.reading() as session:
            looks, reminds = due(session, now=now, limit=TASKS_A_LOOK)
            lost = _lost(session, now=now)
        if not (looks or reminds or lost):
            return
        with self.database.unit_of_work() as session:
            for task in looks:
                self._queue_look(session, task, now=now)
            for task in reminds:
                _queue(session, Channel.MASS_REMIND, task.key, f"mass-remind:{task.key}", now=now)
                session.get_one(MassTask, task.id).remind_at = None
            for key in lost:
                _queue(session, Channel.MASS_RECOVER, key, f"mass-recover:{key}", now=now)

    def _queue_look(self, session: Session, task: MassTask, *, now: datetime) -> None:
        row = session.get_one(MassTask, task.id, with_for_update=True)
        if row.look_at is None or row.look_at > now:
            return  # another process was faster
        row.looks += 1
        # The look itself sets the next one; this is for the case that it never ends.
        row.look_at = now + _NEXT
        _queue(session, Channel.MASS_FOLLOW, task.key, f"mass-follow:{task.key}:{row.looks}", now=now)


def queue_cancel(session: Session, key: str, *, now: datetime) -> bool:
    """Cancel the task that the outbox row of this key makes or made; False when that was asked before."""
    lane = session.scalar(select(OutboxMessage.lane).where(OutboxMessage.key == key)) or f"mass-follow:{key}"
    return outbox.enqueue(session, f"mass-cancel:{key}", Channel.MASS_CANCEL, {"key": key}, lane=lane, now=now)


@dataclass(frozen=True)
class TaskSight:
    """One task for an operator. `state` and the reasons are in Chinese; `reached`, `waiting` and `failed` count its subjects."""

    id: int
    key: str
    channel: Channel
    plan: str
    step: str
    sender: str
    state: str
    reason: str
    asked: int
    reached: int
    waiting: int
    lost: int
    failed: dict[str, int]
    to_confirm: tuple[str, ...]
    confirmed: tuple[str, ...]
    created_at: datetime
    confirmed_at: datetime | None
    reminded_at: datetime | None
    cancelled_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class Cockpit:
    """All tasks of a step or plan, newest first; `lost` is the reach that can no longer be had, `failed` why, `waiting` what still can."""

    tasks: list[TaskSight]
    asked: int
    reached: int
    waiting: int
    lost: int
    failed: dict[str, int]


def cockpit(session: Session, plan: str, step: str = "", *, since: datetime | None = None, limit: int = 500) -> Cockpit:
    """Who must confirm, who has, who was reached, who failed and why; for one step, or all of a plan."""
    wanted = [MassTask.plan == plan, *([MassTask.step == step] if step else []), *([MassTask.created_at >= since] if since else [])]
    tasks = session.scalars(select(MassTask).where(*wanted).order_by(MassTask.created_at.desc(), MassTask.id.desc()).limit(limit)).all()
    sights = sights_of(session, tasks)
    failed: dict[str, int] = {}
    for sight in sights:
        for why, many in sight.failed.items():
            failed[why] = failed.get(why, 0) + many
    asked, reached, waiting, lost = (sum(getattr(sight, name) for sight in sights) for name in ("asked", "reached", "waiting", "lost"))
    return Cockpit(sights, asked, reached, waiting, lost, failed)


def sights_of(session: Session, tasks: Sequence[MassTask]) -> list[TaskSight]:
    """These tasks as an operator sees them, in the same order; two queries however many there are."""
    ids = [task.id for task in tasks]
    found = select(MassResult.task_id, MassResult.status, func.count()).where(MassResult.task_id.in_(ids)).group_by(MassResult.task_id)
    counts: dict[int, dict[Reach, int]] = {}
    for task_id, status, many in session.execute(found.group_by(MassResult.status)):
        counts.setdefault(task_id, {})[Reach(status)] = many
    moments = [task.id for task in tasks if task.channel == Channel.MOMENT]
    members: dict[int, list[tuple[str, int]]] = {}
    rows = select(MassResult.task_id, MassResult.subject, MassResult.status).where(MassResult.task_id.in_(moments)).order_by(MassResult.id)
    for task_id, subject, status in session.execute(rows):
        members.setdefault(task_id, []).append((subject, status))
    return [_sight(task, counts.get(task.id, {}), members.get(task.id)) for task in tasks]


def failures(session: Session, task_id: int, *, limit: int = 100, offset: int = 0) -> list[tuple[str, str]]:
    """(subject, why in Chinese) of those whom a task did not reach and will not, in the order in which they were named."""
    task = session.get_one(MassTask, task_id)
    statuses = [*LOST, *([] if _may_still_come(task) else [Reach.NOT_SENT])]
    rows = select(MassResult.subject, MassResult.status).where(MassResult.task_id == task_id, MassResult.status.in_(statuses))
    return [
        (subject, _why(task, Reach(status)))
        for subject, status in session.execute(rows.order_by(MassResult.id).limit(limit).offset(offset))
    ]


def lost_because(task: MassTask, reach: Reach) -> str:
    """Why this subject was not reached and will not be; empty while it still may be, or was."""
    if reach is Reach.SENT or (reach is Reach.NOT_SENT and _may_still_come(task)):
        return ""
    return _why(task, reach)


def lapsed_because(task: MassTask) -> str:
    """What became of a task that nobody confirmed in time."""
    return "到点没有人确认，已撤销" if task.cancelled_at else "到点没有人确认，没有撤销成功"


def _sight(task: MassTask, counts: dict[Reach, int], members: list[tuple[str, int]] | None) -> TaskSight:
    unsent, comes = counts.get(Reach.NOT_SENT, 0), _may_still_come(task)
    failed = {_why(task, reach): many for reach, many in counts.items() if reach in LOST or (reach is Reach.NOT_SENT and not comes)}
    if members is None:
        members = [(task.sender, Reach.SENT if task.confirmed_at else Reach.NOT_SENT)]
    to_confirm, confirmed = (tuple(userid for userid, status in members if status == wanted) for wanted in (Reach.NOT_SENT, Reach.SENT))
    return TaskSight(
        id=task.id,
        key=task.key,
        channel=Channel(task.channel),
        plan=task.plan,
        step=task.step,
        sender=task.sender,
        state=STATE_NAMES[MassState(task.state)],
        reason=task.reason,
        asked=task.asked,
        reached=counts.get(Reach.SENT, 0),
        waiting=unsent if comes else 0,
        lost=sum(failed.values()),
        failed=failed,
        to_confirm=to_confirm,
        confirmed=confirmed,
        created_at=task.created_at,
        confirmed_at=task.confirmed_at,
        reminded_at=task.reminded_at,
        cancelled_at=task.cancelled_at,
        read_at=task.read_at,
    )


def _may_still_come(task: MassTask) -> bool:
    """Whether what is not sent yet may still be: what is to be withdrawn, or a group that its confirmed owner left out, may for a while."""
    is_followed = task.look_at is not None and task.cancelled_at is None
    return task.state in (MassState.MAKING, MassState.OPEN) or (task.state in (MassState.CONFIRMED, MassState.LAPSED) and is_followed)


def _why(task: MassTask, reach: Reach) -> str:
    if reach is not Reach.NOT_SENT:
        return REACH_NAMES[reach]
    by_state = {
        MassState.CANCELLED: "发送前已取消",
        MassState.LAPSED: lapsed_because(task),
        MassState.FAILED: "任务没有创建成功",
        MassState.CONFIRMED: "成员确认了，但没有发给它",
    }
    return by_state.get(MassState(task.state), REACH_NAMES[reach])


def _queue(session: Session, channel: Channel, key: str, own: str, *, now: datetime) -> None:
    outbox.enqueue(session, own, channel, {"key": key}, lane=f"mass-follow:{key}", now=now, expires_in=_LOOK_WITHIN)


def _lost(session: Session, *, now: datetime) -> list[str]:
    """Keys of rows that ended in the middle of making a task: nobody knows whether it is there, and nobody has looked."""
    # Spelled as the partial index of operators spells it, see bot/models.py.
    ended = select(OutboxMessage.key).where(
        OutboxMessage.state.in_([literal_column("'parked'"), literal_column("'unclear'")]),
        OutboxMessage.settled_at > now - _RECOVER_WITHIN,
        OutboxMessage.channel.in_(list(TASKS)),
        OutboxMessage.attempts > 0,
    )
    keys = set(session.scalars(ended))
    if not keys:
        return []
    looked = select(OutboxMessage.key).where(OutboxMessage.key.in_([f"mass-recover:{key}" for key in keys]))
    done = {key.removeprefix("mass-recover:") for key in session.scalars(looked)}
    made = set(session.scalars(select(MassTask.key).where(MassTask.key.in_(keys))))
    return sorted(keys - done - made)
