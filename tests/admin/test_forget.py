"""A forgotten customer is in no table any more, by id, name, number or word; everybody else stays as he was."""

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from admin import audit
from admin.acts.customers import delete_customer
from admin.forget import GONE, prune
from admin.models import AuditEntry, Gap, GapTurn
from bot import inbox, outbox
from bot.inbox_terms import KF_TEXT, Received
from bot.messages import Channel, kf_lane, reply_key
from bot.models import Brief, InboxMessage, KfSession, MassResult, OutboxMessage, Utterance
from bot.project_tags import queue_all_tags
from bot.queue import State
from core.db import Base, Database
from core.embedding import KeptVectors, LetterEmbedder
from core.text import Normaliser
from customers import group_store, store
from customers.groups import meet_group, take_in
from customers.models import CustomerTag, FocusRecord, GroupMember, LevelChange, SlotRecord
from customers.terms import GroupSeen, JoinScene, MemberSeen
from intents.store import teach_focus, teach_utterance
from sop import reminder_store
from sop.due_reminders import Due
from sop.keys import card_of, reminder_key, task_of, touch_key
from sop.models import Enrolment, Reminder, Touch
from sop.reminder_terms import ReminderKind
from tests.admin.people import BOSS, NOW, PHONE, WORDS, audited, talked

LI, WANG = "wm-li", "wm-li-2"
LI_NAME, WANG_NAME = "李雷的车", "王芳不一样"
KF = "wk-hall"


def lived(session: Session, external_id: str, nickname: str, msgid: str) -> None:
    """Somebody who left traces in every table that can hold any."""
    customer = talked(session, external_id, msgid=msgid, nickname=nickname, advisor="liming")
    customer.unionid = f"union-{msgid}"
    entry = {"msgid": msgid, "external_userid": external_id, "open_kfid": KF, "msgtype": "text", "text": {"content": WORDS}}
    event = {"msgid": f"{msgid}-enter", "event": {"external_userid": external_id, "welcome_code": "code"}}
    for body in (entry, event):
        raw = json.dumps(body, ensure_ascii=False)
        inbox.accept(session, [Received(f"kf:{body['msgid']}", KF_TEXT, kf_lane(KF, external_id), raw, NOW)], now=NOW)
    click = f"<xml><TaskId>card-{msgid}</TaskId></xml>"
    inbox.accept(session, [Received(f"cb:{msgid}", "callback", "app", click, NOW)], now=NOW)
    to, lane = {"open_kfid": KF, "external_id": external_id}, kf_lane(KF, external_id)
    outbox.enqueue(session, reply_key(msgid, 0), Channel.KF_TEXT, {**to, "text": f"{nickname}您好"}, lane=lane, now=NOW)
    card = {"userids": ["liming"], "desc": f"客户：{nickname}", "quote": WORDS}
    outbox.enqueue(session, f"brief:{msgid}", Channel.ADVISOR_CARD, card, lane=f"app:card-{msgid}", now=NOW)
    told = {"userids": ["liming"], "text": f"客户{nickname}没有收到"}
    outbox.enqueue(session, f"undelivered:reply:{msgid}", Channel.ADVISOR_TEXT, told, lane=f"app:undelivered:reply:{msgid}", now=NOW)
    outbox.enqueue(session, f"kf-welcome:{msgid}-enter", Channel.KF_ON_EVENT, {"code": "code", "text": nickname}, lane="welcome", now=NOW)
    queue_all_tags(session, customer, "liming", f"added:{msgid}", now=NOW)
    session.add(
        Brief(task_id=f"card-{msgid}", external_id=external_id, open_kfid=KF, reason="complaint", recipients=["liming"], created_at=NOW)
    )
    session.add(KfSession(open_kfid=KF, external_id=external_id, heard_at=NOW, context={"asked": f"{WORDS}{msgid}"}))
    own = f"{WORDS}，{nickname}"
    gap = Gap(title=own, centre=b"0000", made_at=NOW, last_at=NOW, count=1)
    session.add(gap)
    session.flush()
    session.add(GapTurn(gap_id=gap.id, msgid=msgid, external_id=external_id, words=own, said_at=NOW))
    session.add(Utterance(msgid=f"{msgid}-b", external_id=external_id, speaker="customer", words=own, said_at=NOW))
    teach_utterance(session, own, "ask_range", message_id=msgid, by="boss", now=NOW)
    teach_focus(session, own, "续航", "range", "", by="boss", now=NOW)
    audit.note(session, BOSS, "撤销关注点", "customer", external_id, before={"原话": "续航"}, now=NOW)
    audit.note(session, BOSS, "改正意图", "message", msgid, before={"话": WORDS}, after={"意图": "续航能耗"}, now=NOW)
    audit.note(session, BOSS, "导出客户列表", "customers", "", after={"筛选 q": nickname, "备注": [f"给{nickname}回电{PHONE}"]}, now=NOW)


