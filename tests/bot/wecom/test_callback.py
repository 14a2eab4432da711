"""What a callback says, typed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.wecom.callback import (
    Alarm,
    CardClick,
    ChatChange,
    ChatChangeType,
    ContactChange,
    ContactChangeType,
    KfAuthChange,
    KfNotice,
    MemberText,
    OtherCallback,
    parse_callback,
)
from bot.wecom.envelope import CallbackKind
from customers.terms import JoinScene

Example = Callable[[str], str]
CUSTOMER = "wmDemoCust01AAAAAAAAAAAAAAAAAAAA"


def test_a_notice_names_the_account_and_the_token(example: Example) -> None:
    assert parse_callback(example("05_kf_msg_or_event.xml")) == KfNotice("wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA", "ENCDemoSyncToken0001")


def test_a_new_contact_carries_its_channel_and_the_welcome_code(example: Example) -> None:
    assert parse_callback(example("06_add_external_contact.xml").replace("zhangsan", "ZhangSan")) == ContactChange(
        change_type=ContactChangeType.ADDED,
        userid="zhangsan",
        external_userid=CUSTOMER,
        state="store01_window",
        welcome_code="DemoExtWelcomeCode0001",
        source="",
        fail_reason="",
    )


def test_a_failed_hand_over_says_why(example: Example) -> None:
    change = parse_callback(example("06_transfer_fail.xml"))

    assert isinstance(change, ContactChange)
    assert (change.change_type, change.fail_reason) == (ContactChangeType.TRANSFER_FAILED, "customer_refused")


def test_a_change_of_a_kind_nobody_knows_is_still_about_that_customer(example: Example) -> None:
    change = parse_callback(example("06_transfer_fail.xml").replace("transfer_fail", "brand_new"))

    assert isinstance(change, ContactChange)
    assert (change.change_type, change.external_userid) == (ContactChangeType.OTHER, CUSTOMER)


def test_a_change_of_a_group_names_who_came_how_and_between_which_versions(example: Example) -> None:
    assert parse_callback(example("06_change_external_chat_update.xml")) == ChatChange(
        change_type=ChatChangeType.JOINED,
        chat_id="wrDemoGroup01AAAAAAAAAAAAAAAAAAA",
        members=(CUSTOMER, "wmDemoCust02BBBBBBBBBBBBBBBBBBBB"),
        join_scene=JoinScene.QR,
        was_removed=False,
        version_before="9c3f97c2ada667dfb5f6d03308d963e1",
        version_after="71217227bbd112ecfe3a49c482195cb4",
    )


@pytest.mark.parametrize(("scene", "was_removed"), [("0", False), ("1", True), ("", False)])
def test_a_leave_says_whether_he_was_removed(example: Example, scene: str, was_removed: bool) -> None:
    xml = (
        example("06_change_external_chat_update.xml")
        .replace("add_member", "del_member")
        .replace("<JoinScene>3</JoinScene>", f"<QuitScene>{scene}</QuitScene>")
    )
    change = parse_callback(xml)
    assert isinstance(change, ChatChange)
    assert (change.change_type, change.was_removed, change.join_scene) == (ChatChangeType.LEFT, was_removed, JoinScene.UNKNOWN)


def test_the_end_of_a_group_has_no_members() -> None:
    change = parse_callback(
        "<xml><MsgType>event</MsgType><Event>change_external_chat</Event><ChangeType>dismiss</ChangeType><ChatId>wr1</ChatId></xml>"
    )
    assert isinstance(change, ChatChange)
    assert (change.change_type, change.chat_id, change.members) == (ChatChangeType.DISMISSED, "wr1", ())


def test_a_card_click_carries_its_button_and_what_was_chosen(example: Example) -> None:
    assert parse_callback(example("03_template_card_event.xml")) == CardClick(
        userid="zhangsan",
        task_id="testdrive-1001-1795140000",
        event_key="claim:1001",
        card_type="button_interaction",
        response_code="DEMO-responsecode-0002",
        selected={"slot": ("slot_1430",)},
    )


def test_several_options_of_several_questions_are_all_kept() -> None:
    why = "<QuestionKey>why</QuestionKey><OptionIds><OptionId>price</OptionId><OptionId>rival</OptionId></OptionIds>"
    when = "<QuestionKey>when</QuestionKey><OptionIds/>"
    items = f"<SelectedItems><SelectedItem>{why}</SelectedItem><SelectedItem>{when}</SelectedItem></SelectedItems>"
    click = parse_callback(f"<xml><MsgType>event</MsgType><Event>template_card_event</Event>{items}</xml>")

    assert isinstance(click, CardClick)
    assert click.selected == {"why": ("price", "rival"), "when": ()}


def test_a_members_words_are_kept_to_the_letter(example: Example) -> None:
    said = parse_callback(example("04_app_text_message.xml"))

    assert said == MemberText("zhangsan", "7400000000000000001", "今天有几个试驾预约？")


def test_accounts_given_and_taken_are_all_listed() -> None:
    xml = (
        "<xml><MsgType>event</MsgType><Event>kf_account_auth_change</Event>"
        "<AuthAddOpenKfId>wk1</AuthAddOpenKfId><AuthAddOpenKfId>wk2</AuthAddOpenKfId><AuthDelOpenKfId>wk3</AuthDelOpenKfId></xml>"
    )

    assert parse_callback(xml) == KfAuthChange(added=("wk1", "wk2"), removed=("wk3",))


def test_an_alarm_says_in_chinese_what_will_happen_and_when() -> None:
    alarm = parse_callback("<xml><MsgType>event</MsgType><Event>inactive_alert</Event><EffectTime>1795140000</EffectTime></xml>")

    assert isinstance(alarm, Alarm)
    assert "停用" in alarm.meaning
    assert alarm.takes_effect_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("04_enter_agent_event.xml", OtherCallback(CallbackKind.MEMBER_EVENT, "enter_agent")),
        ("06_change_external_tag.xml", OtherCallback(CallbackKind.CONTACT_TAG, "change_external_tag")),
    ],
)
def test_the_rest_is_named(example: Example, name: str, other: OtherCallback) -> None:
    assert parse_callback(example(name)) == other


def test_every_kind_parses_with_nothing_in_it() -> None:
    for event in ("kf_msg_or_event", "kf_account_auth_change", "change_external_contact", "template_card_menu_event", "low_active"):
        parsed = parse_callback(f"<xml><MsgType>event</MsgType><Event>{event}</Event></xml>")
        assert not isinstance(parsed, OtherCallback)
