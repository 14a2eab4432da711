"""Values that many tests of the bot begin with, each made by one plain function."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.inbox_terms import KF_ENTRY, Item
from bot.models import InboxMessage, OutboxMessage, Utterance
from bot.pack import Replies, read_replies
from bot.reply import Speech
from core.db import Database
from customers.terms import FocusMention, FocusPoint, Level, LevelStatement, Polarity, Signal, Slot, SlotName, Span
from intents.terms import Intent, IntentScore, Understanding
from kb.terms import Answer, ScriptContent, ScriptMatch

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
KF = "wk-hall"
LI = "wm-li"
PACK = Path(__file__).resolve().parents[2] / "packs" / "ev_dealer"

Raw = dict[str, Any]


def later(seconds: float) -> datetime:
    """So many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def raw(msgid: str, msgtype: str, *, origin: int = 3, at: datetime = NOW, customer: str = LI, **content: Any) -> Raw:
    """An entry of kf/sync_msg."""
    ids = {"msgid": msgid, "open_kfid": KF, "external_userid": customer, "send_time": int(at.timestamp())}
    return {**ids, "origin": origin, "msgtype": msgtype, **content}


def raw_text(msgid: str, words: str, *, menu_id: str = "", at: datetime = NOW, customer: str = LI) -> Raw:
    """What a customer wrote or tapped."""
    return raw(msgid, "text", at=at, customer=customer, text={"content": words, "menu_id": menu_id})


def raw_image(msgid: str, *, at: datetime = NOW, customer: str = LI) -> Raw:
    """A picture that a customer sent."""
    return raw(msgid, "image", at=at, customer=customer, image={"media_id": "media-1"})


def raw_event(msgid: str, event_type: str, *, at: datetime = NOW, customer: str = LI, **fields: Any) -> Raw:
    """An event of a kf session."""
    event = {"event_type": event_type, "open_kfid": KF, "external_userid": customer, **fields}
    return {"msgid": msgid, "send_time": int(at.timestamp()), "origin": 4, "msgtype": "event", "event": event}


def item(body: Raw | str, *, id: int = 1, kind: str = KF_ENTRY, occurred_at: datetime = NOW) -> Item:
    """A claimed inbox row that holds this."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Item(id, kind, f"kf:{KF}:{LI}", text, occurred_at, occurred_at, 1)


def understood(*found: tuple[Intent, float], message: str = "E7多少钱", not_sure: bool = False, **also: Any) -> Understanding:
    """A message that carries these intents, best first."""
    scores = tuple(IntentScore(name, score) for name, score in found)
    return Understanding(message, message, tuple(message.split()), intents=scores, ranking=scores, not_sure=not_sure, **also)


def match(key: str, confidence: float, *, intent: Intent = Intent.ASK_PRICE, score: float | None = None) -> ScriptMatch:
    """A script that may answer."""
    return ScriptMatch(key, 1, f"{key} 标题", f"{key} 怎么问", intent, confidence if score is None else score, confidence)


def shows_all(span: Span) -> dict[str, Any]:
    """Everything that words can show, all shown by the same words."""
    return {
        "focus_points": (FocusMention(FocusPoint.PRICE, Polarity.NEUTRAL, span, 0.9),),
        "signals": (Signal("ask_price", span),),
        "slots": (Slot(SlotName.MODEL, "e7", span),),
        "stated_level": LevelStatement(Level.H, span),
    }


@cache
def replies() -> Replies:
    """The fixed words of the pack that we ship."""
    read, faults = read_replies(PACK)
    assert faults == []
    return read


def content(key: str) -> ScriptContent:
    """A published script with one answer."""
    return ScriptContent(key, Intent.ASK_PRICE, f"{key} 标题", f"{key} 怎么问", (), (), (), (Answer(f"{key} 的答案"),))


def speech(*, duty_advisors: Sequence[str] = ()) -> Speech:
    """The words of the pack, every script published, a welcome menu of one question and «转人工»."""
    menu = [("看看车型和价格", "price"), ("找人工同事", "")]
    return Speech(replies(), content, {"e7": "云驰 E7"}, lambda: menu, tuple(duty_advisors))


def outbox_rows(database: Database) -> list[OutboxMessage]:
    """Everything queued, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def inbox_rows(database: Database) -> list[InboxMessage]:
    """Everything kept, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


def lines(database: Database) -> list[Utterance]:
    """The whole transcript, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(Utterance).order_by(Utterance.id)))
