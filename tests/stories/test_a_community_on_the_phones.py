"""Eight days of a community on the phones: joins and leaves, an owner who confirms and one who never does; and a day of downtime."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.mass_follow import TaskSight, cockpit
from bot.messages import Channel
from core.zone import SHANGHAI
from customers.models import GroupChat
from run.ticking import ticker_of
from sop import steer, store
from sop.models import Enrolment, Touch
from sop.terms import Skipped
from sop.tick import run_tick
from tests.stories.world import World

ZHANG, LI = "zhangsan", "lisi"
DAY = timedelta(days=1)


@pytest.fixture
def community(world: World) -> tuple[World, str, str]:
    """The shipped plan over a group of Zhang's and one of Li's, six customers in each."""
    zhangs, lis = (world.sandbox.group_founded(owner, f"{owner}的车友群") for owner in (ZHANG, LI))
    for number in range(6):
        for chat_id in (zhangs, lis):
            world.sandbox.joins_group(f"wm-{chat_id}-{number}", chat_id)
    world.settles()
    with world.database.unit_of_work() as session:
        plan = store.plan(session, "community")
        assert plan is not None
        steer.start(session, plan, now=world.now)
    return world, zhangs, lis


def passes(world: World, until: datetime) -> None:
    """From one due moment to the next; every evening Zhang confirms whatever waits for him."""
    ticker = ticker_of(world.database, world.assistant.knowledge.pack, world.clock)
    while world.now < until:
        run_tick(ticker, now=world.now)
        world.assistant.chores.minute(world.now)
        world.settles()
        if world.now.astimezone(SHANGHAI).hour >= 20:
            for task in world.sandbox.mass_tasks_of(ZHANG):
                if ZHANG not in task.sent_by:
                    world.sandbox.member_confirms_mass(ZHANG, task.msgid)
            world.settles()
        with world.database.reading() as session:
            due = session.scalar(select(func.min(Enrolment.next_at)).where(Enrolment.ended_at.is_(None))) or until
        evening = world.now.astimezone(SHANGHAI).replace(hour=20, minute=0, second=0, microsecond=0)
        evening += DAY if evening <= world.now else timedelta(0)
        world.now = min(max(due, world.now + timedelta(minutes=1)), evening, until)


def lines(world: World, chat_id: str, verdict: str = store.GO) -> list[Touch]:
    """The ledger of a group."""
    with world.database.reading() as session:
        mine = select(Touch).where(Touch.subject_id == chat_id, Touch.verdict == verdict)
        return list(session.scalars(mine.order_by(Touch.planned)))


def tasks(world: World, owner: str) -> list[TaskSight]:
    """What became of an owner's tasks."""
    with world.database.reading() as session:
        return [task for task in cockpit(session, "community").tasks if task.sender == owner]


def test_members_come_and_go_and_what_an_owner_never_confirms_does_not_pile_up(community: tuple[World, str, str]) -> None:
    world, zhangs, lis = community
    begun = world.now
    passes(world, begun + 2 * DAY)
    for number in range(2):
        world.sandbox.leaves_group(f"wm-{zhangs}-{number}", zhangs)
    for number in range(20, 23):
        world.sandbox.joins_group(f"wm-{zhangs}-{number}", zhangs)
    passes(world, begun + 8 * DAY)

    with world.database.reading() as session:
        sizes = {row.chat_id: row.customers for row in session.scalars(select(GroupChat))}
    assert (sizes[zhangs], sizes[lis]) == (7, 6)
    made = [touch.decided_at.astimezone(SHANGHAI) for touch in lines(world, zhangs)]
    assert len(made) >= 6
    assert len({moment.date() for moment in made}) == len(made), "never two in a day"
    assert all(9 <= moment.hour < 21 for moment in made)

    his, hers = tasks(world, ZHANG), tasks(world, LI)
    assert sum(task.reached for task in his) >= len(his) - 1 >= 5, "the last may still wait for the evening"
    assert sum(task.reached for task in hers) == 0
    assert len(hers) == len(his)
    old = [task for task in hers if task.created_at < world.now - 5 * DAY]
    assert {tuple(task.failed) for task in old} == {("到点没有人确认，已撤销",)}
    assert all(task.waiting == 0 for task in old), "what nobody confirmed does not pile up"
    assert all(one.cancelled_at for one in world.sandbox.mass_tasks_of(LI)[: len(old)]), "and cannot be sent days later"
    reminded = [task for task in world.sandbox.mass_tasks_of(LI) if task.reminded]
    assert reminded
    assert all(len(task.reminded) == 1 for task in reminded)


def test_what_a_day_of_downtime_made_late_is_skipped_with_its_reason_and_nobody_hears_it(community: tuple[World, str, str]) -> None:
    world, zhangs, _ = community
    passes(world, world.now + 2 * DAY)
    down = world.now
    world.now += DAY + timedelta(hours=9)
    world.restarted()
    passes(world, world.now + DAY)

    late = [touch for touch in lines(world, zhangs, store.SKIP) if down <= touch.planned < down + DAY]
    assert late
    assert {touch.reason for touch in late} == {Skipped.TOO_LATE}
    assert lines(world, zhangs)[-1].planned > down + DAY, "it goes on where it is by now"
    posts = [row for row in world.outbox() if row.channel == Channel.GROUP_POST]
    assert all(
        row.created_at - touch.planned < timedelta(hours=12)
        for row in posts
        for touch in lines(world, zhangs)
        if touch.outbox_key == row.key
    )
