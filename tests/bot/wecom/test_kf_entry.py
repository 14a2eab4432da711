"""Entries of sync_msg, typed: nothing raises, nothing is dropped."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.kf_entry import (
    CustomerMedia,
    CustomerRecalled,
    CustomerText,
    EnteredSession,
    Entry,
    MediaType,
    OwnEcho,
    RejectSwitch,
    SendFailed,
    ServicerDuty,
    ServicerMessage,
    ServicerRecalled,
    SessionChange,
    SessionChanged,
    UnknownEntry,
    lane_of,
    parse_entry,
)
from bot.wecom.values import LONG_AGO

KF = "wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA"
CUSTOMER = "wmDemoCust01AAAAAAAAAAAAAAAAAAAA"
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
IDS = ("m1", KF, CUSTOMER, AT)


def message(msgtype: str, *, origin: int = 3, **content: Any) -> dict[str, Any]:
    ids = {"msgid": "m1", "open_kfid": KF, "external_userid": CUSTOMER, "send_time": 1795140000}
    return {**ids, "origin": origin, "msgtype": msgtype, **content}


def event(event_type: str, **fields: Any) -> dict[str, Any]:
    inner = {"event_type": event_type, "open_kfid": KF, "external_userid": CUSTOMER, **fields}
    return {"msgid": "m1", "send_time": 1795140000, "origin": 4, "msgtype": "event", "event": inner}


def test_the_example_page_is_understood_entry_by_entry(example: Callable[[str], str]) -> None:
    entries = [parse_entry(raw) for raw in json.loads(example("05_kf_sync_msg_response.json"))["msg_list"]]

    assert [type(entry) for entry in entries] == [
        EnteredSession,
        CustomerText,
        CustomerText,
        CustomerMedia,
        CustomerMedia,
        CustomerMedia,
        SendFailed,
        SessionChanged,
        ServicerMessage,
        CustomerRecalled,
    ]
    assert {lane_of(entry) for entry in entries} == {f"kf:{KF}:{CUSTOMER}"}
    assert [entry.msgid for entry in entries] == [f"DemoKfMsg{number:04}" for number in range(1, 11)]


def test_a_menu_click_is_text_with_the_id_of_the_item() -> None:
    entry = parse_entry(message("text", text={"content": "预约试驾", "menu_id": "menu_testdrive"}))

    assert entry == CustomerText(*IDS, text="预约试驾", menu_id="menu_testdrive")


@pytest.mark.parametrize(
    ("msgtype", "content", "expected"),
    [
        ("image", {"media_id": "i1"}, (MediaType.IMAGE, "i1", "", "")),
        ("voice", {"media_id": "v1"}, (MediaType.VOICE, "v1", "", "")),
        ("video", {"media_id": "v2"}, (MediaType.VIDEO, "v2", "", "")),
        ("file", {"media_id": "f1"}, (MediaType.FILE, "f1", "", "")),
        ("location", {"name": "示例广场", "address": "示例路 1 号"}, (MediaType.LOCATION, "", "示例广场", "示例路 1 号")),
        ("link", {"title": "评测", "url": "https://a.example"}, (MediaType.LINK, "", "评测", "https://a.example")),
        ("business_card", {"userid": "lisi"}, (MediaType.BUSINESS_CARD, "", "lisi", "")),
        ("miniprogram", {"title": "金融计算器", "appid": "wx1"}, (MediaType.MINIPROGRAM, "", "金融计算器", "")),
        ("channels", {"title": "试驾", "nickname": "云驰"}, (MediaType.CHANNELS, "", "试驾", "云驰")),
        ("channels_shop_product", {"title": "脚垫", "shop_nickname": "小店"}, (MediaType.SHOP_PRODUCT, "", "脚垫", "小店")),
        ("channels_shop_order", {"product_titles": "脚垫", "price_wording": "¥99"}, (MediaType.SHOP_ORDER, "", "脚垫", "¥99")),
        (
            "merged_msg",
            {"title": "聊天记录", "item": [{"sender_name": "甲"}, {"sender_name": "乙"}, {"sender_name": "甲"}]},
            (MediaType.MERGED, "", "聊天记录", "甲、乙"),
        ),
        ("meeting", {}, (MediaType.MEETING, "", "", "")),
        ("calendar", {}, (MediaType.CALENDAR, "", "", "")),
        ("note", {}, (MediaType.NOTE, "", "", "")),
        ("msgmenu", {"head_content": "?"}, (MediaType.OTHER, "", "", "")),
        ("brand_new", {}, (MediaType.OTHER, "", "", "")),
    ],
)
def test_whatever_a_customer_sends_has_a_kind_and_its_words(msgtype: str, content: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert parse_entry(message(msgtype) | {msgtype: content}) == CustomerMedia(*IDS, *expected)


def test_a_servicers_words_are_not_a_customers() -> None:
    raw = message("text", origin=5, servicer_userid="ZhangSan", text={"content": "您好"})

    assert parse_entry(raw) == ServicerMessage(*IDS, servicer_userid="zhangsan", text="您好")


def test_what_software_sent_is_an_echo() -> None:
    assert parse_entry(message("text", origin=4, text={"content": "您好"})) == OwnEcho(*IDS)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (event("enter_session", scene="qr", scene_param="s1", welcome_code="W"), EnteredSession(*IDS, "qr", "s1", "W")),
        (event("msg_send_fail", fail_msgid="b7", fail_type=6), SendFailed(*IDS, "b7", 6, "客户上次发言后已发满 5 条")),
        (event("msg_send_fail", fail_msgid="b7", fail_type=99), SendFailed(*IDS, "b7", 99, "未知原因 99")),
        (
            event("session_status_change", change_type=2, old_servicer_userid="LiSi", new_servicer_userid="wangwu"),
            SessionChanged(*IDS, SessionChange.TRANSFERRED, "lisi", "wangwu", ""),
        ),
        (
            event("session_status_change", change_type=3, old_servicer_userid="lisi", msg_code="C"),
            SessionChanged(*IDS, SessionChange.ENDED, "lisi", "", "C"),
        ),
        (event("session_status_change", change_type=9), UnknownEntry(*IDS, "session_status_change 9")),
        (event("user_recall_msg", recall_msgid="m0"), CustomerRecalled(*IDS, "m0")),
        (event("servicer_recall_msg", recall_msgid="m0", servicer_userid="LiSi"), ServicerRecalled(*IDS, "m0", "lisi")),
        (event("servicer_status_change", servicer_userid="lisi", status=1), ServicerDuty(*IDS, "lisi", on_duty=True)),
        (event("servicer_status_change", servicer_userid="lisi", status=2), ServicerDuty(*IDS, "lisi", on_duty=False)),
        (event("reject_customer_msg_switch_change", servicer_userid="lisi", reject_switch=1), RejectSwitch(*IDS, "lisi", rejects=True)),
        (event("brand_new"), UnknownEntry(*IDS, "brand_new")),
        (message("text", origin=7), UnknownEntry(*IDS, "text")),
    ],
)
def test_each_event_says_what_happened(raw: dict[str, Any], expected: Entry) -> None:
    assert parse_entry(raw) == expected


def test_an_entry_without_msgid_gets_one_from_its_content() -> None:
    first, again, other = ({**message("text", text={"content": words}), "msgid": ""} for words in ("在吗", "在吗", "在"))

    assert parse_entry(first).msgid == parse_entry(again).msgid != parse_entry(other).msgid
    assert replace(parse_entry(first), msgid="m1") == CustomerText(*IDS, text="在吗", menu_id="")


def test_an_entry_with_nothing_in_it_is_kept() -> None:
    entry = parse_entry({})

    assert isinstance(entry, UnknownEntry)
    assert (entry.sent_at, entry.msgid != "") == (LONG_AGO, True)


JUNK = (
    st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers())
)
FIELDS = ["msgid", "open_kfid", "external_userid", "send_time", "origin", "text", "image", "event", "servicer_userid", "merged_msg"]


@given(
    st.dictionaries(st.sampled_from(FIELDS), JUNK),
    st.sampled_from(["text", "image", "event", "merged_msg", "?"]),
    st.sampled_from([3, 4, 5, "3", None]),
)
def test_odd_fields_never_raise(fields: dict[str, Any], msgtype: str, origin: Any) -> None:
    entry = parse_entry({**fields, "msgtype": msgtype, "origin": origin})

    assert entry.msgid
    assert lane_of(entry).startswith("kf:")
