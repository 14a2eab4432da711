"""Pure: what a short message means after what was said: a choice, a yes or no, or the last question about something else."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.context import Context
from bot.messages import HUMAN
from customers.terms import Slot, SlotName
from intents.teaching import Names
from intents.terms import Intent

SlotsIn = Callable[[str], Sequence[Slot]]
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_ORDINAL = re.compile(r"(?:我?(?:选|要|点|问|想问|想了解)(?:的是)?)?第?([1-5一二两三四五])(?:个|项|条|号)?(?:问题)?(?:吧|呢|那个)?")
_LAST = re.compile(r"(?:我?(?:选|要|问))?最后(?:一个|那个|1个)?(?:吧|呢)?")
_NONE_OF_THESE = re.compile(r"(?:都|全)(?:不是|没有|不对)(?:的|了)?|没有(?:我)?(?:想|要)问的")
_YES = re.compile(
    r"(?:好(?:的|啊|呀|呢|嘞|哒|吧|滴)?|可以(?:的|啊|呀|吧)?|行(?:的|啊|吧|呀)?|嗯+|要(?:的|啊|呀)?|需要(?:的|啊)?|想(?:的|要)?|ok+|没问题|成|中"
    r"|麻烦(?:你|您)?了?|(?:那就?)?(?:约|发|来|转|问|安排)(?:一?下|一份|一个|给我|我)*(?:看看)?吧?|来吧"
    r"|是的?|对的?|当然|方便|愿意|必须的|谢谢|[,!~ ])+"
)
_NO = re.compile(
    r"(?:(?:先|暂时|现在|那)?(?:不用|不要|不需要|用不着|不必|算|不方便|没必要|没兴趣)(?:了|啦|吧)?|不了"
    r"|没有?了?|先这样(?:吧)?|再说吧?|谢谢(?:你|您)?|[,!~ ])+"
)
_LEADS = re.compile(r"^(?:那么?|要是|如果|换成?|若是|和|跟|还有|然后|至于)+(?:说|是)?[,, ]?")
_TRAILS = re.compile(r"(?:的话)?[呢啊呀哪吧]*[?? !~]*$")
# What may stand between names without saying anything: «E7和E5的».
_BETWEEN = re.compile(r"[的版款和跟与或、,车型这那 ]")
_OTHER_ONE = re.compile(r"(?:另外?|别的|其他)(?:的)?(?:一|那)?(?:个|款|台|辆|种)(?:车|车型)?")
_KINDS: Mapping[SlotName, frozenset[SlotName]] = {
    SlotName.MODEL: frozenset({SlotName.MODEL, SlotName.TRIM}),
    SlotName.TRIM: frozenset({SlotName.MODEL, SlotName.TRIM}),
    SlotName.COLOUR: frozenset({SlotName.COLOUR}),
    SlotName.CITY: frozenset({SlotName.CITY, SlotName.STORE}),
    SlotName.STORE: frozenset({SlotName.CITY, SlotName.STORE}),
    SlotName.RIVAL: frozenset({SlotName.RIVAL}),
}
_OF_A_VISIT = frozenset({SlotName.VISIT_TIME, SlotName.STORE, SlotName.CITY, SlotName.MODEL, SlotName.TRIM, SlotName.COLOUR})
# Short enough to lean on what was said before.
LEANS_UP_TO = 20
_ASPECT_UP_TO = 10


@dataclass(frozen=True)
class Chosen:
    """The script behind the menu item that was named, or `HUMAN`."""

    script: str


@dataclass(frozen=True)
class Accepted:
    """Yes to what the reply offered."""


@dataclass(frozen=True)
class Declined:
    """No to what the reply offered."""


@dataclass(frozen=True)
class Noted:
    """The particulars that the reply asked for: when, where, which car."""


@dataclass(frozen=True)
class Means:
    """What it may stand for, made whole, the likeliest first."""

    texts: tuple[str, ...]


Meaning = Chosen | Accepted | Declined | Noted | Means


def meaning_of(text: str, context: Context, subject: str, names: Names, slots_in: SlotsIn, *, clear: bool) -> Meaning | None:
    """What a normalised message stands for; None when it speaks for itself. `subject` is the car in question in words, empty when open;
    `clear` says that it is clear by itself what is asked («那充电呢»), if not about which car."""
    if len(text) > LEANS_UP_TO:
        return None
    if context.options and (choice := _choice(text, context.options)):
        return choice
    if context.offer and _YES.fullmatch(text):
        return Accepted()
    if context.offer and _NO.fullmatch(text):
        return Declined()
    bare = _TRAILS.sub("", _LEADS.sub("", text))
    leans = bare != text.rstrip("? !~吧")
    new = _new_names(bare, subject, names, context, slots_in)
    if context.at and _is_noted(bare, context, slots_in):
        return Noted()
    if new and context.asked:
        return Means((_about(new, context.asked, slots_in),))
    if any(slot.name is SlotName.MODEL for slot in new):
        return Means((f"{_spaced(new)}怎么样",))
    if leans and context.asked and 0 < len(bare) <= _ASPECT_UP_TO:
        # «那夏天呢» asks what was asked before, of summer. Where it is clear as it was said («空调呢»), the bare word says less than that.
        of_subject = f"{subject}{bare}"
        return Means(tuple(dict.fromkeys([of_subject, text, bare] if clear else [f"{context.asked},{bare}", of_subject, bare])))
    return None


def subject_of(models: Sequence[str], trim: str, names: Names) -> str:
    """The cars in question as a customer would call them: «e7», «e7 660长续航版», «e7和e5»; empty when there is none."""
    known = [min(names.models[model], key=len) for model in models if names.models.get(model)]
    version = next((one for one in names.trims if one.key == trim and [one.model] == list(models)), None)
    if version and known:
        return f"{known[0]} {max(version.names[:2], key=len).replace(' ', '')}"
    return "和".join(known)


def _choice(text: str, options: Sequence[str]) -> Chosen | None:
    if _NONE_OF_THESE.fullmatch(text):
        return Chosen(HUMAN)
    if _LAST.fullmatch(text):
        return Chosen(options[-1])
    match = _ORDINAL.fullmatch(text.rstrip("。.!,"))
    number = (_DIGITS.get(match[1]) or int(match[1])) if match else 0
    if not 1 <= number <= len(options) + 1:
        return None
    # The last line of every menu is «none of these, a person please».
    return Chosen([*options, HUMAN][number - 1])


def _is_noted(bare: str, context: Context, slots_in: SlotsIn) -> bool:
    """A time and little else, or whatever a visit needs after an answer about one."""
    found = [slot for slot in slots_in(bare) if slot.name in _OF_A_VISIT]
    wanted = any(slot.name is SlotName.VISIT_TIME for slot in found) or (bool(found) and context.intent == Intent.BOOK_TEST_DRIVE)
    return wanted and len(re.sub(r"[我就去到在那来看店里吧的可以行好,. ]", "", _rest(bare, found))) <= 1


def _new_names(bare: str, subject: str, names: Names, context: Context, slots_in: SlotsIn) -> list[Slot]:
    """The names that the message consists of, as slots of a text made of them; none when it says more."""
    if _OTHER_ONE.fullmatch(bare):
        others = [model for model in names.models if model not in context.models]
        return [slot for slot in slots_in(subject_of(others, "", names)) if slot.name is SlotName.MODEL] if len(others) == 1 else []
    # «标准版» is a version of the car in question.
    for text in (bare, f"{subject} {bare}" if subject else ""):
        found = [slot for slot in slots_in(text) if slot.name in _KINDS]
        if found and not _BETWEEN.sub("", _rest(text, found)):
            return found
    return []


def _about(new: Sequence[Slot], asked: str, slots_in: SlotsIn) -> str:
    """The last question with the new names in the place of those of the same kind; where it had none, in front."""
    kinds = frozenset().union(*(_KINDS[slot.name] for slot in new))
    said = slots_in(asked)
    if SlotName.RIVAL in kinds and not any(slot.name is SlotName.RIVAL for slot in said):
        kinds = _KINDS[SlotName.MODEL]  # another brand takes the place of ours
    old = sorted({(slot.span.start, slot.span.end) for slot in said if slot.name in kinds})
    at = old[0][0] if old else 0
    rest = _without(asked, old)
    return f"{rest[:at]}{_spaced(new)}{rest[at:]}"


def _spaced(new: Sequence[Slot]) -> str:
    """The names in their order, each once; a model stands apart from its version («e7 660版»)."""
    spans = dict.fromkeys((slot.span.start, slot.span.words) for slot in sorted(new, key=lambda slot: slot.span.start))
    named = [words for _, words in spans]
    several = len({slot.value for slot in new if slot.name is SlotName.MODEL}) > 1
    return ("和" if several else " ").join(named)


def _rest(text: str, slots: Sequence[Slot]) -> str:
    return _without(text, sorted({(slot.span.start, slot.span.end) for slot in slots}))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """What is left when these places are cut out, and what only joined them."""
    kept, at = [], 0
    for start, end in spans:
        between = text[at:start]
        kept.append("" if at and not _BETWEEN.sub("", between) else between)
        at = max(at, end)
    return "".join([*kept, text[at:].lstrip() if at else text])
