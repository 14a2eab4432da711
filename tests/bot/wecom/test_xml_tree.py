"""XML is parsed without trusting it."""

import pytest

from bot.wecom.rejected import Unreadable
from bot.wecom.xml_tree import leaf, leaves, legal_xml, xml_tree


def test_a_character_that_xml_does_not_know_does_not_cost_the_message() -> None:
    root = xml_tree(legal_xml("<xml><Content><![CDATA[看\0看\x0b这\ud83d台😀\ufffe]]></Content></xml>"))

    assert leaf(root, "Content") == "看看这台😀"


def test_entities_are_never_expanded() -> None:
    with pytest.raises(Unreadable):
        xml_tree('<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>')


def test_missing_and_empty_elements_read_as_empty() -> None:
    root = xml_tree("<xml><EventKey><![CDATA[]]></EventKey></xml>")

    assert leaf(root, "EventKey") == leaf(root, "State") == ""
    assert leaves(root, "Item") == ()


def test_repeated_elements_are_all_found_at_any_depth() -> None:
    root = xml_tree("<xml><List><Item>a</Item><Item/></List><Item>b</Item></xml>")

    assert leaves(root, "Item") == ("a", "", "b")
