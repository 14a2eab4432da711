"""What an advisor reads: the card of one customer, the day's list, and the brief that a name asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.zone import SHANGHAI
from customers import store as customer_store
from customers.models import Customer, LevelChange
from customers.pack import LevelRules
from customers.record import current_score
from customers.rules import FOCUS_NAMES, LEVEL_NAMES
from customers.terms import FocusPoint, Level
from sop import reminder_store as store
from sop.due_reminders import Known
from sop.keys import task_of
from sop.models import Reminder
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FOLLOW_UP_NAMES, KIND_NAMES, LATER_NAMES, FollowUp, FollowUpRules, ReminderKind, Suggested

CHOICE = "choice"  # the list on the card
_DRIVEN = [str(FollowUp.TEST_DRIVEN), "已到店：试驾了"]
_PARTS, _POINTS, _LINES = 3, 2, 15


@dataclass(frozen=True)
class Portrait:
    """Everything that a card says of a customer."""

    name: str
    level: str
    why: str
    score: str
    focus: Sequence[tuple[str, str]]
    contacted: str
    promise: str
    suggested: Suggested | None
    has_ordered: bool = False


def name_of(customer: Customer) -> str:
    """As advisors know him."""
    return customer.nickname or "微信客户"


def title_of(row: Reminder) -> str:
    """Why it is due, in a few words: the reason of this one where it has its own, else that of its kind."""
    return str(row.reason.get("title") or KIND_NAMES[ReminderKind(row.kind)])


def portrait(session: Session, customer: Customer, known: Known, levels: LevelRules, ports: ReminderPorts, *, now: datetime) -> Portrait:
    """Who he is, how near a purchase and why, what he cares about in his own words, and what could be said."""
    score = current_score(session, customer.id, levels, now=now)
    parts = "、".join(f"{part.zh} {part.points:.0f}" for part in score.parts[:_PARTS])
    change = customer_store.last_level_change(session, customer.id)
    promised = store.last_promise(session, customer.id)
    return Portrait(
        name=name_of(customer),
        level=f"{customer.level} 级 {LEVEL_NAMES[Level(customer.level)]}",
        why=_why(change),
        score=f"{score.total:.0f} 分" + (f"：{parts}" if parts else ""),
        focus=_focus(session, customer),
        contacted=when(known.contacted_at) if known.contacted_at else "还没有记录",
        promise=str(promised.reason.get("words", "")) if promised else "",
        suggested=ports.suggest(session, customer, now),
        has_ordered=customer.level == Level.O,
    )


def card_payload(row: Reminder, members: Sequence[str], told: Portrait, rules: FollowUpRules) -> dict[str, Any]:
    """The outbox payload of its next card, for these members; `row.asked` counts that card already."""
    suggested = f"建议话术：{told.suggested.title}：{told.suggested.text}" if told.suggested else ""
    story = [str(line.get("short") or line["text"]) for line in row.reason.get("story", [])]
    facts = [("级别", told.level), ("依据", str(row.reason.get("text") or told.why)), ("意向分", told.score)]
    facts += [] if row.advisor else [("顾问", "没有顾问，请安排人联系")]
    facts += [("交接", story[-1])] if story else []
    facts += [("上次联系", told.contacted)]
    facts += [("上次承诺", told.promise)] if told.promise and row.kind != ReminderKind.PROMISE else []
    facts += [(name, f"“{words}”") for name, words in told.focus]
    times = asks_of(row)
    again = f"（第 {times} 次提醒）" if times > 1 else ""
    return {
        "userids": list(members),
        "external_id": row.external_id,
        "task_id": task_of(row.card, row.asked),
        "title": f"{title_of(row)}{again}",
        "desc": f"客户：{told.name}",
        "quote_title": "您说过" if row.kind == ReminderKind.PROMISE else "客户说",
        "quote": str(row.reason.get("words", "")) or (told.focus[0][1] if told.focus else ""),
        "facts": [list(fact) for fact in facts if fact[1]][:6],
        "sub_title": suggested,
        "buttons": [[str(one), FOLLOW_UP_NAMES[one]] for one in _buttons(told)],
        "selection": {"key": CHOICE, "title": "稍后 / 试驾 / 战败", "options": [*choices(rules), _DRIVEN]},
    }


def _buttons(told: Portrait) -> Sequence[FollowUp]:
    """WeCom takes six: who has ordered fetches his car next. That somebody drove is chosen in the list and told with 已到店."""
    bought = FollowUp.DELIVERED if told.has_ordered else FollowUp.ORDERED
    return FollowUp.CONTACTED, FollowUp.VISIT_SET, FollowUp.VISITED, bought, FollowUp.LATER, FollowUp.LOST


def asks_of(row: Reminder) -> int:
    """Cards since it was put off or given to another: from there it begins anew."""
    return row.asked - int(row.reason.get("asked_before", 0))


def choices(rules: FollowUpRules) -> list[list[str]]:
    """(id, text) of the card's list: how much later, and why lost."""
    lost = [[f"lost_{number}", f"战败：{reason}"] for number, reason in enumerate(rules.lost_reasons)]
    return [*([key, name] for key, name in LATER_NAMES.items()), *lost]


