"""The cards of a customer's page: each thing that is believed, with the sentence behind it and the way to undo it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html import escape
from typing import Any

from nicegui import ui

from admin.looks.customer import Portrait

Row = dict[str, Any]
Act = Callable[[Row], Awaitable[None]] | None
FIRST = 8


def tags(him: Portrait, undo: Act, undo_level: Act, take: Act) -> None:
    """The tags that hold now; a wrong one is undone with everything behind it."""
    with _card("标签", "企业微信里的标签跟着这里变", him.tags, "还没有标签。客户说了关心什么，就会有。"):
        for tag in him.tags:
            with ui.row().classes("wide items-center no-wrap proof"):
                ui.html(f'<span class="chip good">{escape(tag["name"])}</span>', sanitize=False)
                words = f"“{tag['words']}”" if tag["words"] and not tag["is_fact"] else tag["words"]
                ui.label(words).classes("soft ellipsis col").tooltip(f"{tag['group']}，{tag['since']}起，把握 {tag['confidence']}")
                if undo and tag["point"]:
                    ui.button("撤销", on_click=partial(undo, tag)).props("flat dense no-caps size=sm").tooltip(
                        "标错了：摘下标签，并记为反例"
                    )
                if take and tag["is_fact"]:
                    ui.button("撤销", on_click=partial(take, tag)).props("flat dense no-caps size=sm").tooltip(
                        "打错了，或已经不是这样：摘下标签"
                    )
                if undo_level and tag["change"]:
                    ui.button("撤回", on_click=partial(undo_level, {"id": tag["change"], "undone": ""})).props(
                        "flat dense no-caps size=sm"
                    ).tooltip("级别不对：按其余的话重算")


def signals(him: Portrait, judge: Act) -> None:
    """The score taken apart."""
    with _card("意向分", f"合计 {him.score} 分；越久以前说的，分越少", him.signals, "还没有购买信号，例如想试驾、问落地价、问现车。"):
        _proofs(him.signals, judge, lambda row: (row["name"], "warn" if row["counts"] else "", f"{row['points']:+.1f} 分", row["how"]))


def focus(him: Portrait, judge: Act) -> None:
    """Focus points with their sentences."""
    with _card("关注点", "客户关心什么，是哪句话说的", him.focus, "还没有关注点。客户问到价格、续航、空间等，就会记在这里。"):
        _proofs(him.focus, judge, lambda row: (row["name"], row["tone"], row["polarity"], f"把握 {row['confidence']}"))


def slots(him: Portrait, judge: Act, show_phone: Callable[[Row, ui.label], Awaitable[None]] | None) -> None:
    """What he said of himself and his purchase."""
    with _card("已知信息", "客户自己说的", him.slots, "还不知道车型、预算、城市等。"):
        for row in him.slots[:FIRST]:
            with ui.row().classes("wide items-center no-wrap proof undone" if row["undone"] else "wide items-center no-wrap proof"):
                ui.label(row["name"]).classes("soft slot-name")
                value = ui.label(row["value"]).classes("col")
                value.tooltip(f"{row['exactly']} {row['undone']}")
                if row["is_phone"] and show_phone:
                    ui.button("显示", on_click=partial(show_phone, row, value)).props("flat dense no-caps size=sm").tooltip("会记入审计")
                _judge(row, judge)


def levels(him: Portrait, judge: Act) -> None:
    """How the level came about; what he seemed to say outright can be taken back."""
    with _card("级别变化", "", him.levels, "级别还没有变过。"):
        for one in him.levels[:FIRST]:
            words = f' <span class="soft">“{escape(one["words"])}”</span>' if one["words"] else ""
            undone = f'<div class="faint">{escape(one["undone"])}</div>' if one["undone"] else ""
            with ui.row().classes("wide items-start no-wrap proof undone" if one["undone"] else "wide items-start no-wrap proof"):
                ui.html(
                    f'<div class="pre"><span class="chip {one["tone"]}">{one["before"]} → {one["after"]}</span> '
                    f'{escape(one["text"])}{words} <span class="faint" title="{one["exactly"]}">{one["at"]}</span></div>{undone}',
                    sanitize=False,
                ).classes("col")
                if one["can_undo"] and judge:
                    name, means = ("恢复", "这句话算数") if one["undone"] else ("撤回", "客户不是这个意思：级别按其余的话重算")
                    ui.button(name, on_click=partial(judge, one)).props("flat dense no-caps size=sm").tooltip(means)


def follows(him: Portrait) -> None:
    """Which advisors he has been in touch with."""
    with _card("顾问关系", "", him.follows, "还没有加过顾问的企业微信。"):
        for one in him.follows:
            channel = f"，来自 {one['channel']}" if one["channel"] else ""
            ui.label(f"{one['advisor']}：{one['since']} 起{channel}" + (f"，{one['ended']}" if one["ended"] else "")).classes("proof")


def timeline(him: Portrait, conversation: str) -> None:
    """All that happened, newest first."""
    with _card("经过", "最近 50 条消息和所有事件", him.timeline, "还没有发生什么。"):
        ui.link("看完整会话", conversation).classes("soft")
        with ui.column().classes("wide timeline"):
            for one in him.timeline:
                ui.html(_moment(one), sanitize=False).classes("wide")


def _moment(one: Row) -> str:
    fate = f' <span class="chip bad">{escape(one["fate"])}</span>' if one["fate"] else ""
    recalled = ' <span class="chip">已撤回</span>' if one["recalled"] else ""
    return (
        f'<div class="moment {one["speaker"]}"><span class="faint num" title="{one["exactly"]}">{one["at"]}</span>'
        f'<span class="soft">{escape(one["who"])}</span><span class="pre">{escape(one["text"])}{fate}{recalled}</span></div>'
    )


@contextmanager
def _card(title: str, means: str, rows: Sequence[Any], empty: str) -> Iterator[None]:
    with ui.column().classes("card"):
        with ui.row().classes("wide items-baseline gap-s"):
            ui.label(title).classes("strong")
            ui.label(means).classes("faint")
        if rows:
            yield
        else:
            ui.label(empty).classes("soft")
            with ui.column().classes("hidden"):
                yield


def _proofs(rows: Sequence[Row], judge: Act, say: Callable[[Row], tuple[str, str, str, str]]) -> None:
    _some(rows[:FIRST], judge, say)
    if len(rows) > FIRST:
        with ui.expansion(f"更早的 {len(rows) - FIRST} 条").classes("wide").props("dense"):
            _some(rows[FIRST:], judge, say)


def _some(rows: Sequence[Row], judge: Act, say: Callable[[Row], tuple[str, str, str, str]]) -> None:
    for row in rows:
        name, tone, beside, why = say(row)
        with ui.row().classes("wide items-start no-wrap proof undone" if row["undone"] else "wide items-start no-wrap proof"):
            ui.html(
                f'<span class="chip {tone}">{escape(name)}</span><div class="faint num">{escape(beside)}</div>', sanitize=False
            ).classes("proof-name").tooltip(why)
            undone = f'<div class="faint">{escape(row["undone"])}</div>' if row["undone"] else ""
            ui.html(
                f'<div class="pre">{row["sentence"]}</div><div class="faint" title="{row["exactly"]}">{row["at"]}</div>{undone}',
                sanitize=False,
            ).classes("col")
            _judge(row, judge)


def _judge(row: Row, judge: Act) -> None:
    if judge:
        ui.button("恢复" if row["undone"] else "撤销", on_click=partial(judge, row)).props("flat dense no-caps size=sm")
