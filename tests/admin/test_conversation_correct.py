"""What stands in the field of a missing focus point when it is opened."""

import pytest

from admin.pages.conversation_correct import words_meant


@pytest.mark.parametrize(
    ("selected", "stands"),
    [("", "冬天续航怎么样"), ("续航", "续航"), ("别处选中的字", "冬天续航怎么样")],
)
def test_what_is_selected_in_the_message_stands_there_else_the_whole_message(selected: str, stands: str) -> None:
    assert words_meant(selected, "冬天续航怎么样") == stands
