"""Pure: how near a purchase is, from what was said and when; and which words we keep of a customer."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.terms import FocusPoint, Level, Polarity

DAY = timedelta(days=1)

FOCUS_NAMES: Mapping[FocusPoint, str] = {
    FocusPoint.PRICE: "价格",
    FocusPoint.PROMOTION: "优惠",
    FocusPoint.FINANCE: "金融",
    FocusPoint.TRADE_IN: "置换",
    FocusPoint.RANGE: "续航能耗",
    FocusPoint.CHARGING: "充电",
    FocusPoint.POWER: "动力",
    FocusPoint.HANDLING: "操控",
    FocusPoint.COMFORT: "舒适性",
    FocusPoint.SPACE: "空间",
    FocusPoint.EXTERIOR: "外观",
    FocusPoint.INTERIOR: "内饰",
    FocusPoint.CONFIG: "配置",
    FocusPoint.SMART: "智能化",
    FocusPoint.SAFETY: "安全性",
    FocusPoint.AFTER_SALES: "售后",
    FocusPoint.DELIVERY: "交付",
    FocusPoint.BRAND: "品牌口碑",
}

POLARITY_NAMES: Mapping[Polarity, str] = {Polarity.POSITIVE: "满意", Polarity.NEUTRAL: "询问", Polarity.NEGATIVE: "担心"}

LEVEL_NAMES: Mapping[Level, str] = {
    Level.O: "已下订",
    Level.H: "一周内可能成交",
    Level.A: "一个月内",
    Level.B: "三个月内",
    Level.C: "三个月以上或未知",
    Level.N: "沉默待唤醒",
    Level.L: "战败",
}


@dataclass(frozen=True)
class SaidSignal:
    """A remembered signal with the pack's weight for it."""

    name: str
    zh: str
    weight: float
    half_life_days: float
    words: str
    message_id: str
    said_at: datetime


@dataclass(frozen=True)
class ScorePart:
    """How many points one sentence gives now."""

    name: str
    zh: str
    points: float
    words: str
    message_id: str


@dataclass(frozen=True)
class Score:
    """Σ weight · 0.5^(age ÷ half-life) (DESIGN §4), with its parts, largest first."""

    total: float
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True)
class LevelVerdict:
    """The level that follows, and the reason as an operator reads it."""

    level: Level
    kind: str  # «event», «stated», «score», «silence»; «recorded» by an advisor; «undone»: what is left when a change is taken back
    text: str


# What somebody said outright; the other kinds follow from signals and time, which are undone by themselves.
EXPLICIT: frozenset[str] = frozenset({"event", "stated", "recorded"})
UNDONE = "undone"


def decayed(weight: float, age: timedelta, half_life_days: float) -> float:
    """Points left of a weight after this long; a future moment counts as now."""
    half_lives = max(age, timedelta(0)) / DAY / half_life_days
    return weight * math.pow(0.5, half_lives)


def score_of(signals: Iterable[SaidSignal], *, now: datetime) -> Score:
    """The score now. The same signal said twice counts once, at its newest: repeating oneself is not wanting twice as much."""
    newest: dict[str, SaidSignal] = {}
    for signal in signals:
        if signal.name not in newest or newest[signal.name].said_at < signal.said_at:
            newest[signal.name] = signal
    parts = [ScorePart(s.name, s.zh, decayed(s.weight, now - s.said_at, s.half_life_days), s.words, s.message_id) for s in newest.values()]
    parts.sort(key=lambda part: (-abs(part.points), part.name))
    return Score(sum(part.points for part in parts), tuple(parts))


def level_for(
    score: Score,
    *,
    thresholds: Mapping[Level, float],
    before: Level,
    stated: Level | None = None,
    event: Level | None = None,
    stated_until: datetime | None = None,
    last_heard_at: datetime | None,
    silent_after: timedelta,
    now: datetime,
) -> LevelVerdict:
    """DESIGN §4: order and loss first, then explicit words of time, then the score; silence last.

    An order stays an order until something explicit says otherwise. Explicit words hold until `stated_until`, so that the next
    harmless message does not cool a customer who said «this week».
    """
    # Where both say the same, the words of time are the better reason: they hold for as long as they say.
    if event is not None and event is not stated:
        return LevelVerdict(event, "event", f"客户的话直接说明：{LEVEL_NAMES[event]}")
    if stated is not None:
        return LevelVerdict(stated, "stated", f"客户说了时间：{LEVEL_NAMES[stated]}")
    if before is Level.O:
        return LevelVerdict(Level.O, "event", "已下订，保持")
    if stated_until is not None and now < stated_until:
        return LevelVerdict(before, "stated", "客户说过的时间仍然有效，保持")
    if last_heard_at is not None and now - last_heard_at >= silent_after:
        return LevelVerdict(before if before is Level.L else Level.N, "silence", f"{silent_after.days} 天没有说话")
    if before is Level.L and score.total < min(thresholds.values(), default=0.0):
        return LevelVerdict(Level.L, "event", "已战败，没有新的购买信号")
    for level, least in sorted(thresholds.items(), key=lambda item: -item[1]):
        if score.total >= least:
            return LevelVerdict(level, "score", f"意向分 {score.total:.0f}，达到 {level} 级的 {least:.0f} 分")
    return LevelVerdict(Level.C, "score", f"意向分 {score.total:.0f}，未达到任何一级")


# How long explicit words of time keep their level (the span of time that they speak of).
STATED_FOR: Mapping[Level, timedelta] = {Level.H: 7 * DAY, Level.A: 30 * DAY, Level.B: 90 * DAY, Level.C: 90 * DAY}


def focus_tags(
    points: Sequence[tuple[FocusPoint, datetime, float]], *, now: datetime, fresh_for: timedelta, at_most: int
) -> list[FocusPoint]:
    """Which focus points become tags: said within `fresh_for`, the most often and most surely said first, at most so many."""
    weight: dict[FocusPoint, float] = {}
    for point, said_at, confidence in points:
        if now - said_at <= fresh_for:
            weight[point] = weight.get(point, 0.0) + confidence * decayed(1.0, now - said_at, 14)
    return sorted(weight, key=lambda point: (-weight[point], point))[:at_most]
