"""What advisors do in the app: tap a card's button."""

from collections.abc import Callable, Mapping, Sequence
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
from customers.store import advisor_name

# A button of a card that is no brief: (session, task id, userid, key, chosen options, now) → what the card shows then, None if unknown.
OtherClicked = Callable[[Session, str, str, str, Mapping[str, Sequence[str]], datetime], str | None]

_LABELS = {"taken": "已由{who}跟进", "called": "{who}已联系", "later": "{who}稍后处理"}


def not_ours(_session: Session, _task: str, _userid: str, _key: str, _selected: Mapping[str, Sequence[str]], _now: datetime) -> str | None:
    """There are no cards but briefs here."""
    return None


def hear_click(
    session: Session, _speech: Speech, click: CardClick, item: Item, *, clicked: OtherClicked = not_ours, now: datetime
) -> Outcome:
    """A button of a brief: recorded once, the first outcome counts; the card then shows who did what. Other cards are `clicked`'s.

    «我来跟进» also gives a waiting session to that advisor.
    """
    brief = brief_of(session, click.task_id)
    if brief is None and (told := clicked(session, click.task_id, click.userid, click.event_key, click.selected, now)) is not None:
        _update(session, click, [click.userid], told, item, now=now)
        return State.DONE, told
    if brief is None or click.event_key not in _LABELS:
        return State.IGNORED, "不认识的卡片或按钮"
    first = not brief.outcome or brief.outcome == "later"
    if first:
        brief.outcome, brief.outcome_by, brief.outcome_at = click.event_key, click.userid, now
    if first and click.event_key == "taken":
        _give_session(session, brief.open_kfid, brief.external_id, click.userid, item, now=now)
    label = _LABELS[brief.outcome].format(who=advisor_name(session, brief.outcome_by))
    _update(session, click, brief.recipients or [click.userid], label, item, now=now)
    return State.DONE, label if first else f"已有结果：{label}"


def _update(session: Session, click: CardClick, userids: Sequence[str], label: str, item: Item, *, now: datetime) -> None:
    payload = {"userids": list(userids), "response_code": click.response_code, "label": label}
    outbox.enqueue(session, deed_key("card-update", str(item.id)), Channel.CARD_UPDATE, payload, lane=f"app:{click.task_id}", now=now)


def _give_session(session: Session, open_kfid: str, external_id: str, advisor: str, item: Item, *, now: datetime) -> None:
    kf = sessions.session_now(session, open_kfid, external_id)
    if kf is not None and kf.state == KfState.POOL:
        payload = {"open_kfid": open_kfid, "external_id": external_id, "prefer": [advisor]}
        lane = kf_lane(open_kfid, external_id)
        outbox.enqueue(session, deed_key("take", str(item.id)), Channel.KF_HAND_OVER, payload, lane=lane, now=now)
