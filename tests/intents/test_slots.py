"""What a message settles."""

import pytest

from core.text import Tokeniser
from customers.terms import SlotName
from intents.slots import SlotFinder
from tests.intents.builders import NAMES, NOW

TOKENISER = Tokeniser()
FINDER = SlotFinder(NAMES)


def slots(text: str) -> set[tuple[str, str]]:
    return {(slot.name.value, slot.value) for slot in FINDER.find(text, TOKENISER.tokens(text), now=NOW)}


def named(text: str, name: SlotName) -> set[str]:
    return {value for found, value in slots(text) if found == name}


@pytest.mark.parametrize("text", ["e7多少钱", "想看e7", "云驰 e7怎么样", "买e7吧"])
def test_a_model_is_known_by_its_aliases(text: str) -> None:
    assert named(text, SlotName.MODEL) == {"e7"}


@pytest.mark.parametrize("text", ["ce7x是什么", "e70", "型号re7"])
def test_an_alias_inside_another_word_is_none(text: str) -> None:
    assert named(text, SlotName.MODEL) == set()


def test_a_name_that_one_trim_has_says_its_model_too() -> None:
    assert slots("660多少钱") == {("trim", "e7-660"), ("model", "e7")}
    assert slots("智享版有现车吗") == {("trim", "e5-560s"), ("model", "e5")}


def test_a_name_that_several_trims_share_needs_a_model() -> None:
    assert slots("标准版多少钱") == set()
    assert slots("e5标准版多少钱") == {("model", "e5"), ("trim", "e5-430")}
    assert slots("标准版的e7") == {("model", "e7"), ("trim", "e7-520")}


def test_each_trim_belongs_to_the_model_named_before_it() -> None:
    assert slots("e5标准版和e7标准版差多少") == {("model", "e5"), ("trim", "e5-430"), ("model", "e7"), ("trim", "e7-520")}


@pytest.mark.parametrize("text", ["520块", "续航660公里", "13520", "电话15206601234", "特斯拉430"])
def test_a_number_that_means_something_else_is_no_trim(text: str) -> None:
    assert named(text, SlotName.TRIM) == set()


def test_a_longer_name_wins() -> None:
    assert named("560智享版", SlotName.TRIM) == {"e5-560s"}


def test_a_plain_colour_is_ours_when_it_can_mean_only_one() -> None:
    assert named("e7要白色", SlotName.COLOUR) == {"云白"}
    assert named("e5石墨灰", SlotName.COLOUR) == {"石墨灰"}
    assert named("e5有红色吗", SlotName.COLOUR) == {"红色"}


def test_a_store_says_its_city() -> None:
    assert slots("滨江店几点关门") == {("store", "hz-binjiang"), ("city", "hangzhou")}
    assert slots("我在上海") == {("city", "shanghai")}


def test_a_name_of_one_character_must_be_a_word() -> None:
    assert named("汉和海豹哪个好", SlotName.RIVAL) == {"汉", "海豹"}
    assert named("武汉有店吗", SlotName.RIVAL) == set()


def test_rivals_are_named_as_the_pack_writes_them() -> None:
    assert named("model 3和id.4", SlotName.RIVAL) == {"Model 3", "ID.4"}


def test_an_adjective_is_no_rival() -> None:
    assert named("效果不理想", SlotName.RIVAL) == set()
    assert named("和理想比呢", SlotName.RIVAL) == {"理想"}


@pytest.mark.parametrize("text", ["13800138000", "电话138 0013 8000", "138-0013-8000找我"])
def test_a_telephone_number_is_eleven_digits(text: str) -> None:
    assert named(text, SlotName.PHONE) == {"13800138000"}


def test_twelve_digits_are_no_telephone_number() -> None:
    assert named("138001380001", SlotName.PHONE) == set()


@pytest.mark.parametrize("text", ["明天下午3点过去看车", "明天下午3点可以吗", "明天下午3点"])
def test_a_time_to_come_is_a_visit_time(text: str) -> None:
    assert named(text, SlotName.VISIT_TIME) == {"2026-03-03T15:00"}


@pytest.mark.parametrize("text", ["明天要不要带伞", "明天付款", "周六的活动是几点"])
def test_a_time_of_something_else_is_none(text: str) -> None:
    assert named(text, SlotName.VISIT_TIME) == set()


def test_the_same_fact_counts_once_and_slots_stand_in_their_order() -> None:
    text = "在杭州,想试驾e7,e7有现车吗,电话13800138000"
    found = FINDER.find(text, TOKENISER.tokens(text), now=NOW)

    assert [slot.name for slot in found] == [SlotName.CITY, SlotName.MODEL, SlotName.PHONE]
    assert all(text[slot.span.start : slot.span.end] == slot.span.words for slot in found)


@pytest.mark.parametrize(
    ("text", "car"),
    [
        ("我现在开的是15年的朗逸,能置换多少钱", "朗逸"),
        ("家里有台海豹想换e7", "海豹"),
        ("旧车是宝来", "宝来"),
        ("我的朗逸能抵多少", "朗逸"),
        ("开了两年的老款捷达换e5补多少", "捷达"),
        ("我开的是e5想换e7", "e5"),
    ],
)
def test_the_car_he_has_now_is_no_car_he_wants(text: str, car: str) -> None:
    assert named(text, SlotName.TRADE_IN) == {car}
    assert car not in named(text, SlotName.RIVAL) | named(text, SlotName.MODEL)


@pytest.mark.parametrize("text", ["我现在开车上班", "现在有什么优惠", "旧车置换补贴多少", "有一台现车吗", "我有时间就去", "朋友买了海豹"])
def test_not_everything_one_has_is_a_car(text: str) -> None:
    assert named(text, SlotName.TRADE_IN) == set()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("不要白色,要黑的", {("colour", "星夜黑")}),
        ("不考虑e5", set()),
        ("e5就算了,看看e7", {("model", "e7")}),
        ("除了海豹还看什么", set()),
        ("e7不考虑吗", {("model", "e7")}),
    ],
)
def test_what_is_refused_settles_nothing(text: str, kept: set[tuple[str, str]]) -> None:
    assert slots(text) == kept


def test_a_number_with_the_country_in_front_is_the_same() -> None:
    assert named("+86 13800138000", SlotName.PHONE) == {"13800138000"}
