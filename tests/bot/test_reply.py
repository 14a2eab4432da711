"""A decision becomes rows in the outbox, in order, each once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot import sessions
from bot.budget import MESSAGES_A_TURN
from bot.decide import Acknowledge, Answer, Clarify, Decision, HandOff, OptOut, Quiet, Silence, Why
from bot.inbox_terms import KF_TEXT, Claimed
from bot.messages import HUMAN, Channel, kf_lane, menu_id_of
from bot.models import OutboxMessage
from bot.reply import ATTACHMENTS_AT_MOST, PIECES_AT_MOST, Speech, hand_off_words, queue_decision
from bot.transcript import Line
from bot.turn import turn_of
from bot.wecom.speech import TEXT_BYTES
from core.db import Database
from customers.recognise import begin_follow, recognise
from customers.terms import SlotName
from kb.terms import Answer as Wording
from kb.terms import ScriptContent
from tests.bot.builders import KF, LI, NOW, content, item, match, outbox_rows, raw_text, replies, speech

PRICE, FINANCE = match("price", 0.9), match("finance", 0.8)
TURN = turn_of(Claimed((item(raw_text("m7", "那个"), id=7, kind=KF_TEXT), item(raw_text("m8", "多少钱"), id=8, kind=KF_TEXT))))
Say = Callable[..., list[Line]]


@pytest.fixture
def say(sqlite_database: Database) -> Say:
    """One decision carried out; returns the assistant's lines."""

    def say(decision: Decision, *, words: Speech | None = None, slots: dict[SlotName, str] | None = None) -> list[Line]:
        with sqlite_database.unit_of_work() as session:
            customer = recognise(session, LI, now=NOW)
            return queue_decision(session, words or speech(), TURN, customer, decision, slots or {}, now=NOW)

    return say


def written(*answers: Wording) -> Speech:
    """A library in which every script has these wordings."""
    return replace(speech(), content=lambda key: replace(content(key), answers=answers))


def on_duty(database: Database, *userids: str) -> None:
    with database.unit_of_work() as session:
        sessions.note_duty(session, KF, [(userid, True) for userid in userids], now=NOW)


def texts(database: Database) -> list[str]:
    return [row.payload["text"] for row in outbox_rows(database) if row.channel == Channel.KF_TEXT]


def queued(database: Database, channel: Channel) -> list[OutboxMessage]:
    return [row for row in outbox_rows(database) if row.channel == channel]


def test_an_answer_is_one_text_in_the_customers_lane(say: Say, sqlite_database: Database) -> None:
    lines = say(Answer((PRICE,)))
    row = outbox_rows(sqlite_database)[0]
    assert (row.key, row.channel, row.lane) == ("reply:m7:0", Channel.KF_TEXT, kf_lane(KF, LI))
    assert row.payload == {"open_kfid": KF, "external_id": LI, "text": "price 的答案"}
    assert [(line.speaker, line.words, line.turn, line.script) for line in lines] == [("assistant", "price 的答案", "m7", "price@1")]


def test_the_same_turn_is_answered_once(say: Say, sqlite_database: Database) -> None:
    say(Answer((PRICE,)))
    assert say(Answer((PRICE,))) == []
    assert len(outbox_rows(sqlite_database)) == 1


def test_two_answers_are_one_reply(say: Say, sqlite_database: Database) -> None:
    say(Answer((PRICE, FINANCE)))
    assert texts(sqlite_database) == ["price 的答案\n\nfinance 的答案"]


@pytest.mark.parametrize(("slots", "words"), [({}, "您关注的车型，就近门店"), ({SlotName.MODEL: "e7"}, "云驰 E7，就近门店")])
def test_variables_say_what_is_known(say: Say, sqlite_database: Database, slots: dict[SlotName, str], words: str) -> None:
    say(Answer((PRICE,)), words=written(Wording("{车型}，{门店}")), slots=slots)
    assert texts(sqlite_database) == [words]


