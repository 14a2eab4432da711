"""Pure: what must be true of a script before it is saved, and what is worth a second look, told to operators."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from kb.terms import Material, ScriptContent
from kb.wording import Place, wording_faults
from kb.wording_phrases import CHINESE

_FIELDS: Final[Mapping[str, str]] = {"valid_until": "失效日", "standard": "标准问", "title": "标题", "intent": "意图", "must_hit": "必中问"}


def script_faults(content: ScriptContent, materials: Mapping[str, Material]) -> Iterator[tuple[Place, str]]:
    """(place, Chinese sentence) of everything wrong; places as in kb/wording.py. `materials` are those that may be attached."""
    for name, value in (("title", content.title), ("standard", content.standard), ("intent", content.intent)):
        if not value.strip():
            yield (name,), f"还没有填{_FIELDS[name]}"
    yield from wording_faults(content, CHINESE)
    for number, answer in enumerate(content.answers):
        for key in answer.attachments:
            if key not in materials:
                yield ("answers", number, "attachments"), f"素材「{key}」不存在或已停用，请换一个"
    asked = {plain(text) for text in content.questions}
    forbidden = {plain(text) for text in content.negative}
    if repeated := next((text for text in content.must_hit if plain(text) in forbidden), None):
        yield ("must_hit",), f"「{repeated}」既是必中问又是反例，请删掉一处"
    if repeated := next((text for text in content.negative if plain(text) in asked), None):
        yield ("negative",), f"「{repeated}」既是问法又是反例，请删掉一处"


def script_warnings(content: ScriptContent, materials: Mapping[str, Material], today: date) -> Iterator[str]:
    """What may be published and yet surprises: told before publishing."""
    if content.valid_until and content.valid_until < today:
        yield f"失效日 {content.valid_until} 已过，发布后也不会发给客户"
    if content.valid_from and content.valid_from > today:
        yield f"{content.valid_from} 才生效，之前不会发给客户"
    for key in dict.fromkeys(key for answer in content.answers for key in answer.attachments if key in materials):
        ends = materials[key].valid_until
        if ends and (content.valid_until is None or ends < content.valid_until):
            yield f"附件「{materials[key].title}」{ends} 到期，早于话术，之后只发文字"
    if not content.must_hit:
        yield "没有必中问：以后别的话术抢走这个问题时，发布检查发现不了"
    elif {plain(text) for text in content.must_hit} <= {plain(text) for text in content.questions}:
        yield "必中问全都也是问法：能发现别的话术抢走它们，但客户换个说法还答不答得上，就查不出来"
    if len(content.questions) < 3:
        yield "问法少于 3 个，客户换个说法可能就找不到"


def place_name(place: Place) -> str:
    """Where a fault is, for a sentence without the form beside it."""
    if place[0] != "answers":
        return _FIELDS.get(str(place[0]), "反例" if place[0] == "negative" else "话术")
    return f"答案{int(place[1]) + 1}" if len(place) > 1 else "答案"


def plain(text: str) -> str:
    """A question without punctuation, white space and capitals."""
    return "".join(letter for letter in text.lower() if letter.isalnum())
