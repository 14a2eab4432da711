"""Pure: what a message settles: model, trim, colour, money, place, time, telephone, rival, the car he has now."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from customers.terms import Slot, SlotName, Span
from intents.lookup import Found, Lookup
from intents.money import money_slots
from intents.teaching import Names, Trim
from intents.visit_time import moments

_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d){8})(?!\d)")
# A trim that is a bare number is not one when a unit follows: 520块, 续航660公里.
_UNIT = re.compile(r"\s?(?:元|块|公里|km|万|w|度|号|天|分|个|人|%|点|:)")
_PLAIN_COLOUR = re.compile(r"(白|黑|银|绿|蓝|灰|红|黄|紫|橙|粉|金)色|(?<=[要喜选有订定看])(白|黑|银|绿|蓝|灰|红)的")
# «不要白色», «不考虑E5», «E5就算了»: what is refused settles nothing.
_REFUSED_BEFORE = re.compile(r"(?:不(?:要|想要|考虑|喜欢|看|选|买)|别要|除了|除开)(?:那个|这个|你们的?|什么)?$")
_REFUSED_AFTER = re.compile(r"(?:的|版|款)?(?:就|我)?(?:不考虑|不要|算了|不喜欢|排除|pass)(?!吗)")
# The car he has now: «我现在开的是15年的朗逸», «家里有台帕萨特», «我的朗逸能抵多少», «旧车是宝来».
_HAS = (
    r"(?:(?:旧车|老车|现有的?车|我的车|原来的车|之前的车)(?:就?是|:)|(?:现在|目前|一直|之前|我)?(?:开|用)(?:的|着)?的?(?:车)?(?:就?是|一?[台辆])"
    r"|(?<!没)有一?[台辆]|开了[^,。!?;\n]{1,6}的|我的(?=[^,。!?;\n]{1,6}(?:能|可以|想)?(?:置换|抵|折价?)))"
)
_YEAR = r"(?:(?:\d{2,4}|[零一二三四五六七八九]{2,4})年的?|老款|老|旧|的)*"
_HAS_SOME = re.compile(
    rf"{_HAS}{_YEAR}(?P<car>[^,。!?;\n\d][^,。!?;\n]{{0,9}}?)(?=$|[,。!?;\n]|能|可|想|要|值|折|抵|换|置换|打算|准备|卖|开了|多少|怎么|吗)"
)
# Before a name that we know, less will do.
_HAS_THIS = re.compile(rf"(?:{_HAS}|(?:现在|目前|家里|手里|手上|名下|我家?)(?:有|开的?|用的?)|旧|老){_YEAR}$")
_MINE = re.compile(r"(?:我的|我那[台辆]?|我这[台辆]?|开的?)$")
_TRADED = re.compile(r"车?(?:想|要|能|可以|打算)?(?:置换|抵|折|换)")
_NO_CAR = re.compile(r"^(?:什么|啥|哪|多少|没|不|你们|驾照|补贴|优惠|空)|(?:车|钱|万|补贴|优惠|预算)$")
# «很理想», «不理想» speak of no brand.
_DEGREE = ("不", "很", "太", "更", "较", "挺", "最", "蛮", "真")
# «小米手机能连吗» asks about a telephone.
_NO_BRAND_OF_CARS = re.compile(r" ?(?:手机|手环|手表|平板|电视|耳机|充电宝|音箱|路由|智能家居|账号|carwith)")
_VISIT = re.compile(
    r"过去|过来|到店|来店|去店|你们店|看车|看看车|试驾|试乘|试车|有空|方便|预约|约|去看|来看|改到|改成|见面|展厅|门店|去一趟|来一趟|再去|再来"
)
# An answer to «when would suit you» is a time and little else: «周六上午吧».
_LITTLE_ELSE = re.compile(r"[吧呢吗啊呀哦的可以行好就那在,。!?~ ]*")


class SlotFinder:
    """Knows the pack's names; `find` may be called from many threads."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._models = _by_word((key, some) for key, some in names.models.items())
        self._trims: dict[str, list[Trim]] = {}
        for trim in names.trims:
            for name in trim.names:
                self._trims.setdefault(name, []).append(trim)
        self._cities = {name: place for place in names.cities for name in place.names}
        self._stores = {name: place for place in names.stores for name in place.names}
        self._rivals = {said: name for name in names.rivals for said in (name.lower(), name.lower().replace(" ", ""))}
        self._colours = names.colours
        self._find_model, self._find_trim, self._find_store = Lookup(self._models), Lookup(self._trims), Lookup(self._stores)
        self._find_city, self._find_rival = Lookup(self._cities), Lookup(self._rivals)
        self._find_colour = Lookup(colour for some in names.colours.values() for colour in some)

    def find(self, text: str, tokens: Collection[str], *, now: datetime) -> tuple[Slot, ...]:
        """Every slot of a normalised message, in the order of their places; spans are places in `text`. A name of one
        character counts only if it is one of the `tokens`: 汉 is not in 武汉."""
        rivals = [found for found in self._find_rival.find(text) if _is_a_rival(text, found, tokens)]
        models = [found for found in self._find_model.find(text) if not _lies_in(found, rivals)]
        places = list(self._places(text, tokens))
        had = list(self._car_he_has(text, [*rivals, *models]))
        models = [model for model in models if not any(_within(model, slot.span) for slot in had)]
        found = [
            *had,
            *(_slot(SlotName.RIVAL, self._rivals[r.word], r) for r in rivals if not any(_within(r, slot.span) for slot in had)),
            *(_slot(SlotName.MODEL, self._models[model.word], model) for model in models),
            *self._trim_slots(text, models, rivals),
            *places,
            *money_slots(text),
            *(Slot(SlotName.PHONE, re.sub(r"\D", "", m[1]), Span(m[1], *m.span(1))) for m in _PHONE.finditer(text)),
            *_visit_times(text, now, places),
        ]
        own_models = {slot.value for slot in found if slot.name is SlotName.MODEL}
        return _once([slot for slot in (*found, *self._colour_slots(text, own_models)) if not _is_refused(text, slot)])

    def _car_he_has(self, text: str, named: Sequence[Found]) -> Iterator[Slot]:
        """A name that we know, where he says that he has it or trades it in; else the words that follow «I drive a …»."""
        for found in named:
            before = text[: found.start]
            if _HAS_THIS.search(before) or (_MINE.search(before) and _TRADED.match(text, found.end)):
                yield Slot(SlotName.TRADE_IN, self._rivals.get(found.word) or self._models.get(found.word, found.word), _place(found))
                return
        for match in _HAS_SOME.finditer(text):
            if not _NO_CAR.search(match["car"]):
                yield Slot(SlotName.TRADE_IN, match["car"], Span(match["car"], *match.span("car")))
                return

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
            meant = [colour for colour in ours if (match[1] or match[2]) in colour]
            yield Slot(SlotName.COLOUR, meant[0] if len(meant) == 1 else match.group(), _span(match))


