"""Plans as operators see them: whom they reach, what comes next, what became of it; each sees his own people alone."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from admin.looks.forecast import forecast
from admin.looks.plan import columns_of, plan_sight
from admin.looks.plan_cockpit import confirmations, failed_of
from admin.looks.plan_words import reason_in_words, when_in_words
from admin.looks.plans import plans
from admin.looks.sop_calendar import entries, span_of
from admin.looks.touches import by_reason, touches
from admin.looks.wanted import Wanted
from admin.terms import Blocked, Role
from bot.mass_rule import FollowRule
from bot.mass_tasks import note_made
from bot.messages import Channel
from core.db import Database
from core.zone import SHANGHAI
from customers.models import Advisor
from sop.calendar import DayAfter, Days, OnDate, Weekly
from sop.plan_terms import Step, Wording
from tests.admin.people import BOSS, who
from tests.sop.people import DAY, HOUR, MINUTE, NOW, POST, customer_plan, customers, group_plan, groups, queued, running, ticked

PUDONG, MINHANG = (who(Role.STORE_MANAGER, store=store) for store in ("sh-pudong", "sh-minhang"))
WEEKLY = {"key": "monday", "title": "周一", "weekdays": [1], "at": "12:00", "wordings": ["周一好。"]}


def every_day(_day: date) -> bool:
    return True


def out(database: Database) -> None:
    """Three groups of one owner hear hello at 10:30; it is 10:31."""
    groups(database, 3)
    running(database, "hello", group_plan(steps=[POST, {**POST, "key": "again", "day": 1}]))
    ticked(database, NOW)
    ticked(database, NOW + 31 * MINUTE)


def test_a_plan_tells_its_audience_what_comes_next_and_what_was_made(database: Database) -> None:
    groups(database, 3)
    running(database, "hello", group_plan())
    ticked(database, NOW)
    with database.reading() as session:
        [row] = plans(session, BOSS, {}, is_workday=every_day, now=NOW)
        assert (row["audience"], row["enrolled"], row["next"], row["lately"]) == ("3 个群", "3", "今天 10:30 问候", [])
    ticked(database, NOW + 31 * MINUTE)
    with database.reading() as session:
        [row] = plans(session, BOSS, {}, is_workday=every_day, now=NOW + HOUR)
    assert [(one["name"], one["count"]) for one in row["lately"]] == [("发", "3"), ("等", "0"), ("不发", "0")]


def test_a_manager_sees_the_groups_of_his_store_alone(database: Database) -> None:
    out(database)
    with database.reading() as session:
        for manager, count in ((PUDONG, 3), (MINHANG, 0)):
            [row] = plans(session, manager, {}, is_workday=every_day, now=NOW)
            assert (row["audience"], row["enrolled"]) == (f"{count} 个群", str(count))
            assert touches(session, manager, Wanted({"days": "all"}), now=NOW + HOUR)[1] == count
            assert sum(number for _, _, number in by_reason(session, manager, Wanted(), now=NOW + HOUR)) == count
            seen = entries(session, manager, span_of("week", NOW.date()), "", is_workday=every_day, now=NOW + HOUR)
            assert sum(one.made for some in seen.values() for one in some) == count
            assert len(forecast(session, manager, start=NOW, end=NOW + DAY, is_workday=every_day)) == (1 if count else 0)


def test_the_forecast_is_what_the_tick_then_says(database: Database) -> None:
    for age in (0, 3, 15):
        groups(database, 2, owner=f"owner{age}", made=NOW - age * DAY)
    tracks = [{"key": "young", "title": "新", "from_week": 1}, {"key": "old", "title": "老", "from_week": 3}]
    steps = [
        {**POST, "key": "young", "day": 5, "track": "young"},
        {**POST, "key": "old", "day": 1, "track": "old"},
        {**WEEKLY, "track": "old"},
        {**POST, "key": "all", "day": 9},
    ]
    running(database, "life", group_plan(tracks=tracks, steps=steps, policy={"begins": "joined"}))
    ticked(database, NOW)
    with database.reading() as session:
        ahead = forecast(session, BOSS, start=NOW + MINUTE, end=NOW + 20 * DAY, is_workday=every_day)
    for hour in range(20 * 24):
        ticked(database, NOW + MINUTE + hour * HOUR)
    with database.reading() as session:
        rows, total = touches(session, BOSS, Wanted({"days": "all"}, size=100), now=NOW + 20 * DAY)
    assert total == sum(one.count for one in ahead) > 8
    said = sorted((row["step"], row["planned_exactly"]) for row in rows)
    assert said == sorted((one.step, f"{one.moment:%Y-%m-%d %H:%M:%S}") for one in ahead for _ in range(one.count))


@pytest.mark.parametrize("stage", ["", "ageing"])
def test_a_day_is_the_same_in_every_view_that_shows_it(database: Database, stage: str) -> None:
    for age in (0, 4, 11, 16, 40):
        groups(database, 1, owner=f"owner{age}", made=NOW - age * DAY, stage=stage)
    tracks = [
        {"key": "young", "title": "新", "from_week": 1, "stages": ["new"]},
        {"key": "warm", "title": "热", "from_week": 3, "stages": ["warming"]},
        {"key": "old", "title": "老", "from_week": 6, "stages": ["mature", "ageing"]},
    ]
    steps = [{**WEEKLY, "key": one["key"], "weekdays": [1, 4], "track": one["key"]} for one in tracks]
    steps += [{**POST, "key": "welcome-old", "day": 2, "track": "old"}]
    running(database, "life", group_plan(tracks=tracks, steps=steps, policy={"begins": "joined"}))
    ticked(database, NOW)
    with database.reading() as session:
        ahead = [date(2026, 11, 23) + number * 7 * DAY for number in range(10)]
        views = [span_of(view, at) for at in ahead for view in ("month", "week")]
        seen = [(view, entries(session, BOSS, view, "", is_workday=every_day, now=NOW)) for view in views]
    said: dict[date, list[Any]] = {}
    for view, by_day in seen:
        for day in view.days:
            assert said.setdefault(day, by_day.get(day, [])) == by_day.get(day, []), (view, day)
    heard = [sum(one.planned for day in said.values() for one in day if one.step == key) for key in ("young", "old", "welcome-old")]
    assert all(heard), "tracks change within the months that are shown"


def test_two_plans_that_reach_one_customer_on_one_day_clash(database: Database) -> None:
    customers(database, 2)
    running(database, "one", customer_plan())
    running(database, "two", customer_plan(steps=[{**POST, "at": "18:00"}], audience={"level": ["H"]}, policy={"within_days": 1}))
    customers(database, 1, advisor="li", level="H")
    ticked(database, NOW)
    with database.reading() as session:
        seen = entries(session, BOSS, span_of("month", NOW.date()), "", is_workday=every_day, now=NOW)
    assert [(one.plan, one.planned, one.clashes) for some in seen.values() for one in some] == [("one", 3, 1), ("two", 1, 1)]


def test_a_held_plan_stands_in_the_calendar_as_held_and_a_switched_off_step_does_not(database: Database) -> None:
    groups(database, 1)
    yesterday = (NOW - DAY).date().isoformat()
    old, off = {**POST, "key": "old", "valid_until": yesterday}, {**POST, "key": "off", "off": True}
    running(database, "hello", group_plan(steps=[POST, old, off]))
    ticked(database, NOW)
    with database.reading() as session:
        found = forecast(session, BOSS, start=NOW, end=NOW + DAY, is_workday=every_day)
        page = plan_sight(session, BOSS, "hello", {}, is_workday=every_day, now=NOW)
    assert [(one.step, one.held) for one in found] == [("hello", False)]
    assert [card.off for _, cards in page.bands[0].columns for card in cards] == ["", "已过期", "已停用"]


def test_the_ledger_is_filtered_and_tells_how_far_it_is(database: Database) -> None:
    out(database)
    now = NOW + HOUR
    with database.reading() as session:
        for filters, count in (({"plan": "hello"}, 3), ({"verdict": "skip"}, 0), ({"q": "李顾问"}, 0), ({"kind": "moment"}, 0)):
            assert touches(session, BOSS, Wanted(filters), now=now)[1] == count
        assert touches(session, BOSS, Wanted({"days": "1"}), now=NOW + 31 * MINUTE + DAY)[1] == 3
        assert touches(session, BOSS, Wanted({"days": "1"}), now=NOW + 32 * MINUTE + DAY)[1] == 0
        [row, *_] = touches(session, BOSS, Wanted(), now=now)[0]
    assert (row["what"], row["verdict"], row["result"]) == ("群问候 · 问候", "发", "等待")


def confirmed_by_nobody(database: Database) -> None:
    out(database)
    [row] = queued(database)
    with database.unit_of_work() as session:
        failed = [row.payload["chat_ids"][0]]
        note_made(session, row.key, Channel.GROUP_POST, row.payload, wecom_id="m1", failed=failed, rule=FollowRule(), now=NOW)


def test_the_cockpit_tells_who_must_confirm_to_him_whose_people_they_are(database: Database) -> None:
    confirmed_by_nobody(database)
    with database.reading() as session:
        for sees, count in ((BOSS, 1), (PUDONG, 1), (MINHANG, 0)):
            seen = confirmations(session, sees, "hello", "", now=NOW + HOUR)
            assert (len(seen.tasks), seen.sum.asked, seen.sum.lost) == (count, 3 * count, count)
        [task] = confirmations(session, PUDONG, "hello", "hello", now=NOW + HOUR).tasks
        assert (task["to_confirm"], task["state"], task["waiting"]) == ("李顾问", "待确认", 2)
        assert failed_of(session, PUDONG, task["id"])[0][1].startswith("创建时被拒")
        with pytest.raises(Blocked):
            failed_of(session, MINHANG, task["id"])
        assert touches(session, BOSS, Wanted(), now=NOW + HOUR)[0][0]["result"] in ("待确认", "创建时被拒：无效或不能接收")


def test_a_manager_sees_of_a_moment_his_own_people(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add_all([Advisor(userid="a", name="甲", store="sh-pudong"), Advisor(userid="b", name="乙", store="sh-minhang")])
        payload = {"senders": ["a", "b"], "text": "x", "attachments": [], "plan": "news", "step": "one"}
        note_made(session, "k", Channel.MOMENT, payload, wecom_id="m1", rule=FollowRule(), now=NOW)
    with database.reading() as session:
        seen = confirmations(session, PUDONG, "news", "", now=NOW + HOUR)
    assert (seen.sum.asked, seen.sum.waiting, seen.tasks[0]["to_confirm"]) == (1, 1, "甲")


def test_steps_stand_in_weeks_then_weekdays_then_dates() -> None:
    def step(key: str, when: DayAfter | Weekly | OnDate) -> Step:
        return Step(key, key, when, (Wording("好"),))

    at = time(10)
    steps = [
        step("date", OnDate(date(2026, 12, 24), at)),
        step("weekly", Weekly(frozenset({0, 2}), at)),
        step("eighth", DayAfter(7, at)),
        step("first", DayAfter(6, at)),
    ]
    found = [(title, [one.key for one in some]) for title, some in columns_of(steps, 3)]
    assert found == [("第 3 周", ["first"]), ("第 4 周", ["eighth"]), ("每周一", ["weekly"]), ("固定日期", ["date"])]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (DayAfter(3, time(10, 30)), "第 3 天 10:30"),
        (DayAfter(0, time(9), Days.WORKDAYS), "第 0 天 09:00（仅工作日）"),
        (Weekly(frozenset({2, 5}), time(20)), "每周三、六 20:00"),
        (Weekly(frozenset({0}), time(20), 2, 6), "每周一 20:00（第 2–6 周）"),
        (OnDate(date(2026, 12, 24), time(10)), "2026-12-24 10:00"),
    ],
)
def test_times_are_told_in_words(when: DayAfter | Weekly | OnDate, told: str) -> None:
    assert when_in_words(when) == told


def test_a_merged_touch_names_what_took_its_place() -> None:
    titles = {"a": "新好友", "a/b": "第一天"}
    assert reason_in_words("与同时段更重要的一条合并", "touch:a:b:customer:wm1:20261123T0230Z", titles).endswith("：新好友 · 第一天")
    assert reason_in_words("次数已到上限", "每天一条", titles) == "次数已到上限：每天一条"
    assert reason_in_words("群已解散", "", titles) == "群已解散"


@pytest.mark.parametrize(
    ("view", "at", "first", "last"),
    [
        ("week", date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
        ("month", date(2026, 11, 22), date(2026, 10, 26), date(2026, 12, 6)),
        ("month", date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28)),
    ],
)
def test_a_span_is_whole_weeks(view: str, at: date, first: date, last: date) -> None:
    span = span_of(view, at)
    assert (span.first, span.last) == (first, last)


def test_months_turn_over_the_year() -> None:
    assert span_of("month", date(2026, 12, 31)).moved(1) == date(2027, 1, 1)
    assert span_of("month", date(2026, 1, 31)).moved(-1) == date(2025, 12, 1)
    assert datetime.combine(span_of("week", date(2026, 11, 22)).moved(1), time(), SHANGHAI) - NOW < timedelta(days=7)
