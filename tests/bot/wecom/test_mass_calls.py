"""企业群发 and 朋友圈 calls: what is asked, and what the answer becomes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.wecom.client import WeComClient
from bot.wecom.errcodes import Code
from bot.wecom.mass_calls import MassCalls
from bot.wecom.mass_terms import ChatType, MassListed, MassMade, MassMember, MassResult, SendStatus
from bot.wecom.moment_calls import MomentCalls
from bot.wecom.speech import mass, media_body, moment, moment_link, welcome_miniprogram
from bot.wecom.terms import UploadKind
from bot.wecom.values import LONG_AGO
from core.errors import Refused, Unavailable
from tests.bot.wecom.scripted import ScriptedWeCom

Example = Callable[[str], str]
ONE, TWO = "wmDemoCust01AAAAAAAAAAAAAAAAAAAA", "wmDemoCust02BBBBBBBBBBBBBBBBBBBB"
START = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def calls(client: WeComClient) -> MassCalls:
    return MassCalls(client)


@pytest.fixture
def moments(client: WeComClient) -> MomentCalls:
    return MomentCalls(client)


def test_a_task_is_made_in_the_shape_of_the_example(calls: MassCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("07_add_msg_template_request.json"))
    wecom.answers["externalcontact/add_msg_template"] = json.loads(example("07_add_msg_template_response.json"))
    picture = media_body(UploadKind.IMAGE, "DemoMediaId-image-0001")
    app = welcome_miniprogram("wxdemo0000000000a1", "预约试驾", "DemoMediaId-image-0002", "/pages/testdrive")

    made = calls.create(ChatType.SINGLE, "zhangsan", [ONE, TWO], mass(wanted["text"]["content"], [picture, app]))

    assert made == MassMade("msgDemoMass0001AAAAAAAAAAAAAAAAA", (TWO,))
    sent = wecom.body("externalcontact/add_msg_template")
    assert sent["attachments"][1]["miniprogram"].pop("page").startswith(wanted["attachments"][1]["miniprogram"].pop("page"))
    assert sent == {name: value for name, value in wanted.items() if name != "allow_select"}


def test_groups_go_by_their_chat_ids(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    calls.create(ChatType.GROUP, "zhangsan", ["wr1"], mass("早"))
    sent = wecom.body("externalcontact/add_msg_template")
    assert (sent["chat_type"], sent["chat_id_list"], "external_userid" in sent) == ("group", ["wr1"], False)


def test_nobody_is_never_everybody(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    """A sender without customers means all of his to WeCom."""
    with pytest.raises(Refused):
        calls.create(ChatType.SINGLE, "zhangsan", [], mass("早"))
    assert wecom.requests == []


def test_results_tell_who_was_reached_and_whose_month_is_full(calls: MassCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wecom.answers["externalcontact/get_groupmsg_send_result"] = json.loads(example("07_get_groupmsg_send_result_response.json"))
    page = calls.results("msg", "zhangsan")
    sent_at = datetime.fromtimestamp(1795144000, UTC)
    assert page.results == (MassResult(ONE, SendStatus.SENT, sent_at), MassResult(TWO, SendStatus.LIMIT, None))
    assert page.next_cursor == ""


def test_an_unknown_status_counts_as_not_sent(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/get_groupmsg_send_result"] = {"send_list": [{"chat_id": "wr1", "status": 77}]}
    assert calls.results("msg", "zhangsan").results == (MassResult("wr1", SendStatus.NOT_SENT, None),)


def test_members_are_read_page_by_page(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/get_groupmsg_task"] = [
        {"task_list": [{"userid": "ZhangSan", "status": 2, "send_time": 1795144000}], "next_cursor": "c1"},
        {"task_list": [{"userid": "lisi", "status": 0}], "next_cursor": ""},
    ]
    assert calls.members("msg") == [MassMember("zhangsan", datetime.fromtimestamp(1795144000, UTC)), MassMember("lisi", None)]
    assert wecom.body("externalcontact/get_groupmsg_task")["cursor"] == "c1"


def test_the_list_tells_words_and_kinds(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    row = {"msgid": "m1", "create_time": 1795144000, "text": {"content": "早"}, "attachments": [{"msgtype": "image", "image": {}}]}
    wecom.answers["externalcontact/get_groupmsg_list_v2"] = {"group_msg_list": [row], "next_cursor": ""}
    assert calls.listed(ChatType.SINGLE, START, START + DAY) == [
        MassListed("m1", datetime.fromtimestamp(1795144000, UTC), "早", ("image",))
    ]
    asked = wecom.body("externalcontact/get_groupmsg_list_v2")
    assert (asked["chat_type"], asked["end_time"] - asked["start_time"]) == ("single", 86400)


def test_what_wecom_refuses_has_its_code(calls: MassCalls, wecom: ScriptedWeCom) -> None:
    wecom.answers["externalcontact/remind_groupmsg_send"] = {"errcode": 41094}
    wecom.answers["externalcontact/cancel_groupmsg_send"] = {"errcode": 41093}
    wecom.answers["externalcontact/get_groupmsg_task"] = {"errcode": 41063}
    for deed, code in ((calls.remind, Code.REMINDED_TOO_OFTEN), (calls.cancel, Code.MASS_CANCELLED)):
        with pytest.raises(Refused) as refused:
            deed("msg")
        assert refused.value.code == code
    with pytest.raises(Unavailable):
        calls.members("msg")


def test_a_moment_is_made_in_the_shape_of_the_example(moments: MomentCalls, wecom: ScriptedWeCom, example: Example) -> None:
    wanted = json.loads(example("07_add_moment_task_request.json"))
    wecom.answers["externalcontact/add_moment_task"] = {"jobid": "job-1"}
    picture = media_body(UploadKind.IMAGE, "DemoAttachMediaId-0001")
    assert moments.create(["zhangsan", "lisi"], moment(wanted["text"]["content"], [picture])) == "job-1"
    wanted["visible_range"] = {"sender_list": {"user_list": ["zhangsan", "lisi"]}}
    assert wecom.body("externalcontact/add_moment_task") == wanted


def test_a_job_tells_what_it_came_to(moments: MomentCalls, wecom: ScriptedWeCom) -> None:
    done = {"errcode": 0, "errmsg": "ok", "moment_id": "mo1", "invalid_sender_list": {"user_list": ["gone"]}}
    wecom.answers["externalcontact/get_moment_task_result"] = [{"status": 2}, {"status": 3, "result": done}]
    assert not moments.made("job-1").is_done
    made = moments.made("job-1")
    assert (made.is_done, made.moment_id, made.errcode, made.invalid) == (True, "mo1", 0, ("gone",))


def test_who_has_published(moments: MomentCalls, wecom: ScriptedWeCom) -> None:
    rows = [{"userid": "zhangsan", "publish_status": 1}, {"userid": "lisi", "publish_status": 0}]
    wecom.answers["externalcontact/get_moment_task"] = {"task_list": rows}
    assert moments.members("mo1") == [MassMember("zhangsan", LONG_AGO), MassMember("lisi", None)]


def test_moments_take_pictures_or_one_film_or_one_link() -> None:
    picture, film = media_body(UploadKind.IMAGE, "i"), media_body(UploadKind.VIDEO, "v")
    assert len(moment("早", [picture] * 9)["attachments"]) == 9
    for wrong in ([picture] * 10, [film, picture], [film, film]):
        with pytest.raises(Refused):
            moment("早", wrong)
    assert len(moment_link("题" * 65, "https://a.example", "i")["link"]["title"]) == 64


def test_words_that_do_not_fit_are_not_cut() -> None:
    assert mass("好" * 1333)
    for wrong in ("好" * 1334, ""):
        with pytest.raises(Refused):
            mass(wrong)