def test_attachments_follow_the_words_each_once(say: Say, sqlite_database: Database) -> None:
    lines = say(Answer((PRICE, FINANCE)), words=written(Wording("看图", ("a", "b", "c"))))
    assert [row.channel for row in outbox_rows(sqlite_database)] == [Channel.KF_TEXT, *[Channel.KF_MATERIAL] * ATTACHMENTS_AT_MOST]
    assert [row.payload["material"] for row in queued(sqlite_database, Channel.KF_MATERIAL)] == ["a", "b"]
    assert [line.kind for line in lines] == ["text", "material", "material"]


@pytest.mark.parametrize(("characters", "pieces"), [(682, 1), (683, 2), (3000, 3)])
def test_a_long_answer_comes_in_few_pieces_within_the_budget(say: Say, sqlite_database: Database, characters: int, pieces: int) -> None:
    say(Answer((PRICE,)), words=written(Wording("好" * characters, ("a", "b"))))
    found = texts(sqlite_database)
    assert len(found) == pieces
    assert all(len(piece.encode()) <= TEXT_BYTES for piece in found)
    assert len(outbox_rows(sqlite_database)) <= PIECES_AT_MOST + ATTACHMENTS_AT_MOST <= MESSAGES_A_TURN


def test_a_script_retired_in_the_meantime_is_not_answered_with_nothing(say: Say, sqlite_database: Database) -> None:
    nothing: Callable[[str], ScriptContent | None] = lambda key: None  # noqa: E731
    say(Answer((PRICE,)), words=replace(speech(), content=nothing))
    assert texts(sqlite_database) == [replies().say("not_covered")]
    assert len(queued(sqlite_database, Channel.ADVISOR_CARD)) == 1


def test_an_ambiguous_question_is_asked_back_as_a_menu(say: Say, sqlite_database: Database) -> None:
    lines = say(Clarify((PRICE, FINANCE)))
    menu = queued(sqlite_database, Channel.KF_MENU)[0].payload
    assert menu["items"] == [
        [menu_id_of("price"), "price 怎么问"],
        [menu_id_of("finance"), "finance 怎么问"],
        [HUMAN, replies().say("clarify.none_of_these")],
    ]
    assert (lines[0].kind, lines[0].words.splitlines()[0]) == ("menu", menu["head"])


@pytest.mark.parametrize(("decision", "words"), [(Clarify(), "not_understood"), (OptOut(), "opted_out")])
def test_fixed_words_are_the_packs(say: Say, sqlite_database: Database, decision: Decision, words: str) -> None:
    say(decision)
    assert texts(sqlite_database) == [replies().say(words)]


def test_quiet_says_nothing(say: Say, sqlite_database: Database) -> None:
    assert say(Quiet(Silence.PERSON_SERVES)) == []
    assert outbox_rows(sqlite_database) == []


def test_passing_on_tells_the_customer_and_an_advisor_and_keeps_the_session(say: Say, sqlite_database: Database) -> None:
    say(HandOff(Why.NOT_COVERED, moves_session=False, suggested=(PRICE,)))
    assert [row.channel for row in outbox_rows(sqlite_database)] == [Channel.KF_TEXT, Channel.ADVISOR_CARD]
    assert texts(sqlite_database) == [replies().say("not_covered")]


def test_a_hand_off_speaks_first_and_moves_the_session_then(say: Say, sqlite_database: Database) -> None:
    say(HandOff(Why.ASKED_FOR_PERSON, moves_session=True))
    rows = outbox_rows(sqlite_database)
    assert [row.channel for row in rows] == [Channel.KF_TEXT, Channel.KF_HAND_OVER, Channel.ADVISOR_CARD]
    assert rows[0].lane == rows[1].lane, "in this order, or the words would be refused"


def test_his_own_advisor_is_preferred_when_on_duty(say: Say, sqlite_database: Database) -> None:
    on_duty(sqlite_database, "chen", "zhou")
    with sqlite_database.unit_of_work() as session:
        for advisor in ("zhou", "han"):
            begin_follow(session, recognise(session, LI, now=NOW), advisor, channel="", now=NOW)
    say(HandOff(Why.COMPLAINT, moves_session=True))
    assert queued(sqlite_database, Channel.KF_HAND_OVER)[0].payload["prefer"] == ["zhou"]


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("duty", [True, False])
def test_a_hand_off_has_words_for_every_reason(why: Why, duty: bool) -> None:
    assert replies().say(hand_off_words(why, duty))


