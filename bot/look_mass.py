"""Reads what became of tasks, reminds who has not confirmed, cancels: each a deed of the outbox of its own.

What nobody has confirmed while it made sense is withdrawn: «tonight at eight» is not to be sent tomorrow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.mass_follow import lapsed_because
from bot.mass_rule import FollowRule, MassState, Reach, all_confirmed
from bot.mass_tasks import change_task, keep_results, settle_look, task_of
from bot.messages import Channel
from bot.models import MassTask
from bot.outbox import Deed
from bot.speak import NotSaid, Said
from bot.wecom.client import AnswerLost
from bot.wecom.errcodes import Code
from bot.wecom.messenger import Messenger
from bot.wecom.speech import text_body
from core.clock import Clock
from core.db import Database
from core.errors import Refused

NO_TASK = "没有这个群发任务，或它没有创建成功"
_SAME_WITHIN = timedelta(hours=4)
_PUBLISH = "您有一条企业朋友圈还没有发表：请打开 工作台 → 客户联系 → 客户朋友圈，点「发表」。"


@dataclass(frozen=True)
class MassLook:
    """Every payload is {key}: of the outbox row that made the task."""

    database: Database
    wecom: Messenger
    rule: FollowRule
    clock: Clock

    def deeds(self) -> Mapping[Channel, Callable[[Deed], Said | NotSaid]]:
        """One function a channel."""
        return {Channel.MASS_FOLLOW: self.follow, Channel.MASS_REMIND: self.remind, Channel.MASS_CANCEL: self.cancel}

    def follow(self, deed: Deed) -> Said | NotSaid:
        """Read who has confirmed and whom it reached."""
        task = self._task(deed)
        if task is None:
            return NotSaid(NO_TASK)
        if not task.wecom_id and not self._job_is_done(task):
            return Said(note="朋友圈任务还没有创建完成")
        task = self._look(task)
        if task.state == MassState.LAPSED:
            return Said(note=lapsed_because(task))
        return Said(note=f"已读取：{'已确认' if task.confirmed_at else '还没有人确认'}")

    def remind(self, deed: Deed) -> Said | NotSaid:
        """Remind whom it still waits for, once; who has confirmed meanwhile is left alone."""
        task = self._task(deed)
        if task is None or not task.wecom_id:
            return NotSaid(NO_TASK)
        task = self._look(task)
        if task.state != MassState.OPEN:
            return NotSaid("已确认或已结束，不用提醒")
        try:
            note = self._remind_to_publish(task) if task.channel == Channel.MOMENT else self._remind_to_send(task)
        except AnswerLost:
            note = "没有收到回应，可能已经提醒；不再重复"
        self._change(task, reminded_at=self.clock(), remind_at=None)
        return Said(note=note)

    def cancel(self, deed: Deed) -> Said | NotSaid:
        """What is not sent yet will not be; what was sent stays and is read once more."""
        task = self._task(deed)
        if task is None:
            return NotSaid(NO_TASK)
        if not task.wecom_id and not self._job_is_done(task):
            return NotSaid(NO_TASK)
        self._withdraw(task, MassState.CANCELLED)
        return Said(note="已取消，没有发出的不再发出")

    def _withdraw(self, task: MassTask, state: MassState) -> None:
        """Cancel it at WeCom; what became of it is read once more."""
        calls = self.wecom.moments if task.channel == Channel.MOMENT else self.wecom.mass
        try:
            calls.cancel(self._fresh(task).wecom_id)
        except Refused as refused:
            if refused.code != Code.MASS_CANCELLED:
                raise
        now = self.clock()
        self._change(task, cancelled_at=now, state=state, remind_at=None, look_at=now + self.rule.first_look)

    def _look(self, task: MassTask) -> MassTask:
        """Read it; past its time and still unconfirmed it is withdrawn."""
        task = self._read(task)
        if task.state != MassState.LAPSED or task.cancelled_at is not None:
            return task
        try:
            self._withdraw(task, MassState.LAPSED)
        except Refused:
            # Perhaps it was sent at this very moment: what WeCom tells now counts, and the next look tries again.
            return self._read(task)
        return self._fresh(task)

    def _read(self, task: MassTask) -> MassTask:
        confirmed_at = self._published(task) if task.channel == Channel.MOMENT else self._sent(task)
        with self.database.unit_of_work() as session:
            return settle_look(session, task.id, confirmed_at, self.rule, now=self.clock())

    def _sent(self, task: MassTask) -> datetime | None:
        """When the member confirmed; the results are read when he has."""
        members = [member for member in self.wecom.mass.members(task.wecom_id) if member.userid == task.sender]
        confirmed_at = all_confirmed([member.sent_at for member in members])
        cursor, more = "", confirmed_at is not None
        while more:
            page = self.wecom.mass.results(task.wecom_id, task.sender, cursor)
            with self.database.unit_of_work() as session:
                keep_results(session, task.id, [(one.subject, Reach(one.status), one.at) for one in page.results])
            more, cursor = bool(page.next_cursor) and page.next_cursor != cursor, page.next_cursor
        return confirmed_at

    def _published(self, task: MassTask) -> datetime | None:
        """When all had published; WeCom does not tell when each did, so it is when we saw it."""
        now = self.clock()
        members = self.wecom.moments.members(self._fresh(task).wecom_id)
        with self.database.unit_of_work() as session:
            known = [(one.userid, Reach.SENT if one.sent_at else Reach.NOT_SENT, now if one.sent_at else None) for one in members]
            keep_results(session, task.id, known)
        return all_confirmed([now if member.sent_at else None for member in members])

    def _job_is_done(self, task: MassTask) -> bool:
        """Whether the moment's job has come to a task; when it failed, that is noted and raised as Refused."""
        made = self.wecom.moments.made(task.job)
        if not made.is_done:
            self._change(task, look_at=self.clock() + self.rule.first_look)
            return False
        with self.database.unit_of_work() as session:
            keep_results(session, task.id, [(userid.lower(), Reach.REFUSED, None) for userid in made.invalid])
            if made.moment_id:
                change_task(session, task.id, wecom_id=made.moment_id, state=MassState.OPEN)
            else:
                why = f"企业微信没有创建朋友圈任务（errcode {made.errcode}）"
                change_task(session, task.id, state=MassState.FAILED, reason=why, look_at=None, remind_at=None)
        if not made.moment_id:
            raise Refused(why, code=made.errcode)
        return True

    def _remind_to_send(self, task: MassTask) -> str:
        try:
            self.wecom.mass.remind(task.wecom_id)
        except Refused as refused:
            if refused.code not in (Code.REMINDED_TOO_OFTEN, Code.MASS_CANCELLED):
                raise
            return str(refused)
        return "已提醒"

    def _remind_to_publish(self, task: MassTask) -> str:
        """WeCom has no reminder for moments: the app writes."""
        waiting = [member.userid for member in self.wecom.moments.members(task.wecom_id) if member.sent_at is None]
        self.wecom.app.send(waiting, text_body(_PUBLISH), same_within=_SAME_WITHIN)
        return f"已提醒 {len(waiting)} 位成员"

    def _task(self, deed: Deed) -> MassTask | None:
        with self.database.reading() as session:
            task = task_of(session, str(deed.payload["key"]))
        return None if task is None or task.state == MassState.FAILED else task

    def _fresh(self, task: MassTask) -> MassTask:
        with self.database.reading() as session:
            return session.get_one(MassTask, task.id)

    def _change(self, task: MassTask, **values: object) -> None:
        with self.database.unit_of_work() as session:
            change_task(session, task.id, **values)
