"""The kf account's administration."""

from typing import Any

import pytest

from tests.bot.sandbox.world import KF, LI, World


def test_our_account_is_listed_as_driven_by_the_api(world: World) -> None:
    (account,) = world.ask("kf/account/list", offset=0, limit=100)["account_list"]
    assert (account["open_kfid"], account["manage_privilege"]) == (KF, True)
    assert world.ask("kf/account/list", offset=1, limit=100)["account_list"] == []
    assert world.refused("kf/account/list", limit=101) == 40058


def test_servicers_are_zero_on_duty_and_one_off(world: World) -> None:
    world.sandbox.servicer_duty("lisi", False, stop_type=1)
    listed = world.fetch("kf/servicer/list", open_kfid=KF)["servicer_list"]
    assert listed == [{"userid": "zhangsan", "status": 0}, {"userid": "lisi", "status": 1, "stop_type": 1}]
    assert world.fetch("kf/servicer/list")["errcode"] == 60251


def test_only_customers_of_the_last_48_hours_are_known(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天", scene="store_qr", scene_param="store01")
    answer = world.ask("kf/customer/batchget", external_userid_list=[entered, "wm-nobody"], need_enter_session_context=1)
    (found,) = answer["customer_list"]
    assert (found["nickname"], found["enter_session_context"]) == ("晴天", {"scene": "store_qr", "scene_param": "store01"})
    assert answer["invalid_external_userid"] == ["wm-nobody"]
    world.clock.passes(hours=48)
    answer = world.ask("kf/customer/batchget", external_userid_list=[entered])
    assert (answer["customer_list"], answer["invalid_external_userid"]) == ([], [entered])


def test_the_context_comes_only_when_asked_for(world: World) -> None:
    entered = world.sandbox.customer_enters("晴天", scene="store_qr")
    (found,) = world.ask("kf/customer/batchget", external_userid_list=[entered])["customer_list"]
    assert "enter_session_context" not in found


@pytest.mark.parametrize(("names", "errcode"), [([], 41035), (LI, 40035), ([LI] * 101, 40058)])
def test_batchget_wants_a_list_of_one_to_a_hundred(world: World, names: Any, errcode: int) -> None:
    assert world.refused("kf/customer/batchget", external_userid_list=names) == errcode


def test_a_contact_way_carries_its_scene(world: World) -> None:
    assert world.ask("kf/add_contact_way", open_kfid=KF, scene="store_qr")["url"].endswith("enc_scene=store_qr")
    assert world.refused("kf/add_contact_way", open_kfid=KF, scene="店") == 40058
    assert world.refused("kf/add_contact_way", open_kfid=KF, scene="x" * 33) == 40058
