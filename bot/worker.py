"""The loop bodies: handle the next turn, do the next deed. A failure is counted, retried and in the end parked; nobody else is held up."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot import inbox, outbox, sessions
from bot.brief import queue_undelivered
from bot.budget import Shut
from bot.handle import TurnHandler
from bot.hear_advisor import AdvisorReply, hear_text, no_reply
from bot.hear_contact import hear_contact
from bot.hear_group import hear_group
from bot.hear_kf import hear_entry
from bot.hear_member import OtherClicked, hear_click, not_ours
from bot.inbox_terms import DAILY, HISTORY, KF_ENTRY, KF_POLL, KF_TEXT, Claimed, Item
from bot.messages import TO_CUSTOMER, Channel
from bot.models import InboxMessage, OutboxMessage
from bot.outbox import Deed
from bot.pull import PullRule, pull
from bot.queue import ATTEMPTS, ClaimLost, Lease, State, again, backoff, settle
from bot.reply import Speech
from bot.sessions import Talk
from bot.speak import NotSaid, Said, Speaker
from bot.wecom.callback import Alarm, CardClick, ChatChange, ContactChange, KfAuthChange, KfNotice, MemberText, parse_callback
from bot.wecom.messenger import Messenger
from core.clock import Clock
from core.db import Database
from core.errors import AssistantError, Misconfigured, Refused, Unavailable
from core.log import place_of

log = structlog.get_logger()

# While WeCom cannot be reached, trying goes on: an answer half an hour late still helps, later an advisor had better call.
ANSWER_WITHIN = timedelta(minutes=30)
DEED_WITHIN = timedelta(hours=24)
_RINGS_KEPT = 4


class Bell:
    """Wakes one idle loop of this process a ring; other processes find the work by looking."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._rings = 0

    def ring(self) -> None:
        """There is work."""
        with self._change:
            # Whoever is at work looks for more by himself, so rings that nobody waits for need not be counted one by one.
            self._rings = min(self._rings + 1, _RINGS_KEPT)
            self._change.notify()

    def wait(self, seconds: float) -> bool:
        """Until the bell rings, or so long; whether it rang."""
        with self._change:
            rang = self._change.wait_for(lambda: self._rings > 0, seconds)
            self._rings -= rang
            return rang


