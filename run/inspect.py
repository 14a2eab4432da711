"""What the assistant understood of a customer's messages, in the shape that the sandbox's page shows."""

from collections.abc import Callable, Mapping
from typing import Any

from bot import transcript
from bot.brief import SLOT_NAMES
from bot.describe import DECISION_NAMES, reason_name
from bot.models import Utterance
from bot.visit_words import time_words
from core.db import Database
from customers import store
from customers.rules import FOCUS_NAMES, LEVEL_NAMES, POLARITY_NAMES
from customers.terms import FocusPoint, Level, Polarity, SlotName
from intents.names import INTENT_NAMES
from intents.terms import Intent


def understood_of(database: Database, names: Mapping[str, str]) -> Callable[[str], list[dict[str, Any]]]:
    """A look at one customer (external_userid): an entry for each of his messages, oldest first."""

    def look(external_id: str) -> list[dict[str, Any]]:
        with database.reading() as session:
            lines = transcript.of_customer(session, external_id)
            customer = store.customer_by_external_id(session, external_id)
            level = f"{customer.level} {LEVEL_NAMES[Level(customer.level)]}，{customer.score:.0f} 分" if customer else ""
            seen = [_entry(line, names) for line in lines if line.speaker == "customer"]
        if seen:
            seen[-1]["level"] = level
        return seen

    return look


def _entry(line: Utterance, names: Mapping[str, str]) -> dict[str, Any]:
    data = line.understood or {}
    return {
        "msgid": line.msgid,
        "intents": [{**found, "zh": INTENT_NAMES[Intent(found["name"])]} for found in data.get("intents", [])],
        "not_sure": data.get("not_sure", False),
        "focus_points": [_focus(found) for found in data.get("focus_points", [])],
        "slots": dict(_slot(SlotName(name), value, names) for name, value in data.get("slots", {}).items()),
        "signals": data.get("signals", []),
        "decision": DECISION_NAMES[line.decision],
        "reason": reason_name(line.why),
        "script": line.script,
    }


def _focus(found: Mapping[str, Any]) -> dict[str, Any]:
    tone = POLARITY_NAMES[Polarity(found["polarity"])]
    return {**found, "zh": FOCUS_NAMES[FocusPoint(found["point"])], "tone": tone}


def _slot(name: SlotName, value: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Both in the words of people."""
    return SLOT_NAMES[name], time_words(value) if name is SlotName.VISIT_TIME else names.get(value, value)