def was_reached(session: Session, external_id: str, nickname: str, chat_id: str) -> None:
    """Somebody in a group and a plan, who got a touch and a mass message, and of whom an advisor was reminded by a card."""
    group, _ = meet_group(session, chat_id, now=NOW)
    others = [MemberSeen("wm-other", True, "别的客户", NOW, JoinScene.QR)]
    members = (*others, MemberSeen(external_id, True, f"{nickname}在群里", NOW, JoinScene.QR))
    take_in(session, group, GroupSeen(group.chat_id, "看车群", "liming", "", NOW, members, "v1"), now=NOW)
    subject = {"plan": "silent_14", "subject_kind": "customer", "subject_id": external_id}
    session.add(Enrolment(**subject, begun_at=NOW, enrolled_at=NOW, planned_until=NOW))
    key, when = touch_key("silent_14", "1", "customer", external_id, NOW), {"planned": NOW, "latest": NOW, "decided_at": NOW}
    session.add(Touch(**subject, **when, key=key, step="1", kind="single", verdict="go"))
    session.add(MassResult(task_id=1, subject=external_id, status=1))
    customer = store.customer_by_external_id(session, external_id)
    assert customer is not None
    due = Due(ReminderKind.LEVEL, NOW, "since")
    reminder_store.add(session, customer, "liming", due, {"text": "想试驾", "words": WORDS}, now=NOW)
    card = card_of(reminder_key(due.kind, "liming", external_id, due.cause))
    row = reminder_store.by_card(session, card)
    assert row is not None
    row.asked = 1
    lane, click = f"app:{task_of(card, 1)}", f"<xml><TaskId>{task_of(card, 1)}</TaskId></xml>"
    outbox.enqueue(session, f"card-update:{external_id[3:]}", Channel.CARD_UPDATE, {"label": "小李已联系"}, lane=lane, now=NOW)
    inbox.accept(session, [Received(f"cb:{task_of(card, 1)}", "callback", "app", click, NOW)], now=NOW)


def everything(database: Database) -> str:
    """All tables as text; JSON is told in its own letters."""
    with database.reading() as session:
        cells = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(*(cast(column, String) for column in table.columns)))
            for value in row
        ]
    return "\n".join(cell.encode().decode("unicode_escape") if "\\u" in cell else cell for cell in cells)


def delete(database: Database, external_id: str, vectors: Path) -> None:
    with database.unit_of_work() as session:
        delete_customer(session, BOSS, external_id, vectors=vectors, normaliser=Normaliser(), now=NOW)