@dataclass(frozen=True)
class Worker:
    """Everything that one step of a loop needs."""

    database: Database
    turns: TurnHandler
    speech: Speech
    speaker: Speaker
    wecom: Messenger
    pull_rule: PullRule
    clock: Clock
    lease_seconds: float
    heard: Bell
    queued: Bell
    daily: Callable[[datetime], None]
    clicked: OtherClicked = not_ours
    advisor_reply: AdvisorReply = no_reply
    # Accounts whose servicers are in our rows already; later changes come as events.
    accounts_known: set[str] = field(default_factory=set)

    def handle_next(self, name: str, *, likely: bool = True) -> bool:
        """Handle one turn or event; False when nothing is due. Where work is not `likely`, a look comes before the lock."""
        lease = Lease(name, self.lease_seconds)
        claimed = inbox.claim_next(self.database, lease, likely=likely, now=self.clock())
        if claimed is None:
            return False
        try:
            self._handle(claimed, lease)
        except ClaimLost:
            log.warning("claim lost", inbox=claimed.ids[0])
        except Unavailable as error:
            self._put_back(claimed, lease, str(error), wait=error.retry_after, for_ever=True)
        except Exception as error:  # The loop's edge: one bad message must not stop the others; it is counted, and parked in the end.
            log.error("inbox message failed", inbox=claimed.ids[0], error=place_of(error))
            self._put_back(claimed, lease, _told(error))
        self.queued.ring()
        return True

    def send_next(self, name: str, *, likely: bool = True) -> bool:
        """Do one deed of the outbox; False when nothing is due. `likely`: see handle_next."""
        lease = Lease(name, self.lease_seconds)
        deed = outbox.claim_next(self.database, lease, likely=likely, now=self.clock())
        if deed is None:
            return False
        try:
            self._settle(deed, lease, self.speaker.do(deed))
        except ClaimLost:
            log.warning("claim lost", outbox=deed.id)
        except Unavailable as error:
            patience = ANSWER_WITHIN if deed.channel in TO_CUSTOMER else DEED_WITHIN
            self._later(deed, lease, str(error), wait=error.retry_after, give_up=self.clock() - deed.created_at >= patience)
        except (Refused, Misconfigured) as error:
            self._give_up(deed, lease, str(error))
        except Exception as error:  # The loop's edge: see above.
            log.error("outbox message failed", outbox=deed.id, channel=deed.channel, error=place_of(error))
            self._later(deed, lease, _told(error), give_up=deed.attempts >= ATTEMPTS)
        return True

    def _handle(self, claimed: Claimed, lease: Lease) -> None:
        head = claimed.items[0]
        if head.kind in (KF_TEXT, HISTORY):
            self.turns.handle(self.database, claimed, lease, now=self.clock())
        elif head.kind == KF_ENTRY:
            self._in_one_deed(head, lease, lambda session, now: hear_entry(session, self.speech, head, now=now))
        elif head.kind == DAILY:
            self.daily(self.clock())
            self._in_one_deed(head, lease, lambda _s, _n: (State.DONE, "已完成"))
        elif head.kind == KF_POLL:
            self._pull(head.raw, "", head, lease)
        else:
            self._handle_callback(head, lease)

    def _handle_callback(self, item: Item, lease: Lease) -> None:
        match parse_callback(item.raw):
            case KfNotice(open_kfid, token):
                self._pull(open_kfid, token, item, lease)
            case ContactChange() as change:
                self._in_one_deed(item, lease, lambda session, now: hear_contact(session, self.speech, change, item, now=now))
            case ChatChange() as chat:
                self._in_one_deed(item, lease, lambda session, now: hear_group(session, chat, item, now=now))
            case CardClick() as click:
                self._in_one_deed(item, lease, lambda session, now: self._click(session, click, item, now))
            case MemberText() as said:
                self._in_one_deed(item, lease, lambda session, now: hear_text(session, self.advisor_reply, said, item, now=now))
            case KfAuthChange(added, removed):
                self._in_one_deed(item, lease, lambda _s, _n: (State.DONE, f"客服账号授权变更：新增 {len(added)}，移除 {len(removed)}"))
            case Alarm(event, meaning):
                log.error("wecom alarm", event=event)
                self._in_one_deed(item, lease, lambda _s, _n: (State.PARKED, meaning))
            case _:
                self._in_one_deed(item, lease, lambda _s, _n: (State.IGNORED, "暂不处理"))

    def _click(self, session: Session, click: CardClick, item: Item, now: datetime) -> tuple[State, str]:
        return hear_click(session, self.speech, click, item, clicked=self.clicked, now=now)

    def _pull(self, open_kfid: str, token: str, item: Item, lease: Lease) -> None:
        self._know_servicers(open_kfid)
        began = self.clock()

        def settle_notice(session: Session, new: int) -> None:
            inbox.settle_older_notices(session, item, now=began)
            settle(session, InboxMessage, [item.id], lease.worker, State.DONE, reason=f"拉取到 {new} 条新消息", now=self.clock())

        pull(self.database, self.wecom.kf, open_kfid, token, self.pull_rule, now=self.clock, at_the_end=settle_notice)
        self.heard.ring()

    def _in_one_deed(self, item: Item, lease: Lease, act: Callable[..., tuple[State, str]]) -> None:
        """What follows from the row and the row's own end, all or nothing."""
        now = self.clock()
        with self.database.unit_of_work() as session:
            state, reason = act(session, now)
            settle(session, InboxMessage, [item.id], lease.worker, state, reason=reason, now=now)

    def _know_servicers(self, open_kfid: str) -> None:
        if open_kfid in self.accounts_known:
            return
        with self.database.reading() as session:
            known = bool(sessions.servicers(session, open_kfid))
        if not known:
            listed = self.wecom.kf.servicers(open_kfid)
            with self.database.unit_of_work() as session:
                sessions.note_duty(session, open_kfid, [(s.userid, s.on_duty) for s in listed], now=self.clock())
            if not listed:
                return
        self.accounts_known.add(open_kfid)

    def _put_back(self, claimed: Claimed, lease: Lease, why: str, *, wait: float | None = None, for_ever: bool = False) -> None:
        attempts, now = claimed.items[0].attempts, self.clock()
        with self.database.unit_of_work() as session:
            if attempts >= ATTEMPTS and not for_ever:
                inbox.park(session, claimed.ids, lease.worker, reason=f"试了 {attempts} 次：{why}", now=now)
            else:
                again(session, InboxMessage, claimed.ids, lease.worker, at=_retry_at(now, attempts, wait), reason=why)

    def _later(self, deed: Deed, lease: Lease, why: str, *, give_up: bool, wait: float | None = None) -> None:
        if give_up:
            self._give_up(deed, lease, f"试了 {deed.attempts} 次：{why}")
            return
        with self.database.unit_of_work() as session:
            again(session, OutboxMessage, [deed.id], lease.worker, at=_retry_at(self.clock(), deed.attempts, wait), reason=why)

    def _settle(self, deed: Deed, lease: Lease, result: Said | NotSaid) -> None:
        if isinstance(result, NotSaid):
            self._unsaid(deed, lease, State.SKIPPED, result.why, result.talk)
            return
        now = self.clock()
        with self.database.unit_of_work(durable=False) as session:
            if result.talk:
                sessions.note_talk(session, result.talk, now=now)
            settle(session, OutboxMessage, [deed.id], lease.worker, State.DONE, reason=result.note, now=now, wecom_id=result.wecom_id)

    def _give_up(self, deed: Deed, lease: Lease, why: str) -> None:
        log.warning("outbox message parked", outbox=deed.id, channel=deed.channel, why=why)
        self._unsaid(deed, lease, State.PARKED, why)

    def _unsaid(self, deed: Deed, lease: Lease, state: State, why: str, talk: Talk | None = None) -> None:
        """It will not be said: the row keeps the reason, and an advisor hears of a customer who got no answer."""
        with self.database.unit_of_work() as session:
            if talk:
                sessions.note_talk(session, talk, now=self.clock())
            if deed.channel in TO_CUSTOMER and why != Shut.PERSON_SERVES:
                queue_undelivered(session, self.speech, deed.key, deed.payload, why, now=self.clock())
            if deed.channel in (Channel.KF_HAND_OVER, Channel.KF_SESSION):
                sessions.hand_over_failed(session, str(deed.payload["open_kfid"]), str(deed.payload["external_id"]))
            settle(session, OutboxMessage, [deed.id], lease.worker, state, reason=why, now=self.clock())
        self.queued.ring()


def _told(error: Exception) -> str:
    """What an operator reads of a failure: our own errors explain themselves, others could hold a customer's words."""
    return str(error) if isinstance(error, AssistantError) else place_of(error)


def _retry_at(now: datetime, attempts: int, wait: float | None) -> datetime:
    pause = backoff(attempts)
    return now + max(pause, timedelta(seconds=wait or 0))
