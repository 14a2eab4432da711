"""What the page of one plan shows: its tracks as columns of weeks and weekdays, each step with its words and materials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.looks.forecast import forecast
from admin.looks.plan_words import CHOOSE_NAMES, RULE_NAMES, WEEKDAYS, hours_in_words, when_in_words
from admin.looks.plans import AHEAD, WEEK, Audience, audience_of, enrolled_by_plan, made_by_plan, moment_ahead, next_posts, plan_for
from admin.parts.when import when
from admin.sight import sees_all, subjects_in_sight
from admin.terms import Who
from kb import store as kb_store
from kb.models import MaterialRow
from kb.terms import Material
from sop import store
from sop.audience_rule import in_words
from sop.backlog import takes_newcomers_only
from sop.calendar import DayAfter, IsWorkday, OnDate
from sop.models import Enrolment, Plan, Touch
from sop.plan_terms import PlanContent, PlanState, Step


@dataclass(frozen=True)
class Card:
    """One step as it is shown. `made` is how often it was said in the last seven days; `off`: why it says nothing (已停用, 已过期
    when its validity is over, or both), empty for one that speaks."""

    step: Step
    when: str
    choose: str
    off: str
    materials: Sequence[str]
    made: int


@dataclass(frozen=True)
class Band:
    """A track, or what holds for all: its columns (title, cards) from left to right, and how many are on it."""

    key: str
    title: str
    enrolled: int
    columns: Sequence[tuple[str, Sequence[Card]]]


@dataclass(frozen=True)
class PlanSight:
    """The whole page."""

    row: Plan
    content: PlanContent
    audience: Audience
    goal: str
    enrolled: int
    lately: Mapping[str, int]
    next: str
    changed: str
    rules: Sequence[str]
    bands: Sequence[Band]

    def is_in(self, *states: PlanState) -> bool:
        """Whether the plan is in one of these states."""
        return self.row.state in states


def plan_sight(session: Session, who: Who, key: str, names: Mapping[str, str], *, is_workday: IsWorkday, now: datetime) -> PlanSight:
    """One plan. Blocked when there is none."""
    row = plan_for(session, key)
    content = store.content_of(row)
    following = next_posts(forecast(session, who, start=now, end=now + AHEAD, is_workday=is_workday)).get(key)
    title = content.step_by_key[following.step].title if following else ""
    return PlanSight(
        row=row,
        content=content,
        audience=audience_of(session, who, content, names, now=now),
        goal=in_words(content.goal, {**names, **RULE_NAMES}) if content.goal else "",
        enrolled=enrolled_by_plan(session, who).get(key, 0),
        lately=made_by_plan(session, who, since=now - WEEK).get(key, {}),
        next=f"{moment_ahead(following.moment, now=now)} {title}（{following.count:,}）" if following else "",
        changed=f"{'内容包' if row.made_by == store.PACK else row.made_by}，{when(row.updated_at, now=now)}",
        rules=_rules(content),
        bands=_bands(session, who, content, now=now),
    )


def materials(session: Session) -> dict[str, Material]:
    """What may be attached."""
    return kb_store.materials(session)


def columns_of(steps: Sequence[Step], from_week: int = 1) -> list[tuple[str, list[Step]]]:
    """Steps of one track by week, then by weekday, then by date; inside a column in the order in which they are said."""
    weeks: dict[int, list[Step]] = {}
    weekdays: dict[int, list[Step]] = {}
    dates: list[Step] = []
    for step in steps:
        if isinstance(step.when, DayAfter):
            weeks.setdefault(step.when.days // 7, []).append(step)
        elif isinstance(step.when, OnDate):
            dates.append(step)
        else:
            weekdays.setdefault(min(step.when.weekdays), []).append(step)
    found = [(f"第 {week + from_week} 周", sorted(some, key=_order)) for week, some in sorted(weeks.items())]
    found += [(f"每周{WEEKDAYS[day]}", sorted(some, key=_order)) for day, some in sorted(weekdays.items())]
    return found + ([("固定日期", sorted(dates, key=_order))] if dates else [])


def _order(step: Step) -> tuple[Any, ...]:
    match step.when:
        case DayAfter(days, at, _):
            return days, at
        case OnDate(day, at):
            return day, at
        case weekly:
            return weekly.first_week, weekly.at


def _bands(session: Session, who: Who, content: PlanContent, *, now: datetime) -> list[Band]:
    made, titles, on_track = _made(session, who, content.key, now=now), _titles(session), _on_track(session, who, content.key)

    def band(key: str, title: str, from_week: int) -> Band:
        steps = [step for step in content.steps if step.track == key]
        columns = [(name, [_card(one, made, titles, now) for one in some]) for name, some in columns_of(steps, from_week)]
        return Band(key, title, on_track.get(key, 0), columns)

    tracks = sorted(content.tracks, key=lambda track: track.from_week)
    bands = [band(track.key, track.title, track.from_week) for track in tracks]
    whole = band("", "不分轨道" if tracks else "全部步骤", 1)
    return [*bands, *([whole] if whole.columns else [])]


def _card(step: Step, made: Mapping[str, int], titles: Mapping[str, str], now: datetime) -> Card:
    keys = dict.fromkeys(key for one in step.wordings for key in one.attachments)
    off = " · ".join(name for name, holds in (("已停用", step.is_off), ("已过期", step.is_over(now))) if holds)
    choose = CHOOSE_NAMES[step.choose] if len(step.wordings) > 1 else ""
    return Card(step, when_in_words(step.when), choose, off, [titles.get(key, key) for key in keys], made.get(step.key, 0))


def _made(session: Session, who: Who, plan: str, *, now: datetime) -> dict[str, int]:
    query = select(Touch.step, func.count()).where(Touch.plan == plan, Touch.decided_at >= now - WEEK, Touch.verdict == store.GO)
    if not sees_all(who):
        query = query.where(subjects_in_sight(who, Touch.subject_kind, Touch.subject_id))
    return {step: int(count) for step, count in session.execute(query.group_by(Touch.step))}


def _on_track(session: Session, who: Who, plan: str) -> dict[str, int]:
    query = select(Enrolment.track, func.count()).where(Enrolment.plan == plan, Enrolment.ended_at.is_(None))
    if not sees_all(who):
        query = query.where(subjects_in_sight(who, Enrolment.subject_kind, Enrolment.subject_id))
    return {track: int(count) for track, count in session.execute(query.group_by(Enrolment.track))}


def _titles(session: Session) -> dict[str, str]:
    return {key: data["title"] for key, data in session.execute(select(MaterialRow.key, MaterialRow.data))}


def _rules(content: PlanContent) -> list[str]:
    """How often, how late and how often again, as an operator reads it."""
    told = [cap.name for cap in content.caps]
    told += [f"{hours_in_words(hours)} 也不打扰" for hours in content.quiet]
    told.append(f"到点后 {int(content.latest.total_seconds()) // 3600} 小时内没发出就不发")
    if takes_newcomers_only(content):
        days = content.within.days
        told.append("只对启动后新符合条件的发" + (f"，启动前 {days} 天内符合的也算" if days else ""))
    if content.exclusive:
        told.append("同一位客户同时只由一个这样的计划负责")
    if content.again_after is not None:
        told.append(f"离开 {content.again_after.days} 天后可以再次进入")
    return told
