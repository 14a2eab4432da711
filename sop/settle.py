"""What was decided is written down: each deed with its touches in one transaction, so that none is made twice and none is lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel, Payload, kf_lane
from core.db import Database
from core.errors import Unavailable
from sop import bulk, payloads, store
from sop.keys import mass_key
from sop.payloads import COLLECTED, Saying
from sop.terms import Asked, Go, LastTalk, Skip, TouchKind, Verdict, Wait


@dataclass(frozen=True)
class Decision:
    """A touch and what becomes of it; `saying` is what is said when it goes, `wording` its number."""

    asked: Asked
    step: str
    verdict: Verdict
    wording: int = 0
    saying: Saying | None = None
    talk: LastTalk | None = None


def write_down(database: Database, sender: str, decisions: Sequence[Decision], *, now: datetime) -> int:
    """Queue what goes, note what waits or is skipped; how many went. Unavailable: another scheduler was faster, look again."""
    silent = [one for one in decisions if not isinstance(one.verdict, Go)]
    if silent:
        with database.unit_of_work(durable=False) as session:
            _note(session, silent, "", now=now)
    went = 0
    for deed in _deeds(decisions):
        with database.unit_of_work() as session:
            went += _make(session, sender, deed, now=now)
    return went


def _deeds(decisions: Iterable[Decision]) -> Iterator[list[Decision]]:
    """What goes together: alone, or with all to whom one member says the same at the same moment, in parts of WeCom's size."""
    together: dict[Any, list[Decision]] = {}
    for one in decisions:
        if isinstance(one.verdict, Go):
            asked = one.asked
            alone = asked.key if asked.kind not in COLLECTED else ""
            together.setdefault((asked.plan, one.step, asked.planned, one.wording, alone), []).append(one)
    for some in together.values():
        size = COLLECTED[some[0].asked.kind][1] if some[0].asked.kind in COLLECTED else 1
        yield from (some[start : start + size] for start in range(0, len(some), size))


def _make(session: Session, sender: str, deed: Sequence[Decision], *, now: datetime) -> int:
    first = deed[0]
    if not store.is_running(session, first.asked.plan):
        return 0  # held or stopped since this look began
    collected = first.asked.kind in COLLECTED
    key = _free_key(session, sender, first) if collected else first.asked.key
    mine = _note(session, deed, key, now=now)
    made = [one for one in deed if one.asked.key in mine]
    if not made:
        return 0  # another scheduler has them
    for part, (channel, payload, lane) in enumerate(_outbox_rows(sender, made)):
        expires_in = max(one.asked.latest for one in made) - now
        part_key = f"{key}:m{part}" if part else key
        if not outbox.enqueue(session, part_key, channel, payload, lane=lane, now=now, expires_in=expires_in):
            raise Unavailable(f"{part_key} is there already")
    return len(made)


def _free_key(session: Session, sender: str, first: Decision) -> str:
    asked = first.asked
    keys = (mass_key(asked.plan, first.step, asked.planned, sender, part) for part in count())
    return store.free_part(session, keys)


def _outbox_rows(sender: str, made: Sequence[Decision]) -> Iterator[tuple[Channel, Payload, str]]:
    first = made[0]
    saying, ids = first.saying, [one.asked.subject.id for one in made]
    assert saying is not None, "what goes has words"
    match first.asked.kind:
        case TouchKind.GROUP_POST:
            yield Channel.GROUP_POST, payloads.group_post(saying, sender, ids), f"mass:{sender}"
        case TouchKind.MASS_MESSAGE:
            yield Channel.MASS_MESSAGE, payloads.mass_message(saying, sender, ids), f"mass:{sender}"
        case TouchKind.MOMENT:
            yield Channel.MOMENT, payloads.moment(saying, ids), f"moment:{first.asked.plan}"
        case TouchKind.INTERNAL_POST:
            yield Channel.INTERNAL_POST, payloads.internal_post(saying, ids[0]), f"internal:{ids[0]}"
        case TouchKind.ADVISOR_CARD:
            yield Channel.ADVISOR_TEXT, payloads.advisor_text(saying, ids[0]), f"advisor:{ids[0]}"
        case TouchKind.KF_MESSAGE:
            assert first.talk is not None, "without a conversation it would not go"
            yield from _kf_rows(saying, first.talk.open_kfid, ids[0])


def _kf_rows(saying: Saying, open_kfid: str, external_id: str) -> Iterator[tuple[Channel, Payload, str]]:
    lane = kf_lane(open_kfid, external_id)
    yield Channel.KF_TEXT, payloads.kf_text(saying, open_kfid, external_id), lane
    for material in saying.attachments:
        yield Channel.KF_MATERIAL, payloads.kf_material(material, open_kfid, external_id), lane


def line_of(asked: Asked, step: str, outbox_key: str, *, now: datetime) -> dict[str, Any]:
    """The ledger's line of a touch that is made now, without its key and whom it reaches; for bulk.settle."""
    return {
        "plan": asked.plan,
        "step": step,
        "subject_kind": asked.subject.kind,
        "kind": asked.kind,
        "wording": 0,
        "planned": asked.planned,
        "latest": asked.latest,
        "verdict": store.GO,
        "reason": "",
        "detail": "",
        "decided_at": now,
        "outbox_key": outbox_key,
        "made_at": now,
        "result": "",
    }


def _note(session: Session, decisions: Iterable[Decision], outbox_key: str, *, now: datetime) -> set[str]:
    """A line for each, those alike together; the keys that were new or had waited."""
    alike: dict[Any, list[Decision]] = {}
    for one in decisions:
        asked = one.asked
        alike.setdefault((asked.plan, one.step, asked.planned, asked.latest, one.wording, one.verdict), []).append(one)
    noted: set[str] = set()
    for some in alike.values():
        noted |= bulk.settle(session, _line(some[0], outbox_key, now=now), {one.asked.key: one.asked.subject.id for one in some})
    return noted


def _line(one: Decision, outbox_key: str, *, now: datetime) -> Mapping[str, Any]:
    line = line_of(one.asked, one.step, outbox_key, now=now) | {"wording": one.wording}
    match one.verdict:
        case Wait(why, _):
            line |= {"verdict": store.WAIT, "reason": why, "made_at": None}
        case Skip(why, detail):
            line |= {"verdict": store.SKIP, "reason": why, "detail": detail, "made_at": None}
    return line
