"""The pack → the database: scripts published as the pack has them, except where an operator knew better."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from kb import publish, store
from kb.content import content_hash
from kb.models import Script, ScriptVersion
from kb.pack import ScriptPack
from kb.terms import ScriptContent, ScriptStatus

# Who made a version that came from the pack.
PACK = "pack"


@dataclass
class Seeded:
    """Keys of scripts, by what became of them."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept_because_edited: list[str] = field(default_factory=list)


def seed_scripts(session: Session, pack: ScriptPack, *, now: datetime) -> Seeded:
    """Bring scripts and materials to what the pack says; doing it twice changes nothing the second time.

    A script that an operator has edited, rolled back or retired stays as he left it. Scripts that the pack no longer has stay too.
    """
    revision = store.lock_library(session)
    known = store.newest_versions(session)
    seeded = Seeded()
    fresh = [content for content in pack.contents if content.key not in known]
    for script, version in store.add_scripts(session, fresh, PACK, now=now):
        publish.let_out(script, version, now=now)
        seeded.new.append(script.key)
    for content in pack.contents:
        if content.key in known:
            _bring_up_to_date(session, content, *known[content.key], seeded, now=now)
    for material in pack.materials:
        store.keep_material(session, material)
    revision.number += bool(seeded.new or seeded.changed)
    return seeded


def _bring_up_to_date(
    session: Session, content: ScriptContent, script: Script, newest: ScriptVersion, seeded: Seeded, *, now: datetime
) -> None:
    if not _is_as_the_pack_left_it(script, newest):
        seeded.kept_because_edited.append(content.key)
    elif newest.content_hash == content_hash(content):
        seeded.unchanged.append(content.key)
    else:
        publish.let_out(script, store.add_version(session, script, newest.version + 1, content, PACK, now=now), now=now)
        seeded.changed.append(content.key)


def _is_as_the_pack_left_it(script: Script, newest: ScriptVersion) -> bool:
    return script.status == ScriptStatus.PUBLISHED and script.published_version == newest.version and newest.made_by == PACK
