"""Pure: on which track of its plan a group is: by its age, unless its lifecycle says otherwise; an operator may hold it."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.lifecycle import STAGE_NAMES
from customers.terms import GroupStage


@dataclass(frozen=True)
class Track:
    """A stretch of a plan: meant for groups from week `from_week` on (1 is the first), and proper to these lifecycle stages (none: all)."""

    key: str
    title: str
    from_week: int
    stages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OnTrack:
    """The track, and why, as an operator reads it."""

    key: str
    why: str


def track_for(tracks: Sequence[Track], *, week: int, stage: str) -> OnTrack:
    """The track of the group's week. A stage that is not proper to it moves the group by one track at most: on when it ages early, back
    when it stays young. Without tracks the key is empty."""
    if not tracks:
        return OnTrack("", "")
    in_order = sorted(tracks, key=lambda track: track.from_week)
    at = max((number for number, track in enumerate(in_order) if track.from_week <= week), default=0)
    due = in_order[at]
    if stage and due.stages and stage not in due.stages:
        for neighbour in (at + 1, at - 1):
            if 0 <= neighbour < len(in_order) and stage in in_order[neighbour].stages:
                return OnTrack(in_order[neighbour].key, _moved(due, in_order[neighbour], week, stage))
    return OnTrack(due.key, f"建群第 {week} 周：{due.title}")


def _moved(due: Track, to: Track, week: int, stage: str) -> str:
    how = "提前进入" if to.from_week > due.from_week else "暂留在"
    return f"建群第 {week} 周，按群龄是“{due.title}”；生命周期是“{STAGE_NAMES[GroupStage(stage)]}”，{how}“{to.title}”"
