"""One customer turn, heard to answered — READ THIS FIRST. The model runs before the first write locks anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import sessions, transcript
from bot.budget import STATE_TRUSTED_FOR
from bot.context import Context, context_of
from bot.decide import Decision, HandOff, OptOut, Quiet, Silence, Situation, Thresholds, is_understood
from bot.describe import describe
from bot.evidence import per_message
from bot.inbox_terms import Claimed
from bot.models import InboxMessage, KfSession
from bot.project_tags import queue_tags
from bot.queue import Lease, State, settle
from bot.reply import Speech, queue_decision
from bot.think import Scene, Thinker, Thought
from bot.turn import Turn, turn_of
from bot.wecom.terms import KfState
from core.db import Database
from core.errors import Unavailable
from customers import store
from customers.models import Customer
from customers.pack import LevelRules
from customers.recognise import opt_out, recognise
from customers.record import record_heard
from customers.terms import Heard, SlotName
from intents.terms import Understanding
from intents.understand import Understander
from kb.search import ScriptSearch

# What a conversation settled (model, city …) holds this long; later the customer may mean something else.
SLOTS_LAST = timedelta(days=3)
AskState = Callable[[str, str], tuple[int, str]]  # (open_kfid, external_id) → (state, servicer), from WeCom


@dataclass(frozen=True)
class Known:
    """What our rows say before the turn: settled slots, and whether a person serves."""

    slots: dict[SlotName, str] = field(default_factory=dict)
    situation: Situation = field(default_factory=Situation)
    fresh_state: tuple[int, str] | None = None
    context: Context = field(default_factory=Context)


class TurnHandler:
    """Understand → find → decide → record → outbox row, for one turn at a time; threads may share it."""

    def __init__(
        self,
        *,
        understander: Understander,
        scripts: ScriptSearch,
        rules: LevelRules,
        speech: Speech,
        thresholds: Callable[[], Thresholds],
        ask_state: AskState,
    ) -> None:
        self._thinker = Thinker(understander, scripts, replies=speech.replies, thresholds=thresholds)
        self._rules = rules
        self._speech = speech
        self._ask_state = ask_state

    def handle(self, database: Database, claimed: Claimed, lease: Lease, *, now: datetime) -> Decision:
        """Answer the turn, or say why not. One transaction: all of it or none."""
        turn = turn_of(claimed)
        known = self._look(database, turn, now=now)
        thought = self.think(turn, known, now=now)
        # All that needs no rows is done before: on SQLite whoever writes keeps all others waiting.
        heard = per_message(thought.understood, [(m.msgid, m.sent_at, m.text) for m in turn.telling])
        lines, slots, outcome = self._lines(turn, thought), self._slots(thought.understood, known), _outcome(thought.decision)
        with database.unit_of_work() as session:
            customer = recognise(session, turn.external_id, now=now)
            self._remember(session, customer, heard, now=now)
            kf = sessions.session_of(session, turn.open_kfid, turn.external_id)
            if known.fresh_state:
                sessions.note_state(session, turn.open_kfid, turn.external_id, known.fresh_state[0], servicer=known.fresh_state[1], now=now)
            if isinstance(thought.decision, OptOut):
                opt_out(customer, now=now)
            said = queue_decision(session, self._speech, turn, customer, thought.decision, slots, now=now)
            # After the last look, so that the row is written once.
            self._count(kf, thought.decision)
            kf.context = thought.context.offering(self._speech.replies.offered_in(said[0].words if said else "")).as_data()
            transcript.append(session, lines + said)
            settle(session, InboxMessage, turn.inbox_ids, lease.worker, State.DONE, reason=outcome, now=now)
        return thought.decision

    def think(self, turn: Turn, known: Known, *, now: datetime) -> Thought:
        """The part that costs time and changes nothing."""
        if turn.is_history:
            return self._thinker.history(turn.text, now=now)
        scene = Scene(known.context, known.slots, known.situation)
        return self._thinker.think(turn.text, scene, menu_id=turn.menu_id, now=now)

    def _look(self, database: Database, turn: Turn, *, now: datetime) -> Known:
        with database.reading() as session:
            customer = store.customer_by_external_id(session, turn.external_id)
            slots = store.slots_known(session, customer.id, since=now - SLOTS_LAST) if customer else {}
            kf = sessions.session_now(session, turn.open_kfid, turn.external_id)
            situation = Situation(
                person_serves=sessions.only_listens(kf, now=now),
                opted_out=bool(customer and customer.opted_out_at),
                not_understood=kf.not_understood if kf else 0,
            )
            stale = kf is not None and kf.state in (KfState.POOL, KfState.HUMAN) and _is_old(kf, now=now)
            context = context_of(kf.context if kf else None)
        known = Known({name: row.value for name, row in slots.items()}, situation, context=context)
        return self._ask_again(turn, known) if stale else known

    def _ask_again(self, turn: Turn, known: Known) -> Known:
        """A person serves, say our rows, but it is long since WeCom said so: an end that we missed would silence us for ever."""
        try:
            state, servicer = self._ask_state(turn.open_kfid, turn.external_id)
        except Unavailable:
            return known
        serves = state in (KfState.POOL, KfState.HUMAN)
        return replace(known, situation=replace(known.situation, person_serves=serves), fresh_state=(state, servicer))

    def _remember(self, session: Session, customer: Customer, heard: Sequence[Heard], *, now: datetime) -> None:
        for one in heard:
            change = record_heard(session, customer, one, self._rules, now=now)
            queue_tags(session, customer, change, one.message_id, now=now)

    def _count(self, kf: KfSession, decision: Decision) -> None:
        kf.not_understood = 0 if is_understood(decision) else kf.not_understood + 1
        needs_nothing = isinstance(decision, Quiet) and decision.why is not Silence.PERSON_SERVES
        sessions.note_turn(kf, describe(decision)[0], needs_nothing=needs_nothing)
        if isinstance(decision, HandOff) and decision.moves_session:
            kf.handing_over = True

    def _slots(self, understood: Understanding, known: Known) -> dict[SlotName, str]:
        return {**known.slots, **{slot.name: slot.value for slot in understood.slots}}

    def _lines(self, turn: Turn, thought: Thought) -> list[transcript.Line]:
        data = transcript.as_data(thought.understood)
        name, why, scripts = describe(thought.decision)
        last = turn.telling[-1]
        return [
            transcript.Line(
                m.msgid,
                turn.external_id,
                "customer",
                m.text,
                m.sent_at,
                kind="menu" if m.menu_id else "text",
                turn=turn.msgid,
                understood=data if m is last else None,
                decision=name if m is last else "",
                why=why if m is last else "",
                script=scripts if m is last else "",
            )
            for m in turn.messages
        ]


def _outcome(decision: Decision) -> str:
    name, why, _ = describe(decision)
    return f"{name}: {why}" if why else name


def _is_old(kf: KfSession, *, now: datetime) -> bool:
    return kf.checked_at is None or now - kf.checked_at > STATE_TRUSTED_FOR
