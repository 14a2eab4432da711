"""The XML of callbacks."""

from defusedxml.ElementTree import fromstring

from bot.sandbox.xml_document import document


def test_strings_are_cdata_and_numbers_are_bare() -> None:
    assert document([("A", "x"), ("B", 7)]) == "<xml><A><![CDATA[x]]></A><B>7</B></xml>"


def test_lists_nest() -> None:
    assert document([("A", [("B", "x"), ("B", "y")])]) == "<xml><A><B><![CDATA[x]]></B><B><![CDATA[y]]></B></A></xml>"


def test_words_that_would_close_the_section_survive() -> None:
    assert fromstring(document([("A", "a]]>b<c>&")])).findtext("A") == "a]]>b<c>&"
