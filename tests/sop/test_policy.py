"""The touch policy: each reason, both sides of each boundary, and a property: no schedule ever breaks a cap."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from sop.policy import Cap, QuietHours, TouchPolicy, may_touch, merged
from sop.terms import Asked, Go, Held, Past, Skip, Skipped, Standing, Subject, TouchKind, Wait
from sop.windows import DAY, Window

NOW = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
MINUTE = timedelta(minutes=1)
CUSTOMER = Subject("customer", "wm1")
ASKED = Asked("k", CUSTOMER, TouchKind.MASS_MESSAGE, "newcomer", NOW, NOW + 2 * DAY)
WEEKLY = Cap("每人七天一条", 1, Window(rolling=7 * DAY))
POLICY = TouchPolicy(caps=[WEEKLY], quiet={TouchKind.MASS_MESSAGE: QuietHours()})


def past(*ago: timedelta, kind: TouchKind = TouchKind.MASS_MESSAGE, plan: str = "newcomer") -> list[Past]:
    return [Past(NOW - one, kind, plan) for one in ago]


def test_nothing_against_it_means_go() -> None:
    assert may_touch(ASKED, Standing(), POLICY, now=NOW) == Go()


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(opted_out=True), Skipped.OPTED_OUT),
        (Standing(blacklisted=True), Skipped.BLACKLISTED),
        (Standing(dismissed=True), Skipped.DISMISSED),
        (Standing(goal_met=True), Skipped.GOAL_MET),
        (Standing(owner="another"), Skipped.OTHER_PLAN),
    ],
)
def test_what_lasts_is_a_skip_with_its_name(standing: Standing, why: Skipped) -> None:
    assert may_touch(ASKED, standing, POLICY, now=NOW) == Skip(why)


def test_an_advisor_is_still_told_about_a_customer_who_wants_no_messages() -> None:
    card = replace(ASKED, kind=TouchKind.ADVISOR_CARD)
    assert may_touch(card, Standing(opted_out=True, talked_at=NOW), POLICY, now=NOW) == Go()


def test_a_post_found_too_late_is_skipped_not_blurted_out() -> None:
    assert may_touch(ASKED, Standing(), POLICY, now=ASKED.latest) == Go()
    assert may_touch(ASKED, Standing(), POLICY, now=ASKED.latest + MINUTE) == Skip(Skipped.TOO_LATE)


@pytest.mark.parametrize(
    ("clock", "over"),
    [("20:59", None), ("21:00", "2026-11-26T09:00"), ("23:59", "2026-11-26T09:00"), ("00:00", "2026-11-25T09:00"), ("09:00", None)],
)
def test_quiet_hours_hold_over_midnight(clock: str, over: str | None) -> None:
    now = datetime.fromisoformat(f"2026-11-25T{clock}:00+08:00")
    verdict = may_touch(ASKED, Standing(), POLICY, now=now)
    assert verdict == (Wait(Held.QUIET_HOURS, datetime.fromisoformat(f"{over}:00+08:00")) if over else Go())


def test_quiet_hours_at_noon_and_none_at_all() -> None:
    noon = QuietHours(time(12), time(14))
    assert noon.over_at(NOW) is None
    assert noon.over_at(NOW + timedelta(hours=2)) == NOW + timedelta(hours=4)
    assert noon.over_at(NOW + timedelta(hours=4)) is None
    assert QuietHours(time(9), time(9)).over_at(NOW) is None


def test_a_wait_that_would_end_too_late_is_a_skip() -> None:
    evening = datetime.fromisoformat("2026-11-25T21:00:00+08:00")
    short = replace(ASKED, latest=evening + timedelta(hours=3))
    assert may_touch(short, Standing(), POLICY, now=evening) == Skip(Skipped.TOO_LATE, Held.QUIET_HOURS)


def test_a_customer_in_a_chat_is_left_alone_for_half_an_hour() -> None:
    assert may_touch(ASKED, Standing(talked_at=NOW - 29 * MINUTE), POLICY, now=NOW) == Wait(Held.LIVE_CHAT, NOW + MINUTE)
    assert may_touch(ASKED, Standing(talked_at=NOW - 30 * MINUTE), POLICY, now=NOW) == Go()


def test_a_cap_waits_for_its_window_or_skips_when_that_is_too_late() -> None:
    assert may_touch(ASKED, Standing(past=past(6 * DAY)), POLICY, now=NOW) == Wait(Held.CAP, NOW + DAY)
    assert may_touch(ASKED, Standing(past=past(4 * DAY)), POLICY, now=NOW) == Skip(Skipped.CAP, "每人七天一条")
    assert may_touch(ASKED, Standing(past=past(7 * DAY)), POLICY, now=NOW) == Go()


def test_a_cap_counts_only_what_it_is_about() -> None:
    of_plan = TouchPolicy(caps=[replace(WEEKLY, plan="newcomer", kinds=frozenset({TouchKind.MASS_MESSAGE}))])
    elsewhere = past(DAY, plan="other") + past(DAY, kind=TouchKind.KF_MESSAGE)
    assert may_touch(ASKED, Standing(past=elsewhere), of_plan, now=NOW) == Go()
    silent = TouchPolicy(caps=[replace(WEEKLY, levels=frozenset({"N"}))])
    assert may_touch(ASKED, Standing(past=past(DAY), level="H"), silent, now=NOW) == Go()
    assert isinstance(may_touch(ASKED, Standing(past=past(DAY), level="N"), silent, now=NOW), Skip)


def test_wecoms_own_quota_is_as_many_as_the_month_has_days() -> None:
    since_the_first = [timedelta(hours=hours) for hours in range(30)]
    assert may_touch(ASKED, Standing(past=past(*since_the_first[:29])), TouchPolicy(), now=NOW) == Go()
    assert may_touch(ASKED, Standing(past=past(*since_the_first)), TouchPolicy(), now=NOW) == Skip(Skipped.CAP, "企业微信每月群发上限")
    kf = replace(ASKED, kind=TouchKind.KF_MESSAGE)
    assert may_touch(kf, Standing(past=past(*since_the_first)), TouchPolicy(), now=NOW) == Go()


def test_what_an_operator_holds_waits() -> None:
    assert may_touch(ASKED, Standing(held=True), POLICY, now=NOW) == Wait(Held.BY_OPERATOR, ASKED.latest)


def test_of_several_at_one_moment_the_most_important_goes_and_the_others_say_which() -> None:
    low, high = replace(ASKED, key="low"), replace(ASKED, key="high", priority=2)
    other = replace(ASKED, key="other", subject=Subject("customer", "wm2"))
    assert merged([low, other, high]) == {"low": Skip(Skipped.MERGED, "high")}
    earlier = replace(ASKED, key="z", planned=NOW - MINUTE)
    assert merged([ASKED, earlier]) == {"k": Skip(Skipped.MERGED, "z")}