@pytest.mark.parametrize(
    ("why", "duty", "words"),
    [
        (Why.ASKED_FOR_PERSON, ["chen"], "hand_off.on_duty"),
        (Why.ASKED_FOR_PERSON, [], "hand_off.off_duty"),
        (Why.NOT_UNDERSTOOD_TWICE, [], "hand_off.off_duty"),
        (Why.FAULT, [], "hand_off.fault"),
        (Why.COMPLAINT, ["chen"], "hand_off.complaint"),
    ],
)
def test_the_customer_is_told_who_comes_and_when(say: Say, sqlite_database: Database, why: Why, duty: list[str], words: str) -> None:
    on_duty(sqlite_database, *duty)
    say(HandOff(why, moves_session=True))
    assert texts(sqlite_database) == [replies().say(words)]


def test_what_has_no_answer_is_said_to_be_passed_on_and_is(say: Say, sqlite_database: Database) -> None:
    say(Answer((PRICE,), left=("能飞吗",)), words=speech(duty_advisors=["zhangsan"]))
    [text] = texts(sqlite_database)
    assert text.startswith("price 的答案\n\n关于“能飞吗”")
    [card] = queued(sqlite_database, Channel.ADVISOR_CARD)
    assert card.payload["quote"] == TURN.text


def test_a_yes_is_acknowledged_and_the_advisor_told(say: Say, sqlite_database: Database) -> None:
    say(Acknowledge("offers.visit", Why.WANTS_VISIT), words=speech(duty_advisors=["zhangsan"]))
    assert "{" not in texts(sqlite_database)[0]
    assert len(queued(sqlite_database, Channel.ADVISOR_CARD)) == 1


def test_a_no_is_acknowledged_and_nobody_told(say: Say, sqlite_database: Database) -> None:
    say(Acknowledge("declined"))
    assert texts(sqlite_database) == [replies().say("declined")]
    assert queued(sqlite_database, Channel.ADVISOR_CARD) == []


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ("E7 后备箱 520 升。建议来店里试试，方便约个时间吗？", "visit"),
        ("要看看配置表吗？", "kit"),
        ("我请您的专属顾问核实后回您，可以吗？", "advisor"),
        ("您平时跑长途多不多？", ""),
        ("要约个时间吗？每次约40分钟。", ""),
    ],
)
def test_how_a_reply_ends_says_what_it_offers(words: str, offer: str) -> None:
    assert replies().offered_in(words) == offer


VISIT = {SlotName.VISIT_TIME: "2026-11-28T13:00/18:00", SlotName.STORE: "sh-pudong"}
PHONE = {SlotName.PHONE: "13800000000"}


@pytest.mark.parametrize(
    ("tells", "slots", "words"),
    [
        (Why.WANTS_VISIT, {}, "好的，记下了，已经告诉您的专属顾问，会跟您确认。要是方便，也可以留下电话，联系起来更快。"),
        (Why.WANTS_VISIT, PHONE, "好的，记下了，已经告诉您的专属顾问，会联系您确认。"),
        (Why.LEFT_CONTACT, VISIT | PHONE, "好的，11月28日（周六）下午、浦东店记下了，已经告诉您的专属顾问，会联系您确认。"),
        (Why.WANTS_ORDER, VISIT | PHONE, "好的，记下了，已经告诉您的专属顾问，会联系您确认。"),
    ],
)
def test_a_visit_is_said_back_and_a_known_telephone_not_asked_for(
    say: Say, sqlite_database: Database, tells: Why, slots: dict[SlotName, str], words: str
) -> None:
    say(Acknowledge("noted", tells), words=replace(speech(), names={"sh-pudong": "浦东店"}), slots=slots)
    assert texts(sqlite_database) == [words]
