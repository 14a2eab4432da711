"""Pure: the figures to reach, with the floor of a plain linear head where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A figure to reach; `below`: it may be at most `value` instead of at least."""

    value: float
    floor: float | None = None
    below: bool = False

    def reached(self, figure: float) -> bool:
        """Whether the figure is there, as it is printed."""
        return figure <= self.value if self.below else figure >= self.value


# Set → figure → goal; sets as Outcome.name has them.
GOALS: Mapping[str, Mapping[str, Goal]] = {
    "intents_smp2017": {"accuracy": Goal(0.95, 0.92)},
    "intents_smp2020": {"accuracy": Goal(0.95, 0.93)},
    "focus_bdci2018": {"subject_micro_f1": Goal(0.89, 0.846), "subject_sentiment_micro_f1": Goal(0.70, 0.595)},
    "dealer": {
        "top_intent_accuracy": Goal(0.85),
        "out_of_scope_recall": Goal(0.85, 0.55),
        "in_scope_refused": Goal(0.05, below=True),
        "ece": Goal(0.05, below=True),
        "focus_f1": Goal(0.80),
        "focus_polarity_f1": Goal(0.70),
    },
}

# The fused ranking has to be so much better at the first place than the better of its two parts.
FUSION_GAINS = 0.05
