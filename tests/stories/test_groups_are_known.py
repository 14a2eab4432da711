"""Who is in which customer group: read when first seen, followed by events, and put right when an event was lost."""

from datetime import timedelta

from bot.models import InboxMessage
from bot.queue import State
from customers import group_store
from customers.models import GroupChat, GroupMember
from customers.terms import JoinScene, LeftReason
from tests.stories.world import World

ZHANG = "zhangsan"


def group_of(world: World, chat_id: str) -> GroupChat:
    with world.database.reading() as session:
        group = group_store.group_by_chat_id(session, chat_id)
        assert group is not None
        return group


def stays(world: World, chat_id: str) -> dict[str, GroupMember]:
    group = group_of(world, chat_id)
    with world.database.reading() as session:
        return group_store.all_last_stays(session, group.id)


def founded(world: World, *customers: str) -> str:
    """A group of Zhang's with these customers in it, known to the assistant."""
    chat_id = world.sandbox.group_founded(ZHANG, "看车群")
    for customer in customers:
        world.sandbox.joins_group(customer, chat_id)
    world.settles()
    return chat_id


def told(world: World) -> list[str]:
    return [row.reason for row in world.inbox(State.DONE) if row.kind == "external_chat"]


def test_a_created_group_is_read(world: World) -> None:
    chat_id = founded(world, "wm-li")

    group = group_of(world, chat_id)
    assert (group.name, group.owner, group.size, group.customers) == ("看车群", ZHANG, 2, 1)
    assert group.read_at is not None


def test_joins_and_leaves_are_known_with_scene_inviter_and_reason(world: World) -> None:
    chat_id = founded(world)
    world.sandbox.joins_group("wm-li", chat_id, state="store_window")
    world.sandbox.joins_group("wm-wang", chat_id, inviter="lisi")
    world.sandbox.joins_group("wm-zhao", chat_id)
    world.settles()
    world.later(minutes=5)
    world.sandbox.leaves_group("wm-li", chat_id)
    world.sandbox.leaves_group("wm-zhao", chat_id, removed=True)
    world.settles()

    known = stays(world, chat_id)
    assert (known["wm-li"].join_scene, known["wm-li"].state) == (JoinScene.QR, "store_window")
    assert (known["wm-wang"].join_scene, known["wm-wang"].inviter, known["wm-wang"].left_at) == (JoinScene.INVITED, "lisi", None)
    assert [known[who].left_reason for who in ("wm-li", "wm-zhao")] == [LeftReason.LEFT, LeftReason.REMOVED]
    assert group_of(world, chat_id).customers == 1


def test_who_comes_back_has_two_stays(world: World) -> None:
    chat_id = founded(world, "wm-li")
    for deed in (world.sandbox.leaves_group, world.sandbox.joins_group):
        world.later(hours=1)
        deed("wm-li", chat_id)
        world.settles()

    with world.database.reading() as session:
        both = session.query(GroupMember).filter_by(userid="wm-li").order_by(GroupMember.joined_at).all()
    assert [stay.left_reason for stay in both] == [LeftReason.LEFT, ""]


def test_a_lost_event_is_noticed_by_the_next_one_and_repaired(world: World) -> None:
    chat_id = founded(world, "wm-li", "wm-wang")
    world.later(minutes=5)
    world.sandbox.lose_group_events(2)
    world.sandbox.leaves_group("wm-li", chat_id)
    world.sandbox.joins_group("wm-zhao", chat_id, inviter=ZHANG)
    world.settles()
    assert "wm-zhao" not in stays(world, chat_id)

    world.later(minutes=5)
    world.sandbox.leaves_group("wm-wang", chat_id)
    world.settles()

    known = stays(world, chat_id)
    assert told(world)[-1] == "退群 1 人；之前有变更没收到，重新读取"
    assert (known["wm-li"].left_reason, known["wm-wang"].left_reason) == (LeftReason.UNSEEN, LeftReason.LEFT)
    assert (known["wm-zhao"].left_at, known["wm-zhao"].inviter) == (None, ZHANG)
    assert "补记入群 1 人，补记退群 1 人" in [row.reason for row in world.outbox(State.DONE)]


def test_events_lost_for_good_are_found_by_the_daily_reading(world: World) -> None:
    chat_id, gone = founded(world, "wm-li"), founded(world)
    world.sandbox.lose_group_events(3)
    world.sandbox.leaves_group("wm-li", chat_id)
    world.sandbox.group_renamed(chat_id, "车主群")
    world.sandbox.group_dismissed(gone)
    world.later(days=1)
    world.assistant.chores.daily(world.now)
    world.settles()

    assert stays(world, chat_id)["wm-li"].left_reason == LeftReason.UNSEEN
    assert group_of(world, chat_id).name == "车主群"
    assert group_of(world, gone).dismissed_at is not None


def test_owner_name_and_notice_follow(world: World) -> None:
    chat_id = founded(world)
    world.sandbox.group_renamed(chat_id, "车主群")
    world.sandbox.group_noticed(chat_id, "周六车友会")
    world.sandbox.group_handed_over(chat_id, "lisi")
    world.settles()

    group = group_of(world, chat_id)
    assert (group.name, group.notice, group.owner) == ("车主群", "周六车友会", "lisi")


def test_dismissed_stays_known_as_dismissed(world: World) -> None:
    chat_id = founded(world, "wm-li")
    world.sandbox.group_dismissed(chat_id)
    world.settles()
    first = group_of(world, chat_id).dismissed_at
    world.later(days=1)
    world.assistant.chores.daily(world.now)
    world.settles()

    assert first is not None
    assert group_of(world, chat_id).dismissed_at == first
    assert stays(world, chat_id)["wm-li"].left_at is None


def test_groups_from_before_we_came_are_found_and_judged(world: World) -> None:
    world.assistant.chores.daily(world.now)
    world.settles()
    world.assistant.chores.minute(world.now)

    with world.database.reading() as session:
        groups = session.query(GroupChat).order_by(GroupChat.created_at).all()
    assert [(group.name, group.customers) for group in groups] == [("云驰车主之家", 5), ("云驰 E7 看车交流群", 4)]
    assert [group.stage for group in groups] == ["ageing", "warming"]
    assert all(group.parts for group in groups)


def test_repeated_and_reordered_events_count_once(world: World) -> None:
    chat_id = founded(world)
    world.sandbox.disturb_callbacks(repeat=2, reordered=True)
    for who in ("wm-li", "wm-wang"):
        world.sandbox.joins_group(who, chat_id)
    world.later(seconds=1)
    world.sandbox.leaves_group("wm-li", chat_id)
    world.settles()
    world.later(seconds=10)
    world.settles()

    with world.database.reading() as session:
        rows = session.query(GroupMember).filter(GroupMember.is_customer).order_by(GroupMember.userid).all()
    assert [(row.userid, row.left_reason) for row in rows] == [("wm-li", LeftReason.LEFT), ("wm-wang", "")]
    assert group_of(world, chat_id).customers == 1


def test_the_member_data_is_asked_for_again_while_wecom_lags_behind(world: World) -> None:
    chat_id = founded(world)
    world.sandbox.joins_group("wm-li", chat_id)
    before = world.now
    world.settles()

    reads = [row for row in world.outbox(State.DONE) if row.payload.get("chat_id") == chat_id]
    assert all(row.settled_at is not None and row.settled_at >= row.created_at + timedelta(seconds=2) for row in reads)
    assert world.now > before
    assert [row for row in world.inbox() if row.state not in (State.DONE, State.IGNORED)] == list[InboxMessage]()
