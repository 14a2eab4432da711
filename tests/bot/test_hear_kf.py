"""Everything in a kf session that is not a customer's text: each entry ends in a state, with its reason."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot import outbox, sessions, transcript
from bot.hear_kf import hear_entry
from bot.messages import HUMAN, Channel, kf_lane, menu_id_of
from bot.models import KfSession, OutboxMessage
from bot.queue import Lease, State, settle
from bot.transcript import Line
from bot.wecom.terms import KfState
from core.db import Database
from customers import store
from customers.recognise import recognise
from tests.bot.builders import KF, LI, NOW, Raw, item, later, lines, outbox_rows, raw, raw_event, raw_image, replies, speech

Hear = Callable[..., tuple[State, str]]


@pytest.fixture
def hear(sqlite_database: Database) -> Hear:
    """One entry handled, as (state, reason); each has an inbox row of its own."""
    numbers = iter(range(1, 100))

    def hear(entry: Raw, *, now: datetime = NOW) -> tuple[State, str]:
        with sqlite_database.unit_of_work() as session:
            return hear_entry(session, speech(duty_advisors=["chen"]), item(entry, id=next(numbers)), now=now)

    return hear


def kf_of(database: Database) -> KfSession:
    with database.reading() as session:
        kf = sessions.session_now(session, KF, LI)
    assert kf is not None
    return kf


def queued(database: Database, channel: Channel) -> list[OutboxMessage]:
    return [row for row in outbox_rows(database) if row.channel == channel]


def serves(database: Database, state: KfState) -> None:
    with database.unit_of_work() as session:
        sessions.note_state(session, KF, LI, state, servicer="zhou", now=NOW)


def said(database: Database, kind: str, *, at: float) -> None:
    with database.unit_of_work() as session:
        transcript.append(session, [Line("before", LI, "customer", "…", later(at), kind=kind)])


# -- pictures and the like


@pytest.mark.parametrize(
    ("entry", "reply", "words"),
    [
        (raw_image("m1"), "image", "[图片]"),
        (raw("m1", "voice", voice={"media_id": "v"}), "voice", "[语音]"),
        (raw("m1", "video", video={"media_id": "v"}), "video", "[视频]"),
        (raw("m1", "file", file={"media_id": "f"}), "file", "[文件]"),
        (raw("m1", "location", location={"name": "人民广场", "address": "黄浦区"}), "location", "[位置]人民广场 黄浦区"),
        (raw("m1", "link", link={"title": "测评", "url": "https://a.example"}), "link", "[链接]测评 https://a.example"),
        (raw("m1", "business_card", business_card={"userid": "chen"}), "business_card", "[名片]chen"),
        (raw("m1", "miniprogram", miniprogram={"title": "算一算"}), "miniprogram", "[小程序]算一算"),
        (raw("m1", "note", note={}), "other", "[消息]"),
        (raw("m1", "brand_new"), "other", "[消息]"),
    ],
)
def test_what_is_not_text_gets_a_polite_reply_and_goes_to_a_person(
    hear: Hear, sqlite_database: Database, entry: Raw, reply: str, words: str
) -> None:
    assert hear(entry) == (State.DONE, "pass_on: media")
    texts, cards = queued(sqlite_database, Channel.KF_TEXT), queued(sqlite_database, Channel.ADVISOR_CARD)
    assert [row.payload["text"] for row in texts] == [replies().say(f"unsupported.{reply}")]
    assert [(row.payload["userids"], row.payload["quote"]) for row in cards] == [(["chen"], words)]
    assert [(line.speaker, line.words) for line in lines(sqlite_database)] == [("customer", words), ("assistant", texts[0].payload["text"])]


def test_two_pictures_in_a_row_get_one_reply(hear: Hear, sqlite_database: Database) -> None:
    hear(raw_image("m1"))
    assert hear(raw_image("m2", at=later(5))) == (State.DONE, "quiet: 刚刚已经回复过同类消息")
    assert len(outbox_rows(sqlite_database)) == 2, "one reply and one card"
    assert [line.msgid for line in lines(sqlite_database) if line.speaker == "customer"] == ["m1", "m2"]


@pytest.mark.parametrize(
    ("before", "seconds", "answered"),
    [("image", 59, False), ("image", 60, True), ("voice", 5, False), ("text", 5, True), ("menu", 5, True)],
)
def test_only_a_picture_just_before_makes_the_reply_needless(
    hear: Hear, sqlite_database: Database, before: str, seconds: float, answered: bool
) -> None:
    said(sqlite_database, before, at=-seconds)
    hear(raw_image("m1"))
    assert bool(queued(sqlite_database, Channel.KF_TEXT)) is answered


@pytest.mark.parametrize("state", [KfState.POOL, KfState.HUMAN])
def test_while_a_person_serves_a_picture_is_only_noted(hear: Hear, sqlite_database: Database, state: KfState) -> None:
    serves(sqlite_database, state)
    assert hear(raw_image("m1")) == (State.DONE, "quiet: 人工正在接待，只记录不回复")
    assert outbox_rows(sqlite_database) == []
    assert [line.words for line in lines(sqlite_database)] == ["[图片]"]


# -- the chat is opened


def test_who_opens_the_chat_is_welcomed_with_a_menu(hear: Hear, sqlite_database: Database) -> None:
    assert hear(raw_event("m1", "enter_session", welcome_code="c1", scene="poster", scene_param="hall")) == (State.DONE, "欢迎语已排队")
    welcome = queued(sqlite_database, Channel.KF_ON_EVENT)[0]
    assert (welcome.priority, welcome.expires_at, welcome.payload["code"]) == (0, later(20), "c1")
    assert welcome.payload["items"] == [[menu_id_of("price"), "看看车型和价格"], [HUMAN, "找人工同事"]]
    assert len(queued(sqlite_database, Channel.KF_PROFILE)) == 1
    with sqlite_database.reading() as session:
        customer = store.customer_by_external_id(session, LI)
    assert customer is not None
    assert customer.channel == "hall"
    assert [line.speaker for line in lines(sqlite_database)] == ["assistant"]


@pytest.mark.parametrize(("after", "state", "count"), [(19, State.DONE, 1), (20, State.SKIPPED, 0), (3600, State.SKIPPED, 0)])
def test_a_welcome_is_due_within_twenty_seconds(hear: Hear, sqlite_database: Database, after: float, state: State, count: int) -> None:
    assert hear(raw_event("m1", "enter_session", welcome_code="c1"), now=later(after))[0] == state
    assert [row.expires_at for row in queued(sqlite_database, Channel.KF_ON_EVENT)] == [later(20)] * count


def test_without_a_code_nobody_is_welcomed(hear: Hear, sqlite_database: Database) -> None:
    state, reason = hear(raw_event("m1", "enter_session"))
    assert state == State.DONE
    assert "没有欢迎语凭证" in reason
    assert queued(sqlite_database, Channel.KF_ON_EVENT) == []


# -- what did not arrive


def test_a_reply_that_wecom_could_not_deliver_is_told_to_an_advisor(hear: Hear, sqlite_database: Database) -> None:
    with sqlite_database.unit_of_work() as session:
        recognise(session, LI, now=NOW)
        to = {"open_kfid": KF, "external_id": LI, "text": "…"}
        outbox.enqueue(session, "reply:m7:0", Channel.KF_TEXT, to, lane=kf_lane(KF, LI), now=NOW)
    deed = outbox.claim_next(sqlite_database, Lease("w", 60), now=NOW)
    assert deed is not None
    with sqlite_database.unit_of_work() as session:
        settle(session, OutboxMessage, [deed.id], "w", State.DONE, now=NOW, wecom_id="out-1")
    assert hear(raw_event("m1", "msg_send_fail", fail_msgid="out-1", fail_type=10)) == (State.DONE, "发送失败：客户拒收")
    assert [(row.key, row.state, row.reason) for row in outbox_rows(sqlite_database)] == [
        ("reply:m7:0", State.PARKED, "未送达：客户拒收"),
        ("undelivered:reply:m7", State.WAITING, ""),
    ]


def test_a_failure_of_somebody_elses_message_is_only_noted(hear: Hear, sqlite_database: Database) -> None:
    state, reason = hear(raw_event("m1", "msg_send_fail", fail_msgid="not-ours", fail_type=4))
    assert (state, reason) == (State.DONE, "发送失败：距客户上次发言已超过 48 小时；不是本系统发出的消息")
    assert outbox_rows(sqlite_database) == []


# -- who serves


@pytest.mark.parametrize("change_type", [1, 2, 4])
def test_when_a_person_takes_the_session_the_assistant_stops(hear: Hear, sqlite_database: Database, change_type: int) -> None:
    with sqlite_database.unit_of_work() as session:
        outbox.enqueue(session, "reply:m7:0", Channel.KF_TEXT, {}, lane=kf_lane(KF, LI), now=NOW)
    taken = raw_event("m1", "session_status_change", change_type=change_type, new_servicer_userid="Zhou")
    assert hear(taken) == (State.DONE, "zhou 接待会话；停发 1 条")
    kf = kf_of(sqlite_database)
    assert (kf.state, kf.servicer, kf.checked_at) == (KfState.HUMAN, "zhou", NOW)
    assert outbox_rows(sqlite_database)[0].state == State.SKIPPED
    assert [(line.speaker, line.words) for line in lines(sqlite_database)] == [("system", "zhou 接待会话")]


@pytest.mark.parametrize(("code", "after", "goodbyes"), [("c1", 0, 1), ("c1", 20, 0), ("", 0, 0)])
def test_when_the_person_is_done_the_assistant_is_back(
    hear: Hear, sqlite_database: Database, code: str, after: float, goodbyes: int
) -> None:
    serves(sqlite_database, KfState.HUMAN)
    assert hear(raw_event("m1", "session_status_change", change_type=3, msg_code=code), now=later(after))[0] == State.DONE
    assert kf_of(sqlite_database).state == KfState.ENDED
    said_on_event = [row.payload["text"] for row in queued(sqlite_database, Channel.KF_ON_EVENT)]
    assert said_on_event == [replies().say("back_from_human")] * goodbyes
    assert len(lines(sqlite_database)) == goodbyes


def test_who_writes_by_hand_serves(hear: Hear, sqlite_database: Database) -> None:
    by_hand = raw("m1", "text", origin=5, servicer_userid="Zhou", text={"content": "我来跟您说"})
    assert hear(by_hand) == (State.DONE, "人工消息，已记录")
    assert (kf_of(sqlite_database).state, kf_of(sqlite_database).servicer) == (KfState.HUMAN, "zhou")
    assert [(line.speaker, line.words, line.by) for line in lines(sqlite_database)] == [("person", "我来跟您说", "zhou")]


def test_a_servicers_picture_is_noted_too(hear: Hear, sqlite_database: Database) -> None:
    hear(raw("m1", "image", origin=5, servicer_userid="zhou", image={"media_id": "m"}))
    assert [line.words for line in lines(sqlite_database)] == ["[非文字消息]"]


@pytest.mark.parametrize(("status", "on_duty"), [(1, True), (2, False)])
def test_a_servicers_duty_is_kept(hear: Hear, sqlite_database: Database, status: int, on_duty: bool) -> None:
    hear(raw_event("m1", "servicer_status_change", servicer_userid="zhou", status=status))
    with sqlite_database.reading() as session:
        assert [(row.userid, row.on_duty) for row in sessions.servicers(session, KF)] == [("zhou", on_duty)]


@pytest.mark.parametrize(("switch", "rejects"), [(1, True), (0, False)])
def test_a_servicer_who_rejects_a_customer_is_noted(hear: Hear, sqlite_database: Database, switch: int, rejects: bool) -> None:
    hear(raw_event("m1", "reject_customer_msg_switch_change", servicer_userid="zhou", reject_switch=switch))
    assert kf_of(sqlite_database).rejects is rejects


@pytest.mark.parametrize("event", ["user_recall_msg", "servicer_recall_msg"])
def test_a_message_taken_back_is_marked(hear: Hear, sqlite_database: Database, event: str) -> None:
    said(sqlite_database, "text", at=-5)
    assert hear(raw_event("m1", event, recall_msgid="before")) == (State.DONE, "已记录撤回")
    assert lines(sqlite_database)[0].recalled_at == NOW


def test_what_is_new_to_us_is_kept_and_named(hear: Hear, sqlite_database: Database) -> None:
    assert hear(raw_event("m1", "brand_new")) == (State.IGNORED, "未识别的消息类型：brand_new")
    assert outbox_rows(sqlite_database) == []


def test_the_same_entry_handled_twice_says_nothing_twice(sqlite_database: Database) -> None:
    for entry, number in [(raw_image("m1"), 1), (raw_event("m2", "enter_session", welcome_code="c"), 2)] * 2:
        with sqlite_database.unit_of_work() as session:
            hear_entry(session, speech(), item(entry, id=number), now=NOW)
    assert len(outbox_rows(sqlite_database)) == 4, "reply and card; profile and welcome"
    assert len(lines(sqlite_database)) == 3
