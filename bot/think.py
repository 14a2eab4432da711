"""The part of a turn that costs time and changes nothing: understand, make whole, search, decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.context import Context
from bot.decide import (
    TALK,
    Acknowledge,
    Answer,
    Clarify,
    Decision,
    HandOff,
    Quiet,
    Silence,
    Situation,
    Thresholds,
    Why,
    choose_for_click,
    choose_reply,
    is_urgent,
    wish_of,
)
from bot.find_scripts import find_scripts
from bot.follow_up import Accepted, Chosen, Declined, Meaning, Means, Noted, meaning_of, subject_of
from bot.merge import Reading, answers, best_of, merged
from bot.messages import HUMAN, clicked_script, menu_id_of
from bot.pack import Replies
from bot.parts import is_courtesy, questions_in
from core.zone import SHANGHAI
from customers.terms import Slot, SlotName, Span
from intents.terms import Intent, Understanding
from intents.understand import Understander
from kb.search import ScriptSearch

Slots = Mapping[SlotName, str]
# A longer question names its car itself, or needs none.
_LACKS_ITS_CAR_UP_TO = 20
_NAMES_A_CAR = frozenset({SlotName.MODEL, SlotName.TRIM, SlotName.RIVAL})


@dataclass(frozen=True)
class Scene:
    """Where in a conversation words are said: what was said before, its settled slots, who serves."""

    context: Context = field(default_factory=Context)
    known: Slots = field(default_factory=dict)
    situation: Situation = field(default_factory=Situation)


@dataclass(frozen=True)
class Thought:
    """What the turn was understood to say, what follows, and what it leaves for the next turn."""

    understood: Understanding
    decision: Decision
    context: Context = field(default_factory=Context)


class Thinker:
    """Keeps nothing of a conversation; any number of threads may share it."""

    def __init__(
        self, understander: Understander, scripts: ScriptSearch, *, replies: Replies, thresholds: Callable[[], Thresholds]
    ) -> None:
        self._understander = understander
        self._scripts = scripts
        self._replies = replies
        self._thresholds = thresholds

    def think(self, text: str, scene: Scene, *, menu_id: str = "", now: datetime) -> Thought:
        """What to do about these words, or about this tap on a menu."""
        understood = self._understander.understand(text, now=now)
        scene = replace(scene, context=scene.context.seen(now=now))
        if clicked := self._clicked(menu_id, scene.situation, now) if menu_id else None:
            return Thought(understood, clicked, self._after(scene, clicked, [], now))
        whole = self._reading(understood.normalised, understood, scene, now)
        return Thought(understood, whole.decision, scene.context) if is_urgent(whole.decision) else self._in_context(whole, scene, now)

    def history(self, text: str, *, now: datetime) -> Thought:
        """Words from before the assistant was there: understood, not answered."""
        return Thought(self._understander.understand(text, now=now), Quiet(Silence.OLD_HISTORY))

    def _in_context(self, whole: Reading, scene: Scene, now: datetime) -> Thought:
        understood = whole.understood
        questions = questions_in(self._understander.reader.read(understood.normalised))
        if [_letters(question) for question in questions] == [_letters(whole.text)]:
            questions = [whole.text]  # read already: a question mark is not worth another pass of the encoder
        cars = _cars(understood, scene)
        meaning = self._meaning(questions, scene, cars, now, clear=wish_of(understood) is not None)
        if isinstance(meaning, Chosen | Accepted | Declined | Noted):
            decision = self._agreed(meaning, scene, now)
            return Thought(understood, decision, self._after(scene, decision, [], now, noted=isinstance(meaning, Noted)))
        candidates = [self._candidates(question, understood, scene, cars, now) for question in questions]
        if isinstance(meaning, Means):
            candidates = [meaning.texts]
        # Answered already, courtesy or not: it needs neither its car nor another pass of the encoder.
        is_settled = [some[0] for some in candidates] == questions[:1] and meaning is None and answers(whole.decision)
        readings = [whole] if is_settled else self._read(candidates, whole, scene, now)
        decision = readings[0].decision if len(readings) == 1 else merged(readings, whole.decision, self._thresholds())
        if decision == Clarify() and self._is_mixed(understood):
            # Thanked or greeted, he would take «I do not understand you» amiss: what he wants goes to a person who does.
            decision = HandOff(Why.NOT_COVERED, moves_session=False, suggested=whole.found.matches[:3])
        told = replace(understood, slots=(*understood.slots, *_versions_told(understood, readings)))
        return Thought(told, decision, self._after(scene, decision, readings, now))

    def _meaning(self, questions: Sequence[str], scene: Scene, cars: Sequence[str], now: datetime, *, clear: bool) -> Meaning | None:
        if len(questions) > 1:
            return None
        names = self._understander.slots.names
        subject = self._subject(cars, scene)
        meaning = meaning_of(questions[0], scene.context, subject, names, lambda text: self._slots(text, now), clear=clear)
        offer = self._replies.offer(scene.context.offer)
        if isinstance(meaning, Accepted) and offer and offer.asks:
            return Means((f"{subject}{offer.asks}", offer.asks))
        return meaning

    def _agreed(self, meaning: Chosen | Accepted | Declined | Noted, scene: Scene, now: datetime) -> Decision:
        """What follows from a choice, a yes or a no, or from particulars that were asked for."""
        match meaning:
            case Chosen(script):
                menu_id = HUMAN if script == HUMAN else menu_id_of(script)
                return self._clicked(menu_id, scene.situation, now) or HandOff(Why.NOT_COVERED, moves_session=False)
            case Accepted():
                offer = self._replies.offer(scene.context.offer)
                return Acknowledge(f"offers.{scene.context.offer}", Why(offer.tells) if offer and offer.tells else None)
            case Declined():
                return Acknowledge("declined")
            case Noted():
                return Acknowledge("noted", Why.WANTS_VISIT)

    def _clicked(self, menu_id: str, situation: Situation, now: datetime) -> Decision | None:
        script = self._scripts.match_of(clicked_script(menu_id) or "", today=now.astimezone(SHANGHAI).date())
        return choose_for_click(menu_id, script, situation=situation)

    def _candidates(self, question: str, understood: Understanding, scene: Scene, cars: Sequence[str], now: datetime) -> tuple[str, ...]:
        """The question with the car that it leaves out, if it does; then as it was said. One that names its car, without it too: which
        car is known then all the same, and what all cars share is asked about without a name."""
        named = [slot for slot in self._slots(question, now) if slot.name in _NAMES_A_CAR]
        if len(named) == 1 and named[0].name is SlotName.MODEL and len(question) <= _LACKS_ITS_CAR_UP_TO:
            span = named[0].span
            return (question, f"{question[: span.start]}{question[span.end :]}".strip())
        if len(cars) != 1 or named or len(question) > _LACKS_ITS_CAR_UP_TO:
            return (question,)
        names = self._understander.slots.names
        return tuple(dict.fromkeys([f"{self._subject(cars, scene)}{question}", f"{subject_of(cars, '', names)}{question}", question]))

    def _subject(self, cars: Sequence[str], scene: Scene) -> str:
        """The car in question in words; between several, a question is about all of them."""
        if len(cars) > 1:
            return ""
        return subject_of(cars, scene.known.get(SlotName.TRIM, ""), self._understander.slots.names)

    def _read(self, candidates: Sequence[Sequence[str]], whole: Reading, scene: Scene, now: datetime) -> list[Reading]:
        """The best reading of each question; everything that is new is encoded with one call, and only while there is no answer."""
        texts = list(dict.fromkeys(text for some in candidates for text in some if text != whole.text))
        understood = self._understander.understand_many(texts, now=now) if texts else []
        known = {whole.text: whole} | {t: self._reading(t, u, scene, now, whole) for t, u in zip(texts, understood, strict=True)}
        return [best_of([known[text] for text in some], known.get(some[-1]) if len(some) > 1 else None) for some in candidates]

    def _reading(self, text: str, understood: Understanding, scene: Scene, now: datetime, whole: Reading | None = None) -> Reading:
        known = _known(scene, whole.understood if whole else understood)
        not_sold, rivals = self._replies.say("not_sold"), self._replies.say("rivals")
        found = find_scripts(self._scripts, understood, known, not_sold=not_sold, rivals=rivals, now=now)
        return Reading(text, understood, found, choose_reply(understood, found, situation=scene.situation, thresholds=self._thresholds()))

    def _slots(self, text: str, now: datetime) -> Sequence[Slot]:
        return self._understander.slots.find(text, self._understander.tokeniser.tokens(text), now=now)

    def _is_mixed(self, understood: Understanding) -> bool:
        courtesy = {is_courtesy(clause.text) for clause in self._understander.reader.read(understood.normalised)}
        return courtesy == {True, False}

    def _after(self, scene: Scene, decision: Decision, readings: Sequence[Reading], now: datetime, *, noted: bool = False) -> Context:
        """What the turn leaves for the next one."""
        before = scene.context
        intent = before.intent if noted else ""
        asked = readings[-1].text if readings else before.asked
        match decision:
            case Answer(scripts):
                content = self._scripts.content(scripts[0].key)
                asked = asked if readings or content is None else self._understander.normaliser.normalise(content.standard).text
                intent = scripts[-1].intent
                asked = before.asked if intent in TALK else asked
            case Acknowledge(tells=Why.WANTS_VISIT):
                intent = Intent.BOOK_TEST_DRIVE
            case Acknowledge():
                asked = before.asked
            case Clarify(options=()):
                asked = before.asked
        options = tuple(option.key for option in decision.options) if isinstance(decision, Clarify) else ()
        named = [slot.value for one in readings for slot in one.understood.slots if slot.name is SlotName.MODEL]
        return Context(now, asked, intent, tuple(dict.fromkeys(named)) or before.models, options)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _cars(understood: Understanding, scene: Scene) -> tuple[str, ...]:
    """The models in question: those that the message names, else those named last together, else the one that is settled."""
    named = tuple(dict.fromkeys(slot.value for slot in understood.slots if slot.name is SlotName.MODEL))
    settled = scene.known.get(SlotName.MODEL)
    return named or scene.context.models or ((settled,) if settled else ())


def _known(scene: Scene, whole: Understanding) -> dict[SlotName, str]:
    """What is settled besides a question's own words. Between several cars nothing is."""
    known = {**scene.known, **{slot.name: slot.value for slot in whole.slots}}
    if len(_cars(whole, scene)) > 1:
        return {name: value for name, value in known.items() if name not in (SlotName.MODEL, SlotName.TRIM)}
    return known


def _versions_told(understood: Understanding, readings: Sequence[Reading]) -> list[Slot]:
    """«标准版» is known as a version only beside its model; where the words stand in the message they show it there."""
    mine = {slot.name for slot in understood.slots}
    found = []
    for slot in (slot for one in readings for slot in one.understood.slots if slot.name not in mine and slot.name in _NAMES_A_CAR):
        at = understood.message.find(slot.span.words)
        is_version = any(other.name is SlotName.TRIM and other.span == slot.span for one in readings for other in one.understood.slots)
        if at >= 0 and is_version:
            found.append(Slot(slot.name, slot.value, Span(slot.span.words, at, at + len(slot.span.words))))
    return found
