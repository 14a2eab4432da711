"""Pure: what must be true of a script before it may be published, whoever wrote it: pack or operator."""

import re
from collections.abc import Iterator

from kb.render import variables_in
from kb.terms import VARIABLES, ScriptContent
from kb.wording_phrases import ENGLISH, Phrases

# Three of our answers fit into one WeCom text of 2048 bytes, and a customer reads them on a phone.
ANSWER_BYTES = 600
ATTACHMENTS = 2

# Prices, rates, discounts, subsidies. 「12 万公里」 is a distance, and 「充到 80%」 is no rate: a percentage counts beside a word of money.
# The whole figure is matched, because it is shown: 「3,999 元」「12.98 万」「12万8」, not their last digits.
_FIGURE = r"\d+(?:[,，]\d{3}(?!\d))*(?:\.\d+)?"
_MONEY = rf"{_FIGURE}\s*(?:元|折|万(?!\s*公里)(?:\d(?!\d)千?)?(?:\s*元)?)"
_RATE = rf"(?:利率|费率|年化|首付|贴息|减免|优惠|补贴)[^。！？]{{0,12}}{_FIGURE}\s*[%％]"
CLAIM = re.compile(rf"(?:补贴\s*)?{_MONEY}|补贴\s*{_FIGURE}|{_RATE}")

Place = tuple[str | int, ...]


def wording_faults(content: ScriptContent, say: Phrases = ENGLISH) -> Iterator[tuple[Place, str]]:
    """(place, reason) of everything wrong; a place is a path such as ("answers", 0, "text"). `say` is the language of the reasons."""
    if not content.answers:
        yield ("answers",), say.no_answer
    for number, answer in enumerate(content.answers):
        for reason in _text_faults(answer.text, say):
            yield ("answers", number, "text"), reason
        if len(answer.attachments) > ATTACHMENTS:
            yield ("answers", number, "attachments"), say.attachments.format(limit=ATTACHMENTS, count=len(answer.attachments))
        if content.valid_until is None and (claim := CLAIM.search(answer.text)):
            yield ("answers", number, "text"), say.claim.format(claim=claim[0])
    if content.valid_from and content.valid_until and content.valid_until < content.valid_from:
        yield ("valid_until",), say.days.format(ends=content.valid_until, begins=content.valid_from)


def _text_faults(text: str, say: Phrases) -> Iterator[str]:
    if not text.strip():
        yield say.empty
    size = len(text.encode())
    if size > ANSWER_BYTES:
        yield say.long.format(size=size, limit=ANSWER_BYTES)
    for name in variables_in(text):
        if name is None:
            yield say.brace
        elif name not in VARIABLES:
            yield say.variable.format(name=name, known=" ".join(sorted(VARIABLES)))
