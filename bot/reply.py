"""A decision becomes rows in the outbox: the words, their attachments, and the hand-over to a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import outbox
from bot.brief import queue_brief, recipients_of
from bot.decide import Acknowledge, Answer, Clarify, Decision, HandOff, OptOut, Quiet, Why
from bot.messages import HUMAN, Channel, Payload, deed_key, kf_lane, menu_id_of, reply_key
from bot.pack import Replies
from bot.sessions import servicers
from bot.transcript import Line
from bot.turn import Turn
from bot.visit_words import visit_words
from bot.wecom.speech import TEXT_BYTES, text_pieces
from customers.models import Customer
from customers.terms import SlotName
from kb.render import pick_answer, render
from kb.terms import Answer as ScriptAnswer
from kb.terms import Rendered, ScriptContent, ScriptMatch

# Five messages may follow one of the customer's (reference §5.5); two stay in reserve for what a person or an event still has to say.
PIECES_AT_MOST = 3
ATTACHMENTS_AT_MOST = 2
# So many characters of a customer's question are said back to him.
LEFT_AT_MOST = 40
# A picture that is a few bubbles further up need not come again.
SAME_MATERIAL_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Speech:
    """Everything that words are made of. `content` gives a published script, `names` the Chinese name of a pack key (model, store …)."""

    replies: Replies
    content: Callable[[str], ScriptContent | None]
    names: Mapping[str, str]
    welcome_menu: Callable[[], list[tuple[str, str]]]  # (words, script key; empty for «a person»)
    duty_advisors: tuple[str, ...] = ()


def queue_decision(
    session: Session, speech: Speech, turn: Turn, customer: Customer, decision: Decision, slots: Mapping[SlotName, str], *, now: datetime
) -> list[Line]:
    """Queue what follows from the decision; returns the assistant's own lines for the transcript."""
    say = _Sayer(session, turn, now)
    variables = variables_for(speech, slots)
    match decision:
        case Answer(scripts, tells, left):
            if tells or left:
                queue_brief(session, speech, turn, customer, tells or Why.NOT_COVERED, scripts, slots, now=now)
            if not say.scripts(speech, scripts, variables, left):
                # The script was taken down between finding and saying: an honest «not covered» beats an empty message.
                _hand_off(session, say, speech, turn, customer, HandOff(Why.NOT_COVERED, moves_session=False), slots, now=now)
        case Acknowledge(reply, tells):
            if tells:
                queue_brief(session, speech, turn, customer, tells, (), slots, now=now)
            say.text(noted_words(speech, slots, tells, now=now) if reply == "noted" else fixed_words(speech, reply, variables))
        case Clarify(options) if options:
            say.menu(speech.replies, options)
        case Clarify():
            say.text(speech.replies.say("not_understood"))
        case OptOut():
            say.text(speech.replies.say("opted_out"))
        case HandOff():
            _hand_off(session, say, speech, turn, customer, decision, slots, now=now)
        case Quiet():
            pass
    return say.lines


def fixed_words(speech: Speech, path: str, variables: Mapping[str, str]) -> str:
    """A fixed reply with its variables filled."""
    return render(ScriptAnswer(speech.replies.say(path)), variables, speech.replies.variables).text


def noted_words(speech: Speech, slots: Mapping[SlotName, str], tells: Why | None, *, now: datetime) -> str:
    """What he arranged is said back to him, never as settled: an advisor confirms. Who has left his telephone is not asked for it."""
    arranged = visit_words(slots, speech.names, now=now) if tells in (Why.WANTS_VISIT, Why.LEFT_CONTACT) else ""
    path = "noted_with_phone" if SlotName.PHONE in slots else "noted"
    allowed = {**speech.replies.variables, "安排": arranged}
    return render(ScriptAnswer(speech.replies.say(path)), variables_for(speech, slots), allowed).text


def variables_for(speech: Speech, slots: Mapping[SlotName, str]) -> dict[str, str]:
    """What the variables of a script say to this customer, where something better than the default is known."""
    known = {
        "车型": speech.names.get(slots.get(SlotName.MODEL, ""), ""),
        "门店": speech.names.get(slots.get(SlotName.STORE, ""), ""),
    }
    return {name: value for name, value in known.items() if value}


