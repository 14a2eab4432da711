"""An advisor, or an operator for him, says what he did: recorded once; level, next date and the customer's other reminders follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.facts import record_fact
from customers.models import Advisor, Customer
from customers.pack import LevelRules
from customers.record import TagChange, record_outcome
from customers.terms import Level
from sop import reminder_store as store
from sop import store as sop_store
from sop.due_reminders import Known, due_by_level, later_at
from sop.find_reminders import hand_on
from sop.keys import card_in
from sop.models import Reminder
from sop.reminder_card import CHOICE, label_of, lost_reason, lost_reason_in
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FOLLOW_UP_NAMES, FollowUp, FollowUpRules, ReminderState

_LEVEL_OF = {FollowUp.ORDERED: Level.O, FollowUp.DELIVERED: Level.O, FollowUp.LOST: Level.L}


@dataclass(frozen=True)
class FollowUps:
    """Records what was done, under these rules."""

    rules: FollowUpRules
    levels: LevelRules
    ports: ReminderPorts

    def clicked(
        self, session: Session, task: str, userid: str, key: str, selected: Mapping[str, Sequence[str]], now: datetime
    ) -> str | None:
        """A button of a reminder's card; what the card shows afterwards, None for a card or a button that is not ours.

        The first outcome counts; a card that was put off may still be answered.
        """
        row = store.by_card(session, card_in(task)) if card_in(task) else None
        if row is None or key not in set(FollowUp):
            return None
        # What was dropped because they had spoken already may still end in a visit or an order.
        if row.state == ReminderState.DONE:
            return _settled(session, row)
        choice = next(iter(selected.get(CHOICE, ())), "")
        return self.record(session, row, FollowUp(key), choice, userid, now=now)

    def record(self, session: Session, row: Reminder, outcome: FollowUp, choice: str, by: str, *, note: str = "", now: datetime) -> str:
        """Keep it; `choice` is an option of the card's list, `note` what he wrote. Returns what the card shows."""
        if outcome is FollowUp.LATER:
            return self._later(session, row, choice, by, now=now)
        if outcome is FollowUp.VISITED and choice == FollowUp.TEST_DRIVEN:
            outcome = FollowUp.TEST_DRIVEN
        customer = session.get_one(Customer, row.customer_id)
        if outcome is FollowUp.LOST:
            note = lost_reason_in(note, self.rules) if note else lost_reason(choice, self.rules)
        row.state, row.ended_at, row.dropped_why = ReminderState.DONE, now, ""
        row.outcome, row.outcome_note, row.outcome_by, row.outcome_at = outcome, note, by, now
        row.next_at = self._settle(session, customer, outcome, note, by, f"{row.card}:{outcome}", now=now)
        for other in store.live_of(session, customer.id):
            if other.id != row.id and other.advisor == row.advisor and other.due_at <= now:
                store.drop(other, "和另一条提醒一起处理了", now=now)
        return label_of(outcome, _name(session, by), note, row.next_at)

    def record_unasked(self, session: Session, customer: Customer, outcome: FollowUp, note: str, by: str, *, now: datetime) -> str:
        """An advisor reports what no card asked him for: kept as a reminder that is done at once."""
        live = [row for row in store.live_of(session, customer.id) if row.advisor == by]
        if not live:
            live = [store.reported(session, customer, by, now=now)]
        label = self.record(session, live[0], outcome, "", by, note=note, now=now)
        # The reason may be one of the list; his own words say more.
        live[0].outcome_note = note or live[0].outcome_note
        return label

    def hand_over(self, session: Session, row: Reminder, advisor: str, by: str, *, now: datetime) -> None:
        """To another advisor, by an operator's hand."""
        hand_on(row, advisor, f"{by} 改派", now=now)
        # It does not go back to the customer's own advisor.
        row.reason = {**row.reason, "assigned": True}

    def _later(self, session: Session, row: Reminder, choice: str, by: str, *, now: datetime) -> str:
        row.state, row.snoozed_until = ReminderState.OPEN, later_at(choice, self.rules, now=now)
        row.due_at, row.asked_at, row.escalated_at = row.snoozed_until, None, None
        row.reason = {**row.reason, "asked_before": row.asked}
        row.dropped_why, row.ended_at = "", None
        return label_of(FollowUp.LATER, _name(session, by), "", row.snoozed_until)

    def _settle(
        self, session: Session, customer: Customer, outcome: FollowUp, note: str, by: str, cause: str, *, now: datetime
    ) -> datetime | None:
        """Level and tags follow; returns when he is due next."""
        text = f"顾问记录：{FOLLOW_UP_NAMES[outcome]}" + (f"，{note}" if note else "")
        fact = self.rules.facts.get(outcome)
        changes: list[TagChange] = []
        if outcome in _LEVEL_OF:
            changes.append(record_outcome(session, customer, _LEVEL_OF[outcome], text, by, self.levels, now=now))
        if fact is not None:
            changes.append(record_fact(session, customer, fact, f"{text}（{_name(session, by)}）", now=now))
        both = TagChange([tag for one in changes for tag in one.begun], [tag for one in changes for tag in one.ended])
        if changes:
            sop_store.wake_subject(session, "customer", customer.external_id, now=now)
        if both:
            self.ports.tags_changed(session, customer, both, cause, now)
        known = Known(Level(customer.level), since=now, contacted_at=now, delivered=outcome is FollowUp.DELIVERED)
        due = due_by_level(known, self.rules)
        return due.at if due else None


def _settled(session: Session, row: Reminder) -> str:
    return "已有结果：" + label_of(FollowUp(row.outcome), _name(session, row.outcome_by), row.outcome_note, row.next_at)


def _name(session: Session, userid: str) -> str:
    return session.scalar(select(Advisor.name).where(Advisor.userid == userid)) or userid
