"""What operators do with unanswered questions: draft a script, add a question to one, set aside, put together, take apart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin import audit
from admin.gap_groups import added, as_bytes, from_bytes, without
from admin.gap_mining import new_gap
from admin.gap_store import gap_of, led_to, lock_groups, put_into
from admin.models import Gap, GapTurn
from admin.rights import must
from admin.terms import Blocked, Right, Who
from core.arrays import Vectors
from core.errors import Refused
from kb import publish, store
from kb.content import content_from_json
from kb.terms import ScriptContent

STATE_NAMES = {"open": "待处理", "drafted": "已起草", "published": "已发布", "dismissed": "已忽略"}


def note_draft(session: Session, who: Who, gap_id: int, key: str, *, now: datetime) -> None:
    """The script's draft was written for this group, which is published when the draft is."""
    must(who, Right.SETTLE_GAPS)
    lock_groups(session)
    # Writing takes minutes, in which the group may have gone into another: then the draft is that one's.
    gap, script = led_to(session, gap_id) or gap_of(session, gap_id), store.script(session, key)
    if script is None:
        raise Blocked("没有这条话术，可能已被删除")
    before = _told(gap)
    gap.state, gap.script, gap.touched = "drafted", key, True
    gap.script_version = script.draft_version or script.published_version or 1
    gap.settled_by, gap.settled_at = who.name, now
    audit.note(session, who, "未答问题起草话术", "gap", gap.id, before=before, after=_told(gap), now=now)


def add_similar(session: Session, who: Who, gap_id: int, key: str, question: str, *, now: datetime) -> int:
    """The question joins the similar questions of a script, as its draft; returns the draft's version."""
    must(who, Right.EDIT_SCRIPTS)
    question = question.strip()
    if not question:
        raise Blocked("先写下要加的问法")
    content = _newest(session, key)
    if question in content.questions:
        raise Blocked(f"「{content.title}」已经有这个问法了")
    try:
        version = publish.save_draft(session, replace(content, similar=(*content.similar, question)), who.name, now=now)
    except Refused:
        raise Blocked("这句话不能作为问法（可能过长，或在这条话术里重复、互相矛盾），请到话术页里修改") from None
    session.flush()
    audit.note(
        session,
        who,
        "加相似问",
        "script",
        key,
        before={"相似问": list(content.similar)},
        after={"相似问": [*content.similar, question]},
        now=now,
    )
    note_draft(session, who, gap_id, key, now=now)
    return version


def dismiss(session: Session, who: Who, gap_id: int, *, now: datetime) -> None:
    """Nobody need answer this; what is like it is swallowed from now on."""
    _settle(session, who, gap_id, "dismissed", "忽略未答问题", now=now)


def take_up(session: Session, who: Who, gap_id: int, *, now: datetime) -> None:
    """Open again: a dismissal or a draft that came to nothing is taken back."""
    _settle(session, who, gap_id, "open", "重新打开未答问题", now=now)


def merge(session: Session, who: Who, gap_id: int, into: int, *, now: datetime) -> None:
    """The turns of a group join another one; its address leads there."""
    must(who, Right.SETTLE_GAPS)
    if gap_id == into:
        raise Blocked("请选另一组来合并")
    lock_groups(session)
    gone, stays = gap_of(session, gap_id), gap_of(session, into)
    before = {**_told(stays), "并入": gone.title}
    put_into(session, gone, stays)
    stays.touched = True
    audit.note(session, who, "合并未答问题", "gap", into, before=before, after=_told(stays), now=now)


def move_out(session: Session, who: Who, turn_id: int, vectors: Callable[[list[str]], Vectors], *, now: datetime) -> int:
    """The turn does not mean what its group means: it becomes a group of its own; returns that one. `vectors` encodes normalised texts."""
    must(who, Right.SETTLE_GAPS)
    lock_groups(session)
    turn = session.get(GapTurn, turn_id)
    if turn is None or turn.gap_id is None:
        raise Blocked("这句话已经不在组里了，请刷新页面")
    gap = gap_of(session, turn.gap_id)
    if gap.count < 2:
        raise Blocked("这一组只有这一句")
    vector = vectors([turn.words])
    gap.centre = as_bytes(without(from_bytes([gap.centre], vector.shape[1])[0], gap.count, vector[0]))
    gap.count -= 1
    alone = new_gap(session, turn.words, vector.shape[1], turn.said_at, now=now)
    alone.centre, alone.count = as_bytes(added(np.zeros(vector.shape[1], np.float32), 0, vector)), 1
    # What each means is read from its title anew; and mining never puts together what somebody took apart.
    alone.signs, gap.signs = None, None
    alone.touched, gap.touched = True, True
    turn.gap_id = alone.id
    session.flush()
    _mend(session, gap)
    audit.note(session, who, "从未答问题中移出", "gap", gap.id, before={"问题": gap.title}, after={"移出": turn.words}, now=now)
    return alone.id


def _settle(session: Session, who: Who, gap_id: int, state: str, act: str, *, now: datetime) -> None:
    must(who, Right.SETTLE_GAPS)
    lock_groups(session)
    gap = gap_of(session, gap_id)
    before = _told(gap)
    gap.state, gap.settled_by, gap.settled_at, gap.touched = state, who.name, now, True
    if state == "open":
        gap.script, gap.script_version = "", 0
    audit.note(session, who, act, "gap", gap.id, before=before, after=_told(gap), now=now)


def _newest(session: Session, key: str) -> ScriptContent:
    script = store.script(session, key)
    version = store.current_version(session, script) if script else None
    if version is None:
        raise Blocked("没有这条话术，可能已被删除")
    return content_from_json(version.content)


def _mend(session: Session, gap: Gap) -> None:
    """What a group says of its turns after one has left."""
    turns = select(GapTurn.words).where(GapTurn.gap_id == gap.id)
    gap.last_at = session.scalar(select(func.max(GapTurn.said_at)).where(GapTurn.gap_id == gap.id)) or gap.last_at
    if session.scalar(turns.where(GapTurn.words == gap.title).limit(1)) is None:
        gap.title = session.scalar(turns.order_by(GapTurn.id).limit(1)) or gap.title


def _told(gap: Gap) -> dict[str, object]:
    return {"问题": gap.title, "状态": STATE_NAMES[gap.state], "话术": gap.script, "次数": gap.count}
