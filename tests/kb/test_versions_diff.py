"""Two versions side by side: nothing that differs is hidden, and nothing that is the same is shown as changed."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kb.terms import Answer, Scope, ScriptContent
from kb.versions_diff import Kind, diff, diff_lines
from tests.kb.builders import script
from tests.kb.strategies import contents

LINES = st.lists(st.text("ab续航", max_size=6), max_size=6)


def shown(before: ScriptContent, after: ScriptContent) -> dict[str, list[tuple[str, str]]]:
    return {field.field: [(line.kind.value, line.text) for line in field.lines] for field in diff(before, after)}


@given(contents, contents)
def test_equal_contents_differ_in_nothing_and_others_in_something(before: ScriptContent, after: ScriptContent) -> None:
    assert diff(before, before) == []
    assert (diff(before, after) == []) == (before == after)


@given(LINES, LINES)
def test_both_sides_can_be_read_off_a_diff(before: list[str], after: list[str]) -> None:
    lines = list(diff_lines(before, after))
    assert [line.text for line in lines if line.kind != Kind.ADDED] == before
    assert [line.text for line in lines if line.kind != Kind.REMOVED] == after


def test_a_question_more_and_a_question_less_are_lines() -> None:
    before, after = script(similar=["甲", "乙"]), script(similar=["乙", "丙丁"])
    assert shown(before, after) == {"相似问": [("removed", "甲"), ("same", "乙"), ("added", "丙丁")]}


def test_within_an_edited_line_the_changed_piece_is_marked() -> None:
    (field,) = diff(script(answer="好的。\n续航 520 公里"), script(answer="好的。\n续航 560 公里"))
    assert field.field == "答案1"
    assert [(line.kind, [(piece.kind, piece.text) for piece in line.pieces]) for line in field.lines] == [
        (Kind.SAME, [(Kind.SAME, "好的。")]),
        (Kind.REMOVED, [(Kind.SAME, "续航 5"), (Kind.REMOVED, "2"), (Kind.SAME, "0 公里")]),
        (Kind.ADDED, [(Kind.SAME, "续航 5"), (Kind.ADDED, "6"), (Kind.SAME, "0 公里")]),
    ]


def test_lines_that_share_little_are_shown_whole() -> None:
    (field,) = diff(script(answer="看版本"), script(answer="欢迎到店"))
    assert [len(line.pieces) for line in field.lines] == [1, 1]


def test_answers_attachments_scope_and_days_have_fields_of_their_own() -> None:
    before = replace(script(answer="好"), scope=Scope(models=frozenset({"e5"})))
    after = replace(before, answers=(Answer("好", ("poster",)), Answer("二")), scope=Scope(), valid_until=date(2026, 12, 31))
    assert shown(before, after) == {
        "适用车型": [("removed", "e5")],
        "失效日": [("added", "2026-12-31")],
        "附件1": [("added", "poster")],
        "答案2": [("added", "二")],
    }