def lost_reason(choice: str, rules: FollowUpRules) -> str:
    """The reason that was chosen; «未说明» when it was none."""
    names: Mapping[str, str] = {f"lost_{number}": reason for number, reason in enumerate(rules.lost_reasons)}
    return names.get(choice, "未说明")


def lost_reason_in(note: str, rules: FollowUpRules) -> str:
    """The reason that an advisor's words name; the words themselves when it is none of the list."""
    return next((one for one in rules.lost_reasons if one in note or (len(note) > 1 and note in one)), note)


def brief_text(told: Portrait, due: Sequence[Reminder]) -> str:
    """The same as words, for who asks for a customer by name."""
    lines = [f"{told.name} · {told.level}", f"依据：{told.why}" if told.why else "", f"意向分：{told.score}"]
    lines += [f"{name}：“{words}”" for name, words in told.focus]
    lines += [f"上次联系：{told.contacted}", f"上次承诺：{told.promise}" if told.promise else ""]
    lines += [f"待跟进：{title_of(row)}，{when(row.due_at)}" for row in due[:3]]
    lines += [f"建议话术（{told.suggested.title}）：{told.suggested.text}" if told.suggested else ""]
    return "\n".join(line for line in lines if line)


def list_text(head: str, rows: Sequence[tuple[Reminder, Customer]], *, now: datetime) -> str:
    """A list of customers, most urgent first; what does not fit is counted."""
    lines = [
        f"{number}. {name_of(customer)} {customer.level} 级 · {title_of(row)}" + ("（已逾期）" if row.due_at < now else "")
        for number, (row, customer) in enumerate(rows[:_LINES], 1)
    ]
    rest = [f"还有 {len(rows) - _LINES} 位，处理完上面的再发“今天跟谁”"] if len(rows) > _LINES else []
    return "\n".join([head, *lines, *rest])


def when(moment: datetime) -> str:
    """«11-23 10:00», in Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def label_of(outcome: FollowUp, who: str, note: str, next_at: datetime | None) -> str:
    """What a card shows in place of its buttons."""
    said = f"{who}：{FOLLOW_UP_NAMES[outcome]}" + (f"（{note}）" if note else "")
    return said + (f"，下次 {when(next_at)}" if next_at else "")


def _why(change: LevelChange | None) -> str:
    return str(change.reason.get("text", "")) if change else ""


def _focus(session: Session, customer: Customer) -> list[tuple[str, str]]:
    newest: dict[FocusPoint, str] = {}
    for row in sorted(customer_store.live_focus(session, customer.id), key=lambda row: row.said_at, reverse=True):
        newest.setdefault(FocusPoint(row.point), row.words)
    return [(FOCUS_NAMES[point], words) for point, words in newest.items()][:_POINTS]
