"""Pure: WeCom's XML, parsed without external entities; anything else is Unreadable."""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from bot.wecom.rejected import Unreadable

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal_xml(document: str) -> str:
    """The document without the characters that XML 1.0 does not know."""
    # A member can type one, or a program paste it; it must not cost us the whole message, and PostgreSQL keeps no NUL.
    return _NO_XML.sub("", document)


def xml_tree(document: str | bytes) -> Element:
    """The root of a document. Raises Unreadable for whatever is not plain XML; a DTD is never accepted."""
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"not XML: {type(error).__name__}") from None
    return root


def leaf(root: Element, tag: str) -> str:
    """The text of a direct child; empty when it is missing or empty."""
    return root.findtext(tag) or ""


def leaves(root: Element, tag: str) -> tuple[str, ...]:
    """The texts of every element of this name, at any depth, in order."""
    return tuple(found.text or "" for found in root.iter(tag))
