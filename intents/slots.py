"""Pure: what a message settles: model, trim, colour, money, place, time, telephone, rival."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from customers.terms import Slot, SlotName, Span
from intents.lookup import Found, Lookup
from intents.money import money_slots
from intents.teaching import Names, Trim
from intents.visit_time import moments

_PHONE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
# A trim that is a bare number is not one when a unit follows: 520块, 续航660公里.
_UNIT = re.compile(r"\s?(?:元|块|公里|km|万|w|度|号|天|分|个|人|%|点|:)")
_PLAIN_COLOUR = re.compile(r"(白|黑|银|绿|蓝|灰|红|黄|紫|橙|粉|金)色")
# «很理想», «不理想» speak of no brand.
_DEGREE = ("不", "很", "太", "更", "较", "挺", "最", "蛮", "真")
_VISIT = re.compile(r"过去|过来|到店|来店|去店|你们店|看车|看看车|试驾|试乘|试车|有空|方便|预约|约|去看|来看|改到|改成|见面|展厅|门店")
# An answer to «when would suit you» is a time and little else: «周六上午吧».
_LITTLE_ELSE = re.compile(r"[吧呢吗啊呀哦的可以行好就那在,。!?~ ]*")


class SlotFinder:
    """Knows the pack's names; `find` may be called from many threads."""

    def __init__(self, names: Names) -> None:
        self._models = _by_word((key, some) for key, some in names.models.items())
        self._trims: dict[str, list[Trim]] = {}
        for trim in names.trims:
            for name in trim.names:
                self._trims.setdefault(name, []).append(trim)
        self._cities = {name: place for place in names.cities for name in place.names}
        self._stores = {name: place for place in names.stores for name in place.names}
        self._rivals = {name.lower(): name for name in names.rivals}
        self._colours = names.colours
        self._find_model, self._find_trim, self._find_store = Lookup(self._models), Lookup(self._trims), Lookup(self._stores)
        self._find_city, self._find_rival = Lookup(self._cities), Lookup(self._rivals)
        self._find_colour = Lookup(colour for some in names.colours.values() for colour in some)

    def find(self, text: str, tokens: Collection[str], *, now: datetime) -> tuple[Slot, ...]:
        """Every slot of a normalised message, in the order of their places; spans are places in `text`. A name of one
        character counts only if it is one of the `tokens`: 汉 is not in 武汉."""
        rivals = [found for found in self._find_rival.find(text) if _is_a_name(found, tokens) and not text[: found.start].endswith(_DEGREE)]
        models = [found for found in self._find_model.find(text) if not _lies_in(found, rivals)]
        found = [
            *(_slot(SlotName.RIVAL, self._rivals[rival.word], rival) for rival in rivals),
            *(_slot(SlotName.MODEL, self._models[model.word], model) for model in models),
            *self._trim_slots(text, models, rivals),
            *self._places(text, tokens),
            *money_slots(text),
            *(Slot(SlotName.PHONE, re.sub(r"\D", "", m.group()), _span(m)) for m in _PHONE.finditer(text)),
            *_visit_times(text, now),
        ]
        own_models = {slot.value for slot in found if slot.name is SlotName.MODEL}
        return _once([*found, *self._colour_slots(text, own_models)])

    def _trim_slots(self, text: str, models: Sequence[Found], rivals: Sequence[Found]) -> Iterator[Slot]:
        for found in self._find_trim.find(text):
            if found.word.isdecimal() and (_UNIT.match(text, found.end) or (rivals and not models)):
                continue
            trim = self._which(self._trims[found.word], found, models)
            if trim:
                yield _slot(SlotName.TRIM, trim.key, found)
                yield _slot(SlotName.MODEL, trim.model, found)

    def _which(self, trims: Sequence[Trim], found: Found, models: Sequence[Found]) -> Trim | None:
        """The trim of the model named last before it, or of the only model there is; by itself only a name that one trim has."""
        before = [self._models[model.word] for model in models if model.start < found.start]
        named = before[-1:] or list({self._models[model.word] for model in models})
        if len(named) == 1:
            return next((trim for trim in trims if trim.model == named[0]), None)
        return trims[0] if len(trims) == 1 and not named else None

    def _places(self, text: str, tokens: Collection[str]) -> Iterator[Slot]:
        stores = list(self._find_store.find(text))
        for store in stores:
            yield _slot(SlotName.STORE, self._stores[store.word].key, store)
            yield _slot(SlotName.CITY, self._stores[store.word].city, store)
        for city in self._find_city.find(text):
            if _is_a_name(city, tokens) and not _lies_in(city, stores):
                yield _slot(SlotName.CITY, self._cities[city.word].key, city)

    def _colour_slots(self, text: str, models: set[str]) -> Iterator[Slot]:
        for found in self._find_colour.find(text):
            yield _slot(SlotName.COLOUR, found.word, found)
        # «白色» is the colour of ours that it can only mean, and stays as it was said when it may mean several.
        ours = {colour for model, colours in self._colours.items() if not models or model in models for colour in colours}
        for match in _PLAIN_COLOUR.finditer(text):
            meant = [colour for colour in ours if match[1] in colour]
            yield Slot(SlotName.COLOUR, meant[0] if len(meant) == 1 else match.group(), _span(match))


def _visit_times(text: str, now: datetime) -> Iterator[Slot]:
    for moment in moments(text, now=now):
        rest = text[: moment.start] + text[moment.end :]
        if _LITTLE_ELSE.fullmatch(rest) or _VISIT.search(text):
            yield Slot(SlotName.VISIT_TIME, moment.iso, Span(text[moment.start : moment.end], moment.start, moment.end))


def _is_a_name(found: Found, tokens: Collection[str]) -> bool:
    return len(found.word) > 1 or found.word in tokens


def _lies_in(found: Found, others: Iterable[Found]) -> bool:
    return any(other.start <= found.start and found.end <= other.end for other in others)


def _by_word(names: Iterable[tuple[str, Sequence[str]]]) -> Mapping[str, str]:
    return {name: key for key, some in names for name in some}


def _slot(name: SlotName, value: str, found: Found) -> Slot:
    return Slot(name, value, Span(found.word, found.start, found.end))


def _span(match: re.Match[str]) -> Span:
    return Span(match.group(), *match.span())


def _once(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """In the order of their places; the same fact said twice counts once, where it was said first."""
    first: dict[tuple[SlotName, str], Slot] = {}
    for slot in sorted(slots, key=lambda slot: slot.span.start):
        first.setdefault((slot.name, slot.value), slot)
    return tuple(first.values())
