"""Pure: what a plan says, typed: its steps, wordings, tracks, and how it begins, ends and begins again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.zone import SHANGHAI
from sop.audience_rule import EVERYBODY, Rule
from sop.calendar import OnDate, When
from sop.policy import Cap, QuietHours
from sop.terms import TouchKind
from sop.tracks import Track

# Whom each kind reaches; see sop/terms.py Subject.
SUBJECT_OF = {
    TouchKind.GROUP_POST: "group",
    TouchKind.MASS_MESSAGE: "customer",
    TouchKind.KF_MESSAGE: "customer",
    TouchKind.INTERNAL_POST: "internal",
    TouchKind.MOMENT: "advisor",
    TouchKind.ADVISOR_CARD: "advisor",
}
# Where each kind's audience is looked up; see sop/rosters.py.
ROSTER_OF = {**SUBJECT_OF, TouchKind.MASS_MESSAGE: "contact"}


class PlanState(StrEnum):
    """草稿 → 运行中 ⇄ 暂停 → 已停止. A draft says nothing; a held plan waits; a stopped one never speaks again."""

    DRAFT = "draft"
    RUNNING = "running"
    HELD = "held"
    STOPPED = "stopped"


PLAN_STATE_NAMES = {PlanState.DRAFT: "草稿", PlanState.RUNNING: "运行中", PlanState.HELD: "已暂停", PlanState.STOPPED: "已停止"}


class Choose(StrEnum):
    """How one of several wordings is taken: in turn from time to time, or split among the subjects for a test."""

    ROTATE = "rotate"
    SPLIT = "split"


class Begins(StrEnum):
    """What day 0 is: the day he joined (a group: was made; by mass message: became a member's contact), or the day he was enrolled."""

    JOINED = "joined"
    ENROLLED = "enrolled"


@dataclass(frozen=True)
class Wording:
    """The words of a step, or the key of a script that has them, and the materials that go with it."""

    text: str = ""
    attachments: tuple[str, ...] = ()
    script: str = ""


@dataclass(frozen=True)
class Step:
    """One thing to be said at a time. `track`: only for those on it, empty for all; what it claims holds until `valid_until`; switched off
    (`is_off`) it stays in the plan and is not said."""

    key: str
    title: str
    when: When
    wordings: tuple[Wording, ...]
    track: str = ""
    choose: Choose = Choose.ROTATE
    valid_until: date | None = None
    is_off: bool = False

    @property
    def is_once_for_all(self) -> bool:
        """Whether it falls on one day for everybody, as a broadcast does."""
        return isinstance(self.when, OnDate)

    def is_over(self, now: datetime) -> bool:
        """Whether what it claims holds no more."""
        return self.valid_until is not None and self.valid_until < now.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class PlanContent:
    """A whole plan. `caps` and `quiet` hold besides those for all plans; `latest` is how long after its moment a step still makes sense;
    `within`: who came to belong so long before it was started enters it too (sop/backlog.py); `again_after` how long after its end a
    subject may be enrolled anew (None: never); of the `exclusive` plans only one has a customer; `needs` is a fact that does not exist yet,
    and why it cannot run without."""

    key: str
    title: str
    kind: TouchKind
    steps: Sequence[Step]
    audience: Rule = EVERYBODY
    goal: Rule | None = None
    tracks: Sequence[Track] = ()
    caps: Sequence[Cap] = ()
    quiet: Sequence[QuietHours] = ()
    priority: int = 0
    exclusive: bool = False
    begins: Begins = Begins.ENROLLED
    latest: timedelta = timedelta(hours=12)
    within: timedelta = timedelta(0)
    again_after: timedelta | None = None
    needs: str = ""
    about: str = ""
    step_by_key: dict[str, Step] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "step_by_key", {step.key: step for step in self.steps})

    @property
    def subject(self) -> str:
        """The kind of subject that it reaches."""
        return SUBJECT_OF[self.kind]

    @property
    def roster(self) -> str:
        """Where its audience is looked up."""
        return ROSTER_OF[self.kind]
