"""话术: a draft is saved, sent to review, sent back, published, rolled back and retired."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.fresh_key import fresh_key
from admin.models import Operator
from admin.parts.when import when
from admin.rights import must
from admin.script_rules import place_name, script_faults
from admin.terms import Blocked, Right, Who
from kb import publish, store
from kb.content import content_from_json
from kb.models import Script, ScriptVersion
from kb.sheet_import import ImportPlan, apply
from kb.terms import ScriptContent, ScriptStatus

# A script and the version of it that somebody looked at.
Seen = tuple[str, int]


def save_script(session: Session, who: Who, content: ScriptContent, base: int, *, now: datetime) -> Seen:
    """The content as a draft; an empty key makes a new script. `base` is the newest version when he began: nobody's work is overwritten."""
    must(who, Right.EDIT_SCRIPTS)
    if fault := next(script_faults(content, store.materials(session)), None):
        raise Blocked(f"{place_name(fault[0])}：{fault[1]}")
    store.lock_library(session)
    if not content.key:
        content = replace(content, key=key_for(content, set(session.scalars(select(Script.key)))))
    newest = next(iter(store.versions(session, content.key)), None)
    if (newest.version if newest else 0) != base:
        saved = f"{_called(session, newest)} {when(newest.made_at, now=now)}保存了第 {newest.version} 版" if newest else "它已经不在了"
        raise Blocked(f"您编辑的时候，{saved}。您的改动没有写入：请先复制下来，刷新后再改")
    before = _told(content_from_json(newest.content)) if newest else None
    version = publish.save_draft(session, content, who.name, now=now)
    if version != base:
        audit.note(session, who, "修改话术" if newest else "新建话术", "script", content.key, before=before, after=_told(content), now=now)
    return content.key, version


def key_for(content: ScriptContent, taken: set[str]) -> str:
    """What the pack would have called it: «price-e7-2»."""
    subject = content.intent.removeprefix("ask_").replace("_", "-")
    return fresh_key(subject, " ".join([*sorted(content.scope.models), content.title]), taken)


def ask_review(session: Session, who: Who, seen: Seen, *, now: datetime) -> str:
    """Somebody else is to look at the draft; returns its title, as the next ones do."""
    must(who, Right.EDIT_SCRIPTS)
    script, _ = _draft(session, seen)
    if script.review_at is not None:
        raise Blocked("已经在待审了")
    publish.ask_review(session, *seen, who.name, now=now)
    audit.note(session, who, "送审话术", "script", script.key, after={"版本": seen[1]}, now=now)
    return script.title


def send_back(session: Session, who: Who, seen: Seen, note: str, *, now: datetime) -> str:
    """End the review with a reason: by who may publish, or by who asked."""
    must(who, Right.EDIT_SCRIPTS)
    script, _ = _draft(session, seen)
    if script.review_at is None:
        raise Blocked("它不在待审，可能有同事刚处理过，请刷新")
    if script.review_by != who.name:
        must(who, Right.PUBLISH_SCRIPTS)
    if not note.strip():
        raise Blocked("请写一句退回的原因")
    publish.send_back(session, *seen, who.name, note)
    audit.note(session, who, "退回话术", "script", script.key, after={"版本": seen[1], "原因": note.strip()}, now=now)
    return script.title


def publish_script(session: Session, who: Who, seen: Seen, *, four_eyes: bool, now: datetime) -> None:
    """Let the draft out; with `four_eyes` not one's own."""
    must(who, Right.PUBLISH_SCRIPTS)
    script, draft = _draft(session, seen)
    if four_eyes and draft.made_by == who.name:
        raise Blocked("开启了双人审核：自己写的草稿要由同事发布，请先送审")
    _check_sendable(session, draft)
    was = store.version_of(session, script, script.published_version) if script.status == ScriptStatus.PUBLISHED else None
    before = {"版本": was.version, **_told(content_from_json(was.content))} if was else None
    publish.publish(session, *seen, now=now)
    after = {"版本": seen[1], **_told(content_from_json(draft.content))}
    audit.note(session, who, "发布话术", "script", script.key, before=before, after=after, now=now)


def retire_script(session: Session, who: Who, key: str, *, now: datetime) -> str:
    """Not to be sent any more; its versions stay."""
    must(who, Right.PUBLISH_SCRIPTS)
    script = _script(session, key)
    if script.status != ScriptStatus.PUBLISHED:
        raise Blocked("只有已发布的话术才能下架")
    publish.retire(session, key, now=now)
    audit.note(session, who, "下架话术", "script", key, before={"状态": "已发布"}, after={"状态": "已下架"}, now=now)
    return script.title


