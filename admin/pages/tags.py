"""标签: which there are, what each rests on, how many customers hold it, and whether WeCom has it too."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from admin.acts import tags as acts
from admin.desk import Desk
from admin.guard import ROOT
from admin.looks import tags
from admin.terms import Right
from bot.brief import SLOT_NAMES

Row = dict[str, Any]
Ids = Mapping[tuple[str, str], str]
_ASKING, _ABSENT, _UNREAD = "…", "还没有", "读不到"


async def show(desk: Desk) -> None:
    """WeCom's side first, then the groups; which tags WeCom has is asked once the page stands."""
    now, rules = desk.now(), desk.office.rules
    names = {str(name): zh for name, zh in SLOT_NAMES.items()}
    rows = await desk.look(lambda session: tags.tags(session, rules, now=now))
    known = await desk.look(lambda session: tags.facts(session, names))
    await _sync_card(desk)
    tables = [(_group(group, some), some) for group, some in ((key, list(found)) for key, found in groupby(rows, lambda one: one["group"]))]
    _facts(known)

    async def ask_wecom() -> None:
        ids = await desk.attempt(desk.office.wecom_tags)
        for table, some in tables:
            table.set_content(_table(some, ids, _UNREAD if ids is None else _ABSENT))

    ui.timer(0.1, ask_wecom, once=True)


async def _sync_card(desk: Desk) -> None:
    now = desk.now()
    state = await desk.look(lambda session: tags.sync(session, now=now))

    async def again() -> None:
        done = await desk.act(lambda session, who: acts.try_again(session, who, now=desk.now()), told="已重新排队，很快会再试")
        if done:
            desk.office.ring()
            ui.navigate.reload()

    with ui.column().classes("card"):
        with ui.row().classes("wide items-center gap-s"):
            ui.label("同步到企业微信").classes("strong")
            ui.label(f"等待 {state.waiting} 条").classes("chip info" if state.waiting else "chip")
            stuck = sum(one["count"] for one in state.parked)
            ui.label(f"没有成功 {stuck} 条").classes("chip bad" if stuck else "chip")
            ui.label(f"上次成功 {state.last_done}").classes("soft")
            ui.space()
            if stuck and desk.may(Right.EDIT_TAGS):
                ui.button("全部重试", icon="refresh", on_click=again).props("unelevated no-caps")
        for one in state.parked:
            ui.label(f"{one['count']} 条：{one['reason']}").classes("soft pre")
        ui.label("标签打在“顾问和客户”这一对上：没有加顾问的客户，标签只在这里。").classes("faint")


def _group(group: str, rows: Sequence[Row]) -> ui.html:
    kind = rows[0]["kind"]
    with ui.column().classes("card"):
        with ui.row().classes("wide items-baseline gap-s"):
            ui.label(group).classes("strong")
            ui.label(kind).classes("chip info")
            ui.label(tags.KIND_MEANS[kind]).classes("faint")
        if _is_one_rule(rows):
            ui.label(rows[0]["rule"]).classes("soft")
        return ui.html(_table(rows, None, _ASKING), sanitize=False).classes("wide tag-table")


def _facts(known: Sequence[Row]) -> None:
    with ui.column().classes("card"):
        with ui.row().classes("wide items-baseline gap-s"):
            ui.label("已知信息").classes("strong")
            ui.label("事实").classes("chip info")
            ui.label(f"{tags.KIND_MEANS['事实']}；在客户页上看，不同步到企业微信").classes("faint")
        if not known:
            ui.label("还没有客户说过车型、预算、城市等。").classes("soft")
        with ui.row().classes("gap-s"):
            for one in known:
                ui.label(f"{one['name']} {one['count']:,} 位").classes("chip")


def _table(rows: Sequence[Row], ids: Ids | None, otherwise: str) -> str:
    rule = "" if _is_one_rule(rows) else "<th>什么时候有</th>"
    head = f"<tr><th>标签</th>{rule}<th>客户</th><th>30 天</th><th>企业微信</th></tr>"
    return f"<table>{head}{''.join(_line(row, ids, otherwise, with_rule=bool(rule)) for row in rows)}</table>"


def _is_one_rule(rows: Sequence[Row]) -> bool:
    """Then it stands above the table, once."""
    return len({row["rule"] for row in rows}) == 1


def _line(row: Row, ids: Ids | None, otherwise: str, *, with_rule: bool) -> str:
    address = escape(f"{ROOT}/customers?{urlencode({'tag': row['id']})}")
    tag_id = (ids or {}).get((row["group"], row["name"]), "")
    there = f'<span class="chip good" title="{escape(tag_id)}">已有</span>' if tag_id else f'<span class="faint">{otherwise}</span>'
    rule = f'<td class="soft">{escape(row["rule"])}</td>' if with_rule else ""
    change = f"{row['change']:+d}" if row["change"] else "不变"
    return (
        f'<tr><td><a class="nicegui-link" href="{address}">{escape(row["name"])}</a></td>{rule}'
        f'<td class="num"><span class="strong">{row["count"]:,}</span> <span class="faint">{row["share"]}</span></td>'
        f'<td class="num">{_spark(row["trend"])} <span class="faint">{change}</span></td><td>{there}</td></tr>'
    )


def _spark(numbers: Sequence[int]) -> str:
    """A small line of the last days."""
    top, low = max(numbers), min(numbers)
    height = (top - low) or 1
    points = " ".join(f"{at * 90 / (len(numbers) - 1):.1f},{20 - 18 * (number - low) / height:.1f}" for at, number in enumerate(numbers))
    return f'<svg width="92" height="22" viewBox="-1 0 92 22" class="spark"><polyline points="{points}"/></svg>'
