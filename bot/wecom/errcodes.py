"""Pure: the table errcode → our error, with what it means and what to do, in Chinese, for operators and IT (reference §2.3, §2.4, §5.9)."""

from enum import IntEnum

from core.errors import (
    AlreadySent,
    AssistantError,
    Misconfigured,
    RateLimited,
    RecipientGone,
    Refused,
    SessionTaken,
    Unavailable,
    WindowClosed,
)


class Code(IntEnum):
    """The refusals on which a caller can do something by itself, found as `Refused.code`."""

    MEDIA_ID_INVALID = 40007
    MEDIA_EXPIRED = 40145
    TAG_NAME_EXISTS = 40071
    CURSOR_INVALID = 50100
    MASS_NOBODY = 41048
    MASS_CANCELLED = 41093
    REMINDED_TOO_OFTEN = 41094
    TOO_MANY_MEMBERS = 81017
    NO_RELATION = 84061
    SYNC_TOKEN_INVALID = 95007
    NOT_A_SERVICER = 95014
    TRANSITION_REFUSED = 95016
    SERVICER_OFF_DUTY = 95019


class TokenSpoilt(Unavailable):
    """WeCom does not take the access token (any more), not even a fresh one. Only the client meets it before that."""


# Drop the token, fetch once, repeat once. 40001 also means a wrong secret: that shows when a fresh token is refused too.
TOKEN_SPOILT = frozenset({40001, 40014, 42001})

# The block of a minute's limit; an hour's or a day's limit is met again after it, and rests another minute.
RATE_LIMIT_REST_SECONDS = 60.0

_APP = "管理后台 → 应用管理 → 自建应用"

_MISCONFIGURED = {
    40001: f"应用 Secret 不正确或应用已停用；请到{_APP}重新查看 Secret，并更新 ZHANTING_WECOM_SECRET",
    40013: "企业 ID 不正确；请到管理后台 → 我的企业 → 企业信息核对，并更新 ZHANTING_WECOM_CORP_ID",
    40056: f"AgentId 不正确；请到{_APP}核对，并更新 ZHANTING_WECOM_AGENT_ID",
    41002: "没有填写企业 ID；请设置 ZHANTING_WECOM_CORP_ID",
    41004: "没有填写应用 Secret；请设置 ZHANTING_WECOM_SECRET",
    43012: f"应用没有回调地址，不能发送按钮卡片；请到{_APP} → 接收消息 → 设置 API 接收",
    93000: "内部群的消息推送密钥不对，或机器人已被移出群；请在群里重新添加消息推送并更新 ZHANTING_WEBHOOKS",
    93004: "内部群的消息推送已被停用；请在群里重新启用",
    48001: f"接口未授权；请到{_APP}检查应用权限",
    48002: "应用没有接口权限；请到管理后台 → 客户联系 → 可调用接口的应用，以及 微信客服 → API，勾选本应用",
    48005: "接口已下线；请联系开发人员",
    48006: f"应用因长期未使用被收回权限；请管理员到{_APP}重新启用",
    48007: "客服账号没有分配给本应用；请到管理后台 → 微信客服 → API → 通过API管理微信客服账号 勾选该账号",
    48011: "企业成员活跃度过低，企业微信不提供客户数据；请让顾问登录并使用企业微信",
    50001: f"可信域名不正确；请到{_APP} → 网页授权及JS-SDK 设置可信域名",
    50002: f"成员不在应用可见范围；请到{_APP} → 可见范围 添加",
    50003: f"应用已停用；请到{_APP}启用",
    60011: f"应用对该成员、部门或标签没有权限；请到{_APP} → 可见范围 添加",
    60020: f"服务器 IP 不在白名单；请到{_APP} → 企业可信IP 添加服务器的公网 IP，约一分钟后生效",
    60021: f"成员不在应用可见范围；请到{_APP} → 可见范围 添加",
    60030: f"接待人员或客服账号不在应用可见范围；请到{_APP} → 可见范围 添加",
    60031: f"应用不允许调用接口；请到{_APP}检查应用",
    80001: f"可信域名不正确、未验证或未备案；请到{_APP} → 网页授权及JS-SDK 检查",
    84074: "应用没有客户联系权限；请到管理后台 → 客户联系 → 权限配置 检查",
    95011: "该客服账号不允许用此 Secret 调用；请到管理后台 → 微信客服 → API 检查",
    95012: "该客服账号不允许用此 Secret 调用；请到管理后台 → 微信客服 → API 检查",
    95017: "微信客服的 API 开关已关闭；请到管理后台 → 微信客服 → API 打开",
    301002: "AgentId 与 Secret 不属于同一个应用；请核对 ZHANTING_WECOM_AGENT_ID 与 ZHANTING_WECOM_SECRET",
}

_RATE_LIMITED = {
    45009: "接口调用过于频繁，稍后自动恢复",
    45036: "数据访问异常频繁，稍后自动恢复",
}

_UNAVAILABLE = {
    -1: "企业微信系统繁忙，稍后自动重试",
    6000: "数据版本冲突，稍后自动重试",
    41063: "群发仍在派发中，稍后自动重试",
    41079: "朋友圈仍在派发中，稍后自动重试",
    41096: "欢迎语正在由其他应用发送",
    45033: "并发调用过多，稍后自动重试",
    45035: "同一客户的写入冲突，稍后自动重试",
}

