"""The header of a callback: stored once, handled in order, kept also when it is new to us."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.envelope import CallbackKind, peek
from bot.wecom.rejected import Unreadable
from bot.wecom.xml_tree import legal_xml

Example = Callable[[str], str]
XML_NAMES = st.from_regex("[A-Za-z]{1,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "kind", "event", "lane"),
    [
        ("03_template_card_event.xml", CallbackKind.TEMPLATE_CARD, "template_card_event", "sender:zhangsan"),
        ("04_app_text_message.xml", CallbackKind.MEMBER_MESSAGE, "text", "sender:zhangsan"),
        ("04_enter_agent_event.xml", CallbackKind.MEMBER_EVENT, "enter_agent", "sender:zhangsan"),
        ("05_kf_msg_or_event.xml", CallbackKind.KF_NOTICE, "kf_msg_or_event", "kf:wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA"),
        (
            "06_add_external_contact.xml",
            CallbackKind.EXTERNAL_CONTACT,
            "change_external_contact",
            "contact:wmDemoCust01AAAAAAAAAAAAAAAAAAAA",
        ),
        ("06_transfer_fail.xml", CallbackKind.EXTERNAL_CONTACT, "change_external_contact", "contact:wmDemoCust01AAAAAAAAAAAAAAAAAAAA"),
        (
            "06_change_external_chat_update.xml",
            CallbackKind.EXTERNAL_CHAT,
            "change_external_chat",
            "group:wrDemoGroup01AAAAAAAAAAAAAAAAAAA",
        ),
        ("06_change_external_tag.xml", CallbackKind.CONTACT_TAG, "change_external_tag", "sender:sys"),
    ],
)
def test_every_example_has_a_header(example: Example, name: str, kind: CallbackKind, event: str, lane: str) -> None:
    header = peek(example(name))

    assert (header.kind, header.event, header.lane) == (kind, event, lane)
    assert header.occurred_at.year == 2026


def test_a_member_message_is_known_by_its_msgid(example: Example) -> None:
    header = peek(example("04_app_text_message.xml"))

    assert header.dedup_key == "message:7400000000000000001"
    assert (header.sender, header.agent) == ("zhangsan", "1000012")
    assert header.occurred_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_the_same_callback_delivered_again_has_the_same_key(example: Example) -> None:
    for name in ("03_template_card_event.xml", "05_kf_msg_or_event.xml", "06_add_external_contact.xml"):
        assert peek(example(name)).dedup_key == peek(example(name).replace("\n", "")).dedup_key


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("06_add_external_contact.xml", "wmDemoCust01", "wmDemoCust09"),
        ("06_add_external_contact.xml", "add_external_contact", "add_half_external_contact"),
        ("06_add_external_contact.xml", "zhangsan", "lisi"),
        ("06_change_external_chat_update.xml", "wrDemoGroup01", "wrDemoGroup02"),
        ("06_change_external_chat_update.xml", "71217227bbd1", "81217227bbd1"),
        ("06_change_external_tag.xml", "etDemoTag01", "etDemoTag02"),
        ("03_template_card_event.xml", "claim:1001", "pass:1001"),
        ("03_template_card_event.xml", "testdrive-1001", "testdrive-1002"),
        ("03_template_card_event.xml", "1795140060", "1795140061"),
        ("05_kf_msg_or_event.xml", "ENCDemoSyncToken0001", "ENCDemoSyncToken0002"),
        ("05_kf_msg_or_event.xml", "1795140100", "1795140101"),
        ("05_kf_msg_or_event.xml", "wkDemoKf01", "wkDemoKf02"),
    ],
)
def test_two_events_of_one_second_keep_different_keys(example: Example, name: str, old: str, new: str) -> None:
    assert old in example(name)
    assert peek(example(name)).dedup_key != peek(example(name).replace(old, new)).dedup_key


def test_userids_are_compared_in_lower_case(example: Example) -> None:
    header = peek(example("04_enter_agent_event.xml").replace("zhangsan", "ZhangSan"))

    assert (header.sender, header.lane) == ("zhangsan", "sender:zhangsan")


@pytest.mark.parametrize("event", ["inactive_alert", "low_active_alert", "close_inactive_agent", "low_active", "active_restored"])
def test_an_app_put_to_sleep_is_an_alarm(event: str) -> None:
    xml = f"<xml><MsgType>event</MsgType><Event>{event}</Event><CreateTime>1</CreateTime></xml>"

    assert peek(xml).kind is CallbackKind.ALARM


@given(st.dictionaries(XML_NAMES, st.text(max_size=20).filter(lambda value: "]]>" not in value), max_size=8))
def test_a_callback_of_a_kind_nobody_knows_is_kept(fields: dict[str, str]) -> None:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())

    header = peek(legal_xml(f"<xml>{inner}<MsgType>event</MsgType><Event>brand_new</Event></xml>"))

    assert header.dedup_key.startswith(("event:", "message:"))
    assert header.lane


@given(st.text(max_size=100))
def test_junk_is_rejected_and_nothing_else(junk: str) -> None:
    try:
        peek(junk)
    except Unreadable:
        return
    assert "<" in junk
