"""`evaluate answers`: what the assistant does with every question that the pack says must, or must not, hit a script.

The whole way of a first message: understanding, search, decision. must_hit questions are never indexed; of what the confidence is made
(three weights), they are a part. Negatives are indexed as what they are.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from bot.decide import Answer, Clarify, Decision
from bot.describe import describe
from core.clock import utc_now
from core.settings import Settings
from kb.confidence import lowest
from kb.terms import ScriptContent, ScriptMatch
from run.compose import Knowledge, Say, thresholds_of
from run.evaluate import measure
from run.evaluate.terms import Curve, Figures, Mistake, Outcome
from run.files import decide_alone
from run.start import knowledge_in, opened

PRECISION: Final = 0.97
BATCH: Final = 256
WORST: Final = 20


class Done(StrEnum):
    """What became of a question."""

    RIGHT = "answered_rightly"
    WRONG = "answered_wrongly"
    OFFERED = "clarified"
    PASSED_ON = "handed_off"


@dataclass(frozen=True)
class Probe:
    """A question of the pack, its script, and whether that script must answer it (or must not)."""

    text: str
    script: str
    must: bool


@dataclass(frozen=True)
class Reply:
    """What the assistant did. `best` is the likeliest script and `confidence` how sure; None and 0 when there is none."""

    probe: Probe
    done: Done
    said: str
    is_in_menu: bool
    best: str | None
    confidence: float

    @property
    def is_right(self) -> bool | None:
        """Whether the likeliest script is right; None where nobody said: another script than the forbidden one came first."""
        came_first = self.best == self.probe.script
        return came_first if self.probe.must else (False if came_first else None)


def evaluate_answers(settings: Settings, *, say: Say) -> Outcome:
    """must_hit and must_not_hit: how many of each `Done`; the threshold from which PRECISION of the likeliest scripts are right."""
    with tempfile.TemporaryDirectory(prefix="zhanting-answers-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'answers.db'}"})
        with opened(own) as database:
            knowledge = knowledge_in(own, database, say=say)
            replies = reply_to(own, knowledge, probes_of(knowledge.pack.scripts.contents), say=say, now=utc_now())
            return outcome_of(settings.pack, replies, answer_at=thresholds_of(own, knowledge).answer_at)


def probes_of(contents: Sequence[ScriptContent]) -> list[Probe]:
    """Every question whose answer the pack names or forbids."""
    must = [Probe(text, content.key, True) for content in contents for text in content.must_hit]
    return must + [Probe(text, content.key, False) for content in contents for text in content.negative]


def reply_to(settings: Settings, knowledge: Knowledge, probes: Sequence[Probe], *, say: Say, now: datetime) -> list[Reply]:
    """What the assistant does with each at the beginning of a conversation."""
    replies: list[Reply] = []
    for start in range(0, len(probes), BATCH):
        some = probes[start : start + BATCH]
        understood = knowledge.understander.understand_many([probe.text for probe in some], now=now)
        for probe, one in zip(some, understood, strict=True):
            replies.append(judge(probe, *decide_alone(settings, knowledge, one, top=1, now=now)))
        say(f"  {len(replies)}/{len(probes)}")
    return replies


def judge(probe: Probe, decision: Decision, matches: Sequence[ScriptMatch]) -> Reply:
    """An answer is right when it holds the script that must answer, or does not hold the one that must not."""
    said = [match.key for match in decision.scripts] if isinstance(decision, Answer) else []
    menu = [match.key for match in decision.options] if isinstance(decision, Clarify) else []
    if said:
        done = Done.RIGHT if (probe.script in said) == probe.must else Done.WRONG
    else:
        done = Done.OFFERED if isinstance(decision, Clarify) else Done.PASSED_ON
    best, confidence = (matches[0].key, matches[0].confidence) if matches else (None, 0.0)
    name, _, scripts = describe(decision)
    return Reply(probe, done, f"{name} {scripts}".strip(), probe.script in menu, best, confidence)


def outcome_of(data: str, replies: Sequence[Reply], *, answer_at: float) -> Outcome:
    """The figures, the curves, and the surest wrong answers."""
    told = [(reply.confidence, reply.is_right) for reply in replies if reply.is_right is not None]
    sure, right = [confidence for confidence, _ in told], [bool(is_right) for _, is_right in told]
    must = [reply for reply in replies if reply.probe.must]
    figures: Figures = {
        "must_hit": _counts(must) | {"right_in_menu": float(sum(reply.is_in_menu for reply in must))},
        "must_not_hit": _counts([reply for reply in replies if not reply.probe.must]),
        "answer_precision": measure.share(reply.done is Done.RIGHT for reply in must if reply.done in (Done.RIGHT, Done.WRONG)),
        "answer_coverage": measure.share(reply.done in (Done.RIGHT, Done.WRONG) for reply in must),
        "answer_at": round(answer_at, 4),
        **_at_precision(sure, right, must),
        "ece": measure.calibration_error(sure, right),
    }
    wrong = sorted((reply for reply in replies if reply.done is Done.WRONG), key=lambda reply: -reply.confidence)[:WORST]
    return Outcome(
        "answers",
        data,
        figures,
        curves=(
            Curve("准确率与覆盖率", "自动回答的比例", "其中答对的比例", measure.coverage(sure, right)),
            Curve("把握与对错", "把握", "答对的比例", measure.reliability(sure, right)),
        ),
        worst=[Mistake(one.probe.text, _wanted(one.probe), one.said, round(one.confidence, 4)) for one in wrong],
        notes=("must_hit 只认标注的那一条话术；另一条同样合适的话术也按答错计，所以准确率是下限。",),
    )


def _counts(replies: Sequence[Reply]) -> dict[str, float]:
    done = Counter(reply.done for reply in replies)
    return {"questions": float(len(replies))} | {kind.value: float(done[kind]) for kind in Done}


def _at_precision(sure: Sequence[float], right: Sequence[bool], must: Sequence[Reply]) -> dict[str, float]:
    """The threshold for PRECISION, and the share of the must_hit questions whose likeliest script is as sure."""
    threshold = lowest(np.array(sure, np.float64), np.array(right, bool), PRECISION) if sure else 1.0
    covered = measure.share(reply.confidence >= threshold for reply in must)
    return {"threshold_at_97": round(threshold, 4), "coverage_at_97": covered}


def _wanted(probe: Probe) -> str:
    return probe.script if probe.must else f"不是 {probe.script}"
