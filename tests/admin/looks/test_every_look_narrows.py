"""Nothing on any page tells a 店长 or a 顾问 of customers who are not his: no row, no count, no search, no export."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.looks import boxes, conversation, conversations, customer, customer_export, customers, gaps, groups, home
from admin.looks.wanted import Wanted
from admin.menu import PAGES
from admin.models import Gap, GapTurn
from admin.rights import RIGHTS
from admin.sight import sees_all
from admin.terms import Blocked, Right, Role, Who
from bot import sessions
from bot.messages import Channel
from bot.models import Brief, OutboxMessage
from core.db import Database
from customers.groups import meet_group, take_in
from customers.models import Advisor
from customers.terms import GroupSeen, JoinScene, MemberSeen
from tests.admin.people import NOW, RULES, STORES, talked, who

NAMES = conversation.Names({}, {})
HIS = {"manager": who(Role.STORE_MANAGER, store="sh_pudong"), "advisor": who(Role.ADVISOR, userid="liming")}
OTHERS = {
    "manager": who(Role.STORE_MANAGER, store="sh_minhang"),
    "advisor": who(Role.ADVISOR, userid="hanmei"),
    "manager of no store": who(Role.STORE_MANAGER),
    "advisor without a userid": who(Role.ADVISOR),
}

# The pages that 店长 and 顾问 may open. A page that is added here must show people through looks that are tried below.
OPEN_TO_THEM = {
    Right.SEE_HOME,
    Right.SEE_CONVERSATIONS,
    Right.SEE_CUSTOMERS,
    Right.SEE_GROUPS,
    Right.SEE_SCRIPTS,
    Right.SEE_MATERIALS,
    Right.SEE_SOP,
    Right.SEE_TASKS,
}


@pytest.fixture
def store(database: Database) -> Database:
    """Li of 浦东店, whose advisor is liming: he asked, waits, has a card open, and is in a group of 闵行店's."""
    with database.unit_of_work() as session:
        session.add_all([Advisor(userid="liming", store="sh_pudong"), Advisor(userid="hanmei", store="sh_minhang")])
        li = talked(session, advisor="liming")
        li.store, li.advisor, li.level = "sh_pudong", "liming", "H"
        sessions.note_heard(session, "wk-hall", "wm-li", at=NOW)
        session.add(
            Brief(task_id="b1", external_id="wm-li", open_kfid="wk-hall", reason="test_drive", recipients=["liming"], created_at=NOW)
        )
        gap = Gap(title="有行李架吗", centre=b"", made_at=NOW, last_at=NOW, count=1)
        session.add(gap)
        session.flush()
        session.add(GapTurn(gap_id=gap.id, msgid="m1", external_id="wm-li", words="有行李架吗", said_at=NOW))
        met, _ = meet_group(session, "wr1", now=NOW)
        member = MemberSeen("wm-li", True, "", NOW, JoinScene.QR)
        take_in(session, met, GroupSeen("wr1", "看车群", "hanmei", "", NOW - timedelta(days=1), [member], "v1"), now=NOW)
    return database


def texts(found: object) -> Iterator[str]:
    """Every text in what a look returns."""
    match found:
        case str():
            yield found
        case dict():
            for key, value in found.items():
                yield from (*texts(key), *texts(value))
        case list() | tuple() | set():
            for one in found:
                yield from texts(one)
        case _ if hasattr(found, "__dataclass_fields__"):
            yield from texts(vars(found))
        case _:
            yield str(found)


Look = Callable[[Session, Who], object]
WORDS = customer.Words({}, {})
LOOKS: dict[str, Look] = {
    "home": lambda s, one: _told(home.home(s, one, now=NOW)),
    "conversations": lambda s, one: conversations.conversations(s, one, Wanted(), now=NOW),
    "conversations by words": lambda s, one: conversations.conversations(s, one, Wanted({"words": "续航"}), now=NOW),
    "conversations of a servicer": lambda s, one: conversations.conversations(s, one, Wanted({"servicer": "liming"}), now=NOW),
    "conversations that wait": lambda s, one: conversations.conversations(s, one, Wanted({"view": "unread"}), now=NOW),
    "counts of conversations": lambda s, one: conversations.counts(s, one, now=NOW),
    "accounts of one": lambda s, one: conversation.accounts(s, one, "wm-li", now=NOW),
    "lines of one": lambda s, one: conversation.lines(s, one, "wm-li", NAMES),
    "customers": lambda s, one: customers.customers(s, one, Wanted(), STORES, now=NOW),
    "customers by name": lambda s, one: customers.customers(s, one, Wanted({"q": "李雷"}), STORES, now=NOW),
    "customers by id": lambda s, one: customers.customers(s, one, Wanted({"q": "wm-li"}), STORES, now=NOW),
    "customers by focus": lambda s, one: customers.customers(s, one, Wanted({"focus": "range"}), STORES, now=NOW),
    "customers by tag": lambda s, one: customers.customers(s, one, Wanted({"tag": "关注点/续航能耗"}), STORES, now=NOW),
    "customers of a store": lambda s, one: customers.customers(s, one, Wanted({"store": "sh_pudong"}), STORES, now=NOW),
    "count of customers": lambda s, one: customers.count(s, one, Wanted(), now=NOW),
    "export of customers": lambda s, one: list(customer_export.sheet_rows(s, one, Wanted(), STORES, with_phones=True, now=NOW)),
    "one customer": lambda s, one: customer.portrait(s, one, "wm-li", RULES, WORDS, now=NOW),
    "gaps": lambda s, one: gaps.gaps(s, one, Wanted(), now=NOW),
    "gaps by level": lambda s, one: gaps.gaps(s, one, Wanted({"level": "H"}), now=NOW),
    "turns of a gap": lambda s, one: gaps.turns(s, one, _gap(s), Wanted(), now=NOW),
}


