"""An advisor wrote to the app: he gets the answer as messages of their own, so that each can be forwarded."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox
from bot.hear_kf import Outcome
from bot.inbox_terms import Item
from bot.messages import Channel, deed_key
from bot.queue import State
from bot.wecom.callback import MemberText
from core.text import cut_utf8
from core.zone import SHANGHAI

# Answers to what a member wrote: (session, userid, text, now) → messages; what answers is above the bot.
AdvisorReply = Callable[[Session, str, str, datetime], Sequence[str]]
_TEXT_BYTES = 2000  # of WeCom's 2048 (reference §3.2), with room for the time


def no_reply(_session: Session, _userid: str, _text: str, _now: datetime) -> Sequence[str]:
    """Nobody answers advisors here."""
    return ()


def hear_text(session: Session, reply: AdvisorReply, said: MemberText, item: Item, *, now: datetime) -> Outcome:
    """Answer once a message. WeCom holds back an identical message for hours, so the first says when it was written."""
    texts = reply(session, said.userid, said.text, now)
    for number, text in enumerate(texts):
        dated = f"{text}\n（{now.astimezone(SHANGHAI):%H:%M:%S}）" if number == 0 else text
        key = deed_key("advisor-reply", f"{said.msgid or item.id}:{number}")
        payload = {"userids": [said.userid], "text": cut_utf8(dated, _TEXT_BYTES)}
        outbox.enqueue(session, key, Channel.ADVISOR_TEXT, payload, lane=f"app:{said.userid}", now=now, urgent=True)
    return (State.DONE, f"已回复顾问 {len(texts)} 条") if texts else (State.IGNORED, "没有人回答顾问的消息")
