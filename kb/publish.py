"""草稿 → 审核 → 已发布 → 已下架: the only way a wording gets out, and the way back. Who may do which is the console's to say."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Refused
from kb import store
from kb.content import content_hash
from kb.models import Script, ScriptVersion
from kb.terms import ScriptContent, ScriptStatus
from kb.wording import wording_faults


def save_draft(session: Session, content: ScriptContent, by: str, *, now: datetime) -> int:
    """Keep an edit as the script's draft; returns its version. Saving what the newest version says already makes none.

    Refused when the wording breaks a rule that no published script may break.
    """
    for place, reason in wording_faults(content):
        raise Refused(f"script «{content.key}», {place[0]}: {reason}")
    store.lock_library(session)
    script = store.script(session, content.key)
    if script is None:
        store.add_scripts(session, [content], by, now=now)
        return 1
    newest = store.versions(session, content.key)[0]
    if newest.content_hash == content_hash(content):
        draft = None if _is_out(script, newest.version) else newest.version
        if draft != script.draft_version:
            script.draft_version, script.title, script.intent = draft, content.title, content.intent
            _end_review(script)
        return newest.version
    store.add_version(session, script, newest.version + 1, content, by, now=now)
    _end_review(script)
    return newest.version + 1


def ask_review(session: Session, key: str, version: int, by: str, *, now: datetime) -> None:
    """Ask for somebody else's eyes: `review_by` asks since `review_at`. Refused unless `version` is the draft and nobody has asked yet."""
    script = _locked_draft(session, key, version)
    if script.review_at is not None:
        raise Refused(f"version {version} of «{key}» is in review already")
    script.review_by, script.review_at, script.review_note = by, now, ""


def send_back(session: Session, key: str, version: int, by: str, note: str) -> None:
    """End the review without publishing: by the reviewer, or by who asked and thought better of it. The draft stays a draft.

    `review_by` is from then on who sent it back, `review_note` why. Refused without a note, and unless `version` is in review.
    """
    script = _locked_draft(session, key, version)
    if script.review_at is None:
        raise Refused(f"version {version} of «{key}» is not in review")
    if not note.strip():
        raise Refused(f"version {version} of «{key}» is sent back without a reason")
    script.review_by, script.review_at, script.review_note = by, None, note.strip()


def publish(session: Session, key: str, version: int, *, now: datetime) -> None:
    """Let the draft out. Refused unless `version` is the script's draft: what somebody looked at is what goes out."""
    revision = store.lock_library(session)
    script = _draft_of(session, key, version)
    let_out(script, _version(session, script, version), now=now)
    revision.number += 1


def retire(session: Session, key: str, *, now: datetime) -> None:
    """Never send it again until it is published anew. Refused unless it is published."""
    revision = store.lock_library(session)
    script = _script(session, key)
    if script.status != ScriptStatus.PUBLISHED:
        raise Refused(f"«{key}» is {script.status}: only a published script can be retired")
    script.status, script.updated_at = ScriptStatus.RETIRED, now
    revision.number += 1


def rollback(session: Session, key: str, version: int, *, now: datetime) -> None:
    """Send an earlier version again. Refused unless that version was out before and another, or none, is out now."""
    revision = store.lock_library(session)
    script = _script(session, key)
    earlier = _version(session, script, version)
    if earlier.published_at is None:
        raise Refused(f"version {version} of «{key}» was never published")
    if _is_out(script, version):
        raise Refused(f"version {version} of «{key}» is the one that is published")
    let_out(script, earlier, now=now)
    revision.number += 1


def let_out(script: Script, version: ScriptVersion, *, now: datetime) -> None:
    """Make this the published version. For whoever holds the library's lock and counts its revision up."""
    version.published_at = version.published_at or now
    script.status, script.published_version, script.updated_at = ScriptStatus.PUBLISHED, version.version, now
    if script.draft_version == version.version:
        script.draft_version = None
        _end_review(script)
    if script.draft_version is None:
        script.title, script.intent = version.content["title"], version.content["intent"]


def _end_review(script: Script) -> None:
    script.review_by, script.review_at, script.review_note = "", None, ""


def _locked_draft(session: Session, key: str, version: int) -> Script:
    store.lock_library(session)
    return _draft_of(session, key, version)


def _draft_of(session: Session, key: str, version: int) -> Script:
    script = _script(session, key)
    if version != script.draft_version:
        raise Refused(f"version {version} of «{key}» is not its draft ({script.draft_version or 'it has none'})")
    return script


def _is_out(script: Script, version: int) -> bool:
    return script.status == ScriptStatus.PUBLISHED and script.published_version == version


def _script(session: Session, key: str) -> Script:
    found = store.script(session, key)
    if found is None:
        raise Refused(f"there is no script «{key}»")
    return found


def _version(session: Session, script: Script, version: int) -> ScriptVersion:
    found = store.version_of(session, script, version)
    if found is None:
        raise Refused(f"«{script.key}» has no version {version}")
    return found
