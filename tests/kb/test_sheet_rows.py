"""A row is a script, and every fault of it is told with its row, its column and what to do."""

from dataclasses import replace
from datetime import date

import pytest

from kb.sheet_rows import Cell, Row, Unreadable, column_faults, columns, content_of, row_of
from kb.terms import Answer, Scope, ScriptContent, ScriptStatus
from tests.kb.builders import script
from tests.kb.sheets import HEADER, NAMES, ROW


def faults(**cells: Cell) -> list[str]:
    found = content_of(Row(3, {**dict.fromkeys(HEADER), **ROW, **cells}), NAMES, known=["range", "Old Key"])[1]
    return [str(fault) for fault in found]


def test_a_row_says_what_its_script_says() -> None:
    content = ScriptContent(
        key="range",
        intent="ask_range",
        title="续航",
        standard="续航多少",
        similar=("能跑多远", "跑多少公里"),
        negative=("充电多久",),
        must_hit=(),
        answers=(Answer("看版本。"), Answer("到店看看。", ("poster", "price-list"))),
        scope=Scope(frozenset({"e7", "e5"}), frozenset({"e7-520", "e7-660"}), frozenset({"shanghai"})),
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
    )
    row = row_of(content, NAMES, status=ScriptStatus.DRAFT, version=4)
    told = "编号 意图 标题 标准问 相似问 反例 必中问 答案1 附件1 答案2 附件2 适用车型 适用版本 适用城市 适用门店 状态 版本"
    assert [row[name] for name in told.split()] == [
        *("range", "续航能耗", "续航", "续航多少", "能跑多远\n跑多少公里", "充电多久", ""),
        *("看版本。", "", "到店看看。", "海报\n价目表"),
        *("云驰 E5\n云驰 E7", "e7-520\n660 长续航版", "上海", "", "草稿", "4"),
    ]
    assert (row["生效日"], row["失效日"]) == (date(2026, 1, 1), date(2026, 12, 31))
    assert content_of(Row(2, row), NAMES, known=[]) == (content, [])


def test_a_name_that_is_another_ones_key_is_not_shown() -> None:
    content = replace(script(), scope=Scope(stores=frozenset({"shanghai", "sh-pudong"})))
    row = row_of(content, NAMES, status=ScriptStatus.DRAFT, version=1)
    assert row["适用门店"] == "上海浦东体验中心\nshanghai"
    assert content_of(Row(2, row), NAMES, known=["range"])[0].scope == content.scope


@pytest.mark.parametrize("written", ["2026-12-31", "2026/12/31", "2026年12月31日", "2026.12.31", date(2026, 12, 31), " 2026 - 12 - 31 "])
def test_a_day_may_be_written_as_people_write_it(written: str | date) -> None:
    content, found = content_of(Row(2, {**ROW, "失效日": written}), NAMES, known=["range"])
    assert (content.valid_until, found) == (date(2026, 12, 31), [])


def test_answers_close_up_over_an_empty_one() -> None:
    content, found = content_of(Row(2, {**ROW, "答案1": "", "答案2": "一", "答案10": "二"}), NAMES, known=["range"])
    assert (content.answers, found) == ((Answer("一"), Answer("二")), [])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"意图": "问候语"}, "第 3 行「意图」：不认识意图「问候语」，请改成「可选值」里的名称或编号"),
        ({"适用车型": "云驰 E7\nE9"}, "第 3 行「适用车型」：不认识车型「E9」，请改成「可选值」里的名称或编号"),
        ({"适用版本": "标准版"}, "第 3 行「适用版本」：不认识版本「标准版」，请改成「可选值」里的名称或编号"),
        ({"附件1": "海报2"}, "第 3 行「附件1」：不认识素材「海报2」，请改成「可选值」里的名称或编号"),
        ({"编号": ""}, "第 3 行「编号」：没有填写；新话术请自己起一个：只能用小写字母、数字和连字符，例如 e7-range"),
        ({"标准问": " "}, "第 3 行「标准问」：没有填写"),
        ({"编号": "E7 续航"}, "第 3 行「编号」：新话术的编号只能用小写字母、数字和连字符，例如 e7-range"),
        ({"答案1": ""}, "第 3 行「答案1」：至少要有一个答案"),
        ({"附件2": "海报"}, "第 3 行「附件2」：有附件而没有答案2，请补上答案或删掉附件"),
        ({"答案2": "9.9 万元"}, "第 3 行「答案2」：「9.9 万元」是会过期的承诺，请填写失效日"),
        ({"答案1": "{电话}"}, "第 3 行「答案1」：不认识变量「电话」，可用：称呼 车型 门店 顾问"),
        ({"答案1": "好}"}, "第 3 行「答案1」：花括号没有成对，请补全或删掉"),
        ({"答案1": "好" * 201}, "第 3 行「答案1」：答案有 603 字节，最多 600 字节（约 200 个汉字），请缩短"),
        ({"附件1": "海报\n价目表\nposter"}, "第 3 行「附件1」：最多 2 个附件，现在有 3 个，请删减"),
        ({"失效日": "年底"}, "第 3 行「失效日」：「年底」不是日期，请写成 2026-12-31"),
        ({"失效日": "2026-02-30"}, "第 3 行「失效日」：「2026-02-30」不是日期，请写成 2026-12-31"),
        (
            {"生效日": date(2026, 2, 1), "失效日": date(2026, 1, 31)},
            "第 3 行「失效日」：失效日 2026-01-31 早于生效日 2026-02-01，请改日期",
        ),
        ({"标题": Unreadable("这里是公式")}, "第 3 行「标题」：这里是公式"),
        ({"失效日": Unreadable("这里是公式")}, "第 3 行「失效日」：这里是公式"),
    ],
)
def test_a_fault_names_row_and_column_and_says_what_to_do(cells: dict[str, Cell], told: str) -> None:
    assert faults(**cells) == [told]


def test_a_fault_is_told_where_its_answer_stands_also_behind_an_empty_one() -> None:
    assert faults(答案1="", 答案2="好}") == ["第 3 行「答案2」：花括号没有成对，请补全或删掉"]


def test_an_old_key_may_be_of_any_form() -> None:
    assert faults(编号="Old Key") == []


def test_every_fault_of_a_row_is_told_at_once() -> None:
    assert len(faults(编号="", 意图="?", 标题="", 适用城市="?", 生效日="?", 答案1="{")) == 6


def test_columns_are_those_of_the_export() -> None:
    assert columns(2) == HEADER
    assert column_faults(HEADER) == []
    assert column_faults([name for name in HEADER if name not in ("答案2", "附件2", "状态", "版本")]) == []


def test_missing_unknown_and_doubled_columns_are_told() -> None:
    header = [name for name in HEADER if name != "反例"] + ["备注", "标题"]
    assert [str(fault) for fault in column_faults(header)] == [
        "第 1 行「反例」：缺少这一列，请从导出的表格里补上",
        "第 1 行「备注」：不认识这一列，请删除或改成导出表格里的列名",
        "第 1 行「标题」：这一列出现了两次，请只保留一列",
    ]
