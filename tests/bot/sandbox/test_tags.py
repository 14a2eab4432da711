"""Corp tags."""

from typing import Any

import pytest

from tests.bot.sandbox.world import LI, World

ADD, LIST, MARK = (f"externalcontact/{name}" for name in ("add_corp_tag", "get_corp_tag_list", "mark_tag"))


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def library(world: World, **fields: Any) -> dict[str, dict[str, str]]:
    return {group["group_name"]: {tag["name"]: tag["id"] for tag in group["tag"]} for group in world.ask(LIST, **fields)["tag_group"]}


def test_the_seeded_library_is_listed_whole_by_group_or_by_tag(world: World) -> None:
    whole = library(world)
    assert list(whole["意向级别"]) == ["H级", "A级"]
    assert library(world, tag_id=[whole["意向级别"]["A级"]]) == {"意向级别": {"A级": whole["意向级别"]["A级"]}}
    assert library(world, tag_id=["et-other"]) == {}
    group_id = world.ask(LIST)["tag_group"][0]["group_id"]
    assert library(world, group_id=[group_id], tag_id=["et-other"]) == whole


def test_a_new_group_is_made_and_an_existing_one_grows(world: World) -> None:
    made = world.ask(ADD, group_name="关注点", order=5, tag=[{"name": "价格", "order": 2}])["tag_group"]
    assert [tag["name"] for tag in made["tag"]] == ["价格"]
    world.ask(ADD, group_name="关注点", tag=named("续航"))
    world.ask(ADD, group_id=made["group_id"], tag=named("空间"))
    assert list(library(world)["关注点"]) == ["价格", "续航", "空间"]


def test_a_tag_keeps_its_id_in_a_later_sandbox(world: World) -> None:
    made = world.ask(ADD, group_name="关注点", tag=named("价格"))["tag_group"]["tag"][0]["id"]
    assert type(world)().ask(ADD, group_name="关注点", tag=named("价格"))["tag_group"]["tag"][0]["id"] == made


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"group_name": "意向级别", "tag": named("B级", "H级")}, 40071),
        ({"group_name": "新", "tag": named("甲", "甲")}, 40071),
        ({"group_name": "新", "tag": named("长" * 31)}, 40072),
        ({"group_name": "新", "tag": named("")}, 40072),
        ({"group_name": "", "tag": named("甲")}, 40063),
        ({"group_name": "新"}, 40063),
        ({"group_id": "et-other", "tag": named("甲")}, 40068),
        ({"group_name": "新", "tag": [{"name": "甲", "order": -1}]}, 40058),
        ({"group_name": "新", "tag": named(*(str(number) for number in range(9999)))}, 40126),
    ],
)
def test_a_refused_addition_adds_nothing(world: World, fields: Any, errcode: int) -> None:
    before = library(world)
    assert world.refused(ADD, **fields) == errcode
    assert library(world) == before


@pytest.fixture
def tag(world: World) -> dict[str, str]:
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    return library(world)["意向级别"]


def mark(world: World, **fields: Any) -> int:
    return world.refused(MARK, **({"userid": "zhangsan", "external_userid": LI} | fields))


def test_a_pair_is_marked_and_unmarked(world: World, tag: dict[str, str]) -> None:
    assert mark(world, add_tag=[tag["A级"], tag["A级"]]) == 0
    assert mark(world, userid="ZhangSan", add_tag=[tag["H级"]], remove_tag=[tag["A级"]]) == 0
    assert world.sandbox.tags_of("zhangsan", LI) == ["H级"]
    (follow,) = world.fetch("externalcontact/get", external_userid=LI)["follow_user"]
    assert follow["tags"] == [{"group_name": "意向级别", "tag_name": "H级", "tag_id": tag["H级"], "type": 1}]


def test_tags_belong_to_the_pair(world: World, tag: dict[str, str]) -> None:
    assert mark(world, userid="lisi", add_tag=[tag["H级"]]) == 84061
    world.sandbox.customer_adds_advisor(LI, "lisi")
    assert mark(world, userid="lisi", add_tag=[tag["H级"]]) == 0
    assert world.sandbox.tags_of("zhangsan", LI) == []


def test_deleting_the_customer_ends_the_relation_being_deleted_does_not(world: World, tag: dict[str, str]) -> None:
    world.sandbox.customer_deletes_advisor(LI, "zhangsan")
    assert mark(world, add_tag=[tag["H级"]]) == 0
    world.sandbox.advisor_deletes_customer("zhangsan", LI)
    assert mark(world, add_tag=[tag["H级"]]) == 84061


def test_wrong_marks_are_refused(world: World, tag: dict[str, str]) -> None:
    assert mark(world, add_tag=["et-other"]) == 40068
    assert mark(world) == 41111
    assert mark(world, userid="nobody", add_tag=[tag["H级"]]) == 60111
    assert mark(world, external_userid="wm-nobody", add_tag=[tag["H级"]]) == 40096
    assert mark(world, add_tag=tag["H级"]) == 40035


def test_marking_raises_no_event(world: World, tag: dict[str, str]) -> None:
    world.settles()
    mark(world, add_tag=[tag["H级"]])
    assert world.settles() == []
