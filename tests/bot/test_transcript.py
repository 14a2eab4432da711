"""What was said, for operators to read and correct."""

from bot import transcript
from bot.decide import Why
from bot.transcript import Line, as_data
from core.db import Database
from customers.terms import Span
from intents.terms import Intent
from tests.bot.builders import LI, NOW, later, lines, shows_all, understood


def line(msgid: str, *, speaker: str = "customer", customer: str = LI, at: float = 0) -> Line:
    return Line(msgid, customer, speaker, f"words of {msgid}", later(at))


def keep(database: Database, *told: Line) -> None:
    with database.unit_of_work() as session:
        transcript.append(session, told)


def test_a_line_is_kept_once(database: Database) -> None:
    keep(database, line("m1"), line("m2"))
    keep(database, line("m2"), line("m3"))
    keep(database)
    assert [row.msgid for row in lines(database)] == ["m1", "m2", "m3"]


def test_a_line_keeps_how_it_was_understood_and_what_was_decided(database: Database) -> None:
    data = {"intents": [{"name": "ask_price", "score": 0.9}]}
    keep(database, Line("m1", LI, "customer", "多少钱", NOW, "text", "m1", data, "hand_off", Why.COMPLAINT, "price@1"))
    row = lines(database)[0]
    assert (row.understood, row.decision, row.why, row.script) == (data, "hand_off", "complaint", "price@1")
    assert (row.kind, row.turn, row.said_at, row.recalled_at) == ("text", "m1", NOW, None)


def test_a_message_taken_back_stays_and_is_marked(database: Database) -> None:
    keep(database, line("m1"), line("m2"))
    with database.unit_of_work() as session:
        transcript.note_recall(session, "m1", now=later(9))
        transcript.note_recall(session, "unknown", now=later(9))
    assert [row.recalled_at for row in lines(database)] == [later(9), None]


def test_a_conversation_reads_from_old_to_new(database: Database) -> None:
    keep(database, line("late", at=5), line("early", at=1), line("late too", at=5), line("not his", customer="wm-wang"))
    with database.reading() as session:
        assert [row.msgid for row in transcript.of_customer(session, LI)] == ["early", "late", "late too"]
        assert [row.msgid for row in transcript.of_customer(session, LI, limit=2)] == ["late", "late too"], "the newest"


def test_the_newest_line_of_a_speaker_is_found(database: Database) -> None:
    keep(database, line("m1"), line("m2", at=1), line("reply", speaker="assistant", at=2))
    with database.reading() as session:
        newest = transcript.last_from(session, LI, "customer")
        assert transcript.last_from(session, LI, "person") is None
    assert newest is not None
    assert newest.msgid == "m2"


def test_an_understanding_can_be_written_down() -> None:
    words = understood((Intent.ASK_PRICE, 0.91234), message="E7多少钱", **shows_all(Span("E7", 0, 2)))
    assert as_data(words) == {
        "intents": [{"name": "ask_price", "score": 0.9123}],
        "not_sure": False,
        "focus_points": [{"point": "price", "polarity": "neutral", "span": "E7", "score": 0.9}],
        "level": "H",
        "signals": [{"name": "ask_price", "span": "E7"}],
        "slots": {"model": "e7"},
    }


def test_nothing_understood_is_written_down_as_nothing() -> None:
    assert as_data(understood(message="", not_sure=True)) == {
        "intents": [],
        "not_sure": True,
        "focus_points": [],
        "level": None,
        "signals": [],
        "slots": {},
    }
