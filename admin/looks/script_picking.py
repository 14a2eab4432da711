"""Scripts that an operator may pick for a customer: found as the bot finds them, rendered as the customer would read them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from admin.office import Office
from bot.ask import question_of
from bot.reply import variables_for
from customers import store
from customers.terms import SlotName
from kb.render import pick_answer, render
from kb.terms import ScriptMatch

AT_MOST = 8
_SLOTS_LAST = timedelta(days=3)


@dataclass(frozen=True)
class Picked:
    """An approved wording: `materials` go along unless only its text is wanted."""

    key: str
    version: int
    title: str
    text: str
    materials: tuple[str, ...] = ()
    only_text: bool = False

    def as_text(self) -> "Picked":
        """For the composer, to be changed before it is sent."""
        return replace(self, materials=(), only_text=True)


def found_for(office: Office, words: str, external_id: str, *, now: datetime) -> list[Picked]:
    """The published scripts nearest to these words; none for blanks."""
    if not words.strip():
        return []
    slots = _slots(office, external_id, now=now)
    understood = office.understander.understand(words, now=now)
    found = office.scripts.find(question_of(understood, slots, now=now), top=AT_MOST)
    return [picked for match in found if (picked := _picked(office, match, slots))]


def _slots(office: Office, external_id: str, *, now: datetime) -> dict[SlotName, str]:
    with office.database.reading() as session:
        customer = store.customer_by_external_id(session, external_id) if external_id else None
        known = store.slots_known(session, customer.id, since=now - _SLOTS_LAST) if customer else {}
        return {name: row.value for name, row in known.items()}


def _picked(office: Office, match: ScriptMatch, slots: Mapping[SlotName, str]) -> Picked | None:
    content = office.scripts.content(match.key)
    if content is None:
        return None
    said = render(pick_answer(content, 0), variables_for(office.speech, slots), office.speech.replies.variables)
    return Picked(match.key, match.version, match.title, said.text, tuple(said.attachments))
