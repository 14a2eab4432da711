"""Pure: what would be sent, waits and is not sent, counted and told in one sentence."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sop.terms import Go, Held, Skip, Skipped, TouchKind, Verdict, Wait

UNITS = {
    TouchKind.GROUP_POST: "个群",
    TouchKind.INTERNAL_POST: "个内部群",
    TouchKind.MASS_MESSAGE: "位客户",
    TouchKind.KF_MESSAGE: "位客户",
    TouchKind.MOMENT: "位顾问",
    TouchKind.ADVISOR_CARD: "位顾问",
}
WAITS_FOR = {
    Held.QUIET_HOURS: "等免打扰时段结束",
    Held.PLAN_QUIET: "等计划自己的免打扰时段结束",
    Held.LIVE_CHAT: "等聊天结束",
    Held.CAP: "等次数窗口过去",
    Held.BY_OPERATOR: "等运营恢复",
}


@dataclass
class Counts:
    """How many go, and how many wait or are skipped for which reason."""

    go: int = 0
    wait: Counter[Held] = field(default_factory=Counter)
    skip: Counter[Skipped] = field(default_factory=Counter)

    @property
    def all(self) -> int:
        """How many were asked about."""
        return self.go + self.wait.total() + self.skip.total()


def counted(verdicts: Iterable[Verdict], into: Counts | None = None) -> Counts:
    """Each verdict once; added to `into`, so that a million need not be held at once."""
    counts = into or Counts()
    for one in verdicts:
        match one:
            case Go():
                counts.go += 1
            case Wait(why, _):
                counts.wait[why] += 1
            case Skip(why, _):
                counts.skip[why] += 1
    return counts


def told(counts: Counts, kind: TouchKind) -> str:
    """«1,849 个群：1,702 个现在发，96 个等免打扰时段结束，51 个不发：群已解散»."""
    unit, short = UNITS[kind], UNITS[kind][0]
    if not counts.all:
        return f"现在没有符合条件的{unit[1:]}"
    parts = [f"{counts.go:,} {short}现在发"] if counts.go else []
    parts += [f"{number:,} {short}{WAITS_FOR[why]}" for why, number in counts.wait.most_common()]
    parts += [f"{number:,} {short}不发：{why}" for why, number in counts.skip.most_common()]
    return f"{counts.all:,} {unit}：{'，'.join(parts)}"