def _gap(session: Session) -> int:
    return session.query(Gap).one().id


def _told(found: home.Home) -> dict[str, object]:
    """Only what is counted of people; the days are there for everybody."""
    standing = (found.follow_ups.count, found.people.count, found.inbox.count, found.outbox.count)
    return {"n": [found.month.conversations, found.month.turns, found.month.new_customers, found.customers, *standing, *found.channels]}


def looked(database: Database, look: Look, one: Who) -> set[str]:
    """What he is told, without what everybody is told anyway: zeros and the names of columns."""
    with database.reading() as session:
        try:
            found = look(session, one)
        except Blocked:
            return set()
        return set(texts(found))


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_tells_those_who_look_after_a_customer_and_nobody_else(store: Database, name: str) -> None:
    look = LOOKS[name]
    seen_by_his = [looked(store, look, one) for one in HIS.values()]
    for other in OTHERS.values():
        told = looked(store, look, other)
        assert told <= {"0", "n"} | {str(key) for key in conversations.VIEWS}
        assert all(his - told for his in seen_by_his), "otherwise this look tells nobody anything and the test is empty"


def test_in_a_group_of_theirs_others_learn_no_more_of_a_customer_than_the_group_says(store: Database) -> None:
    with store.reading() as session:
        [stay] = groups.portrait(session, OTHERS["manager"], "wr1", STORES, now=NOW).stays
        assert (stay["name"], stay["external_id"]) == ("（未知）", "")
        [stay] = groups.portrait(session, who(Role.ADMIN), "wr1", STORES, now=NOW).stays
        assert (stay["name"], stay["external_id"]) == ("李雷的车", "wm-li")
        for his in HIS.values():
            with pytest.raises(Blocked):
                groups.portrait(session, his, "wr1", STORES, now=NOW)


def test_a_row_of_a_box_names_nobody_out_of_sight(store: Database) -> None:
    payload = {"external_id": "wm-li", "open_kfid": "wk-hall", "text": "续航七百公里"}
    with store.unit_of_work() as session:
        times: dict[str, Any] = {"created_at": NOW, "due_at": NOW, "expires_at": NOW + timedelta(days=1)}
        session.add(OutboxMessage(key="k", channel=Channel.KF_TEXT, payload=payload, lane="l", **times))
    with store.reading() as session:
        for one in (*OTHERS.values(), *HIS.values()):
            [row], _ = boxes.rows(session, one, "out", Wanted(), now=NOW)
            found = boxes.detail(session, one, "out", row["id"], now=NOW)
            is_his = one in HIS.values()
            assert (row["to"] == "李雷的车", found.customer is not None, found.words == "续航七百公里") == (is_his,) * 3


def test_pages_that_show_everybody_are_for_those_who_see_everybody() -> None:
    for role in Role:
        if not sees_all(who(role)):
            assert {page.right for page in PAGES if page.right in RIGHTS[role]} <= OPEN_TO_THEM


def test_every_look_at_people_asks_who_is_looking() -> None:
    """A public look over one of these tables takes `who`, or a customer whom somebody has been allowed to see, or is named here."""
    people = {"Customer", "Utterance", "KfSession", "Brief", "InboxMessage", "OutboxMessage", "GapTurn", "GroupMember"}
    behind_rights_of_who_sees_everybody = {"tags.tags", "tags.sync", "gaps.counts", "advisors.advisors"}
    numbers_for_a_page_about_somebody_in_sight = {"conversation.stamp", "conversation.room_in", "conversation.lines_since"}
    of_rows_that_were_narrowed = {"evidence.sentences", "said.titles_in", "plan_cockpit.names_of", "conversations.holders"}
    without_anybody_in_them = {"customers.choices", "scripts.uses"}
    known = behind_rights_of_who_sees_everybody | numbers_for_a_page_about_somebody_in_sight
    known |= of_rows_that_were_narrowed | without_anybody_in_them
    found = {f"{path.stem}.{name}" for path in sorted(Path(_folder(home)).glob("*.py")) for name in _unasked(path, people)}
    assert found == known


def _folder(module: ModuleType) -> Path:
    return Path(str(module.__file__)).parent


def _unasked(path: Path, tables: set[str]) -> Iterator[str]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            takes = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            if "session" in takes and not takes & {"who", "customer", "query"} and names & tables:
                yield node.name
