"""What the pages show of scripts: the list searched as text or as the bot does, one script with its versions, what a form may name."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.models import Operator
from admin.office import Office
from admin.parts.when import when
from bot.ask import question_of
from bot.models import Utterance
from core.zone import SHANGHAI
from intents.names import INTENT_NAMES
from intents.terms import Intent
from kb import store
from kb.content import content_from_json
from kb.importing import PACK
from kb.models import Script, ScriptVersion
from kb.sheet_rows import SheetNames
from kb.terms import ScriptContent, ScriptMatch, ScriptStatus

STATES: Final = {"published": "已发布", "draft": "草稿", "review": "待审", "retired": "已下架"}
RENEW_WITHIN: Final = timedelta(days=14)
USED_WITHIN: Final = timedelta(days=30)
# So many of the bot's finds are shown; what comes later was never near.
FOUND_AT_MOST: Final = 50
_CONTENT = ScriptVersion.content
_Rows = tuple[Sequence[dict[str, Any]], int]


@dataclass(frozen=True)
class Opened:
    """A script as its page shows it: `shown` is the draft, else what was published last, `content` what it says; versions newest first."""

    script: Script
    content: ScriptContent
    shown: ScriptVersion
    versions: Sequence[ScriptVersion]
    used: int

    @property
    def newest(self) -> int:
        """What an edit of it must know of; after a rollback later than what is shown."""
        return self.versions[0].version

    @property
    def is_out(self) -> bool:
        """Whether customers get it."""
        return self.script.status == ScriptStatus.PUBLISHED

    @property
    def draft(self) -> ScriptVersion | None:
        """The version that is being worked on."""
        return next((one for one in self.versions if one.version == self.script.draft_version), None)


def scripts(session: Session, wanted: Wanted, *, office: Office, by_bot: bool = False) -> _Rows:
    """The wanted page of the list; `by_bot`: what the bot finds for the words «q», best first, instead of their text."""
    now = office.clock()
    if by_bot and wanted.get("q"):
        return _found_by_bot(session, wanted, office, now)
    query = _filtered(wanted, now)
    if words := wanted.get("q"):
        query = query.where(_says(words))
    sortable = {"title": Script.title, "intent": Script.intent, "updated": Script.updated_at, "version": ScriptVersion.version}
    part = part_of(session, query, wanted, sortable=sortable, usual=[Script.updated_at.desc(), Script.key])
    return _rows(session, part.rows, now, {}), part.total


def _found_by_bot(session: Session, wanted: Wanted, office: Office, now: datetime) -> _Rows:
    matches = as_bot(office, wanted.get("q"), now=now)
    by_key = {match.key: match for match in matches}
    rows = session.execute(_filtered(wanted, now).where(Script.key.in_(list(by_key)))).all()
    ordered = sorted(rows, key=lambda row: -by_key[row[0].key].score)
    return _rows(session, ordered[wanted.offset : wanted.offset + wanted.size], now, by_key), len(ordered)


def as_bot(office: Office, words: str, *, now: datetime) -> list[ScriptMatch]:
    """What the bot finds for these words when nothing else is known of the conversation."""
    understood = office.understander.understand(words, now=now)
    return office.scripts.find(question_of(understood, {}, now=now), top=FOUND_AT_MOST)


def opened(session: Session, key: str, *, now: datetime) -> Opened | None:
    """One script; None when there is none of this key."""
    script = store.script(session, key)
    versions = store.versions(session, key)
    shown = store.current_version(session, script) if script else None
    if script is None or shown is None:
        return None
    return Opened(script, content_from_json(shown.content), shown, versions, uses(session, now=now)[key])


def needs_other_eyes(found: Opened, name: str, *, four_eyes: bool) -> bool:
    """Whether this operator cannot publish it himself: with `four_eyes` only a draft that somebody else wrote."""
    return four_eyes and (found.draft is None or found.draft.made_by == name)


def uses(session: Session, *, now: datetime) -> Counter[str]:
    """How often each script was said in the last 30 days, by its key."""
    said = (Utterance.speaker == "assistant", Utterance.script != "", Utterance.said_at >= now - USED_WITHIN)
    rows = session.execute(select(Utterance.script, func.count()).where(*said).group_by(Utterance.script))
    counted: Counter[str] = Counter()
    for scripts_said, count in rows:
        for one in scripts_said.split(","):
            counted[one.partition("@")[0]] += count
    return counted


def authors(session: Session) -> dict[str, str]:
    """Who wrote versions: the name in the table → what he is called."""
    shown = dict(session.execute(select(Operator.name, Operator.shown_as)).all())
    made = session.scalars(select(ScriptVersion.made_by).distinct())
    return {name: author_name(name, shown) for name in sorted(made)}


def author_name(name: str, shown: Mapping[str, str]) -> str:
    """What a writer is called."""
    return "初始话术" if name == PACK else shown.get(name, name)


def sheet_names(session: Session, office: Office) -> SheetNames:
    """Everything that a script may name, key → Chinese name."""
    names, known = office.names, office.taught.names
    return SheetNames(
        intents={str(intent): name for intent, name in INTENT_NAMES.items()},
        models={key: names.get(key, key) for key in known.models},
        trims={trim.key: f"{names.get(trim.model, trim.model)} {names.get(trim.key, trim.key)}" for trim in known.trims},
        cities={place.key: names.get(place.key, place.key) for place in known.cities},
        stores=dict(office.stores),
        materials={key: material.title for key, material in store.materials(session).items()},
    )


def _current() -> Select[*tuple[Any, ...]]:
    """Every script with the version that an operator means: the draft, else what was published last."""
    shown = func.coalesce(Script.draft_version, Script.published_version)
    return select(Script, ScriptVersion).join(ScriptVersion, and_(ScriptVersion.script_id == Script.id, ScriptVersion.version == shown))


def _filtered(wanted: Wanted, now: datetime) -> Select[*tuple[Any, ...]]:
    query = _current()
    if intent := wanted.get("intent"):
        query = query.where(Script.intent == intent)
    if author := wanted.get("author"):
        query = query.where(ScriptVersion.made_by == author)
    for name in ("models", "cities", "stores"):
        if key := wanted.get(name):
            query = query.where(contains(cast(_CONTENT[("scope", name)], String), json.dumps(key)))
    match wanted.get("state"):
        case "review":
            query = query.where(Script.review_at.isnot(None))
        case "draft":
            query = query.where(Script.draft_version.isnot(None), Script.review_at.is_(None))
        case "published" | "retired" as status:
            query = query.where(Script.status == status)
    if wanted.get("renew"):
        ends = _CONTENT["valid_until"].as_string()
        last = (now.astimezone(SHANGHAI) + RENEW_WITHIN).date().isoformat()
        query = query.where(ends.isnot(None), ends <= last, Script.status == ScriptStatus.PUBLISHED)
    return query


def _says(words: str) -> ColumnElement[bool]:
    """Title, key, any question or answer has these words. Lists are compared as JSON, in which Chinese may stand escaped."""
    escaped = json.dumps(words)[1:-1]
    lists = [cast(_CONTENT[name], String) for name in ("similar", "negative", "must_hit", "answers")]
    plain = [Script.title, Script.key, _CONTENT["title"].as_string(), _CONTENT["standard"].as_string()]
    return or_(*(contains(one, words) for one in (*plain, *lists)), *(contains(one, escaped) for one in lists))


def _rows(session: Session, rows: Sequence[Any], now: datetime, found: Mapping[str, ScriptMatch]) -> list[dict[str, Any]]:
    used = uses(session, now=now)
    return [_row(script, version, used[script.key], found.get(script.key), now) for script, version in rows]


def _row(script: Script, version: ScriptVersion, used: int, match: ScriptMatch | None, now: datetime) -> dict[str, Any]:
    content = version.content
    until = content["valid_until"] or ""
    today = now.astimezone(SHANGHAI).date()
    return {
        "id": script.key,
        "title": content["title"],
        "standard": content["standard"],
        "intent": INTENT_NAMES[Intent(content["intent"])] if content["intent"] in set(Intent) else content["intent"],
        "states": states_of(script),
        "version": version.version,
        "updated": when(script.updated_at, now=now),
        "used": used,
        "until": until if until and until <= (today + RENEW_WITHIN).isoformat() else "",
        "ended": bool(until) and until < today.isoformat(),
        "confidence": f"{match.confidence:.0%}" if match else "",
        "share": round(match.confidence, 3) if match else 0,
    }


def states_of(script: Script) -> list[dict[str, str]]:
    """Chips: what customers get, and what is being worked on."""
    chips = []
    if script.status == ScriptStatus.PUBLISHED:
        chips.append({"text": "已发布", "kind": "good"})
    if script.status == ScriptStatus.RETIRED:
        chips.append({"text": "已下架", "kind": ""})
    if script.review_at is not None:
        chips.append({"text": "待审", "kind": "warn"})
    elif script.draft_version is not None:
        chips.append({"text": "被退回" if script.review_note else "草稿", "kind": "bad" if script.review_note else "info"})
    return chips
