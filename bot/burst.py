"""Pure: when is a turn over? Several short messages within a few seconds are one; a whole question is answered at once.

Measured on ourselves (docs/decisions/0004): waiting two seconds for everybody would break «an answer within a second», waiting for nobody
answers «你好» and «那个» one by one. So a message that is plainly a whole question waits only long enough to catch what was sent with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Words that make a Chinese question complete by themselves; a lone greeting or a fragment has none of them.
_ASKS = re.compile(
    r"[?？吗嘛呢]|多少|多久|多大|多长|几|什么|啥|怎么|咋|如何|哪|谁|(.)[不没]\1|(有|是|能|可以)没?[有否]|还是|价格|报价|地址|电话|预约|试驾|人工|客服|投诉|推荐"
    r"|(不|没|没有|吧|么|否)[\s。.!！~～]*$"
)
_TRAILS_OFF = re.compile(r"(那个|就是|然后|还有|以及|想问一?下|请问一?下?|问一?下|我想|[,，、…]|\.\.)$")
_LEADS_IN = re.compile(
    r"((你|您)好[呀啊吗]?|在吗|在不在|有人吗|hi|hello|哈[喽啰]|嗨|嗯+|哦+|那个|就是|请问(一?下)?|(我)?想?(问|咨询|了解)一?下)[\s,，.。!！?？~～…]*",
    re.IGNORECASE,
)
_WHOLE_FROM = 4  # characters
# A clause of its own, even where it asks nothing: what people type as a mere beginning is shorter, or ends open («…那台白色的»).
_CLAUSE_FROM = 9
_LONG_FROM = 16
_ENDS_OPEN = re.compile(r"(的|和|跟|或|但|但是|因为|如果|所以)$")


@dataclass(frozen=True)
class BurstRule:
    """`quick` after a whole question, `quiet` after a fragment, never longer than `longest` after the first message."""

    quick: timedelta
    quiet: timedelta
    longest: timedelta


def is_whole(text: str) -> bool:
    """Whether a message asks something complete, judged without any model."""
    plain = text.strip()
    if len(plain) < _WHOLE_FROM or _TRAILS_OFF.search(plain):
        return False
    return bool(_ASKS.search(plain)) or len(plain) >= _LONG_FROM or (len(plain) >= _CLAUSE_FROM and not _ENDS_OPEN.search(plain))


def says_nothing(text: str) -> bool:
    """A greeting or a lead-in by itself: «你好», «想问一下». Beside a real question it only blurs what is asked."""
    return bool(_LEADS_IN.fullmatch(text.strip()))


def turn_over_at(messages: Sequence[tuple[datetime, str]], rule: BurstRule, *, spoke_before: datetime | None) -> datetime:
    """When the waiting messages (arrival, text), oldest first, may be answered together.

    Who wrote again within `quiet` of his last answered message is still typing: he is given the longer wait.
    """
    first, (last, text) = messages[0][0], messages[-1]
    typing_on = len(messages) > 1 or (spoke_before is not None and first - spoke_before <= rule.quiet)
    wait = rule.quick if is_whole(text) and not typing_on else rule.quiet
    return min(last + wait, first + rule.longest)
