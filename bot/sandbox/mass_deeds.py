"""What members do with mass messages and moments: confirm, publish; and what an operator of the sandbox may arrange."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.sandbox.corp import Bubble, Corp
from bot.sandbox.mass import SINGLE, groups_owned_by
from bot.sandbox.mass_terms import InternalGroup, MassTask, Moment, Said, SendStatus, Target
from bot.sandbox.stage import Stage
from bot.sandbox.terms import CannotDo, Json, Speaker
from core.zone import SHANGHAI


class MassDeeds(Stage):
    """On the members' phones, and their view of what waits for them."""

    def member_confirms_mass(self, userid: str, msgid: str, chosen: Sequence[str] | None = None) -> int:
        """Press send: each customer or group gets it, unless his month is full or he is no contact any more. Returns how many got it.

        `chosen` narrows the customers where the task lets the member select.
        """
        with self._deed() as now:
            member = self._corp.member(userid).userid
            task = self._task_of(member, msgid)
            if chosen is not None and not task.allow_select:
                raise CannotDo("这个任务不能自己选客户")
            task.sent_by[member] = now
            mine = [target for target in task.targets if target.userid == member and (chosen is None or target.subject in chosen)]
            for target in mine:
                _send(self._corp, task, target, now=now)
            return sum(target.status is SendStatus.SENT for target in mine)

    def member_publishes_moment(self, userid: str, moment_id: str) -> int:
        """Press publish: his customers see it; returns how many do."""
        with self._deed() as now:
            member = self._corp.member(userid).userid
            moment = self._moment_of(member, moment_id)
            moment.published[member] = now
            seen_by = [
                follow.external_userid
                for follow in self._corp.follows.values()
                if follow.userid == member and not follow.one_way and (not moment.tags or set(moment.tags) & set(follow.tags))
            ]
            for external_userid in seen_by:
                self._corp.chats[external_userid].extend(_bubbles(self._corp, moment.said, member, "moment", now))
            return len(seen_by)

    def dispatch_slowly(self, *, seconds: float) -> None:
        """From now on a task is being dispatched for so long: asking for it gives 41063."""
        with self._deed():
            self._corp.mass.dispatch_takes = timedelta(seconds=seconds)

    def month_is_full(self, subject: str) -> None:
        """The customer or group has got as many mass messages this month as it has days, from whomever."""
        with self._deed() as now:
            self._corp.mass.used[subject, _month(now)] = _most(now)

    def webhook_removed(self, key: str) -> None:
        """Somebody takes the robot out of the internal group: 93000 from now on."""
        with self._deed():
            self._corp.mass.internal[key].removed = True

    def internal_groups(self) -> list[InternalGroup]:
        """The internal groups with what was posted there."""
        with self._look():
            return list(self._corp.mass.internal.values())

    def mass_tasks_of(self, userid: str) -> list[MassTask]:
        """Every mass message that this member must confirm or has confirmed, oldest first."""
        with self._look():
            return [task for task in self._corp.mass.tasks.values() if userid in task.members]

    def moments_of(self, userid: str) -> list[Moment]:
        """Every moment that this member may publish, oldest first."""
        with self._look():
            return [moment for moment in self._corp.mass.moments.values() if userid in moment.members]

    def _task_of(self, member: str, msgid: str) -> MassTask:
        task = self._corp.mass.tasks.get(msgid)
        if task is None or member not in task.members:
            raise CannotDo("没有这个群发任务")
        if task.cancelled_at is not None:
            raise CannotDo("这个群发任务已被取消")
        if member in task.sent_by:
            raise CannotDo("已经发送过了")
        return task

    def _moment_of(self, member: str, moment_id: str) -> Moment:
        moment = self._corp.mass.moments.get(moment_id)
        if moment is None or member not in moment.members:
            raise CannotDo("没有这条朋友圈任务")
        if moment.cancelled_at is not None:
            raise CannotDo("这条朋友圈任务已被取消")
        if member in moment.published:
            raise CannotDo("已经发表过了")
        return moment


def mass_view(corp: Corp, userid: str) -> list[Json]:
    """For the page: what the member is to confirm or publish, newest first."""
    messages = [_task_view(task, userid) for task in corp.mass.tasks.values() if userid in task.members]
    moments = [_moment_view(moment, userid) for moment in corp.mass.moments.values() if userid in moment.members]
    return sorted([*messages, *moments], key=lambda view: str(view["order"]), reverse=True)[:50]


def internal_view(corp: Corp) -> list[Json]:
    """For the page: the internal groups with their last posts."""
    return [
        {
            "name": group.name,
            "posts": [{"at": _clock(at), "type": msgtype, "content": content} for at, msgtype, content in group.posts[-20:]],
        }
        for group in corp.mass.internal.values()
    ]


def _task_view(task: MassTask, userid: str) -> Json:
    mine = [target for target in task.targets if target.userid == userid]
    counts = [sum(target.status is status for target in mine) for status in SendStatus]
    done = "cancelled" if task.cancelled_at else "sent" if userid in task.sent_by else ""
    shared = {"order": f"{task.at.isoformat()} {task.msgid}", "at": _clock(task.at), "said": list(task.said), "done": done}
    return {"kind": task.chat_type, "id": task.msgid, "many": len(mine), "counts": counts, "reminded": len(task.reminded), **shared}


def _moment_view(moment: Moment, userid: str) -> Json:
    done = "cancelled" if moment.cancelled_at else "sent" if userid in moment.published else ""
    shared = {"order": f"{moment.at.isoformat()} {moment.moment_id}", "at": _clock(moment.at), "said": list(moment.said), "done": done}
    return {"kind": "moment", "id": moment.moment_id, "many": 0, "counts": [], "reminded": 0, **shared}


def _send(corp: Corp, task: MassTask, target: Target, *, now: datetime) -> None:
    is_single = task.chat_type == SINGLE
    follow = corp.follows.get((target.userid, target.subject))
    if is_single and (follow is None or follow.one_way):
        target.status = SendStatus.NO_CONTACT
    elif not is_single and target.subject not in groups_owned_by(corp, target.userid):
        return  # dismissed or given away: of groups WeCom lists only those that were sent
    elif corp.mass.used[target.subject, _month(now)] >= _most(now):
        target.status = SendStatus.LIMIT
    else:
        target.status, target.sent_at = SendStatus.SENT, now
        corp.mass.used[target.subject, _month(now)] += 1
        if is_single:
            corp.chats[target.subject].extend(_bubbles(corp, task.said, target.userid, "friend", now))
        else:
            corp.groups.by_id[target.subject].posts.extend((now, kind, content) for kind, content in task.said)


def _bubbles(corp: Corp, said: Said, userid: str, chat: str, now: datetime) -> list[Bubble]:
    return [Bubble(corp.issue("mass"), now, Speaker.ADVISOR, kind, content, by=userid, chat=chat) for kind, content in said]


def _month(now: datetime) -> str:
    return now.astimezone(SHANGHAI).strftime("%Y-%m")


def _most(now: datetime) -> int:
    local = now.astimezone(SHANGHAI)
    return monthrange(local.year, local.month)[1]


def _clock(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S")
