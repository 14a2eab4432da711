"""What advisors do in the app: tap a card's button, write to it, open it."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox, sessions
from bot.brief import brief_of
from bot.hear_kf import Outcome
from bot.inbox_terms import Item
from bot.messages import Channel, deed_key, kf_lane
from bot.queue import State
from bot.reply import Speech
from bot.wecom.callback import CardClick
from bot.wecom.terms import KfState

_LABELS = {"taken": "已由{who}跟进", "called": "{who}已联系", "later": "{who}稍后处理"}


def hear_click(session: Session, _speech: Speech, click: CardClick, item: Item, *, now: datetime) -> Outcome:
    """A button of a brief: recorded once, the first outcome counts; the card then shows who did what.

    «我来跟进» also gives a waiting session to that advisor.
    """
    brief = brief_of(session, click.task_id)
    if brief is None or click.event_key not in _LABELS:
        return State.IGNORED, "不认识的卡片或按钮"
    first = not brief.outcome or brief.outcome == "later"
    if first:
        brief.outcome, brief.outcome_by, brief.outcome_at = click.event_key, click.userid, now
    if first and click.event_key == "taken":
        _give_session(session, brief.open_kfid, brief.external_id, click.userid, item, now=now)
    label = _LABELS[brief.outcome].format(who=brief.outcome_by)
    payload = {"userids": brief.recipients or [click.userid], "response_code": click.response_code, "label": label}
    outbox.enqueue(session, deed_key("card-update", str(item.id)), Channel.CARD_UPDATE, payload, lane=f"app:{click.task_id}", now=now)
    return State.DONE, label if first else f"已有结果：{label}"


def _give_session(session: Session, open_kfid: str, external_id: str, advisor: str, item: Item, *, now: datetime) -> None:
    kf = sessions.session_now(session, open_kfid, external_id)
    if kf is not None and kf.state == KfState.POOL:
        payload = {"open_kfid": open_kfid, "external_id": external_id, "prefer": [advisor]}
        lane = kf_lane(open_kfid, external_id)
        outbox.enqueue(session, deed_key("take", str(item.id)), Channel.KF_HAND_OVER, payload, lane=lane, now=now)