def _hand_off(
    session: Session,
    say: "_Sayer",
    speech: Speech,
    turn: Turn,
    customer: Customer,
    decision: HandOff,
    slots: Mapping[SlotName, str],
    *,
    now: datetime,
) -> None:
    recipients = recipients_of(session, customer, turn.open_kfid, speech.duty_advisors)
    on_duty = {row.userid for row in servicers(session, turn.open_kfid) if row.on_duty}
    if not decision.moves_session:
        say.text(speech.replies.say("not_covered"))
    else:
        say.text(speech.replies.say(hand_off_words(decision.why, bool(on_duty))))
        # Who gets the brief gets the session, if he is on duty.
        say.hand_over([userid for userid in recipients if userid in on_duty])
    queue_brief(session, speech, turn, customer, decision.why, decision.suggested, slots, now=now)


def hand_off_words(why: Why, on_duty: bool) -> str:
    """Which fixed reply tells the customer that a person comes."""
    match why:
        case Why.FAULT:
            return "hand_off.fault"
        case Why.COMPLAINT:
            return "hand_off.complaint"
        case _:
            return "hand_off.on_duty" if on_duty else "hand_off.off_duty"


class _Sayer:
    """Queues pieces of one reply in their order, each under its own key."""

    def __init__(self, session: Session, turn: Turn, now: datetime) -> None:
        self._session = session
        self._turn = turn
        self._now = now
        self._part = 0
        self.lines: list[Line] = []

    def scripts(self, speech: Speech, scripts: tuple[ScriptMatch, ...], variables: Mapping[str, str], left: tuple[str, ...] = ()) -> bool:
        """All answers as one reply, in order, within the byte limit; then what is attached to them. False when there was nothing to say.

        `left` are questions without an answer: he is told that somebody looks after them.
        """
        rendered = [self._rendered(speech, script, variables) for script in scripts]
        texts = [answer.text for answer in rendered if answer]
        if not texts:
            return False
        if left:
            passed_on = {**speech.replies.variables, "问题": "；".join(left)[:LEFT_AT_MOST]}
            texts.append(render(ScriptAnswer(speech.replies.say("also_passed_on")), variables, passed_on).text)
        self.text("\n\n".join(texts), script=",".join(f"{s.key}@{s.version}" for s in scripts))
        wanted = dict.fromkeys(key for answer in rendered if answer for key in answer.attachments)
        had = outbox.materials_since(self._session, self._lane(), since=self._now - SAME_MATERIAL_AFTER)
        attachments = [key for key in wanted if key not in had]
        for key in attachments[:ATTACHMENTS_AT_MOST]:
            self._queue(Channel.KF_MATERIAL, {"material": key}, words=f"[素材] {key}", kind="material")
        return True

    def text(self, words: str, *, script: str = "") -> None:
        """Words, in as few pieces as fit."""
        pieces = [words] if len(words.encode()) <= TEXT_BYTES else text_pieces(words, PIECES_AT_MOST)
        for piece in pieces:
            self._queue(Channel.KF_TEXT, {"text": piece}, words=piece, script=script)

    def menu(self, replies: Replies, options: tuple[ScriptMatch, ...]) -> None:
        """Which of these do you mean?"""
        items = [[menu_id_of(option.key), option.standard] for option in options]
        items.append([HUMAN, replies.say("clarify.none_of_these")])
        head = replies.say("clarify.head")
        self._queue(Channel.KF_MENU, {"head": head, "items": items}, words="\n".join([head, *(item[1] for item in items)]), kind="menu")

    def hand_over(self, prefer: list[str]) -> None:
        """The session goes to a person; whom, is settled when it is done, by who is on duty then."""
        key = deed_key("hand-over", self._turn.msgid)
        payload = {**self._to(), "prefer": prefer}
        outbox.enqueue(self._session, key, Channel.KF_HAND_OVER, payload, lane=self._lane(), now=self._now)

    def _rendered(self, speech: Speech, script: ScriptMatch, variables: Mapping[str, str]) -> Rendered | None:
        content = speech.content(script.key)
        if content is None:
            return None
        return render(pick_answer(content, self._turn.inbox_ids[0]), variables, speech.replies.variables)

    def _queue(self, channel: Channel, payload: Payload, *, words: str, kind: str = "text", script: str = "") -> None:
        key = reply_key(self._turn.msgid, self._part)
        self._part += 1
        if outbox.enqueue(self._session, key, channel, {**self._to(), **payload}, lane=self._lane(), now=self._now):
            turn = self._turn.msgid
            self.lines.append(Line(key, self._turn.external_id, "assistant", words, self._now, kind=kind, turn=turn, script=script))

    def _to(self) -> Payload:
        return {"open_kfid": self._turn.open_kfid, "external_id": self._turn.external_id}

    def _lane(self) -> str:
        return kf_lane(self._turn.open_kfid, self._turn.external_id)