def _visit_times(text: str, now: datetime, places: Sequence[Slot]) -> Iterator[Slot]:
    for moment in moments(text, now=now):
        known = [*range(moment.start, moment.end), *(at for place in places for at in range(place.span.start, place.span.end))]
        rest = "".join(character for at, character in enumerate(text) if at not in known)
        if _LITTLE_ELSE.fullmatch(rest) or _VISIT.search(text):
            yield Slot(SlotName.VISIT_TIME, moment.iso, Span(text[moment.start : moment.end], moment.start, moment.end))


def _is_a_name(found: Found, tokens: Collection[str]) -> bool:
    return len(found.word) > 1 or found.word in tokens


def _is_a_rival(text: str, found: Found, tokens: Collection[str]) -> bool:
    means_else = text[: found.start].endswith(_DEGREE) or _NO_BRAND_OF_CARS.match(text, found.end)
    return _is_a_name(found, tokens) and not means_else


def _is_refused(text: str, slot: Slot) -> bool:
    if slot.name not in (SlotName.MODEL, SlotName.TRIM, SlotName.COLOUR, SlotName.RIVAL):
        return False
    return bool(_REFUSED_BEFORE.search(text[: slot.span.start]) or _REFUSED_AFTER.match(text, slot.span.end))


def _within(found: Found, span: Span) -> bool:
    return span.start <= found.start and found.end <= span.end


def _place(found: Found) -> Span:
    return Span(found.word, found.start, found.end)


def _lies_in(found: Found, others: Iterable[Found]) -> bool:
    return any(other.start <= found.start and found.end <= other.end for other in others)


def _by_word(names: Iterable[tuple[str, Sequence[str]]]) -> Mapping[str, str]:
    return {name: key for key, some in names for name in some}


def _slot(name: SlotName, value: str, found: Found) -> Slot:
    return Slot(name, value, _place(found))


def _span(match: re.Match[str]) -> Span:
    return Span(match.group(), *match.span())


def _once(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """In the order of their places; the same fact said twice counts once, where it was said first."""
    first: dict[tuple[SlotName, str], Slot] = {}
    for slot in sorted(slots, key=lambda slot: slot.span.start):
        first.setdefault((slot.name, slot.value), slot)
    return tuple(first.values())
