"""微信客服 calls: what is asked, and what the answer becomes."""

import json
from collections.abc import Callable

import pytest

from bot.wecom.client import WeComClient
from bot.wecom.kf_calls import KfCalls
from bot.wecom.speech import text_body
from bot.wecom.terms import KfAccount, KfCustomer, KfState, Page, Servicer
from core.errors import AlreadySent, Refused, SessionTaken, WindowClosed
from tests.bot.wecom.scripted import ScriptedWeCom

Example = Callable[[str], str]
KF, CUSTOMER = "wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA", "wmDemoCust01AAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def kf(client: WeComClient) -> KfCalls:
    return KfCalls(client)


def test_a_page_holds_its_entries_and_the_next_cursor(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["kf/sync_msg"] = json.loads(example("05_kf_sync_msg_response.json"))

    page = kf.sync_page(KF, cursor="DemoCursor0001", token="T")

    assert (len(page.entries), page.next_cursor, page.has_more) == (10, "DemoCursor0002", False)
    assert wecom.body("kf/sync_msg") == {"open_kfid": KF, "cursor": "DemoCursor0001", "token": "T", "limit": 1000}


def test_an_empty_page_may_have_more_after_it(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["kf/sync_msg"] = {"next_cursor": "c2", "has_more": 1, "msg_list": []}

    assert kf.sync_page(KF, cursor="") == Page([], "c2", has_more=True)
    assert wecom.body("kf/sync_msg") == {"open_kfid": KF, "limit": 1000}


def test_a_sync_token_past_its_ten_minutes_is_left_out(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["kf/sync_msg"] = [{"errcode": 95007}, {"next_cursor": "c2", "has_more": 0}]

    assert kf.sync_page(KF, cursor="c1", token="old").next_cursor == "c2"
    assert wecom.body("kf/sync_msg") == {"open_kfid": KF, "cursor": "c1", "limit": 1000}


def test_a_refused_page_is_refused(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["kf/sync_msg"] = {"errcode": 95007}
    with pytest.raises(Refused):
        kf.sync_page(KF, cursor="c1", token="old")
    assert len(wecom.asked("kf/sync_msg")) == 2


def test_a_text_is_sent_in_the_shape_of_the_example(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("05_kf_send_msg_text_request.json"))

    kf.send(KF, CUSTOMER, "botreply0001", text_body(wanted["text"]["content"]))

    assert wecom.body("kf/send_msg") == wanted


def test_a_welcome_is_sent_in_the_shape_of_the_example(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("05_kf_send_msg_on_event_request.json"))

    kf.send_on_event("DemoWelcomeCode0001", "welcome0001", text_body(wanted["text"]["content"]))

    assert wecom.body("kf/send_msg_on_event") == wanted


@pytest.mark.parametrize(("code", "error"), [(95033, AlreadySent), (95018, SessionTaken), (95001, WindowClosed), (95002, WindowClosed)])
def test_a_send_that_fails_says_how(kf: KfCalls, wecom: ScriptedWeCom, code: int, error: type[Refused]) -> None:
    wecom.answers["kf/send_msg"] = {"errcode": code}

    with pytest.raises(error):
        kf.send(KF, CUSTOMER, "m1", text_body("您好"))


def test_a_session_held_by_a_person_names_him(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["kf/service_state/get"] = json.loads(example("05_kf_service_state_get_response.json"))

    assert kf.state(KF, CUSTOMER) == (KfState.HUMAN, "zhangsan")
    assert wecom.body("kf/service_state/get") == {"open_kfid": KF, "external_userid": CUSTOMER}


def test_software_speaks_only_when_new_or_assistant() -> None:
    assert [state for state in KfState if state.lets_software_speak] == [KfState.NEW, KfState.ASSISTANT]


def test_in_a_state_nobody_knows_software_is_silent(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    for answer in ({"service_state": 7}, {}):
        wecom.answers["kf/service_state/get"] = answer
        assert not kf.state(KF, CUSTOMER)[0].lets_software_speak


def test_a_session_is_handed_to_a_person_in_the_shape_of_the_example(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["kf/service_state/trans"] = {"msg_code": "M"}

    assert kf.move(KF, CUSTOMER, KfState.HUMAN, servicer="zhangsan") == "M"
    assert wecom.body("kf/service_state/trans") == json.loads(example("05_kf_service_state_trans_request.json"))


def test_moving_to_the_assistant_names_nobody(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    assert kf.move(KF, CUSTOMER, KfState.ASSISTANT) == ""
    assert wecom.body("kf/service_state/trans") == {"open_kfid": KF, "external_userid": CUSTOMER, "service_state": 1}


def test_servicers_are_on_duty_at_zero(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    rows = [{"userid": "ZhangSan", "status": 0}, {"userid": "lisi", "status": 1}, {"department_id": 3}]
    wecom.answers["kf/servicer/list"] = {"servicer_list": rows}

    assert kf.servicers(KF) == [Servicer("zhangsan", on_duty=True), Servicer("lisi", on_duty=False)]
    assert wecom.asked("kf/servicer/list")[0].url.params["open_kfid"] == KF


def test_nicknames_are_known_by_customer(kf: KfCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["kf/customer/batchget"] = json.loads(example("05_kf_customer_batchget_response.json"))

    known = kf.customers([CUSTOMER, "wmDemoCust02BBBBBBBBBBBBBBBBBBBB"])

    assert known == {CUSTOMER: KfCustomer("晴天", "oDemoUnionid0000000000000001")}


def test_many_customers_are_asked_for_by_the_hundred(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    kf.customers([f"wm{number}" for number in range(250)])

    asked = [json.loads(request.content)["external_userid_list"] for request in wecom.asked("kf/customer/batchget")]
    assert [len(some) for some in asked] == [100, 100, 50]
    assert kf.customers([]) == {}


def test_accounts_are_read_to_the_last_page(kf: KfCalls, wecom: ScriptedWeCom) -> None:
    rows = [{"open_kfid": f"wk{number}", "name": "客服", "manage_privilege": number == 0} for number in range(101)]
    wecom.answers["kf/account/list"] = [{"account_list": rows[:100]}, {"account_list": rows[100:]}]

    accounts = kf.accounts()

    assert accounts[0] == KfAccount("wk0", "客服", managed=True)
    assert accounts[100] == KfAccount("wk100", "客服", managed=False)
    assert wecom.body("kf/account/list") == {"offset": 100, "limit": 100}
