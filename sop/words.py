"""The words of a step for one sender: a wording or a script, its variables filled, as long as what it claims holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kb import store as kb_store
from kb.render import render
from kb.terms import Answer, Material, ScriptContent, ScriptStatus
from sop.payloads import Saying
from sop.plan_terms import PlanContent, Step


@dataclass(frozen=True)
class Library:
    """What plans say by key: scripts that are out, and materials; with the default of every variable."""

    scripts: Mapping[str, ScriptContent]
    materials: Mapping[str, Material]
    defaults: Mapping[str, str]
    stores: Mapping[str, str] = field(default_factory=dict)  # pack key → Chinese name
    _said: dict[Any, Saying | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def say(self, plan: str, step: Step, number: int, *, sender_name: str, store: str, today: date) -> Saying | None:
        """The words and materials; None when a claim has run out, a script is no longer out, or a material is unknown."""
        # Thousands are told the same in one look.
        asked = (plan, step.key, number, sender_name, store, today)
        if asked not in self._said:
            self._said[asked] = self._worded(plan, step, number, sender_name=sender_name, store=store, today=today)
        return self._said[asked]

    def _worded(self, plan: str, step: Step, number: int, *, sender_name: str, store: str, today: date) -> Saying | None:
        answer = self._answer(step, number, today=today)
        if answer is None or not all(self._holds(key, today) for key in answer.attachments):
            return None
        variables = {"顾问": sender_name, "门店": self.stores.get(store, "")}
        rendered = render(answer, variables, self.defaults)
        return Saying(plan, step.key, rendered.text, rendered.attachments)

    def _answer(self, step: Step, number: int, *, today: date) -> Answer | None:
        wording = step.wordings[number]
        if step.valid_until is not None and today > step.valid_until:
            return None
        if not wording.script:
            return Answer(wording.text, wording.attachments)
        content = self.scripts.get(wording.script)
        if content is None or not content.is_valid_on(today):
            return None
        answer = content.answers[0]
        return Answer(answer.text, wording.attachments or answer.attachments)

    def _holds(self, key: str, today: date) -> bool:
        material = self.materials.get(key)
        return material is not None and (material.valid_until is None or today <= material.valid_until)


def open_library(session: Session, plans: Iterable[PlanContent], defaults: Mapping[str, str], stores: Mapping[str, str]) -> Library:
    """What these plans name, as it is published now."""
    keys = {wording.script for plan in plans for step in plan.steps for wording in step.wordings if wording.script}
    scripts = {key: content for key in keys if (content := _published(session, key)) is not None}
    return Library(scripts, kb_store.materials(session), defaults, stores)


def _published(session: Session, key: str) -> ScriptContent | None:
    row = kb_store.script(session, key)
    if row is None or row.status != ScriptStatus.PUBLISHED or row.published_version is None:
        return None
    return kb_store.content_of(session, key, row.published_version)
