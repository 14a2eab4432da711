"""Which scripts could answer what was understood: all kinds, those of the very intent, and the one for brands that we do not sell."""

from collections.abc import Mapping
from datetime import datetime

from bot.ask import question_of
from bot.decide import TALK, Candidates, wish_of
from core.zone import SHANGHAI
from customers.terms import SlotName
from intents.terms import Intent, Understanding
from kb.search import ScriptSearch

LOOKED_AT = 10
OF_INTENT = 3


def find_scripts(
    scripts: ScriptSearch, understood: Understanding, known: Mapping[SlotName, str], *, not_sold: str, rivals: str, now: datetime
) -> Candidates:
    """`known` is what the conversation has settled; `not_sold` the standard question whose script answers wishes for other brands,
    `rivals` the one for who compares us with them."""
    question = question_of(understood, dict(known), now=now)
    top = wish_of(understood) or (understood.top.name if understood.top else None)
    named = {slot.name for slot in understood.slots}
    wants_other_brand = SlotName.RIVAL in named and SlotName.MODEL not in named
    asked = rivals if top is Intent.COMPARE_MODELS else not_sold
    key = scripts.key_of(asked) if wants_other_brand else None
    return Candidates(
        matches=tuple(scripts.find(question, top=LOOKED_AT)),
        of_intent=tuple(scripts.find(question, top=OF_INTENT, intent=top)) if top else (),
        also=tuple(match for intent in _further(understood, top) for match in scripts.find(question, top=1, intent=intent)),
        not_sold=scripts.match_of(key, today=now.astimezone(SHANGHAI).date()) if key else None,
    )


def _further(understood: Understanding, first: Intent | None) -> list[Intent]:
    """The other wishes that the message surely carries."""
    return [] if understood.not_sure else [found.name for found in understood.intents if found.name not in TALK and found.name != first]
