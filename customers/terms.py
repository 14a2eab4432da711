"""Pure: the words about customers: what they care about, how near a purchase is, and the sentence that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FocusPoint(StrEnum):
    """关注点. Names are fixed by the taxonomy; a pack may add none."""

    PRICE = "price"
    PROMOTION = "promotion"
    FINANCE = "finance"
    TRADE_IN = "trade_in"
    RANGE = "range"
    CHARGING = "charging"
    POWER = "power"
    HANDLING = "handling"
    COMFORT = "comfort"
    SPACE = "space"
    EXTERIOR = "exterior"
    INTERIOR = "interior"
    CONFIG = "config"
    SMART = "smart"
    SAFETY = "safety"
    AFTER_SALES = "after_sales"
    DELIVERY = "delivery"
    BRAND = "brand"


class Polarity(StrEnum):
    """How the words speak of a focus point; a pure question is neutral (labelling.md)."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Level(StrEnum):
    """意向级别, from ordered to lost; the taxonomy names them."""

    O = "O"  # noqa: E741
    H = "H"
    A = "A"
    B = "B"
    C = "C"
    N = "N"
    L = "L"


@dataclass(frozen=True)
class Span:
    """The words that show something: `message[start:end] == words`."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class FocusMention:
    """A customer cares about a point, and these words show it; `score` is a probability."""

    point: FocusPoint
    polarity: Polarity
    span: Span
    score: float


@dataclass(frozen=True)
class Signal:
    """线索信号: something that moves the purchase intent; its weight is in the pack."""

    name: str
    span: Span
    score: float = 1.0


@dataclass(frozen=True)
class LevelStatement:
    """The customer's own words of time or outcome («这周就定») that override the score."""

    level: Level
    span: Span


class SlotName(StrEnum):
    """What a conversation can settle about a purchase."""

    MODEL = "model"
    TRIM = "trim"
    COLOUR = "colour"
    BUDGET = "budget"
    DOWN_PAYMENT = "down_payment"
    MONTHLY_PAYMENT = "monthly_payment"
    CITY = "city"
    STORE = "store"
    VISIT_TIME = "visit_time"
    PHONE = "phone"
    RIVAL = "rival"
    TRADE_IN = "trade_in"  # the car he has now


# A version is one of a model, a store stands in a city: who names another model or city no longer means the part of before.
PART_OF: Mapping[SlotName, SlotName] = {SlotName.TRIM: SlotName.MODEL, SlotName.STORE: SlotName.CITY}


@dataclass(frozen=True)
class Slot:
    """One settled fact. Models, trims, cities and stores are pack keys; money is yuan; a time, or its first and last, is ISO 8601 in
    Asia/Shanghai."""

    name: SlotName
    value: str
    span: Span


@dataclass(frozen=True)
class Heard:
    """What one message of a customer showed; `message_id` is WeCom's msgid, `text` its words, which show what its intents say."""

    message_id: str
    said_at: datetime
    text: str = ""
    focus_points: Sequence[FocusMention] = ()
    signals: Sequence[Signal] = ()
    slots: Sequence[Slot] = ()
    stated_level: LevelStatement | None = None
    intents: Sequence[str] = ()


class JoinScene(StrEnum):
    """How somebody came into a customer group."""

    INVITED = "invited"
    LINK = "link"
    QR = "qr"
    UNKNOWN = "unknown"


class LeftReason(StrEnum):
    """Why he is no longer in it. UNSEEN: no event told us, he was not there any more when we looked."""

    LEFT = "left"
    REMOVED = "removed"
    UNSEEN = "unseen"


class GroupStage(StrEnum):
    """How far a customer group has come; a community SOP changes track by it."""

    NEW = "new"
    WARMING = "warming"
    MATURE = "mature"
    AGEING = "ageing"


@dataclass(frozen=True)
class MemberSeen:
    """One who is in the group now. `userid` is an external_userid for a customer; `inviter` is empty where nobody invited him."""

    userid: str
    is_customer: bool
    name: str
    joined_at: datetime
    scene: JoinScene
    inviter: str = ""
    state: str = ""


@dataclass(frozen=True)
class GroupSeen:
    """A customer group as WeCom shows it at this moment."""

    chat_id: str
    name: str
    owner: str
    notice: str
    created_at: datetime
    members: Sequence[MemberSeen]
    version: str
