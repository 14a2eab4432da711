"""Says what goes to many at once: tasks that members confirm, and posts in internal groups; one function a channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from bot import outbox
from bot.attach import Attacher
from bot.look_mass import MassLook
from bot.mass_rule import FollowRule
from bot.mass_tasks import note_made, subjects_of, task_of
from bot.messages import Channel, internal_lane
from bot.models import OutboxMessage
from bot.outbox import Deed
from bot.queue import State
from bot.recover_mass import recover, sought
from bot.speak import NotSaid, Said
from bot.wecom import speech
from bot.wecom.client import AnswerLost
from bot.wecom.errcodes import Code
from bot.wecom.mass_terms import ChatType
from bot.wecom.messenger import Messenger
from bot.wecom.speech import Body
from bot.wecom.webhook import A_MINUTE, WebhookCalls, markdown_post
from core.clock import Clock
from core.db import Database
from core.errors import RateLimited, Refused, Unavailable

# WeCom may take a moment to list a task that it has just made: whoever looks for a lost one looks twice, so far apart.
LOOK_AGAIN_SECONDS = 120.0
MARKDOWN_BYTES = 4096
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(hours=25)


@dataclass(frozen=True)
class MassSpeaker:
    """Everything that such a deed needs."""

    database: Database
    wecom: Messenger
    attach: Attacher
    webhooks: WebhookCalls
    clock: Clock
    rule: FollowRule = field(default_factory=FollowRule)

    def deeds(self) -> Mapping[Channel, Callable[[Deed], Said | NotSaid]]:
        """One function a channel."""
        return {
            Channel.GROUP_POST: self._task,
            Channel.MASS_MESSAGE: self._task,
            Channel.MOMENT: self._task,
            Channel.INTERNAL_POST: self._internal_post,
            Channel.MASS_RECOVER: self._recover,
            **MassLook(self.database, self.wecom, self.rule, self.clock).deeds(),
        }

    # -- tasks

    def _task(self, deed: Deed) -> Said | NotSaid:
        """Make the task at WeCom, unless it is there already."""
        with self.database.reading() as session:
            known = task_of(session, deed.key)
        if known is not None:
            return Said(known.wecom_id or known.job, "任务此前已创建，未重复创建")
        if not subjects_of(deed.channel, deed.payload):
            return NotSaid("没有接收对象了")
        message = self._message(deed)
        if deed.left_open or deed.attempts > 1:
            found = self._found(deed, message)
            if found is not None:
                return self._note(deed, wecom_id=found, note="任务此前已创建，未重复创建")
            if deed.left_open:
                raise Unavailable("发送途中中断，企业微信里还没有这个任务，稍后再查一次", retry_after=LOOK_AGAIN_SECONDS)
        return self._create(deed, message)

    def _create(self, deed: Deed, message: Body) -> Said:
        subjects = subjects_of(deed.channel, deed.payload)
        try:
            if deed.channel is Channel.MOMENT:
                return self._note(deed, job=self.wecom.moments.create(subjects, message), note="等待成员发表")
            chat_type = ChatType.GROUP if deed.channel is Channel.GROUP_POST else ChatType.SINGLE
            made = self.wecom.mass.create(chat_type, str(deed.payload["sender"]), subjects, message)
        except AnswerLost as lost:
            lost.retry_after = LOOK_AGAIN_SECONDS
            raise
        except Refused as refused:
            self._after_refusal(deed, refused)
            raise
        refused_note = f"，{len(made.failed)} 个不能接收" if made.failed else ""
        return self._note(deed, wecom_id=made.msgid, failed=made.failed, note=f"等待成员确认{refused_note}")

    def _after_refusal(self, deed: Deed, refused: Refused) -> None:
        if refused.code in (Code.MEDIA_ID_INVALID, Code.MEDIA_EXPIRED):
            # WeCom forgot an upload before its time: uploaded anew, it is sent with the next attempt.
            for key in deed.payload["attachments"]:
                self.attach.forget(str(key))
            raise Unavailable(str(refused)) from None
        if refused.code == Code.MASS_NOBODY:
            self._note(deed, failed=subjects_of(deed.channel, deed.payload), note="")

    def _note(self, deed: Deed, *, note: str, wecom_id: str = "", job: str = "", failed: tuple[str, ...] | list[str] = ()) -> Said:
        with self.database.unit_of_work() as session:
            note_made(
                session, deed.key, deed.channel, deed.payload, wecom_id=wecom_id, job=job, failed=failed, rule=self.rule, now=self.clock()
            )
        return Said(wecom_id or job, note)

    def _message(self, deed: Deed) -> Body:
        text, keys, now = str(deed.payload["text"]), [str(key) for key in deed.payload["attachments"]], self.clock()
        if deed.channel is Channel.MOMENT:
            return speech.moment(text, self.attach.moment_attachments(keys, now=now))
        return speech.mass(text, self.attach.attachments(keys, now=now))

    def _found(self, deed: Deed, message: Body) -> str | None:
        members = subjects_of(deed.channel, deed.payload) if deed.channel is Channel.MOMENT else [str(deed.payload["sender"])]
        return recover(self.database, self.wecom, deed.channel, sought(deed, message, members), now=self.clock())

    def _recover(self, deed: Deed) -> Said | NotSaid:
        """A row ended without our knowing whether its task was made ({key}): found, it counts as sent and is followed."""
        with self.database.reading() as session:
            row = session.scalar(select(OutboxMessage).where(OutboxMessage.key == deed.payload["key"]))
        if row is None:
            return NotSaid("那条发件已不在")
        lost = Deed(row.id, row.key, Channel(row.channel), dict(row.payload), row.attempts, row.created_at, left_open=True)
        try:
            found = self._found(lost, self._message(lost))
        except Refused as refused:
            return NotSaid(f"无法查找：{refused}")
        why = "已到企业微信查到，任务已创建" if found else "已到企业微信查过，没有这个任务，可以重发"
        if found:
            self._note(lost, wecom_id=found, note="")
        with self.database.unit_of_work() as session:
            row = session.get_one(OutboxMessage, row.id)
            if found:
                row.state, row.wecom_id, row.reason = State.DONE, found, why
            elif row.state == State.UNCLEAR:
                row.reason = why
        return Said(found, why)

    # -- 内部群

    def _internal_post(self, deed: Deed) -> Said:
        """Post it; its materials follow as posts of their own. One that may have arrived is never posted again by itself."""
        p, group, now = deed.payload, str(deed.payload["group"]), self.clock()
        self._keep_to_the_pace(group, now)
        body = self.attach.webhook_body(str(p["material"]), now=now) if "material" in p else _words(str(p["text"]))
        self._queue_materials(deed, group, now)
        try:
            self.webhooks.send(group, body)
        except AnswerLost:
            raise Refused("发送时没有收到回应，不确定内部群是否收到；请到群里看一眼再决定是否重发") from None
        return Said()

    def _keep_to_the_pace(self, group: str, now: datetime) -> None:
        """Twenty a minute for each webhook, counted in the rows, so that processes and restarts count together. Else RateLimited."""
        ended = (State.DONE, State.PARKED, State.UNCLEAR)
        lately = select(OutboxMessage.payload, OutboxMessage.settled_at).where(
            OutboxMessage.channel == Channel.INTERNAL_POST,
            OutboxMessage.created_at > now - _DAY,
            OutboxMessage.settled_at > now - _MINUTE,
            OutboxMessage.state.in_(ended),
        )
        with self.database.reading() as session:
            times = sorted(at for payload, at in session.execute(lately) if at is not None and payload.get("group") == group)
        if len(times) >= A_MINUTE:
            wait = times[-A_MINUTE] + _MINUTE - now
            raise RateLimited(f"内部群每分钟最多 {A_MINUTE} 条，排队等待", retry_after=wait.total_seconds())

    def _queue_materials(self, deed: Deed, group: str, now: datetime) -> None:
        with self.database.unit_of_work() as session:
            for number, material in enumerate(deed.payload.get("attachments", ())):
                payload = {"group": group, "material": material, "plan": deed.payload.get("plan", ""), "step": deed.payload.get("step", "")}
                outbox.enqueue(session, f"{deed.key}:a{number}", Channel.INTERNAL_POST, payload, lane=internal_lane(group), now=now)


def _words(text: str) -> Body:
    size = len(text.encode("utf-8"))
    if size > MARKDOWN_BYTES:
        raise Refused(f"内部群的文字超过 {MARKDOWN_BYTES} 字节，请缩短")
    return speech.text_body(text) if size <= speech.TEXT_BYTES else markdown_post(text)
