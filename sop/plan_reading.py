"""Pure: plain data, from the pack or a row, → a plan, with every fault named by its place."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from customers.terms import GroupStage
from kb.terms import Answer, ScriptContent
from kb.wording import wording_faults
from sop.audience_rule import OF_ADVISORS, OF_CUSTOMERS, OF_GROUPS, OF_INTERNAL, NoSuchRule, Rule, read_rule
from sop.calendar import DayAfter, Days, OnDate, Weekly, When
from sop.plan_terms import SUBJECT_OF, Begins, Choose, PlanContent, Step, Wording
from sop.policy_reading import Place, Unreadable, listed, mapping, read_caps, read_hours, read_kind, read_time, whole, words
from sop.terms import TouchKind
from sop.tracks import Track

PLAN_KEYS = {"title", "kind", "about", "audience", "tracks", "steps", "goal", "policy", "needs"}
POLICY_KEYS = {"caps", "quiet", "priority", "exclusive", "begins", "latest_hours", "within_days", "again_after_days"}
STEP_KEYS = {
    "key",
    "title",
    "track",
    "date",
    "day",
    "weekdays",
    "at",
    "only",
    "first_week",
    "last_week",
    "wordings",
    "choose",
    "valid_until",
    "off",
}
WORDING_KEYS = {"text", "attachments", "script"}
# Who came to belong longer ago is no newcomer, and a plan that is switched on would surprise him.
WITHIN_AT_MOST = timedelta(days=90)
FACTS = {"customer": OF_CUSTOMERS, "group": OF_GROUPS, "advisor": OF_ADVISORS, "internal": OF_INTERNAL}
# A mass message has one text for everybody that one member sends it to: nobody's own name can stand in it.
PERSONAL = "{称呼}"
SPOKEN_TO_ONE = frozenset({TouchKind.KF_MESSAGE})
T = TypeVar("T")


def read_plan(key: str, value: Any) -> tuple[PlanContent | None, list[tuple[Place, str]]]:
    """The plan, or None, and its faults as (place, reason)."""
    faults: list[tuple[Place, str]] = []

    def attempt(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Unreadable as fault:
            faults.append((fault.place, fault.reason))
            return None

    body = attempt(lambda: mapping(value, (), PLAN_KEYS))
    if body is None:
        return None, faults
    kind = attempt(lambda: read_kind(body.get("kind"), ("kind",))) or TouchKind.GROUP_POST
    tracks = attempt(lambda: _tracks(body.get("tracks", []))) or ()
    steps = [attempt(lambda n=n, one=one: _step(one, ("steps", n))) for n, one in enumerate(body.get("steps") or [])]  # type: ignore[misc]
    content = attempt(lambda: _plan(key, body, kind, tracks, tuple(step for step in steps if step is not None)))
    if content is not None:
        faults += [*_step_faults(content), *_policy_faults(content)]
    return (None if faults else content), faults


def _plan(key: str, body: Mapping[str, Any], kind: TouchKind, tracks: tuple[Track, ...], steps: tuple[Step, ...]) -> PlanContent:
    policy = mapping(body.get("policy", {}), ("policy",), POLICY_KEYS)
    facts = FACTS[SUBJECT_OF[kind]]
    again = policy.get("again_after_days")
    if not body.get("steps"):
        raise Unreadable(("steps",), "a plan needs steps")
    return PlanContent(
        key=key,
        title=words(body, "title", ()),
        kind=kind,
        steps=steps,
        audience=_rule(body.get("audience"), ("audience",), facts),
        goal=_rule(body["goal"], ("goal",), facts) if body.get("goal") else None,
        tracks=tracks,
        caps=read_caps(policy.get("caps", []), ("policy", "caps"), plan=key),
        quiet=read_hours(policy.get("quiet", []), ("policy", "quiet")),
        priority=whole(policy.get("priority", 0), ("policy", "priority")),
        exclusive=_flag(policy.get("exclusive", False), ("policy", "exclusive")),
        begins=_one_of(policy.get("begins", Begins.ENROLLED), Begins, ("policy", "begins")),
        latest=timedelta(hours=whole(policy.get("latest_hours", 12), ("policy", "latest_hours"), least=1)),
        within=timedelta(days=whole(policy.get("within_days", 0), ("policy", "within_days"))),
        again_after=None if again is None else timedelta(days=whole(again, ("policy", "again_after_days"))),
        needs=str(body.get("needs", "")),
        about=str(body.get("about", "")),
    )


def _rule(value: Any, place: Place, facts: frozenset[str]) -> Rule:
    try:
        return read_rule(value, facts)
    except NoSuchRule as fault:
        raise Unreadable(place, str(fault)) from None


def _tracks(value: Any) -> tuple[Track, ...]:
    return tuple(_track(one, ("tracks", number)) for number, one in enumerate(listed(value, ("tracks",))))


def _track(value: Any, place: Place) -> Track:
    body = mapping(value, place, {"key", "title", "from_week", "stages"})
    stages = frozenset(str(one) for one in listed(body.get("stages", []), (*place, "stages")))
    if strange := stages - set(GroupStage):
        raise Unreadable((*place, "stages"), f"«{min(strange)}» is no stage; known: {' '.join(GroupStage)}")
    return Track(
        words(body, "key", place), words(body, "title", place), whole(body.get("from_week"), (*place, "from_week"), least=1), stages
    )


def _step(value: Any, place: Place) -> Step:
    body = mapping(value, place, STEP_KEYS)
    wordings = tuple(_wording(one, (*place, "wordings", n)) for n, one in enumerate(listed(body.get("wordings"), (*place, "wordings"))))
    if not wordings:
        raise Unreadable((*place, "wordings"), "a step needs words")
    return Step(
        key=words(body, "key", place),
        title=words(body, "title", place),
        when=_when(body, place),
        wordings=wordings,
        track=str(body.get("track", "")),
        choose=_one_of(body.get("choose", Choose.ROTATE), Choose, (*place, "choose")),
        valid_until=_date(body["valid_until"], (*place, "valid_until")) if body.get("valid_until") else None,
        is_off=_flag(body.get("off", False), (*place, "off")),
    )


def _wording(value: Any, place: Place) -> Wording:
    body = mapping({"text": value} if isinstance(value, str) else value, place, WORDING_KEYS)
    text, script = str(body.get("text", "")).strip(), str(body.get("script", ""))
    if bool(text) == bool(script):
        raise Unreadable(place, "a wording has either a text or the key of a script")
    return Wording(text, tuple(str(one) for one in listed(body.get("attachments", []), (*place, "attachments"))), script)


def _when(body: Mapping[str, Any], place: Place) -> When:
    given = [name for name in ("date", "day", "weekdays") if name in body]
    if len(given) != 1:
        raise Unreadable(place, "a step falls on one of: date, day, weekdays")
    at, only = read_time(body.get("at"), (*place, "at")), _one_of(body.get("only", Days.ANY), Days, (*place, "only"))
    if "date" in body:
        return OnDate(_date(body["date"], (*place, "date")), at)
    if "day" in body:
        return DayAfter(whole(body["day"], (*place, "day")), at, only)
    return _weekly(body, place, at=at, only=only)


def _weekly(body: Mapping[str, Any], place: Place, **rest: Any) -> Weekly:
    """Weekdays are written 1 (Monday) to 7 (Sunday), as people count them here."""
    days = [whole(one, (*place, "weekdays"), least=1) for one in listed(body["weekdays"], (*place, "weekdays"))]
    if not days or max(days) > 7:
        raise Unreadable((*place, "weekdays"), "weekdays are numbers from 1 (Monday) to 7 (Sunday)")
    last = body.get("last_week")
    return Weekly(
        frozenset(day - 1 for day in days),
        rest["at"],
        whole(body.get("first_week", 1), (*place, "first_week"), least=1),
        None if last is None else whole(last, (*place, "last_week"), least=1),
        rest["only"],
    )


def _one_of(value: Any, names: type[T], place: Place) -> T:
    try:
        return names(value)  # type: ignore[call-arg]
    except ValueError:
        raise Unreadable(place, f"«{value}» is not known here") from None


def _flag(value: Any, place: Place) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(place, f"true or false is expected, not «{value}»")
    return value


def _date(value: Any, place: Place) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(place, f"«{value}» is no date such as 2026-12-31") from None


def _policy_faults(plan: PlanContent) -> Iterator[tuple[Place, str]]:
    if plan.within and plan.begins is Begins.JOINED:
        yield ("policy", "within_days"), "days count from joining here: everybody enters, and what is past is not said"
    elif plan.within > WITHIN_AT_MOST:
        yield ("policy", "within_days"), f"at most {WITHIN_AT_MOST.days}: whoever came to belong earlier is not new any more"


def _step_faults(plan: PlanContent) -> Iterator[tuple[Place, str]]:
    tracks, seen = {track.key for track in plan.tracks}, set[str]()
    for number, step in enumerate(plan.steps):
        if step.key in seen:
            yield ("steps", number, "key"), f"«{step.key}» stands here twice"
        seen.add(step.key)
        if step.track and step.track not in tracks:
            yield ("steps", number, "track"), f"there is no track «{step.track}»"
        yield from _word_faults(plan, step, ("steps", number))


def _word_faults(plan: PlanContent, step: Step, place: Place) -> Iterator[tuple[Place, str]]:
    """The rules of every script hold for a step's words too: length, variables, claims with their end."""
    said = [(n, one) for n, one in enumerate(step.wordings) if one.text]
    answers = tuple(Answer(one.text, one.attachments) for _, one in said)
    content = ScriptContent(step.key, "", step.title, "", (), (), (), answers, valid_until=step.valid_until)
    for where, reason in wording_faults(content) if said else ():
        yield (*place, "wordings", said[int(where[1])][0] if len(where) > 1 else 0), reason
    for number, one in said:
        if PERSONAL in one.text and plan.kind not in SPOKEN_TO_ONE:
            yield (*place, "wordings", number), f"{PERSONAL} cannot stand here: everybody gets the same words"
