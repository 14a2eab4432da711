"""Pure: what to look for in the library, from the words and from what the conversation has settled."""

from datetime import datetime

from core.zone import SHANGHAI
from customers.terms import SlotName
from intents.terms import Understanding
from kb.terms import Question


def question_of(understood: Understanding, known: dict[SlotName, str], *, now: datetime) -> Question:
    """What to look for: the words, and what the message or, failing that, the conversation has settled."""

    def settled(name: SlotName) -> frozenset[str]:
        said = frozenset(slot.value for slot in understood.slots if slot.name == name)
        return said or (frozenset({known[name]}) if name in known else frozenset())

    return Question(
        text=understood.normalised,
        tokens=understood.tokens,
        vector=understood.vector,
        today=now.astimezone(SHANGHAI).date(),
        intents={found.name: found.score for found in understood.ranking},
        models=settled(SlotName.MODEL),
        trims=settled(SlotName.TRIM),
        cities=settled(SlotName.CITY),
        stores=settled(SlotName.STORE),
    )
