"""A rehearsal as lines to read: every post with who confirms it, every cap hit, clash and quiet hour, and the sum of it all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from core.zone import SHANGHAI
from sop.payloads import COLLECTED
from sop.preview import UNITS, WAITS_FOR
from sop.rehearse import Cast
from sop.settle import Decision
from sop.terms import Go, Skip, Skipped, Wait

_WEEKDAYS = "一二三四五六日"
Decided = tuple[datetime, str, Decision]


def cast_lines(cast: Cast) -> Iterator[str]:
    """Who takes part, who does not, and which steps are switched off."""
    if cast.made_up:
        yield f"现在没有会入组的对象：用 {cast.taking_part} 个虚构的对象排练，时间从计划启动算起"
    elif cast.of > cast.taking_part:
        yield f"会入组的 {cast.of:,} 个，取其中 {cast.taking_part:,} 个排练"
    else:
        yield f"会入组的 {cast.of:,} 个，全部参加排练"
    if cast.left_out:
        since = f"计划启动前 {cast.within.days} 天" if cast.within else "计划启动前"
        yield f"另有 {cast.left_out:,} 个在{since}就已符合条件，不入组（计划里的 within_days 可以放宽）"
    if cast.held:
        yield f"其中 {cast.held:,} 个现在被运营暂停，排练里也一直暂停"
    if cast.kept:
        yield f"其中 {cast.kept:,} 个现在被运营固定在一轨，排练里也不换轨"
    if cast.off:
        yield f"已停用、不会发的步骤 {len(cast.off)} 个：{'、'.join(cast.off)}"


def lines(decided: Sequence[Decided], titles: Mapping[str, str]) -> Iterator[str]:
    """What happened, moment by moment; `titles` names plans and steps («plan» and «plan/step»)."""
    for moment, together in groupby(decided, key=lambda one: one[0]):
        by_step: dict[tuple[str, str], list[Decided]] = {}
        for one in together:
            by_step.setdefault((one[2].asked.plan, one[2].step), []).append(one)
        for (plan, step), some in by_step.items():
            yield from _step_lines(moment, f"{titles.get(plan, plan)} · {titles.get(f'{plan}/{step}', step)}", some)


def summary(cast: Cast, all_decided: Sequence[Decided]) -> Iterator[str]:
    """How much the plan says, who confirms how many tasks, and what was held back or left unsaid; of the plans beside it only how much."""
    decided = [one for one in all_decided if one[2].asked.plan == cast.plan]
    went = [one for one in decided if isinstance(one[2].verdict, Go)]
    beside = sum(isinstance(one.verdict, Go) for _, _, one in all_decided) - len(went)
    to_confirm = {(at, sender, one.step, one.wording) for at, sender, one in went if one.asked.kind in COLLECTED}
    tasks = Counter(sender for _, sender, _, _ in to_confirm if sender)
    yield f"共发出 {len(went):,} 次触达" + (f"（同时运行的其他计划另有 {beside:,} 次，不计在内）" if beside else "")
    if tasks:
        yield f"需要确认的群发任务 {tasks.total():,} 个：" + "，".join(f"{sender} {number} 个" for sender, number in tasks.most_common())
    waits = Counter(one.verdict.why for _, _, one in decided if isinstance(one.verdict, Wait))
    skips = Counter(one.verdict for _, _, one in decided if isinstance(one.verdict, Skip))
    yield from (f"等待：{WAITS_FOR[why]} {number:,} 次" for why, number in waits.most_common())
    yield from (f"不发：{_why(skip)} {number:,} 次" for skip, number in _without_keys(skips).most_common())


def _step_lines(moment: datetime, title: str, some: Sequence[Decided]) -> Iterator[str]:
    here = moment.astimezone(SHANGHAI)
    when = f"{here:%m-%d} 周{_WEEKDAYS[here.weekday()]} {here:%H:%M}"
    decisions = [one for _, _, one in some]
    unit = UNITS[decisions[0].asked.kind]
    said: dict[str, list[str]] = {}
    for _, sender, one in some:
        if isinstance(one.verdict, Go) and one.saying is not None:
            said.setdefault(one.saying.text, []).append(sender)
    for text, senders in said.items():
        many = Counter(sender for sender in senders if sender and decisions[0].asked.kind in COLLECTED)
        confirm = "、".join(f"{sender} {number}" for sender, number in many.most_common())
        yield f"{when}  发  {title} → {len(senders):,} {unit}{f'，待确认：{confirm}' if confirm else ''}"
        yield f"    {text}"
    waits = Counter((one.verdict.why, one.verdict.until) for one in decisions if isinstance(one.verdict, Wait))
    yield from (f"{when}  等  {title}：{number:,} {unit}{WAITS_FOR[why]}（到 {_short(until)}）" for (why, until), number in waits.items())
    skips = _without_keys(Counter(one.verdict for one in decisions if isinstance(one.verdict, Skip)))
    yield from (f"{when}  不发 {title}：{number:,} {unit}，{_why(skip)}" for skip, number in skips.items())


def _without_keys(skips: Counter[Skip]) -> Counter[Skip]:
    """A merged touch names the one that took its place, which differs with each subject."""
    found: Counter[Skip] = Counter()
    for skip, number in skips.items():
        found[Skip(skip.why) if skip.why is Skipped.MERGED else skip] += number
    return found


def _why(skip: Skip) -> str:
    return f"{skip.why}（{skip.detail}）" if skip.detail else str(skip.why)


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"
