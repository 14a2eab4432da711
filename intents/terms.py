"""Pure: the words of understanding: intents, their scores, and everything one message was understood to say."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from core.arrays import Vectors
from customers.terms import FocusMention, LevelStatement, Signal, Slot


class Intent(StrEnum):
    """意图. Names are fixed by the taxonomy."""

    ASK_PRICE = "ask_price"
    ASK_PROMOTION = "ask_promotion"
    ASK_FINANCE = "ask_finance"
    ASK_TRADE_IN = "ask_trade_in"
    ASK_POLICY = "ask_policy"
    ASK_INSURANCE = "ask_insurance"
    ASK_RANGE = "ask_range"
    ASK_CHARGING = "ask_charging"
    ASK_POWER = "ask_power"
    ASK_CONFIG = "ask_config"
    ASK_SMART = "ask_smart"
    ASK_SPACE = "ask_space"
    ASK_APPEARANCE = "ask_appearance"
    ASK_SAFETY = "ask_safety"
    ASK_RIDE = "ask_ride"
    ASK_WARRANTY = "ask_warranty"
    COMPARE_MODELS = "compare_models"
    RECOMMEND_MODEL = "recommend_model"
    ASK_DELIVERY = "ask_delivery"
    BOOK_TEST_DRIVE = "book_test_drive"
    ASK_STORE = "ask_store"
    PLACE_ORDER = "place_order"
    ASK_ORDER_STATUS = "ask_order_status"
    CANCEL_REFUND = "cancel_refund"
    LEAVE_CONTACT = "leave_contact"
    REQUEST_HUMAN = "request_human"
    ASK_MAINTENANCE = "ask_maintenance"
    REPORT_FAULT = "report_fault"
    COMPLAIN = "complain"
    ASK_ACTIVITY = "ask_activity"
    SHARE_EXPERIENCE = "share_experience"
    GREET = "greet"
    THANK = "thank"
    BYE = "bye"
    AFFIRM = "affirm"
    DENY = "deny"
    LOSE_INTEREST = "lose_interest"
    OPT_OUT = "opt_out"
    CHITCHAT = "chitchat"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class IntentScore:
    """An intent and the calibrated probability that the message carries it."""

    name: Intent
    score: float


@dataclass(frozen=True)
class Understanding:
    """Everything one message was understood to say. Spans are substrings of the message as it was written."""

    message: str
    normalised: str
    tokens: tuple[str, ...]
    vector: Vectors = field(default_factory=lambda: np.zeros(0, np.float32), compare=False, repr=False)  # shape (dim,)
    intents: tuple[IntentScore, ...] = ()  # those it carries, best first; never empty unless the message is
    ranking: tuple[IntentScore, ...] = ()  # the five likeliest, carried or not
    not_sure: bool = True  # the best is weak, or two are too close to choose
    focus_points: tuple[FocusMention, ...] = ()
    signals: tuple[Signal, ...] = ()
    stated_level: LevelStatement | None = None
    slots: tuple[Slot, ...] = ()

    @property
    def top(self) -> IntentScore | None:
        """The likeliest intent; None for an empty message."""
        return self.ranking[0] if self.ranking else None

    def carries(self, *names: Intent) -> bool:
        """Whether the message surely carries one of these."""
        return not self.not_sure and any(found.name in names for found in self.intents)
