"""A better script for a message: what was asked joins the right script and becomes a negative of the wrong one, as drafts for review.

Both are asked again before every publishing from then on (kb/regression.py): of the right script it is a must_hit question too, and what is
negative must not hit. The words stay in the library when the customer is forgotten, so nothing of himself may be in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin.impersonal import impersonal
from admin.rights import must
from admin.script_rules import plain
from admin.terms import Blocked, Right, Who
from bot.models import Utterance
from core.errors import Refused
from kb import publish, store
from kb.content import content_from_json
from kb.models import Script
from kb.terms import ScriptContent, ScriptStatus

_ADDED = ("similar", "must_hit")


@dataclass(frozen=True)
class Drafts:
    """The script that should have answered, and the keys of those that should not have; each has a draft now if anything was new."""

    key: str
    title: str
    wrong: tuple[str, ...]
    question: str  # as it was kept
    added: tuple[str, ...]  # what it was not before: «similar», «must_hit»


@dataclass(frozen=True)
class Asking:
    """A message as it may be kept: `question` is empty where it says nothing but who he is."""

    question: str
    answered: tuple[str, ...]  # the keys of the scripts that answered it


def asking(line: Utterance, nickname: str) -> Asking:
    """What the customer of that name asked there."""
    return Asking(impersonal(line.words, nickname=nickname), tuple(scripts_in(line.script)) if line.decision == "answer" else ())


def learn(session: Session, who: Who, asked: Asking, key: str, *, now: datetime) -> Drafts:
    """Blocked where nothing is asked; where the script is gone, retired, the one that answered; or where a rule forbids the draft."""
    must(who, Right.CORRECT)
    if not any(map(str.isalnum, asked.question)):
        raise Blocked("这句话里只有个人信息，没有可以学的问法")
    script, content = _newest(session, key)
    if script.status == ScriptStatus.RETIRED:
        raise Blocked(f"「{content.title}」已下架，请先重新发布或选别的话术")
    if key in asked.answered:
        raise Blocked("当时回复的就是这条话术")
    better = with_question(content, asked.question)
    added = tuple(name for name in _ADDED if getattr(better, name) != getattr(content, name))
    _save(session, who, better, now=now)
    for other in asked.answered:
        _save(session, who, without_question(_newest(session, other)[1], asked.question), now=now)
    return Drafts(key, content.title, asked.answered, asked.question, added)


def unsay(session: Session, who: Who, question: str, after: Mapping[str, Any], *, now: datetime) -> None:
    """Take the question out again where the correction had put it, by further drafts."""
    must(who, Right.CORRECT)
    right = _newest(session, str(after["话术"]))[1]
    if "similar" in after.get("加入", ["similar"]):
        right = replace(right, similar=_without(right.similar, question))
    if "must_hit" in after.get("加入", []):
        right = replace(right, must_hit=_without(right.must_hit, question))
    _save(session, who, right, now=now)
    for key in after.get("反例", []):
        wrong = _newest(session, str(key))[1]
        _save(session, who, replace(wrong, negative=_without(wrong.negative, question)), now=now)


def scripts_in(said: str) -> list[str]:
    """The keys in «key@version,key@version»."""
    return [one.partition("@")[0] for one in said.split(",") if one]


def with_question(content: ScriptContent, question: str) -> ScriptContent:
    """It answers this question from now on, and whoever publishes anything is told if it would not."""
    similar = content.similar if _is_in(content.questions, question) else (*content.similar, question)
    must_hit = content.must_hit if _is_in(content.must_hit, question) else (*content.must_hit, question)
    return replace(content, similar=similar, must_hit=must_hit, negative=_without(content.negative, question))


def without_question(content: ScriptContent, question: str) -> ScriptContent:
    """It must not answer this question any more. Its standard question stays what it is."""
    if plain(question) == plain(content.standard):
        return content
    negative = content.negative if _is_in(content.negative, question) else (*content.negative, question)
    kept = replace(content, similar=_without(content.similar, question), must_hit=_without(content.must_hit, question))
    return replace(kept, negative=negative)


def _is_in(questions: tuple[str, ...], question: str) -> bool:
    return len(_without(questions, question)) < len(questions)


def _without(questions: tuple[str, ...], question: str) -> tuple[str, ...]:
    return tuple(one for one in questions if plain(one) != plain(question))


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
