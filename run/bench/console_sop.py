"""What is said unprompted, as the console shows it: 2,000 groups, 100,000 touches, 20,000 follow-ups, and how long its pages look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from admin.looks.group_plans import plans_of_group
from admin.looks.groups import groups, portrait
from admin.looks.plan import plan_sight
from admin.looks.plan_cockpit import confirmations
from admin.looks.plans import plans, titles
from admin.looks.sop_calendar import entries, span_of
from admin.looks.tasks import behind, tasks
from admin.looks.touches import by_reason, touches
from admin.looks.wanted import Wanted
from admin.terms import Who
from bot.models import MassResult, MassTask
from core.db import Database
from core.zone import SHANGHAI
from customers.models import Advisor, GroupChat, GroupMember
from run.bench.rows import insert_rows
from sop.models import Enrolment, Plan, Reminder, Touch
from sop.pack import read_sop, seed_plans
from sop.workdays import is_workday

GROUPS, MEMBERS_EACH, TOUCHES, ENROLLED, REMINDERS = 2_000, 50, 100_000, 20_000, 20_000
TASKS, RESULTS_EACH = 500, 80
_DAYS = 90
_COMMUNITY, _FRIENDS = "community", "new-friend"
_STEPS = ("c-welcome", "c-rules", "c-e7-quiz", "c-e7-answer")
_KINDS = ("level", "promise", "person_asked", "rose")
_VERDICTS = (("go", ""), ("go", ""), ("go", ""), ("wait", "免打扰时段"), ("skip", "次数已到上限"))

Look = Callable[[Session], object]


def fill_sop(database: Database, pack: Path, *, advisors: int, stores: int, now: datetime) -> str:
    """The pack's plans, two of them running, and who is in them; beside the customers that `fill` makes. Returns a group's chat_id."""
    with database.unit_of_work() as session:
        seed_plans(session, read_sop(pack)[0], now=now)
        # Two of them speak; the others would enrol the customers of a year while the pages are timed.
        started = now - timedelta(days=_DAYS)
        session.execute(
            update(Plan).where(Plan.key.in_([_COMMUNITY, _FRIENDS])).values(state="running", started_at=started, enrolled_at=now)
        )
    insert_rows(database, Advisor, ({"userid": f"advisor{n}", "name": f"顾问{n}", "store": f"store{n % stores}"} for n in range(advisors)))
    insert_rows(database, GroupChat, (_group(n, advisors, now) for n in range(GROUPS)))
    insert_rows(database, GroupMember, (_member(n, now) for n in range(GROUPS * MEMBERS_EACH)))
    insert_rows(database, Enrolment, (_enrolment(_COMMUNITY, "group", f"wr{n:05}", n, now) for n in range(GROUPS)))
    insert_rows(database, Enrolment, (_enrolment(_FRIENDS, "customer", f"wm{n:07}", n, now) for n in range(ENROLLED)))
    insert_rows(database, Touch, (_touch(n, now) for n in range(TOUCHES)))
    insert_rows(database, MassTask, (_task(n, advisors, now) for n in range(TASKS)))
    insert_rows(database, MassResult, (_result(n) for n in range(TASKS * RESULTS_EACH)))
    insert_rows(database, Reminder, (_reminder(n, advisors, now) for n in range(REMINDERS)))
    return "wr00007"


def sop_looks(boss: Who, manager: Who, chat_id: str, now: datetime) -> dict[str, Look]:
    """Each look that a page of these takes when it opens, for who sees everything and for a 店长."""
    today = now.astimezone(SHANGHAI).date()
    found: dict[str, Look] = {}
    for suffix, who in (("", boss), ("_of_a_store", manager)):
        found |= {f"{name}{suffix}": look for name, look in _looks_of(who, now).items()}

    def group(session: Session) -> object:
        seen = portrait(session, boss, chat_id, {}, now=now)
        return plans_of_group(session, boss, seen.group, is_workday=is_workday, now=now)

    found["group"] = group
    found["calendar_week"] = lambda s: entries(s, boss, span_of("week", today), "", is_workday=is_workday, now=now)
    found["touches_all_time_page_50"] = lambda s: touches(s, boss, Wanted({"days": "all"}, page=50, size=100), now=now)
    found["touches_by_words"] = lambda s: touches(s, boss, Wanted({"q": "群 77", "days": "all"}), now=now)
    found["tasks_by_advisor"] = lambda s: tasks(s, boss, Wanted({"advisor": "advisor7", "state": "open"}), {}, now=now)
    return found


def _looks_of(who: Who, now: datetime) -> dict[str, Look]:
    today = now.astimezone(SHANGHAI).date()

    def ledger(session: Session) -> object:
        return titles(session), touches(session, who, Wanted(), now=now), by_reason(session, who, Wanted(), now=now)

    return {
        "groups": lambda s: groups(s, who, Wanted(), {}, now=now),
        "plans": lambda s: plans(s, who, {}, is_workday=is_workday, now=now),
        "plan": lambda s: plan_sight(s, who, _COMMUNITY, {}, is_workday=is_workday, now=now),
        "plan_confirmations": lambda s: confirmations(s, who, _COMMUNITY, "", now=now),
        "calendar": lambda s: entries(s, who, span_of("month", today), "", is_workday=is_workday, now=now),
        "touches": ledger,
        "tasks": lambda s: (tasks(s, who, Wanted(), {}, now=now), behind(s, who, now=now)),
    }


def _group(number: int, advisors: int, now: datetime) -> dict[str, Any]:
    made = now - timedelta(days=number % 200)
    counts = {"size": MEMBERS_EACH + 1, "customers": MEMBERS_EACH, "active": number % MEMBERS_EACH}
    stage = ("new", "warming", "mature", "ageing")[number % 4]
    return {
        "chat_id": f"wr{number:05}",
        "name": f"云驰看车群 {number}",
        "owner": f"advisor{number % advisors}",
        "created_at": made,
        "first_seen_at": made,
        "stage": stage,
        "computed": stage,
        "judged_at": now,
        "coefficient": number % 100 / 100,
        **counts,
    }


def _member(number: int, now: datetime) -> dict[str, Any]:
    group, place = number % GROUPS, number // GROUPS
    joined = now - timedelta(days=(group + place * 3) % 150, hours=1)
    left = joined + timedelta(hours=30) if place % 9 == 8 and joined + timedelta(hours=30) < now else None
    who = {"userid": f"wm{number:07}", "is_customer": True, "name": f"客户 {number}"}
    return {"group_id": group + 1, **who, "joined_at": joined, "join_scene": "qr", "left_at": left, "left_reason": "left" if left else ""}


def _enrolment(plan: str, kind: str, subject: str, number: int, now: datetime) -> dict[str, Any]:
    begun = now - timedelta(days=number % (60 if kind == "group" else 14))
    track = ("conversion", "goodwill", "relation")[min(2, number % 60 // 14)] if kind == "group" else ""
    return {
        "plan": plan,
        "subject_kind": kind,
        "subject_id": subject,
        "begun_at": begun,
        "enrolled_at": begun,
        "planned_until": now,
        "next_at": now + timedelta(days=1),
        "track": track,
        "track_begun_at": begun if track else None,
    }


def _touch(number: int, now: datetime) -> dict[str, Any]:
    """A post reaches all groups at one moment, and there are as many posts in the days as make up the number."""
    post, group = divmod(number, GROUPS)
    at, (verdict, reason) = now - timedelta(hours=1 + post * _DAYS * 24 * GROUPS // TOUCHES), _VERDICTS[group % len(_VERDICTS)]
    return {
        "key": f"touch{number}",
        "plan": _COMMUNITY,
        "step": _STEPS[post % len(_STEPS)],
        "subject_kind": "group",
        "subject_id": f"wr{group:05}",
        "kind": "group_post",
        "planned": at,
        "latest": at + timedelta(hours=10),
        "verdict": verdict,
        "reason": reason,
        "decided_at": at + timedelta(minutes=group % 30),
        "outbox_key": f"mass{group % TASKS}" if verdict == "go" else "",
    }


def _task(number: int, advisors: int, now: datetime) -> dict[str, Any]:
    state = ("confirmed", "open", "lapsed")[number % 3]
    made = now - timedelta(hours=number)
    return {
        "key": f"mass{number}",
        "channel": "group_post",
        "wecom_id": f"msg{number}",
        "sender": f"advisor{number % advisors}",
        "plan": _COMMUNITY,
        "step": _STEPS[number % len(_STEPS)],
        "asked": RESULTS_EACH,
        "state": state,
        "created_at": made,
        "confirmed_at": made + timedelta(hours=1) if state == "confirmed" else None,
    }


def _result(number: int) -> dict[str, Any]:
    task, place = number // RESULTS_EACH, number % RESULTS_EACH
    status = 1 if task % 3 == 0 and place % 10 else 0
    return {"task_id": task + 1, "subject": f"wr{(task * 7 + place) % GROUPS:05}", "status": status}


def _reminder(number: int, advisors: int, now: datetime) -> dict[str, Any]:
    live = number % 4 == 0
    due = now + timedelta(hours=48) - timedelta(minutes=number % 8000)
    return {
        "key": f"reminder{number}",
        "card": f"card{number}",
        "customer_id": number + 1,
        "external_id": f"wm{number:07}",
        "advisor": f"advisor{number % advisors}",
        "kind": _KINDS[number % len(_KINDS)],
        "level": "H",
        "urgency": number % 9,
        "reason": {"text": "到了该联系的时间", "words": "这周就定"},
        "made_at": due - timedelta(hours=2),
        "due_at": due,
        "state": ("asked" if number % 8 else "escalated") if live else "done",
        "outcome": "" if live else "contacted",
        "ended_at": None if live else due,
    }
