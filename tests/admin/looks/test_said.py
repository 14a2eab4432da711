"""Words on a page: phone numbers hidden, materials by title, also in the list, the conversation and on the customer's page."""

from datetime import timedelta

from sqlalchemy.orm import Session

from admin.looks import conversation, conversations
from admin.looks.conversation import Names
from admin.looks.customer import Words, portrait
from admin.looks.said import said, titles_in
from admin.looks.wanted import Wanted
from bot import sessions, transcript
from bot.models import Utterance
from bot.transcript import Line
from core.db import Database
from kb.models import MaterialRow
from tests.admin.people import BOSS, NOW, PHONE, RULES, talked

LATER = NOW + timedelta(minutes=1)


def sent(session: Session, key: str, *, msgid: str = "reply:m1:1") -> None:
    transcript.append(session, [Line(msgid, "wm-li", "assistant", f"[素材] {key}", LATER, kind="material")])


def price_list(session: Session) -> None:
    session.add(MaterialRow(key="e7-prices", kind="image", data={"title": "E7 价格表"}, content_hash="h"))


def test_a_material_is_called_by_its_title_and_by_its_key_when_it_is_gone() -> None:
    line = Utterance(kind="material", words="[素材] e7-prices")
    assert said(line, {"e7-prices": "E7 价格表"}) == "[素材] E7 价格表"
    assert said(line, {}) == "[素材] e7-prices"


def test_a_text_that_looks_like_a_material_stays_and_its_number_is_hidden() -> None:
    assert said(Utterance(kind="text", words=f"[素材] e7-prices {PHONE}"), {"e7-prices": "E7 价格表"}) == "[素材] e7-prices 138****5678"


def test_titles_are_looked_up_for_what_was_sent_and_nothing_else(database: Database) -> None:
    with database.unit_of_work() as session:
        price_list(session)
        assert titles_in(session, [Utterance(kind="material", words="[素材] e7-prices")]) == {"e7-prices": "E7 价格表"}
        assert titles_in(session, [Utterance(kind="text", words="[素材] e7-prices")]) == {}


def test_list_conversation_and_customer_page_show_the_title(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        sessions.note_heard(session, "wk-hall", "wm-li", at=NOW)
        price_list(session)
        sent(session, "e7-prices")
    with database.reading() as session:
        [row], _ = conversations.conversations(session, BOSS, Wanted(), now=LATER)
        heard, ours = conversation.lines(session, BOSS, "wm-li", Names({}, {}))
        him = portrait(session, BOSS, "wm-li", RULES, Words({}, {"booth": "车展"}), now=LATER)
    assert row["words"] == "助手：[素材] E7 价格表"
    assert (ours.words, ours.hides, heard.hides) == ("[素材] E7 价格表", False, True)
    assert "[素材] E7 价格表" in [one["text"] for one in him.timeline]
    assert dict(him.facts)["渠道"] == "车展"


def test_how_far_back_a_message_is(database: Database) -> None:
    with database.unit_of_work() as session:
        talked(session)
        sent(session, "e7-prices")
        assert conversation.lines_since(session, "wm-li", "m1") == 2
        assert conversation.lines_since(session, "wm-li", "reply:m1:1") == 1
        assert conversation.lines_since(session, "wm-other", "m1") == 0, "not one of his"
        assert conversation.lines_since(session, "wm-li", "") == 0
