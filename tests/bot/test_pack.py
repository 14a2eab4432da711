"""replies.yaml: what the assistant says by itself, and every fault with its line."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from bot.decide import Why
from bot.pack import FILE, Replies, read_replies
from bot.wecom.kf_entry import MediaType
from core.yaml_source import Fault
from tests.bot.builders import PACK, replies

Read = Callable[[str, str], list[Fault]]


@pytest.fixture
def read_with(tmp_path: Path) -> Read:
    """Faults of our pack's replies after one change."""

    def read(old: str, new: str) -> list[Fault]:
        copy(PACK / FILE, tmp_path)
        text = (tmp_path / FILE).read_text("utf-8")
        assert text.count(old) == 1, "one change in one place"
        (tmp_path / FILE).write_text(text.replace(old, new), "utf-8")
        return read_replies(tmp_path)[1]

    return read


def test_our_own_pack_has_no_fault() -> None:
    assert read_replies(PACK)[1] == []


def test_every_kind_of_media_gets_words() -> None:
    assert all(replies().unsupported(kind) for kind in MediaType)
    assert replies().unsupported("brand_new") == replies().unsupported("other") != replies().unsupported("image")


def test_every_reason_can_be_told_to_an_advisor() -> None:
    assert set(Why) <= set(replies().reasons)


def test_the_welcome_offers_questions_and_a_person() -> None:
    options = replies().options
    assert 2 <= len(options) <= 10
    assert [option.question for option in options].count("转人工") == 1


def test_each_channel_has_its_greeting() -> None:
    assert "扫码" in replies().by_state["store01_window"]
    assert replies().welcome_attachments == ("compare-e7-e5", "test-drive-booking")


def test_variables_have_words_when_nothing_better_is_known() -> None:
    assert replies().variables["称呼"] == "您"
    assert set(replies().variables) == {"称呼", "顾问", "门店", "车型"}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("none_of_these: 都不是，转人工", "none_of_these:", "clarify.none_of_these"),
        ("none_of_these: 都不是，转人工", "none_of_these: 7", "clarify.none_of_these"),
        ("not_covered: 这", "not_cover: 这", "not_covered"),
        ("taken: 我来跟进, ", "", "advisor_brief.buttons.taken"),
        ("  off_duty: ", "  on_leave: ", "hand_off.off_duty"),
    ],
)
def test_missing_words_are_named(read_with: Read, old: str, new: str, names: str) -> None:
    assert [fault.reason for fault in read_with(old, new)] == [f"«{names}» needs words"]


def test_a_fault_names_its_line(read_with: Read) -> None:
    fault = read_with("none_of_these: 都不是，转人工", "none_of_these:")[0]
    lines = (PACK / FILE).read_text("utf-8").splitlines()
    assert fault.file == FILE
    assert lines[fault.line - 1].strip().startswith("none_of_these")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("question: 转人工}", "asks: 转人工}", "a menu option needs «text» and «question»"),
        ("attachments: [compare-e7-e5, test-drive-booking]", "attachments: compare-e7-e5", "a list of material keys is expected here"),
        ("  video: 视频收到了", "  voice: 视频收到了", "«voice» stands here twice"),
    ],
)
def test_a_wrong_shape_is_told(read_with: Read, old: str, new: str, reason: str) -> None:
    assert reason in [fault.reason for fault in read_with(old, new)]


@pytest.mark.parametrize("options", ["[]", "none", str([{"text": "a", "question": "b"}] * 11)])
def test_a_welcome_menu_has_one_to_ten_options(tmp_path: Path, options: str) -> None:
    (tmp_path / FILE).write_text(f"welcome:\n  options: {options}\n", "utf-8")
    assert "the welcome menu needs 1 to 10 options" in [fault.reason for fault in read_replies(tmp_path)[1]]


@pytest.mark.parametrize(("text", "reason"), [(None, "the file is missing"), ("a: [", "expected")])
def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, "utf-8")
    read, faults = read_replies(tmp_path)
    assert read == Replies()
    assert [reason in fault.reason for fault in faults] == [True]
