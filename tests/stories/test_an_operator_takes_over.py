"""An operator takes a conversation over in the console, writes himself, corrects, and gives it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.acts import conversations as acts
from admin.acts import corrections
from admin.acts.conversations import Talk, Words
from admin.looks import conversation as looks
from admin.looks.conversation import Line, Names
from admin.models import AuditEntry
from admin.terms import Blocked, NotAllowed, Role, Who
from bot import transcript
from bot.budget import HOLD_LASTS
from bot.models import KfSession, Utterance
from bot.sandbox.terms import SessionState
from customers.models import FocusRecord
from kb import store as library
from kb.content import content_from_json
from kb.terms import ScriptContent
from tests.stories.world import World

LINA = Who(1, "lina", "李娜", Role.OPERATOR)
CHEN = Who(2, "chen", "陈晨", Role.OPERATOR)
ADVISOR = Who(3, "zhangsan", "张三", Role.ADVISOR, userid="zhangsan")
NAMES = Names({}, {})


def talk_of(world: World, customer: str) -> Talk:
    with world.database.reading() as session:
        return Talk(session.scalars(select(KfSession.open_kfid).where(KfSession.external_id == customer)).one(), customer)


def takes_over(world: World, customer: str, who: Who = LINA) -> Talk:
    talk = talk_of(world, customer)
    with world.database.unit_of_work() as session:
        acts.take_over(session, who, talk, now=world.now)
    return talk


def writes(world: World, talk: Talk, text: str, click: str, who: Who = LINA) -> None:
    with world.database.unit_of_work() as session:
        acts.write(session, who, talk, Words(text), click, now=world.now)


def gives_back(world: World, talk: Talk, click: str = "back") -> None:
    with world.database.unit_of_work() as session:
        acts.give_back(session, LINA, talk, click, goodbye="再见", now=world.now)
    world.settles()


def lines_of(world: World, customer: str, who: Who = LINA) -> list[Line]:
    with world.database.reading() as session:
        return looks.lines(session, who, customer, NAMES)


def heard(world: World, customer: str) -> Utterance:
    with world.database.reading() as session:
        line = transcript.last_from(session, customer, "customer")
    assert line is not None
    return line


def test_while_he_holds_it_the_assistant_is_silent_but_goes_on_noting(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    takes_over(world, customer)

    assert world.asks(customer, "E7的后备箱多大") == []
    line = heard(world, customer)
    assert (line.decision, line.words) == ("quiet", "E7的后备箱多大")
    assert line.understood is not None
    assert line.understood["intents"]


def test_what_the_assistant_had_thought_up_is_not_said_any_more(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "你好")
    world.says(customer, "E7多少钱", after=0)
    while world.assistant.worker.handle_next("handler") or world.sandbox.deliver_due():
        pass
    world.later(seconds=3)
    while world.assistant.worker.handle_next("handler"):
        pass
    takes_over(world, customer)
    before = len(world.sandbox.said_by_bot(customer))
    world.settles()

    assert len(world.sandbox.said_by_bot(customer)) == before
    unsaid = [line for line in lines_of(world, customer) if line.delivery and line.delivery.state == "没有发出"]
    assert {line.delivery.reason for line in unsaid if line.delivery} == {"运营已在后台接管，助手不回复"}


def test_he_writes_himself_once_a_click_and_the_customer_reads_it(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    talk = talk_of(world, customer)
    writes(world, talk, "您好，我是李娜，帮您算一下", "c1")
    writes(world, talk, "您好，我是李娜，帮您算一下", "c1")
    world.settles()

    assert world.sandbox.said_by_bot(customer).count("您好，我是李娜，帮您算一下") == 1
    assert world.sandbox.session_of(customer)[0] is SessionState.ASSISTANT
    line = lines_of(world, customer)[-1]
    assert (line.name, line.side, line.delivery and line.delivery.state) == ("李娜", "us", "已发送")
    with world.database.reading() as session:
        acts_done = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "conversation").order_by(AuditEntry.id)).all()
    assert acts_done == ["接管会话", "回复客户"], "who writes has taken over"


def test_after_he_gives_it_back_the_assistant_answers_again(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    gives_back(world, takes_over(world, customer))

    assert len(world.asks(customer, "E7的后备箱多大")) >= 1


def test_who_forgets_to_give_it_back_does_not_leave_the_customer_alone(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    takes_over(world, customer)
    world.now += HOLD_LASTS - timedelta(minutes=1)
    assert world.asks(customer, "E7的后备箱多大") == []
    world.later(minutes=2)
    assert len(world.asks(customer, "E7的后备箱多大呢")) >= 1


def test_he_gives_it_to_a_servicer_and_back_through_the_end_of_the_session(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    talk = talk_of(world, customer)
    with world.database.unit_of_work() as session:
        acts.hand_to(session, LINA, talk, "lisi", "h1", now=world.now)
    world.settles()
    assert world.sandbox.session_of(customer) == (SessionState.HUMAN, "lisi")
    assert world.asks(customer, "在吗") == []

    gives_back(world, talk)
    assert world.sandbox.session_of(customer)[0] is SessionState.ENDED
    assert world.sandbox.said_by_bot(customer)[-1] == "再见"
    assert len(world.asks(customer, "E7的后备箱多大")) >= 1


def test_a_pool_that_wecom_does_not_give_back_says_so(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    talk = talk_of(world, customer)
    with world.database.unit_of_work() as session:
        acts.hand_to(session, LINA, talk, "", "h1", now=world.now)
    world.settles()
    gives_back(world, talk)

    assert world.sandbox.session_of(customer)[0] is SessionState.POOL
    [row] = [row for row in world.outbox() if row.key == "session:back"]
    assert row.state == "parked"
    assert "95016" in row.reason


def test_the_sixth_message_is_refused_in_words(world: World) -> None:
    customer = world.enters("晴天")
    spent = len(world.asks(customer, "E7多少钱"))
    talk = talk_of(world, customer)
    for number in range(5 - spent):
        writes(world, talk, f"第 {number} 条", f"c{number}")
        world.settles()
    with pytest.raises(Blocked, match="已经发过 5 条"):
        writes(world, talk, "再来一条", "c9")


def test_after_48_hours_nothing_may_be_written(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    world.later(hours=48)
    with pytest.raises(Blocked, match="超过 48 小时"):
        writes(world, talk_of(world, customer), "在吗", "c1")


def test_a_colleague_has_to_take_it_over_before_he_writes(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    talk = takes_over(world, customer)
    with pytest.raises(Blocked, match="lina 正在接管"):
        writes(world, talk, "我来", "c1", CHEN)
    takes_over(world, customer, CHEN)
    writes(world, talk, "我来", "c1", CHEN)


def test_an_advisor_cannot_open_or_serve_anothers_customer(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    with pytest.raises(Blocked, match="不在您的范围内"):
        lines_of(world, customer, ADVISOR)
    with pytest.raises(Blocked, match="不在您的范围内"):
        takes_over(world, customer, ADVISOR)
    with world.database.reading() as session, pytest.raises(NotAllowed):
        corrections.message_for(session, ADVISOR, heard(world, customer).msgid)


def test_who_was_promised_a_person_waits_until_that_person_speaks(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    with world.database.reading() as session:
        kf = session.scalars(select(KfSession)).one()
        assert kf.waiting_since is None, "the assistant has answered"
    world.asks(customer, "转人工")
    _, servicer = world.sandbox.session_of(customer)
    with world.database.reading() as session:
        assert session.scalars(select(KfSession.waiting_since)).one() is not None
    world.sandbox.servicer_says(servicer, customer, "您好，我是顾问")
    world.settles()
    with world.database.reading() as session:
        assert session.scalars(select(KfSession.waiting_since)).one() is None


def test_a_better_script_becomes_drafts_for_review_and_can_be_taken_back(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7多少钱")
    line = heard(world, customer)
    assert line.decision == "answer"
    used = line.script.partition("@")[0]
    with world.database.reading() as session:
        right = next(script.key for script in library.scripts(session) if script.key != used and script.intent == "ask_range")
    with world.database.unit_of_work() as session:
        drafts = corrections.correct_script(session, LINA, line.msgid, right, now=world.now)
    assert drafts.wrong[0] == used
    assert line.words in draft(world, right).similar
    assert line.words in draft(world, right).must_hit
    assert line.words in draft(world, used).negative
    assert [fix.told for one in lines_of(world, customer) for fix in one.fixes] == [f"应回复「{drafts.title}」"]

    with world.database.unit_of_work() as session:
        entry = session.scalars(select(AuditEntry.id).where(AuditEntry.act == "更正话术")).one()
        corrections.take_back(session, LINA, entry, now=world.now)
    assert line.words not in (*draft(world, right).similar, *draft(world, right).must_hit)
    assert line.words not in draft(world, used).negative


def draft(world: World, key: str) -> ScriptContent:
    with world.database.reading() as session:
        return content_from_json(library.versions(session, key)[0].content)


def test_the_words_of_a_message_are_shown_with_what_was_understood_in_them(world: World) -> None:
    customer = world.enters("晴天")
    world.asks(customer, "E7冬天续航掉得厉害吗，有点担心")
    [line] = [one for one in lines_of(world, customer) if one.side == "customer"]
    assert line.reading is not None
    assert [name for name, _ in line.reading.intents][:1] == ["续航能耗"]
    with world.database.reading() as session:
        records = session.scalars(select(FocusRecord).where(FocusRecord.message_id == line.msgid)).all()
    assert {one.id for one in line.reading.focus} == {record.id for record in records}
    assert any(mark.kind == "focus" for mark in line.reading.marks)
    assert all(line.words[mark.start : mark.end] for mark in line.reading.marks)
