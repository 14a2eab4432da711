"""Pure: the words of speaking unprompted: what a touch is, to whom it goes, and whether it may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TouchKind(StrEnum):
    """The way a touch takes; what WeCom allows on each is in the reference, §7 and §8."""

    GROUP_POST = "group_post"  # 客户群群发: the group's owner confirms
    INTERNAL_POST = "internal_post"  # 内部群: a webhook, 20 a minute
    MASS_MESSAGE = "mass_message"  # 企业群发 to single customers: a member confirms
    KF_MESSAGE = "kf_message"  # into an open 客服 conversation, within its 48 hours and 5 messages
    MOMENT = "moment"  # 朋友圈: a member publishes
    ADVISOR_CARD = "advisor_card"  # a card to an advisor


@dataclass(frozen=True)
class Subject:
    """Whom it reaches: a customer (external_userid), a group (chat_id), an internal group's name, or an advisor (userid)."""

    kind: str
    id: str


class Held(StrEnum):
    """Why a touch waits."""

    QUIET_HOURS = "免打扰时段"
    PLAN_QUIET = "计划自己的免打扰时段"
    LIVE_CHAT = "客户正在聊天"
    CAP = "已到次数上限，等窗口过去"
    BY_OPERATOR = "运营暂停了"


class Skipped(StrEnum):
    """Why a touch is not made, ever."""

    OPTED_OUT = "客户不希望被打扰"
    BLACKLISTED = "在黑名单里"
    DISMISSED = "群已解散"
    GOAL_MET = "目标已达成，提前离开"
    OTHER_PLAN = "由另一个计划负责"
    CAP = "次数已到上限"
    TOO_LATE = "过了该发的时间"
    MERGED = "与同时段更重要的一条合并"
    UNREACHABLE = "没有可以发送的成员"
    WINDOW_CLOSED = "客服会话已过 48 小时或 5 条"
    STOPPED = "计划已停止"
    STEP_OFF = "这一步已停用"
    SAID = "这一步已经发过"
    BEFORE = "计划启动前就已符合条件"
    EXPIRED = "内容已过有效期或已下架"


@dataclass(frozen=True)
class Go:
    """Say it now."""


@dataclass(frozen=True)
class Wait:
    """Not now; look again at `until` at the latest."""

    why: Held
    until: datetime


@dataclass(frozen=True)
class Skip:
    """Never; `detail` names the cap or the touch that took its place."""

    why: Skipped
    detail: str = ""


Verdict = Go | Wait | Skip


@dataclass(frozen=True)
class Past:
    """A touch that was made, as the caps count it; `step` is the plan's."""

    at: datetime
    kind: TouchKind
    plan: str
    step: str = ""


@dataclass(frozen=True)
class Asked:
    """A touch that wants to be made. It was `planned` for a moment and makes sense until `latest`; a higher `priority` goes first."""

    key: str
    subject: Subject
    kind: TouchKind
    plan: str
    planned: datetime
    latest: datetime
    priority: int = 0


@dataclass(frozen=True)
class Standing:
    """What is known of the subject at this moment. `level` is the customer's, empty for others; `talked_at` his last word or ours in a
    conversation; `owner` the plan that has him, empty when none does."""

    past: Sequence[Past] = ()
    level: str = ""
    talked_at: datetime | None = None
    owner: str = ""
    opted_out: bool = False
    blacklisted: bool = False
    dismissed: bool = False
    held: bool = False
    goal_met: bool = False


@dataclass(frozen=True)
class LastTalk:
    """A customer's conversation with 客服: where, when anybody spoke last (`talked_at`), and how much may still be said, if at all."""

    open_kfid: str
    heard_at: datetime
    talked_at: datetime
    left: int
