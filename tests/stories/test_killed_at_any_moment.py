"""kill -9 at every moment of a message's journey: nothing is lost and nothing is said twice.

A moment lies between two things that outlive the process: a commit, a call that WeCom has taken, the answer to a callback. The journey is
told again and again; each time the process dies one moment later, another is born on the same database, and in the end everything must be
as if nobody had died.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from bot import inbox, outbox
from bot.messages import Channel
from bot.models import InboxMessage, OutboxMessage
from bot.queue import State
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import ApiAnswer, SessionState
from core.clock import utc_now
from core.db import Base, Database
from core.settings import Settings
from kb.models import LibraryRevision, MaterialRow, Script, ScriptVersion
from run.compose import seed
from run.pack import Pack
from run.sandboxed import SANDBOX_CORP
from tests.stories.mortal import Birth, Born, Call, Ended, Moment, Post, Told, Work
from tests.stories.world import PATIENCE, START

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
OF_THE_LIBRARY = {table.__tablename__ for table in (LibraryRevision, MaterialRow, Script, ScriptVersion)}
ANSWER_WITHIN_SECONDS = 60.0
STEP = timedelta(milliseconds=250)
QUESTION = "我想预约保养"
Begin = Callable[[Sandbox], str]


class Died(ConnectionResetError):
    """The process is gone; whoever waited for its answer hears nothing."""


class Kin:
    """Assistants of one family, born one after another, and the pipe to the one that lives now."""

    def __init__(self, data_dir: Path) -> None:
        self._line, theirs = Pipe()
        # A fork inherits memory, not the threads of numerical libraries: so there are none.
        alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        program = "import sys; from tests.stories import mortal; mortal.bear(int(sys.argv[1]), sys.argv[2])"
        command = [sys.executable, "-c", program, str(theirs.fileno()), str(data_dir)]
        self._first = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **alone}, pass_fds=[theirs.fileno()])
        theirs.close()
        assert self.hear() == Told()

    def tell(self, word: object) -> None:
        """Say something to the one that lives, or to the first when nobody else does."""
        self._line.send(word)

    def hear(self) -> Any:
        """The next word."""
        assert self._line.poll(ANSWER_WITHIN_SECONDS), "nothing heard"
        return self._line.recv()

    def close(self) -> None:
        """End the family."""
        self.tell(None)
        self._first.wait(ANSWER_WITHIN_SECONDS)
        self._line.close()


class Tale:
    """One journey in a world where only the process is mortal: WeCom, the clock and the database outlive it."""

    def __init__(self, kin: Kin, database: Database, *, dies_at: int, away: timedelta) -> None:
        self.now = START
        self.sandbox = Sandbox(SANDBOX_CORP, deliver=self._deliver, clock=lambda: self.now)
        self.moments: list[str] = []
        self.left_wecom_without_answer = False
        self._kin, self._database = kin, database
        self._dies_at, self._away = dies_at, away
        self._pid = 0
        self._last = "nothing"
        with database.unit_of_work() as session:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in OF_THE_LIBRARY:
                    session.execute(delete(table))

    def settles(self) -> None:
        """Until nothing is due, waiting for leases to end and retries to come due; whoever dies on the way is followed by another."""
        while True:
            try:
                while self.sandbox.deliver_due():
                    pass
                self._ask(Work(self.now))
            except Died:
                continue
            if self._all_is_done():
                return
            # A lease has to end, a retry to come due, or PostgreSQL to notice that the dead one let go of its locks.
            self.now += STEP
            assert self.now - START < PATIENCE
            time.sleep(0.01)

    def ends(self) -> None:
        """The process that lives now goes home."""
        if self._pid:
            self._kin.tell(None)
            while self._kin.hear() != Ended(0):
                pass
            self._pid = 0

    def outcome(self, customer: str) -> dict[str, Any]:
        """Everything that can be seen afterwards, on the phones and in our tables."""
        heard = [(bubble.speaker, bubble.msgtype, bubble.text) for bubble in self.sandbox.heard_by(customer)]
        members = {userid: self.sandbox.app_messages_of(userid) for userid in ("zhangsan", "lisi", "wangwu")}
        with self._database.reading() as session:
            rows = {name: session.scalar(select(func.count()).select_from(table)) for name, table in Base.metadata.tables.items()}
            inbox = Counter(session.execute(select(InboxMessage.kind, InboxMessage.state)).all())
            outbox = Counter(session.execute(select(OutboxMessage.channel, OutboxMessage.state)).all())
        return {
            "heard": heard,
            "told": {userid: [message.content.get("quote_area") for message in got] for userid, got in members.items()},
            "session": self.sandbox.session_of(customer),
            "rows": rows,
            "inbox": inbox,
            "outbox": outbox,
        }

    def _deliver(self, query: dict[str, str], body: bytes) -> int:
        try:
            return self._ask(Post(query, body, self.now))
        except Died:
            self.left_wecom_without_answer = True
            raise

    def _ask(self, request: Post | Work) -> int:
        if not self._pid:
            self._kin.tell(Birth(self._database.engine.url.render_as_string(hide_password=False), self.now))
            self._until_told("start")
        self._kin.tell(request)
        return self._until_told("callback" if isinstance(request, Post) else "work")

    def _until_told(self, what: str) -> int:
        while True:
            match self._kin.hear():
                case Born(pid):
                    self._pid = pid
                case Moment(name):
                    self._pass(name)
                    self._kin.tell(None)
                case Call() as call:
                    answer = self._wecom(call)
                    self._kin.tell((answer.status, answer.content_type, answer.body))
                case Told(status):
                    self._pass(f"the end of {what}")
                    return status
                case unexpected:
                    pytest.fail(f"heard {unexpected}")

    def _wecom(self, call: Call) -> ApiAnswer:
        name = call.path.removeprefix("/cgi-bin/")
        self._pass(name)
        return self.sandbox.call(call.method, call.path, call.query, call.body, call.content_type)

    def _pass(self, following: str) -> None:
        moment = f"after {self._last}, before {following}"
        self.moments.append(moment)
        self._last = following
        if len(self.moments) == self._dies_at:
            os.kill(self._pid, signal.SIGKILL)
            assert self._kin.hear() == Ended(-signal.SIGKILL)
            self._pid = 0
            self.now += self._away
            raise Died(moment)

    def _all_is_done(self) -> bool:
        with self._database.reading() as session:
            return inbox.open_count(session) == 0 and not outbox.by_state(session, [State.WAITING, State.CLAIMED], limit=1)


@pytest.fixture(scope="module")
def kin(settings: Settings) -> Iterator[Kin]:
    """One family for all journeys."""
    family = Kin(settings.data_dir)
    yield family
    family.close()


@pytest.fixture
def library(database: Database, pack: Pack) -> Database:
    """A database that holds the pack."""
    seed(database, pack, utc_now)
    return database


def asks(sandbox: Sandbox) -> str:
    """A question with an answer and a picture, from somebody nobody has seen before."""
    sandbox.customer_says("wm-sunny", QUESTION)
    return "wm-sunny"


def wants_a_person(sandbox: Sandbox) -> str:
    """转人工."""
    sandbox.customer_says("wm-sunny", "转人工")
    return "wm-sunny"


def enters(sandbox: Sandbox) -> str:
    """A customer opens the chat."""
    return sandbox.customer_enters("晴天", scene="store_qr")


def told(kin: Kin, library: Database, begin: Begin, *, dies_at: int, away: timedelta = timedelta(0)) -> tuple[Tale, dict[str, Any]]:
    """The journey from its beginning to where everything has settled; who dies is followed by another after so long."""
    tale = Tale(kin, library, dies_at=dies_at, away=away)
    customer = begin(tale.sandbox)
    try:
        tale.settles()
    finally:
        tale.ends()
    return tale, tale.outcome(customer)


def deaths(kin: Kin, library: Database, begin: Begin) -> Iterator[tuple[str, Tale, dict[str, Any]]]:
    """(moment, tale, outcome) of each tale in which the process died, one moment later each time, until one ends without."""
    for number in count(1):
        tale, outcome = told(kin, library, begin, dies_at=number)
        if len(tale.moments) < number:
            return
        yield tale.moments[number - 1], tale, outcome


@pytest.mark.parametrize(
    ("begin", "calls"),
    [
        (asks, {"gettoken", "kf/servicer/list", "kf/sync_msg", "kf/service_state/trans", "kf/send_msg", "media/upload"}),
        (wants_a_person, {"kf/sync_msg", "kf/send_msg", "kf/service_state/get", "kf/service_state/trans", "message/send"}),
        (enters, {"kf/sync_msg", "kf/send_msg_on_event", "kf/customer/batchget"}),
    ],
)
def test_who_dies_at_any_moment_leaves_nothing_undone_and_nothing_done_twice(
    kin: Kin, library: Database, begin: Begin, calls: set[str]
) -> None:
    _, untouched = told(kin, library, begin, dies_at=0)
    moments = []
    for moment, tale, outcome in deaths(kin, library, begin):
        assert outcome == untouched, f"killed {moment}"
        [(_, statuses), *_] = tale.sandbox.callback_statuses()
        assert statuses == ([0, 200] if tale.left_wecom_without_answer else [200]), f"killed {moment}"
        moments += moment.split(", ")
    assert {"before a commit", "after a commit", "before the end of callback"} <= set(moments)
    assert {f"{side} {call}" for side in ("before", "after") for call in calls} <= set(moments)


def test_a_welcome_in_the_air_when_its_time_ran_out_is_shown_to_an_operator(kin: Kin, library: Database) -> None:
    tale, _ = told(kin, library, enters, dies_at=0)
    sent = tale.moments.index("after kf/send_msg_on_event, before a commit") + 1

    _, outcome = told(kin, library, enters, dies_at=sent, away=timedelta(seconds=21))

    assert outcome["outbox"][Channel.KF_ON_EVENT, State.UNCLEAR] == 1
    assert len(outcome["heard"]) == 1


def test_the_journey_that_nobody_disturbs_is_the_right_one(kin: Kin, library: Database, pack: Pack) -> None:
    """What the deaths are measured by."""
    [answers] = [content.answers for content in pack.scripts.contents if content.standard == QUESTION]
    said = answers[0].text.replace("{顾问}", pack.replies.variables["顾问"])
    for begin, heard, state in (
        (asks, [("text", said), ("image", "")], SessionState.ASSISTANT),
        (wants_a_person, [("text", pack.replies.say("hand_off.on_duty"))], SessionState.HUMAN),
        (enters, [("msgmenu", pack.replies.say("welcome.head"))], SessionState.ENDED),
    ):
        _, outcome = told(kin, library, begin, dies_at=0)
        assert [(kind, words) for speaker, kind, words in outcome["heard"] if speaker == "bot"] == heard
        assert outcome["session"][0] is state
        assert sum(len(cards) for cards in outcome["told"].values()) == (begin is wants_a_person)
        assert {state for _, state in [*outcome["inbox"], *outcome["outbox"]]} == {State.DONE}
