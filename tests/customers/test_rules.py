"""How near a purchase is: decay, the score taken apart, and both sides of every boundary between levels."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules import (
    DAY,
    FOCUS_NAMES,
    LEVEL_NAMES,
    STATED_FOR,
    LevelVerdict,
    SaidSignal,
    Score,
    decayed,
    focus_tags,
    level_for,
    score_of,
)
from customers.terms import FocusPoint, Level

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THRESHOLDS = {Level.H: 60.0, Level.A: 40.0, Level.B: 20.0}

weights = st.floats(-100, 100)
half_lives = st.floats(0.5, 365)
ages = st.floats(0, 3650).map(lambda days: days * DAY)


def said(name: str, *, weight: float = 30, days_ago: float = 0, half_life: float = 14, words: str = "想试驾") -> SaidSignal:
    return SaidSignal(name, name, weight, half_life, words, f"msg-{name}-{days_ago}", NOW - days_ago * DAY)


def level_of(
    total: float,
    *,
    before: Level = Level.C,
    stated: Level | None = None,
    event: Level | None = None,
    stated_until: datetime | None = None,
    last_heard_at: datetime | None = NOW,
) -> LevelVerdict:
    return level_for(
        Score(total, ()),
        thresholds=THRESHOLDS,
        before=before,
        stated=stated,
        event=event,
        stated_until=stated_until,
        last_heard_at=last_heard_at,
        silent_after=30 * DAY,
        now=NOW,
    )


@given(weight=weights, half_life=half_lives)
def test_after_a_half_life_half_is_left(weight: float, half_life: float) -> None:
    assert decayed(weight, half_life * DAY, half_life) == pytest.approx(weight / 2, rel=1e-6)
    assert decayed(weight, timedelta(0), half_life) == weight


@given(weight=weights, half_life=half_lives, one=ages, other=ages)
def test_points_only_ever_shrink_and_never_change_sign(weight: float, half_life: float, one: timedelta, other: timedelta) -> None:
    sooner, later = sorted([one, other])
    assert abs(decayed(weight, later, half_life)) <= abs(decayed(weight, sooner, half_life)) <= abs(weight)
    assert decayed(weight, later, half_life) * weight >= 0


@given(weight=weights, half_life=half_lives, ahead=ages)
def test_a_clock_ahead_of_ours_gives_no_extra_points(weight: float, half_life: float, ahead: timedelta) -> None:
    assert decayed(weight, -ahead, half_life) == weight


def test_the_score_is_the_sum_of_its_parts_largest_first() -> None:
    score = score_of([said("quote", weight=12), said("drive", weight=30, days_ago=14), said("dear", weight=-20)], now=NOW)
    assert [(part.name, round(part.points, 6)) for part in score.parts] == [("dear", -20), ("drive", 15), ("quote", 12)]
    assert score.total == pytest.approx(7)


def test_a_part_shows_the_sentence_that_gave_it() -> None:
    (part,) = score_of([said("drive", words="周末想试驾E7")], now=NOW).parts
    assert (part.words, part.message_id) == ("周末想试驾E7", "msg-drive-0")


def test_repeating_oneself_is_not_wanting_twice_as_much() -> None:
    once = score_of([said("drive", days_ago=2)], now=NOW)
    assert score_of([said("drive", days_ago=9), said("drive", days_ago=2), said("drive", days_ago=5)], now=NOW) == once


def test_nothing_said_is_no_score() -> None:
    assert score_of([], now=NOW) == Score(0, ())


@pytest.mark.parametrize(
    ("total", "level"),
    [(60, "H"), (59.99, "A"), (40, "A"), (39.99, "B"), (20, "B"), (19.99, "C"), (0, "C"), (-30, "C"), (500, "H")],
)
def test_a_threshold_belongs_to_the_level_above(total: float, level: str) -> None:
    verdict = level_of(total)
    assert (verdict.level, verdict.kind) == (level, "score")


@given(one=st.floats(-100, 200), other=st.floats(-100, 200))
def test_more_points_never_mean_a_lower_level(one: float, other: float) -> None:
    order = [Level.C, Level.B, Level.A, Level.H]
    less, more = sorted([one, other])
    assert order.index(level_of(less).level) <= order.index(level_of(more).level)


@pytest.mark.parametrize("stated", [Level.H, Level.A, Level.B, Level.C])
def test_explicit_words_of_time_override_the_score(stated: Level) -> None:
    assert level_of(0, stated=stated).level is stated
    assert level_of(500, stated=stated) == LevelVerdict(stated, "stated", f"客户说了时间：{LEVEL_NAMES[stated]}")


@pytest.mark.parametrize(("until", "level"), [(NOW + SECOND, Level.H), (NOW, Level.C), (NOW - SECOND, Level.C)])
def test_explicit_words_hold_until_their_time_is_over(until: datetime, level: Level) -> None:
    assert level_of(0, before=Level.H, stated_until=until).level is level


def test_words_of_time_hold_as_long_as_the_time_that_they_speak_of() -> None:
    spans = [STATED_FOR[level] for level in (Level.H, Level.A, Level.B)]
    assert spans == [7 * DAY, 30 * DAY, 90 * DAY]


def test_what_a_message_says_outright_comes_before_everything() -> None:
    verdict = level_of(500, event=Level.L, stated=Level.H, stated_until=NOW + DAY)
    assert (verdict.level, verdict.kind) == (Level.L, "event")


def test_an_order_stays_an_order() -> None:
    assert level_of(0, before=Level.O).level is Level.O
    assert level_of(0, before=Level.O, last_heard_at=NOW - 365 * DAY).level is Level.O


def test_an_order_ends_when_the_customer_says_so() -> None:
    assert level_of(0, before=Level.O, event=Level.L).level is Level.L
    assert level_of(0, before=Level.O, stated=Level.C).level is Level.C


@pytest.mark.parametrize(("total", "level"), [(19.99, Level.L), (20, Level.B), (60, Level.H)])
def test_a_lost_customer_comes_back_with_new_signals_only(total: float, level: Level) -> None:
    assert level_of(total, before=Level.L).level is level


@pytest.mark.parametrize(("silent_for", "level"), [(30 * DAY, Level.N), (30 * DAY - SECOND, Level.H), (365 * DAY, Level.N)])
def test_thirty_days_of_silence_outweigh_any_score(silent_for: timedelta, level: Level) -> None:
    assert level_of(500, before=Level.H, last_heard_at=NOW - silent_for).level is level


def test_a_lost_customer_does_not_become_a_silent_one() -> None:
    assert level_of(0, before=Level.L, last_heard_at=NOW - 60 * DAY).level is Level.L


def test_a_customer_who_never_spoke_is_not_silent() -> None:
    assert level_of(0, last_heard_at=None).level is Level.C


def test_a_silent_customer_who_speaks_again_is_not_silent_any_more() -> None:
    assert level_of(0, before=Level.N).level is Level.C


def test_every_verdict_says_why_in_words() -> None:
    assert level_of(45).text == "意向分 45，达到 A 级的 40 分"
    assert level_of(0, last_heard_at=NOW - 31 * DAY).text == "30 天没有说话"


def test_every_level_and_focus_point_has_a_chinese_name() -> None:
    assert set(LEVEL_NAMES) == set(Level)
    assert set(FOCUS_NAMES) == set(FocusPoint)
    assert len(set(FOCUS_NAMES.values())) == len(FocusPoint)


def tags_for(*points: tuple[FocusPoint, timedelta, float], at_most: int = 5) -> list[FocusPoint]:
    return focus_tags([(point, NOW - age, confidence) for point, age, confidence in points], now=NOW, fresh_for=90 * DAY, at_most=at_most)


@pytest.mark.parametrize(("age", "tags"), [(90 * DAY, [FocusPoint.PRICE]), (90 * DAY + SECOND, [])])
def test_a_focus_point_is_a_tag_as_long_as_it_is_fresh(age: timedelta, tags: list[FocusPoint]) -> None:
    assert tags_for((FocusPoint.PRICE, age, 0.9)) == tags


def test_what_was_said_most_often_and_most_surely_comes_first() -> None:
    often = [(FocusPoint.RANGE, DAY, 0.6), (FocusPoint.RANGE, 2 * DAY, 0.6)]
    assert tags_for((FocusPoint.PRICE, DAY, 0.9), *often, (FocusPoint.SPACE, DAY, 0.7)) == [
        FocusPoint.RANGE,
        FocusPoint.PRICE,
        FocusPoint.SPACE,
    ]


def test_at_most_so_many_focus_points_become_tags() -> None:
    assert len(tags_for(*[(point, DAY, 0.9) for point in FocusPoint], at_most=5)) == 5
