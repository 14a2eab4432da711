"""Pure: what to look for in the library, from the words and from what the conversation has settled."""

from datetime import datetime

from core.zone import SHANGHAI
from customers.terms import PART_OF, SlotName
from intents.terms import Understanding
from kb.terms import Question


def question_of(understood: Understanding, known: dict[SlotName, str], *, now: datetime) -> Question:
    """What to look for: the words, and what the message or, failing that, the conversation has settled. Who names another car or city
    no longer means the version or store of before."""

    def said(name: SlotName) -> frozenset[str]:
        return frozenset(slot.value for slot in understood.slots if slot.name == name)

    def settled(name: SlotName) -> frozenset[str]:
        whole = PART_OF.get(name)
        over = whole is not None and bool(said(whole)) and known.get(whole) not in said(whole)
        return said(name) or (frozenset({known[name]}) if name in known and not over else frozenset())

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
