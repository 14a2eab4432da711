"""Pure: what the rows of inbox and outbox are called, what their states and reasons mean, and what to do about them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.describe import DECISION_NAMES, REASON_NAMES, reason_name
from bot.inbox_terms import DAILY, HISTORY, KF_ENTRY, KF_NOTICE, KF_POLL, KF_TEXT
from bot.messages import TO_CUSTOMER, Channel

STATE_NAMES: Mapping[str, str] = {
    "waiting": "等待",
    "claimed": "处理中",
    "done": "完成",
    "ignored": "不用处理",
    "skipped": "没有发",
    "parked": "停下",
    "unclear": "不确定",
}

KIND_NAMES: Mapping[str, str] = {
    KF_TEXT: "客户消息",
    KF_ENTRY: "客服事件、图片等",
    HISTORY: "接入前的消息",
    KF_NOTICE: "客服新消息通知",
    KF_POLL: "定时拉取",
    DAILY: "每日整理",
    "kf_auth_change": "客服授权变更",
    "external_contact": "好友变更",
    "external_chat": "客户群变更",
    "contact_tag": "标签变更",
    "template_card": "顾问点卡片",
    "member_message": "成员消息",
    "member_event": "成员事件",
    "alarm": "企业微信警告",
    "unknown": "不认识的回调",
}

CHANNEL_NAMES: Mapping[str, str] = {
    Channel.KF_TEXT: "回复文字",
    Channel.KF_MENU: "回复菜单",
    Channel.KF_MATERIAL: "回复素材",
    Channel.KF_ON_EVENT: "客服欢迎语、结束语",
    Channel.KF_HAND_OVER: "转人工",
    Channel.KF_SESSION: "会话转交",
    Channel.KF_PROFILE: "读客户昵称",
    Channel.CONTACT_WELCOME: "好友欢迎语",
    Channel.CONTACT_PROFILE: "读客户资料",
    Channel.GROUP_PROFILE: "读客户群成员",
    Channel.TAGS: "打企业标签",
    Channel.ADVISOR_CARD: "给顾问的卡片",
    Channel.ADVISOR_TEXT: "给顾问的消息",
    Channel.CARD_UPDATE: "更新卡片按钮",
    Channel.GROUP_POST: "客户群群发",
    Channel.MASS_MESSAGE: "企业群发",
    Channel.MOMENT: "朋友圈",
    Channel.INTERNAL_POST: "内部群消息",
    Channel.MASS_FOLLOW: "读群发结果",
    Channel.MASS_REMIND: "提醒成员确认群发",
    Channel.MASS_CANCEL: "停止群发",
    Channel.MASS_RECOVER: "恢复群发",
}
# The others read something, or change what nobody is told.
_SAID_TO_SOMEBODY = frozenset(
    CHANNEL_NAMES[channel]
    for channel in (*TO_CUSTOMER, Channel.KF_ON_EVENT, Channel.CONTACT_WELCOME, Channel.ADVISOR_CARD, Channel.ADVISOR_TEXT)
)

# The first that the reason contains counts: what it means, and what to do.
_ADVICE: tuple[tuple[str, str, str], ...] = (
    ("过了有效时间", "欢迎语只在 20 秒内有效，轮到它时已经过了。", "放弃即可。经常这样，说明机器太忙或回调到得晚，请看「体检」。"),
    ("发送途中中断", "发到一半程序停了，对方可能收到了，也可能没有。", "问一下顾问或看聊天记录：收到了就放弃，没收到就重试。"),
    ("没有可以通知的顾问", "客户需要人，但不知道该通知谁。", "在企业微信给客服账号添加接待人员，或请 IT 设置值班顾问，然后重试。"),
    ("素材", "素材文件不在，或者读不出来。", "在「素材库」里重新上传，然后重试。"),
    ("都中断", "处理这一条时程序反复中断，可能就是它引起的。", "请 IT 看日志；先放弃，不影响后面的消息。"),
    ("未送达", "企业微信收下了，但客户没有收到；顾问已得到通知。", "按原因处理后请顾问直接联系；重试企业微信不会再发一次。"),
    ("应用", "企业微信对应用的警告，或应用缺少权限。", "按原因里的路径在企业微信管理后台处理；处理好后重试，警告本身放弃即可。"),
    ("白名单", "服务器的 IP 不在企业可信 IP 里。", "按原因里的路径添加 IP，一分钟后重试。"),
    ("已超过 48 小时", "客户 48 小时没说话，企业微信不让程序发了。", "请顾问用自己的聊天联系，然后放弃。"),
    ("发满 5 条", "客户说一句话之后最多回 5 条，已经用完。", "等客户再开口；这一条放弃即可。"),
    ("会话", "会话状态不允许程序说话：人工正在接待、在排队，或已结束。", "看一下会话；没人管就请顾问联系，然后放弃。"),
    ("次：", "试了多次都没成功，多半是网络或企业微信暂时不通。", "问题解决后重试。"),
)

_BETWEEN, _SAID_BETWEEN = ": ", "："


def reason_in_words(reason: str) -> str:
    """«hand_off: asked_for_person» → «转人工：客户要求人工»; a reason that is words already stays as it is."""
    decision, between, why = reason.partition(_BETWEEN)
    name = DECISION_NAMES.get(decision) if decision else None
    if name is None:
        return reason
    return name + _SAID_BETWEEN + reason_name(why) if between else name


def kept_as(words: str) -> Iterator[tuple[str, str]]:
    """(beginning, end) of the reasons, as they are kept, that are read with these words in them: what is found by what is shown."""
    for decision, name in DECISION_NAMES.items():
        if not decision:
            continue
        if words in name:
            yield decision, ""
        for why, said in REASON_NAMES.items():
            if words in name + _SAID_BETWEEN + said:
                yield decision, _BETWEEN + why
        if words.startswith(name + _SAID_BETWEEN):
            yield decision + _BETWEEN + words.removeprefix(name + _SAID_BETWEEN), ""


def advice(reason: str) -> tuple[str, str]:
    """(what it means, what to do) for the reason of a row that stopped."""
    for piece, means, do in _ADVICE:
        if piece in reason:
            return means, do
    return "企业微信或程序拒绝了这一条，原因如上。", "按原因处理后重试；不需要了就放弃。"


def given_up(rows: Sequence[Mapping[str, Any]]) -> str:
    """What follows when these rows of the page are given up: who will not hear what was to be said to him."""
    people = list(dict.fromkeys(row["to"] for row in rows if row["kind"] in _SAID_TO_SOMEBODY and row["to"] != "—"))
    if not people:
        return "放弃以后，程序不再处理。"
    return "、".join(people[:3]) + (f" 等 {len(people)} 位" if len(people) > 3 else "") + " 不会收到。"
