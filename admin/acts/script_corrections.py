"""A better script for a message: its question joins the right script and becomes a negative of the wrong one, as drafts for review."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin.rights import must
from admin.terms import Blocked, Right, Who
from bot.models import Utterance
from core.errors import Refused
from kb import publish, store
from kb.content import content_from_json
from kb.models import Script
from kb.terms import ScriptContent, ScriptStatus


@dataclass(frozen=True)
class Drafts:
    """The script that should have answered, and the keys of those that should not have; each has a draft now if anything was new."""

    key: str
    title: str
    wrong: tuple[str, ...]


def learn(session: Session, who: Who, line: Utterance, key: str, *, now: datetime) -> Drafts:
    """Blocked where the script is gone, retired, the one that answered, or a rule forbids the draft."""
    must(who, Right.CORRECT)
    answered = scripts_in(line.script) if line.decision == "answer" else []
    script, content = _newest(session, key)
    if script.status == ScriptStatus.RETIRED:
        raise Blocked(f"「{content.title}」已下架，请先重新发布或选别的话术")
    if key in answered:
        raise Blocked("当时回复的就是这条话术")
    _save(session, who, with_question(content, line.words), now=now)
    for other in answered:
        _save(session, who, without_question(_newest(session, other)[1], line.words), now=now)
    return Drafts(key, content.title, tuple(answered))


def unsay(session: Session, who: Who, line: Utterance, after: Mapping[str, Any], *, now: datetime) -> None:
    """Take the question out again, by further drafts."""
    must(who, Right.CORRECT)
    question = line.words.strip()
    right = _newest(session, str(after["话术"]))[1]
    _save(session, who, replace(right, similar=_without(right.similar, question)), now=now)
    for key in after.get("反例", []):
        wrong = _newest(session, str(key))[1]
        _save(session, who, replace(wrong, negative=_without(wrong.negative, question)), now=now)


def scripts_in(said: str) -> list[str]:
    """The keys in «key@version,key@version»."""
    return [one.partition("@")[0] for one in said.split(",") if one]


def with_question(content: ScriptContent, question: str) -> ScriptContent:
    """It answers this question from now on."""
    question = question.strip()
    if question in (*content.questions, *content.must_hit):
        return content
    return replace(content, similar=(*content.similar, question), negative=_without(content.negative, question))


def without_question(content: ScriptContent, question: str) -> ScriptContent:
    """It must not answer this question any more. Its standard question stays what it is."""
    question = question.strip()
    if question in content.negative or question == content.standard:
        return content
    return replace(content, similar=_without(content.similar, question), negative=(*content.negative, question))


def _without(questions: tuple[str, ...], question: str) -> tuple[str, ...]:
    return tuple(one for one in questions if one != question)


def _newest(session: Session, key: str) -> tuple[Script, ScriptContent]:
    """The script and what is being worked on: the draft, else what is out."""
    store.lock_library(session)
    script = store.script(session, key)
    version = store.version_of(session, script, script.draft_version or script.published_version) if script else None
    if script is None or version is None:
        raise Blocked("没有这条话术，请刷新后重选")
    return script, content_from_json(version.content)


def _save(session: Session, who: Who, content: ScriptContent, *, now: datetime) -> None:
    if content == _newest(session, content.key)[1]:
        return
    try:
        publish.save_draft(session, content, who.name, now=now)
    except Refused:
        raise Blocked(f"「{content.title}」现在的写法不合规则（例如价格没有有效期），请先到话术库改好，再来更正") from None