_TOKENS = {40014: "access_token 无效", 42001: "access_token 已过期"}

_WINDOW_CLOSED = {
    41050: "欢迎语的凭证无效或已超过 20 秒",
    41051: "双方已开始聊天，不能再发欢迎语",
    42052: "消息已超过 24 小时，不能撤回",
    60140: "卡片的更新凭证无效、已用过或已超过 72 小时",
    95001: "客户上次发言后已发满 5 条，需等客户再次发言",
    95002: "距客户上次发言已超过 48 小时，需等客户再次发言",
    95013: "会话已结束，需等客户再次发言",
    95031: "客户 48 小时内没有发言，需等客户再次发言",
}

_RECIPIENT_GONE = {
    40003: "成员账号无效",
    40096: "客户 ID 无效，或跟进他的顾问不在应用可见范围",
    60111: "成员不在通讯录中：已离职、已删除或写错",
    81013: "所有接收人都无效或没有权限",
    84061: "顾问与客户没有好友关系",
    84084: "该成员不是客户的跟进人，或不在可见范围",
}

_REFUSED = {
    40004: "媒体文件类型不支持",
    40005: "文件类型不支持",
    40006: "文件大小不符合要求",
    40007: "素材已失效，需要重新上传",
    40008: "消息类型不支持",
    40009: "图片大小不符合要求",
    40058: "请求参数不正确",
    40063: "缺少必填参数",
    40068: "标签或标签组不存在",
    40071: "标签名已存在",
    40072: "标签名长度不符合要求",
    40126: "企业标签数量已达上限",
    40144: "该客户的标签数量已达上限",
    40145: "素材已过期，需要重新上传",
    40201: "内容被安全策略拦截",
    40204: "内容被安全策略拦截",
    40206: "请求内容过大",
    41049: "缺少欢迎语凭证",
    41053: "客户尚未同意会话存档，不能发送欢迎语",
    41046: "缺少群发任务",
    41047: "群发任务不存在",
    41048: "没有可以接收群发的客户或客户群",
    41059: "缺少朋友圈任务",
    41060: "朋友圈任务不存在",
    41064: "附件过多：群发最多 9 个，朋友圈最多 9 张图片，或 1 个视频，或 1 个链接",
    41065: "附件类型不支持",
    41072: "附件不适用于这个场景",
    41080: "附件过大",
    41081: "图片分辨率过高",
    41082: "视频过长",
    41089: "朋友圈没有文字也没有附件",
    41090: "视频不是 MP4 格式",
    41093: "群发任务已经取消",
    41094: "提醒次数过多：24 小时内最多 3 次",
    41210: "本月朋友圈任务已达上限",
    42014: "卡片 task_id 不合法或重复",
    44001: "素材内容为空",
    44004: "文字内容为空",
    45001: "素材过大",
    45002: "内容过长",
    45008: "图文超过 8 条",
    45007: "语音超过 60 秒",
    45029: "返回数据过大，需要分批读取",
    50100: "翻页游标无效",
    81017: "应用可见范围内成员超过 1000 人，需要按群主分批读取客户群",
    84083: "该成员没有客户联系功能",
    93001: "该群不允许消息推送",
    93018: "图片过大",
    85002: "内容包含违规词",
    95000: "客服账号无效",
    95003: "企业未认证，接待客户数已达上限",
    95004: "客服账号不存在",
    95007: "拉取消息的凭证已过期",
    95008: "菜单超过 10 项",
    95009: "菜单项类型不支持",
    95014: "该成员不是接待人员，或没有激活企业微信",
    95016: "会话状态不允许这样变更",
    95019: "接待人员不在接待中",
    95030: "禁止发送的消息类型",
    60251: "缺少客服账号",
    60252: "客服账号无效",
    60253: "该成员不在接待人员列表中",
}

_SINGLE = {95018: "会话正由人工接待、排队或已结束，程序不能发言", 95033: "消息已发送过，没有重复发送"}

_MEANINGS = _MISCONFIGURED | _RATE_LIMITED | _UNAVAILABLE | _TOKENS | _WINDOW_CLOSED | _RECIPIENT_GONE | _REFUSED | _SINGLE

_REFUSALS: dict[int, type[Refused]] = {
    95018: SessionTaken,
    95033: AlreadySent,
    **dict.fromkeys(_WINDOW_CLOSED, WindowClosed),
    **dict.fromkeys(_RECIPIENT_GONE, RecipientGone),
}


def error_for(code: int, errmsg: str = "") -> AssistantError:
    """Our error for WeCom's code; a code new to us is Refused and carries its number. `errmsg` is only quoted, never read."""
    quoted = f"{code} {errmsg[:160]}".strip()
    why = f"{_MEANINGS.get(code, '企业微信拒绝了请求')}（errcode {quoted}）"
    if code in _MISCONFIGURED:
        return Misconfigured(why)
    if code in _RATE_LIMITED:
        return RateLimited(why, retry_after=RATE_LIMIT_REST_SECONDS)
    if code in _TOKENS:
        return TokenSpoilt(why)
    if code in _UNAVAILABLE:
        return Unavailable(why)
    return _REFUSALS.get(code, Refused)(why, code=code)
