"""Mass messages: what add_msg_template accepts, and what its results tell before and after a member confirms."""

from typing import Any

import pytest

from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.world import LI, World

ADD = "externalcontact/add_msg_template"
MEMBERS = "externalcontact/get_groupmsg_task"
RESULTS = "externalcontact/get_groupmsg_send_result"
REMIND = "externalcontact/remind_groupmsg_send"
CANCEL = "externalcontact/cancel_groupmsg_send"
LISTED = "externalcontact/get_groupmsg_list_v2"
WANG = "wm-wang"
HELLO = {"content": "本周末到店试驾有礼"}


@pytest.fixture
def friends(world: World) -> World:
    """Zhang San has two customers."""
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    world.sandbox.customer_adds_advisor(WANG, "zhangsan")
    return world


def add(world: World, **fields: Any) -> str:
    asked = {"sender": "zhangsan", "external_userid": [LI, WANG], "text": HELLO} | fields
    return str(world.ask(ADD, **asked)["msgid"])


def statuses(world: World, msgid: str, userid: str = "zhangsan") -> dict[str, int]:
    rows = world.ask(RESULTS, msgid=msgid, userid=userid)["send_list"]
    return {row.get("external_userid", row.get("chat_id")): row["status"] for row in rows}


def heard(world: World, customer: str) -> list[str]:
    return [bubble.text for bubble in world.sandbox.heard_by(customer) if bubble.chat == "friend"]


def test_nothing_is_heard_before_the_member_confirms(friends: World) -> None:
    msgid = add(friends)
    assert friends.ask(MEMBERS, msgid=msgid)["task_list"] == [{"userid": "zhangsan", "status": 0}]
    assert statuses(friends, msgid) == {LI: 0, WANG: 0}
    assert heard(friends, LI) == []

    assert friends.sandbox.member_confirms_mass("zhangsan", msgid) == 2
    (member,) = friends.ask(MEMBERS, msgid=msgid)["task_list"]
    assert (member["status"], member["send_time"]) == (2, int(friends.clock.now.timestamp()))
    assert statuses(friends, msgid) == {LI: 1, WANG: 1}
    assert heard(friends, LI) == [HELLO["content"]]


def test_who_is_no_contact_goes_to_the_fail_list_and_nobody_left_is_41048(friends: World) -> None:
    answer = friends.ask(ADD, sender="zhangsan", external_userid=[LI, "wm-stranger"], text=HELLO)
    assert answer["fail_list"] == ["wm-stranger"]
    assert friends.refused(ADD, sender="zhangsan", external_userid=["wm-stranger"], text=HELLO) == 41048
    assert friends.refused(ADD, sender="lisi", external_userid=[LI], text=HELLO) == 41048


def test_without_a_sender_each_customer_belongs_to_whom_he_met_last(friends: World) -> None:
    friends.clock.passes(minutes=1)
    friends.sandbox.customer_adds_advisor(LI, "lisi")
    msgid = add(friends, sender="")
    assert statuses(friends, msgid, "lisi") == {LI: 0}
    assert statuses(friends, msgid, "zhangsan") == {WANG: 0}


def test_a_member_alone_means_all_his_customers(friends: World) -> None:
    assert set(statuses(friends, add(friends, external_userid=[]))) == {LI, WANG}


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"text": {"content": "好" * 1334}}, 45002),
        ({"text": {}}, 40063),
        ({"attachments": [{"msgtype": "link", "link": {"title": "车", "url": "https://a.example"}}] * 10}, 41064),
        ({"attachments": [{"msgtype": "voice", "voice": {}}]}, 41065),
        ({"attachments": [{"msgtype": "image", "image": {"media_id": "unknown"}}]}, 40007),
        ({"chat_type": "both"}, 40058),
        ({"chat_type": "group", "sender": ""}, 40063),
        ({"sender": "nobody"}, 60111),
        ({"external_userid": ["wm"] * 10_001}, 40058),
        ({"chat_type": "group", "chat_id_list": ["wr"] * 2_001}, 40058),
        ({"sender": "", "external_userid": []}, 40063),
    ],
)
def test_what_is_wrong_is_refused_by_its_code(friends: World, fields: dict[str, Any], errcode: int) -> None:
    asked = {"sender": "zhangsan", "external_userid": [LI], "text": HELLO} | fields
    assert friends.refused(ADD, **asked) == errcode


def test_four_thousand_bytes_of_text_still_fit(friends: World) -> None:
    assert add(friends, text={"content": "好" * 1333})


def test_a_customer_who_left_and_one_whose_month_is_full_get_nothing(friends: World) -> None:
    msgid = add(friends)
    friends.sandbox.customer_deletes_advisor(LI, "zhangsan")
    friends.sandbox.month_is_full(WANG)
    assert friends.sandbox.member_confirms_mass("zhangsan", msgid) == 0
    assert statuses(friends, msgid) == {LI: 2, WANG: 3}


def test_a_month_holds_as_many_as_it_has_days(friends: World) -> None:
    """November has thirty."""
    for _ in range(30):
        friends.sandbox.member_confirms_mass("zhangsan", add(friends, external_userid=[LI]))
    over = add(friends, external_userid=[LI])
    friends.sandbox.member_confirms_mass("zhangsan", over)
    assert statuses(friends, over) == {LI: 3}
    friends.clock.passes(days=11)
    december = add(friends, external_userid=[LI])
    friends.sandbox.member_confirms_mass("zhangsan", december)
    assert statuses(friends, december) == {LI: 1}


