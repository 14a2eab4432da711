"""未答问题: every minute the turns that got no answer are grouped by what they ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep

import numpy as np
from sqlalchemy.orm import Session

from admin import gap_signs, gap_store
from admin.gap_groups import Grouping, Mask, added, as_bytes, from_bytes, grouped
from admin.gap_signs import Signs, points, same_from, signs_of
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
from kb.search import ScriptSearch

# The encoder also serves customers: more than this waits for the next minute, and each text leaves it to them for about as long as it took.
AT_MOST = 200
REST_SECONDS = 0.03
# As many groups are looked at for pairs that are one, because that takes their square in memory and time.
MERGED_AT_MOST = 2000
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


@dataclass(frozen=True)
class Told:
    """Texts as they are compared, in one order."""

    vectors: Vectors
    signs: Sequence[Signs]

    def of(self, some: Sequence[int]) -> "Told":
        """Those with these numbers."""
        return Told(self.vectors[list(some)], [self.signs[at] for at in some])


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
            unsigned = gap_store.unsigned(session, limit=AT_MOST - len(heard))
        asked = [one for turn in heard if asks(turn) and (one := self._asked(turn, now))]
        told, titles = self._told([one.text for one in asked], now), self._told(list(unsigned.values()), now)
        with self._database.unit_of_work() as session:
            gap_store.lock_groups(session).done_at = now
            gap_store.follow_scripts(session, now=now)
            gap_store.sign(session, dict(zip(unsigned, titles.signs, strict=True)))
            known = gap_store.looked_at(session, [one.msgid for one in heard])
            fresh = [at for at, one in enumerate(asked) if one.heard.msgid not in known]
            self._group(session, [asked[at] for at in fresh], told.of(fresh), now=now)
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

    def _told(self, texts: Sequence[str], now: datetime) -> Told:
        vectors = self.vectors(texts)
        return Told(vectors, signs_of(self._understander, texts, vectors, now=now))

    def _group(self, session: Session, asked: Sequence[Asked], told: Told, *, now: datetime) -> None:
        if not asked:
            return
        gaps = gap_store.groups(session)
        found = self._grouped(told, gaps)
        for number in sorted({group for _, group in found.joined}):
            members = [at for at, group in found.joined if group == number]
            _join(session, gaps[number], [asked[at] for at in members], told.of(members))
        # The others next time: under the lock nobody else writes, and after a new library there may be a thousand.
        for gone, stays in found.merged[:AT_MOST]:
            gap_store.put_into(session, gaps[gone], gaps[stays])
        for members in map(list, found.made):
            first = asked[members[0]]
            gap = new_gap(session, first.text, told.vectors.shape[1], first.heard.said_at, now=now)
            _join(session, gap, [asked[at] for at in members], told.of(members))

    def _grouped(self, told: Told, gaps: Sequence[Gap]) -> Grouping:
        ranker = self._scripts.library.ranker
        projection = ranker.projection if ranker else None
        centres = from_bytes([gap.centre for gap in gaps], told.vectors.shape[1])
        found = points(np.vstack([told.vectors, centres]), [*told.signs, *(gap.signs or {} for gap in gaps)], projection)
        turns, groups = found[: len(told.vectors)], found[len(told.vectors) :]
        counts = np.array([gap.count for gap in gaps], np.int64)
        return grouped(turns, groups, counts, free(gaps), same_from=same_from(projection))

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


def free(gaps: Sequence[Gap], *, at_most: int = MERGED_AT_MOST) -> Mask:
    """Which of them may go into one another: those open that no operator has touched; of too many those that were asked last."""
    untouched = [at for at, gap in enumerate(gaps) if gap.state == "open" and not gap.touched]
    newest = sorted(untouched, key=lambda at: gaps[at].last_at, reverse=True)[:at_most]
    return np.isin(np.arange(len(gaps)), newest)


def new_gap(session: Session, title: str, dim: int, said_at: datetime, *, now: datetime) -> Gap:
    """A group without turns."""
    empty = as_bytes(np.zeros(dim, np.float32))
    gap = Gap(title=title, centre=empty, signs={}, state="open", script="", script_version=0, count=0, made_at=now, last_at=said_at)
    gap.settled_by, gap.touched = "", False
    session.add(gap)
    session.flush()
    return gap


def _join(session: Session, gap: Gap, asked: Sequence[Asked], told: Told) -> None:
    centre = from_bytes([gap.centre], told.vectors.shape[1])[0]
    gap.centre = as_bytes(added(centre, gap.count, told.vectors))
    if gap.signs is not None:
        gap.signs = gap_signs.mean((gap.signs, gap.count), *((one, 1) for one in told.signs))
    gap.count += len(asked)
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
