"""客户联系 calls: what is asked, and what the answer becomes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.wecom.client import WeComClient
from bot.wecom.contact_calls import ContactCalls
from bot.wecom.errcodes import Code
from bot.wecom.speech import media_body, welcome, welcome_link
from bot.wecom.terms import Contact, CorpTag, Follower, UploadKind
from core.errors import RecipientGone, Refused, WindowClosed
from tests.bot.wecom.scripted import ScriptedWeCom

Example = Callable[[str], str]
CUSTOMER = "wmDemoCust01AAAAAAAAAAAAAAAAAAAA"
GROUP = ("etDemoTagGrp01AAAAAAAAAAAAAAAAAA", "意向级别")


@pytest.fixture
def contacts(client: WeComClient) -> ContactCalls:
    return ContactCalls(client)


def test_a_customer_comes_with_the_advisors_who_follow_him(contacts: ContactCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["externalcontact/get"] = json.loads(example("06_externalcontact_get_response.json").replace("zhangsan", "ZhangSan"))

    follower = Follower(
        userid="zhangsan",
        remark="陈先生-SUV",
        state="store01_window",
        added_at=datetime.fromtimestamp(1795140200, UTC),
        mobiles=("13800000000",),
        tag_ids=("etDemoTag01AAAAAAAAAAAAAAAAAAAAA",),
    )
    assert contacts.contact(CUSTOMER) == Contact(CUSTOMER, "晴天", "oDemoUnionid0000000000000001", (follower,))
    assert wecom.asked("externalcontact/get")[0].url.params["external_userid"] == CUSTOMER


def test_only_corp_tags_count(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    tags = [{"tag_id": "et1", "type": 1}, {"tag_name": "personal", "type": 2}, {"tag_id": "et3", "type": 3}]
    wecom.answers["externalcontact/get"] = {"external_contact": {}, "follow_user": [{"userid": "lisi", "tags": tags}]}

    assert contacts.contact(CUSTOMER).followers[0].tag_ids == ("et1",)


def test_a_welcome_is_sent_in_the_shape_of_the_example(contacts: ContactCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("06_send_welcome_msg_request.json"))
    picture = media_body(UploadKind.IMAGE, "DemoMediaId-image-0001")
    link = welcome_link("预约试驾", "https://www.example.com/testdrive", "选择门店与时间", "https://static.example.com/td.png")

    contacts.send_welcome("DemoExtWelcomeCode0001", welcome(wanted["text"]["content"], [picture, link]))

    assert wecom.body("externalcontact/send_welcome_msg") == wanted


def test_a_welcome_too_late_is_a_closed_window(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/send_welcome_msg"] = {"errcode": 41050}

    with pytest.raises(WindowClosed):
        contacts.send_welcome("old", welcome("您好"))


def test_tags_are_listed_with_their_group(contacts: ContactCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["externalcontact/get_corp_tag_list"] = json.loads(example("06_get_corp_tag_list_response.json"))

    tags = contacts.corp_tags()

    assert [tag.name for tag in tags] == ["H级", "A级", "B级"]
    assert tags[0] == CorpTag("etDemoTag01AAAAAAAAAAAAAAAAAAAAA", "H级", *GROUP)


def test_deleted_tags_are_gone(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    kept = {"group_id": "g1", "group_name": "关注点", "tag": [{"id": "t1", "name": "价格"}, {"id": "t2", "name": "旧", "deleted": True}]}
    gone = {"group_id": "g2", "group_name": "旧", "deleted": True, "tag": [{"id": "t3", "name": "旧"}]}
    wecom.answers["externalcontact/get_corp_tag_list"] = {"tag_group": [kept, gone]}

    assert contacts.corp_tags() == [CorpTag("t1", "价格", "g1", "关注点")]


def test_new_tags_come_back_with_their_ids(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/add_corp_tag"] = {
        "tag_group": {"group_id": "g1", "group_name": "关注点", "tag": [{"id": "t1", "name": "价格"}]}
    }

    assert contacts.add_corp_tags("关注点", ["价格"]) == [CorpTag("t1", "价格", "g1", "关注点")]
    assert wecom.body("externalcontact/add_corp_tag") == {"group_name": "关注点", "tag": [{"name": "价格"}]}


def test_a_tag_that_exists_is_refused_by_its_code(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/add_corp_tag"] = {"errcode": 40071}

    with pytest.raises(Refused) as refused:
        contacts.add_corp_tags("关注点", ["价格"])
    assert refused.value.code == Code.TAG_NAME_EXISTS


def test_a_pair_is_tagged_in_the_shape_of_the_example(contacts: ContactCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("06_mark_tag_request.json"))

    contacts.mark_tags("zhangsan", CUSTOMER, add=wanted["add_tag"], remove=wanted["remove_tag"])

    assert wecom.body("externalcontact/mark_tag") == wanted


def test_an_advisor_without_that_customer_cannot_tag_him(contacts: ContactCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/mark_tag"] = {"errcode": 84061}

    with pytest.raises(RecipientGone):
        contacts.mark_tags("zhangsan", CUSTOMER, add=["t1"])
