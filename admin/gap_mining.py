"""未答问题: every minute the turns that got no answer are grouped by what they ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep

import numpy as np
from sqlalchemy.orm import Session

from admin import gap_store
from admin.gap_groups import SAME_FROM, SAME_FROM_UNTAUGHT, Grouping, added, as_bytes, from_bytes, grouped
from admin.gap_store import Heard
from admin.models import Gap, GapTurn
from bot.ask import question_of
from bot.burst import says_nothing
from bot.decide import PERSON_FROM, TALK, Thresholds
from bot.parts import questions_in
from core.arrays import Vectors
from core.db import Database, insert_once
from core.embedding import Embedder
from intents.terms import Intent
from intents.understand import Understander
from kb.projection import unit
from kb.search import ScriptSearch

# The encoder also serves customers: more than this waits for the next minute, and each text leaves it to them for about as long as it took.
AT_MOST = 200
REST_SECONDS = 0.03
# What no script should answer, so it is no gap: greetings, chatter and stories; what is not our business; and what is for a person or a
# rule of its own, however well a script would put it (a complaint, a breakdown, a wish for a person, a phone number, «leave me alone»).
NO_QUESTION = TALK | {Intent.COMPLAIN, Intent.REPORT_FAULT, Intent.REQUEST_HUMAN, Intent.LEAVE_CONTACT, Intent.OPT_OUT}

# Whether somebody ends with a question mark says nothing of what he asks.
_MARKS = " ,.!?;~"


@dataclass(frozen=True)
class Asked:
    """A turn that counts, in the words that count: normalised, without what was answered."""

    heard: Heard
    text: str


class Miner:
    """Any number of processes may mine: groups are changed under one lock, and a turn counts once by its msgid."""

    def __init__(
        self,
        database: Database,
        understander: Understander,
        scripts: ScriptSearch,
        thresholds: Callable[[], Thresholds],
        *,
        rest: Callable[[float], None] = sleep,
    ) -> None:
        self._database, self._understander, self._scripts, self._thresholds = database, understander, scripts, thresholds
        self._rest = rest

    def mine(self, now: datetime) -> int:
        """One look; how many turns were looked at. The encoder works before anything is locked."""
        with self._database.reading() as session:
            heard = gap_store.not_looked_at(session, limit=AT_MOST)
        asked = [one for turn in heard if asks(turn) and (one := self._asked(turn, now))]
        vectors = self.vectors([one.text for one in asked])
        with self._database.unit_of_work() as session:
            gap_store.lock_groups(session).done_at = now
            gap_store.follow_scripts(session, now=now)
            known = gap_store.looked_at(session, [one.msgid for one in heard])
            fresh = [at for at, one in enumerate(asked) if one.heard.msgid not in known]
            self._group(session, [asked[at] for at in fresh], vectors[fresh], now=now)
            _leave_out(session, [one for one in heard if one.msgid not in known], {one.heard.msgid for one in asked})
        return len(heard)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Of normalised texts; not kept on disk, because they are customers' words."""
        embedder: Embedder = self._understander.embedder
        rows = np.zeros((len(texts), embedder.dim), np.float32)
        for at, text in enumerate(texts):
            # One by one and with a rest: two hundred at once held up every customer's answer for three seconds.
            rows[at] = embedder.encode([text])[0]
            self._rest(REST_SECONDS)
        return rows

    def plain(self, words: str) -> str:
        """The words as they are compared."""
        return self._understander.normaliser.normalise(words).text

    def _group(self, session: Session, asked: Sequence[Asked], vectors: Vectors, *, now: datetime) -> None:
        gaps = gap_store.groups(session)
        found = self._grouped(vectors, from_bytes([gap.centre for gap in gaps], vectors.shape[1]))
        for number in sorted({centre for _, centre in found.joined}):
            members = [at for at, centre in found.joined if centre == number]
            _join(session, gaps[number], [asked[at] for at in members], vectors[members])
        for group in found.made:
            gap = new_gap(session, asked[group[0]].text, vectors.shape[1], asked[group[0]].heard.said_at, now=now)
            _join(session, gap, [asked[at] for at in group], vectors[list(group)])

    def _grouped(self, vectors: Vectors, centres: Vectors) -> Grouping:
        """Centres are means of plain vectors, so that they outlive the library that tells them apart today."""
        ranker = self._scripts.library.ranker
        if ranker is None:
            return grouped(vectors, unit(centres), same_from=SAME_FROM_UNTAUGHT)
        return grouped(ranker.projection.apply(vectors), ranker.projection.apply(centres), same_from=SAME_FROM)

    def _asked(self, heard: Heard, now: datetime) -> Asked | None:
        text = self.plain(heard.words)
        questions = questions_in(self._understander.reader.read(text))
        if heard.decision == "answer" and len(questions) > 1:
            # The others were answered: what is left over are those that the library is not sure of, as the bot asked it.
            understood = self._understander.understand_many(questions, now=now)
            best = [self._scripts.find(question_of(one, {}, now=now), top=1) for one in understood]
            left = [
                question
                for question, found in zip(questions, best, strict=True)
                if not found or found[0].confidence < self._thresholds().answer_at
            ]
            questions = left or questions
        text = "，".join(question.strip(_MARKS) for question in questions)
        return Asked(heard, text) if any(map(str.isalnum, text)) else None


def asks(heard: Heard) -> bool:
    """Whether a script could have answered: what the operator said of it counts, else what was understood, where that was likely."""
    if says_nothing(heard.words):
        return False
    if heard.taught:
        return heard.taught not in NO_QUESTION
    likely = [one["name"] for one in heard.understood.get("intents", []) if one["score"] >= PERSON_FROM]
    return not likely or any(name not in NO_QUESTION for name in likely)


def reopens(gap: Gap, said_at: datetime) -> bool:
    """Asked again after its script was let out: the script does not catch it."""
    return gap.state == "published" and gap.settled_at is not None and said_at > gap.settled_at


def new_gap(session: Session, title: str, dim: int, said_at: datetime, *, now: datetime) -> Gap:
    """A group without turns."""
    empty = as_bytes(np.zeros(dim, np.float32))
    gap = Gap(title=title, centre=empty, state="open", script="", script_version=0, count=0, made_at=now, last_at=said_at, settled_by="")
    session.add(gap)
    session.flush()
    return gap


def _join(session: Session, gap: Gap, asked: Sequence[Asked], vectors: Vectors) -> None:
    centre = from_bytes([gap.centre], vectors.shape[1])[0]
    gap.centre, gap.count = as_bytes(added(centre, gap.count, vectors)), gap.count + len(asked)
    gap.last_at = max(gap.last_at, *(one.heard.said_at for one in asked))
    if any(reopens(gap, one.heard.said_at) for one in asked):
        gap.state = "open"  # and its script stays named: «发布后又问到»
    _keep(session, [_row(one.heard, gap.id, one.text) for one in asked])


def _leave_out(session: Session, heard: Sequence[Heard], counted: set[str]) -> None:
    _keep(session, [_row(one, None, "") for one in heard if one.msgid not in counted])


def _row(heard: Heard, gap_id: int | None, words: str) -> dict[str, object]:
    return {"gap_id": gap_id, "msgid": heard.msgid, "external_id": heard.external_id, "words": words, "said_at": heard.said_at}


def _keep(session: Session, rows: list[dict[str, object]]) -> None:
    insert_once(session, GapTurn, rows, unique=["msgid"])