def roll_back(session: Session, who: Who, seen: Seen, *, now: datetime) -> str:
    """Send an earlier version again, one that was out before."""
    must(who, Right.PUBLISH_SCRIPTS)
    key, version = seen
    script = _script(session, key)
    earlier = store.version_of(session, script, version)
    if earlier is None or earlier.published_at is None:
        raise Blocked(f"第 {version} 版没有发布过，不能回滚到它")
    if script.status == ScriptStatus.PUBLISHED and script.published_version == version:
        raise Blocked(f"现在发布的就是第 {version} 版")
    _check_sendable(session, earlier)
    before = {"版本": script.published_version, "状态": str(script.status)}
    publish.rollback(session, key, version, now=now)
    audit.note(session, who, "回滚话术", "script", key, before=before, after={"版本": version, "状态": "published"}, now=now)
    return script.title


def write_import(session: Session, who: Who, plan: ImportPlan, *, now: datetime) -> list[Seen]:
    """Drafts of everything new and changed in a spreadsheet, all or none; returns those that are drafts now."""
    must(who, Right.EDIT_SCRIPTS)
    written = apply(session, plan, who.name, now=now)
    after = {"新建": [one.content.key for one in plan.new], "修改": [one.content.key for one in plan.changed]}
    audit.note(session, who, "导入话术", "script", f"{len(written)} 条", after=after, now=now)
    return [(key, version) for key, version in written if _script(session, key).draft_version == version]


def ask_reviews(session: Session, who: Who, drafts: Sequence[Seen], *, now: datetime) -> int:
    """Send these drafts to review, passing over those that wait already; returns how many."""
    must(who, Right.EDIT_SCRIPTS)
    waiting = [seen for seen in drafts if _draft(session, seen)[0].review_at is None]
    for seen in waiting:
        ask_review(session, who, seen, now=now)
    return len(waiting)


def publish_scripts(session: Session, who: Who, drafts: Sequence[Seen], *, four_eyes: bool, now: datetime) -> int:
    """Publish these drafts, all or none; returns how many."""
    must(who, Right.PUBLISH_SCRIPTS)
    for seen in drafts:
        publish_script(session, who, seen, four_eyes=four_eyes, now=now)
    return len(drafts)


def _check_sendable(session: Session, version: ScriptVersion) -> None:
    """A material may have been retired since the wording was saved."""
    content = content_from_json(version.content)
    if fault := next(script_faults(content, store.materials(session)), None):
        raise Blocked(f"话术「{content.title}」的{place_name(fault[0])}：{fault[1]}")


def _draft(session: Session, seen: Seen) -> tuple[Script, ScriptVersion]:
    """The draft that he looked at, with the library locked."""
    key, version = seen
    script = _script(session, key)
    draft = store.version_of(session, script, version)
    if draft is None or script.draft_version != version:
        raise Blocked(f"话术「{script.title}」的草稿变了，可能有同事刚保存或发布，请刷新后再看")
    return script, draft


def _script(session: Session, key: str) -> Script:
    store.lock_library(session)
    found = store.script(session, key)
    if found is None:
        raise Blocked("没有这条话术，请刷新页面")
    return found


def _called(session: Session, version: ScriptVersion) -> str:
    """Who wrote it, as his colleagues know him."""
    return session.scalar(select(Operator.shown_as).where(Operator.name == version.made_by)) or version.made_by


def _told(content: ScriptContent) -> dict[str, Any]:
    """For the audit: what an operator would compare, field by field."""
    told: dict[str, Any] = {
        "标题": content.title,
        "意图": content.intent,
        "标准问": content.standard,
        "相似问": list(content.similar),
        "反例": list(content.negative),
        "必中问": list(content.must_hit),
        **{f"答案{number}": answer.text for number, answer in enumerate(content.answers, start=1)},
        **{f"附件{number}": list(answer.attachments) for number, answer in enumerate(content.answers, start=1) if answer.attachments},
        "适用范围": sorted(content.scope.models | content.scope.trims | content.scope.cities | content.scope.stores),
        "生效日": content.valid_from.isoformat() if content.valid_from else "",
        "失效日": content.valid_until.isoformat() if content.valid_until else "",
    }
    return {name: value for name, value in told.items() if value}
