"""Pure: phone numbers are hidden until somebody who may see them asks for one."""

import re

_PHONE = re.compile(r"(?<!\d)((?:\+?86[ -]?)?[1１][3-9３-９]\d[ -]?)(\d(?:[ -]?\d){3})(?=[ -]?\d(?:[ -]?\d){3}(?!\d))")
_DIGIT = re.compile(r"\d")


def masked(text: str) -> str:
    """«13812345678» → «138****5678», wherever one stands in the text; the text keeps its length, so that places in it stay right."""
    return _PHONE.sub(lambda found: found[1] + _DIGIT.sub("*", found[2]), text)
