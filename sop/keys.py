"""Pure: a touch's identity. Built from stable ids and machine-written moments; change a format and touches of before are made again."""

from datetime import UTC, datetime
from functools import lru_cache

from core.fingerprint import fingerprint


def touch_key(plan: str, step: str, subject_kind: str, subject_id: str, planned: datetime) -> str:
    """One step of a plan, to one subject, planned for one moment: made once, whoever runs the tick and how often."""
    return f"touch:{plan}:{step}:{subject_kind}:{subject_id}:{_spelled(planned)}"


def mass_key(plan: str, step: str, planned: datetime, sender: str, part: int) -> str:
    """One mass-message task: all subjects of one sender that a step reaches together, in parts of WeCom's size."""
    return f"mass:{plan}:{step}:{_spelled(planned)}:{sender}:{part}"


def reminder_key(kind: str, advisor: str, external_id: str, cause: str) -> str:
    """One reason to remind one advisor of one customer; `cause` is the level change, promise or event that made it."""
    return f"reminder:{kind}:{advisor}:{external_id}:{cause}"


def card_of(reminder: str) -> str:
    """How the cards of a reminder are called: legal as WeCom's task_id, and for ever unique to it."""
    return f"remind-{fingerprint(reminder)}"


def task_of(card: str, asked: int) -> str:
    """The task_id of its n-th card."""
    return f"{card}-{asked}"


def card_in(task: str) -> str:
    """Whose card this task_id is; empty for a card of something else."""
    card, _, number = task.rpartition("-")
    return card if card.startswith("remind-") and number.isdigit() else ""


@lru_cache(maxsize=1024)
def _spelled(moment: datetime) -> str:
    # Thousands of touches fall due at one moment.
    return f"{moment.astimezone(UTC):%Y%m%dT%H%MZ}"
