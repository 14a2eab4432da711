"""Pure: may the assistant speak in this kf session now? (reference §5.5, §5.7)"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.wecom.terms import KfState

WINDOW = timedelta(hours=48)
MESSAGES_A_TURN = 5
# An operator who wrote from the console and then left must not leave the customer alone: after so long without a word of his the assistant
# answers again. Longer than a phone call, a lunch or a test drive takes.
HOLD_LASTS = timedelta(hours=2)
# After such a pause WeCom may have moved the session by itself, so its state is asked for before speaking (reference §5.7).
STATE_TRUSTED_FOR = timedelta(minutes=10)


class Shut(StrEnum):
    """Why nothing may be said. Every silence has a name."""

    PERSON_SERVES = "人工正在接待"
    HELD = "运营已在后台接管，助手不回复"
    IN_POOL = "会话在待接入池，等待人工"
    SESSION_ENDED = "会话已结束，等客户再次开口"
    TOO_LATE = "客户超过 48 小时没有说话"
    BUDGET_SPENT = "客户这句话之后已经发过 5 条"
    NEVER_HEARD = "客户还没有说过话"


@dataclass(frozen=True)
class Speak:
    """Say it."""


@dataclass(frozen=True)
class AskState:
    """What we know of the session is old or unpromising: ask WeCom before saying anything."""


@dataclass(frozen=True)
class TakeOver:
    """The session is new: put it into the assistant's state first."""


def may_speak(
    *, state: int, checked_at: datetime | None, heard_at: datetime | None, said_since: int, now: datetime, just_asked: bool = False
) -> Speak | AskState | TakeOver | Shut:
    """From our own rows, before anything is sent. `checked_at` is when WeCom last confirmed `state`, `just_asked` that it was for this."""
    if shut := spent(heard_at=heard_at, said_since=said_since, now=now):
        return shut
    trusted = checked_at is not None and now - checked_at < STATE_TRUSTED_FOR
    if not just_asked and not (trusted and state == KfState.ASSISTANT):
        return AskState()
    match KfState(state):
        case KfState.NEW:
            return TakeOver()
        case KfState.ASSISTANT:
            return Speak()
        case KfState.POOL:
            return Shut.IN_POOL
        case KfState.HUMAN:
            return Shut.PERSON_SERVES
        case KfState.ENDED:
            return Shut.SESSION_ENDED


def spent(*, heard_at: datetime | None, said_since: int, now: datetime) -> Shut | None:
    """Whether the 48 hours or the five messages are used up, whoever wants to write."""
    if heard_at is None:
        return Shut.NEVER_HEARD
    if now - heard_at >= WINDOW:
        return Shut.TOO_LATE
    return Shut.BUDGET_SPENT if said_since >= MESSAGES_A_TURN else None


@dataclass(frozen=True)
class Room:
    """What may still be said to a customer: so many messages, until then; `shut` says why nothing may."""

    left: int
    until: datetime | None
    shut: Shut | None = None


def room(*, state: int, heard_at: datetime | None, said_since: int, now: datetime) -> Room:
    """For somebody who wants to write through the API. `said_since` counts what is still on its way, too."""
    until = heard_at + WINDOW if heard_at else None
    held = {KfState.POOL: Shut.IN_POOL, KfState.HUMAN: Shut.PERSON_SERVES, KfState.ENDED: Shut.SESSION_ENDED}
    shut = spent(heard_at=heard_at, said_since=said_since, now=now) or held.get(KfState(state))
    return Room(0 if shut else MESSAGES_A_TURN - said_since, until, shut)