def test_nothing_of_him_is_left_in_any_table(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
        was_reached(session, LI, LI_NAME, "wr-1")
    assert all(trace in everything(database) for trace in (LI, LI_NAME, PHONE, WORDS, "union-m1", "card-m1", "remind-"))
    delete(database, LI, tmp_path)
    left = everything(database)
    assert [trace for trace in (LI, LI_NAME, PHONE, WORDS, "m1", "续航怎么样") if trace in left] == []
    for table in (
        InboxMessage,
        OutboxMessage,
        Utterance,
        Brief,
        KfSession,
        Gap,
        GapTurn,
        FocusRecord,
        SlotRecord,
        LevelChange,
        CustomerTag,
        Enrolment,
        MassResult,
        Reminder,
        Touch,
    ):
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__


def test_his_groups_go_on_without_him(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
        was_reached(session, LI, LI_NAME, "wr-1")
        group_store.lock_group(session, "wr-1").active = 2  # type: ignore[union-attr]
    delete(database, LI, tmp_path)
    with database.reading() as session:
        group = group_store.group_by_chat_id(session, "wr-1")
        assert group is not None
        assert (group.size, group.customers, group.active) == (1, 1, 1)
        assert [stay.userid for stay in session.scalars(select(GroupMember))] == ["wm-other"]


def test_nothing_of_him_is_left_in_the_file_of_the_database(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
    delete(sqlite_database, LI, tmp_path)
    sqlite_database.close()
    [file] = tmp_path.glob("*.db*")
    left = file.read_bytes()
    assert [trace for trace in (LI, LI_NAME, PHONE, "续航怎么样") if trace.encode() in left] == []


def test_the_audit_keeps_who_did_what_without_him(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
    delete(database, LI, tmp_path)
    undone, corrected, exported, deleted = audited(database)
    assert (undone.act, undone.before) == ("撤销关注点", {"原话": GONE})
    assert undone.subject_id == corrected.subject_id == deleted.subject_id
    assert deleted.subject_id.startswith("#")
    assert corrected.after == {"意图": GONE}
    assert exported.after == {"筛选 q": GONE, "备注": [GONE]}
    assert (deleted.act, deleted.before, deleted.after) == ("删除客户", None, None)


def test_what_a_colleague_wrote_into_a_script_stays_but_not_what_was_learned_from_him(database: Database, tmp_path: Path) -> None:
    written, learned = {"标准问": "冬天续航到底怎么样"}, "这车能不能当卧室用"
    with database.unit_of_work() as session:
        talked(session, LI)
        for number, words in enumerate((written["标准问"], learned)):
            session.add(Utterance(msgid=f"own-{number}", external_id=LI, speaker="customer", words=words, said_at=NOW))
        audit.note(session, BOSS, "新建话术", "script", "range", after=written, now=NOW)
        audit.note(session, BOSS, "更正话术", "message", "own-1", after={"应回复": "露营"}, now=NOW)
        audit.note(session, BOSS, "发布话术", "script", "camping", after={"标准问": "能露营吗", "相似问": [learned]}, now=NOW)
    delete(database, LI, tmp_path)
    made, _, published, _ = audited(database)
    assert made.after == written
    assert published.after == {"标准问": "能露营吗", "相似问": [GONE]}


def test_somebody_whose_id_begins_alike_keeps_everything(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work() as session:
        lived(session, WANG, WANG_NAME, "w1")
        was_reached(session, WANG, WANG_NAME, "wr-2")
    with database.reading() as session:
        before = {table: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}
    with database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
    delete(database, LI, tmp_path)
    with database.reading() as session:
        after = {table: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}
    audits = AuditEntry.__table__
    assert {table.name: (before[table], after[table]) for table in before if table is not audits and before[table] != after[table]} == {}
    assert WANG_NAME in everything(database)


def test_a_group_of_questions_that_others_asked_too_stays_under_their_words(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work() as session:
        talked(session, LI)
        gap = Gap(title=WORDS, centre=b"0000", made_at=NOW, last_at=NOW, count=2)
        session.add(gap)
        session.flush()
        session.add(GapTurn(gap_id=gap.id, msgid="m1", external_id=LI, words=WORDS, said_at=NOW))
        session.add(GapTurn(gap_id=gap.id, msgid="w1", external_id=WANG, words="冬天掉多少电", said_at=NOW))
    delete(database, LI, tmp_path)
    with database.reading() as session:
        [kept] = session.scalars(select(Gap)).all()
        assert (kept.title, kept.count) == ("冬天掉多少电", 1)


def test_kept_vectors_of_his_words_are_gone_and_others_stay(database: Database, tmp_path: Path) -> None:
    kept = KeptVectors(LetterEmbedder(), tmp_path)
    kept.encode([WORDS, Normaliser().normalise(WORDS).text, "别人的话"])
    with database.unit_of_work() as session:
        talked(session, LI)
    delete(database, LI, tmp_path)
    [file] = tmp_path.glob("*.vectors")
    assert file.stat().st_size == 16 + LetterEmbedder.dim * 4
    asked: list[int] = []
    kept.encode(["别人的话", WORDS], progress=lambda done, of: asked.append(of))
    assert asked == [1], "the other's vector is still there, his is made anew"


def test_what_is_older_than_is_kept_goes_and_what_needs_an_operator_stays(database: Database) -> None:
    with database.unit_of_work() as session:
        lived(session, LI, LI_NAME, "m1")
        states = [State.DONE, State.PARKED, State.SKIPPED, State.UNCLEAR, State.WAITING]
        for row, state in zip(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all(), states, strict=True):
            row.state, row.settled_at = state, None if state is State.WAITING else NOW

    def pruned(days: float) -> None:
        prune(database, keep_boxes=timedelta(days=90), keep_talk=timedelta(days=730), now=NOW + timedelta(days=days))

    def states_left() -> list[str]:
        with database.reading() as session:
            return list(session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))

    pruned(90)
    assert len(states_left()) == 5
    pruned(90.1)
    assert states_left() == [State.PARKED, State.UNCLEAR, State.WAITING]
    pruned(730)
    assert WORDS in everything(database)
    pruned(730.1)
    with database.reading() as session:
        customer = store.customer_by_external_id(session, LI)
        assert customer is not None, "he himself stays, with level and tags"
        assert store.tags_of(session, customer.id) != []
        assert [change.reason["words"] for change in store.level_history(session, customer.id)] == [""]
        for table in (Utterance, Brief, GapTurn, FocusRecord, SlotRecord):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__
        assert {row.context for row in session.scalars(select(KfSession))} == {None}