def test_three_reminders_in_twenty_four_hours(friends: World) -> None:
    msgid = add(friends)
    for _ in range(3):
        friends.ask(REMIND, msgid=msgid)
    assert friends.refused(REMIND, msgid=msgid) == 41094
    friends.clock.passes(hours=24)
    assert friends.refused(REMIND, msgid=msgid) == 0


def test_what_is_cancelled_is_neither_sent_nor_cancelled_again(friends: World) -> None:
    msgid = add(friends)
    friends.ask(CANCEL, msgid=msgid)
    assert friends.refused(CANCEL, msgid=msgid) == 41093
    assert friends.refused(REMIND, msgid=msgid) == 41093
    with pytest.raises(CannotDo, match="取消"):
        friends.sandbox.member_confirms_mass("zhangsan", msgid)


def test_a_task_that_is_being_dispatched_cannot_be_read_yet(friends: World) -> None:
    friends.sandbox.dispatch_slowly(seconds=30)
    msgid = add(friends)
    assert friends.refused(MEMBERS, msgid=msgid) == 41063
    assert friends.refused(RESULTS, msgid=msgid, userid="zhangsan") == 41063
    friends.clock.passes(seconds=30)
    assert friends.refused(MEMBERS, msgid=msgid) == 0


def test_the_member_chooses_only_where_he_may(friends: World) -> None:
    fixed, open_ = add(friends), add(friends, allow_select=True)
    with pytest.raises(CannotDo):
        friends.sandbox.member_confirms_mass("zhangsan", fixed, [LI])
    friends.sandbox.member_confirms_mass("zhangsan", open_, [LI])
    assert statuses(friends, open_) == {LI: 1, WANG: 0}


def test_he_sends_it_once_and_nobody_else_can(friends: World) -> None:
    msgid = add(friends)
    with pytest.raises(CannotDo):
        friends.sandbox.member_confirms_mass("lisi", msgid)
    friends.sandbox.member_confirms_mass("zhangsan", msgid)
    with pytest.raises(CannotDo):
        friends.sandbox.member_confirms_mass("zhangsan", msgid)


def test_tasks_are_listed_by_time_and_kind_page_by_page(friends: World) -> None:
    early = add(friends)
    friends.clock.passes(hours=2)
    late = [add(friends) for _ in range(3)]
    now = int(friends.clock.now.timestamp())
    span = {"chat_type": "single", "start_time": now - 3600, "end_time": now}
    first = friends.ask(LISTED, **span, limit=2)
    rest = friends.ask(LISTED, **span, limit=2, cursor=first["next_cursor"])
    assert [row["msgid"] for row in [*first["group_msg_list"], *rest["group_msg_list"]]] == late
    assert rest["next_cursor"] == ""
    assert early not in late
    assert first["group_msg_list"][0]["text"] == HELLO
    assert friends.ask(LISTED, **{**span, "chat_type": "group"})["group_msg_list"] == []
    assert friends.refused(LISTED, **{**span, "start_time": now - 32 * 86400}) == 40058
    assert friends.refused(LISTED, chat_type="single", end_time=now) == 40063


def test_unknown_tasks_have_their_own_codes(friends: World) -> None:
    assert friends.refused(MEMBERS) == 41046
    assert friends.refused(MEMBERS, msgid="msg-none") == 41047
    assert friends.refused(MEMBERS, msgid=add(friends), cursor="x") == 50100
    assert friends.refused(RESULTS, msgid=add(friends), userid="lisi") == 40003


def test_the_phone_shows_what_is_to_be_confirmed(friends: World) -> None:
    msgid = add(friends)
    (task,) = friends.sandbox.member_view("zhangsan")["mass"]
    assert (task["id"], task["many"], task["done"], task["said"]) == (msgid, 2, "", [("text", HELLO)])
    friends.sandbox.member_confirms_mass("zhangsan", msgid)
    assert friends.sandbox.member_view("zhangsan")["mass"][0]["counts"] == [0, 2, 0, 0]


def test_a_group_hears_it_when_its_owner_confirms(world: World) -> None:
    mine, lost = (world.sandbox.group_founded("zhangsan", name) for name in ("一群", "二群"))
    other = world.sandbox.group_founded("lisi", "三群")
    answer = world.ask(ADD, chat_type="group", sender="zhangsan", chat_id_list=[mine, lost, other], text=HELLO)
    assert answer["fail_list"] == [other]
    assert statuses(world, answer["msgid"]) == {}, "of groups only the sent ones are listed"

    world.sandbox.group_handed_over(lost, "lisi")
    assert world.sandbox.member_confirms_mass("zhangsan", answer["msgid"]) == 1
    assert statuses(world, answer["msgid"]) == {mine: 1}


def test_without_named_groups_it_goes_to_all_of_the_owner(world: World) -> None:
    for name in ("一群", "二群"):
        world.sandbox.group_founded("zhangsan", name)
    msgid = world.ask(ADD, chat_type="group", sender="zhangsan", text=HELLO)["msgid"]
    listed = world.ask("externalcontact/groupchat/list", limit=100, owner_filter={"userid_list": ["zhangsan"]})["group_chat_list"]
    assert world.sandbox.member_confirms_mass("zhangsan", msgid) == len(listed) >= 2
