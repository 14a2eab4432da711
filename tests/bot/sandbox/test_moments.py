"""Moments: the job, the members who publish, and what may be attached."""

import json
from typing import Any

import pytest

from bot.sandbox.samples import FILES
from bot.sandbox.terms import CannotDo
from tests.bot.sandbox.world import LI, World

ADD = "externalcontact/add_moment_task"
RESULT = "externalcontact/get_moment_task_result"
TASK = "externalcontact/get_moment_task"
CANCEL = "externalcontact/cancel_moment_task"
WORDS = {"content": "新款到店，欢迎试驾"}


def attachment(world: World, kind: str = "image", purpose: str = "1") -> str:
    """The media_id of an upload for this purpose."""
    name, content_type, data = FILES[kind]
    head = f'--frontier\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
    body = head.encode() + data + b"\r\n--frontier--\r\n"
    query = {"access_token": world.token(), "media_type": kind, "attachment_type": purpose}
    answer = world.sandbox.call("POST", "/cgi-bin/media/upload_attachment", query, body, "multipart/form-data; boundary=frontier")
    return str(json.loads(answer.body)["media_id"])


def senders(*userids: str) -> dict[str, Any]:
    return {"sender_list": {"user_list": list(userids)}}


def moment_of(world: World, *userids: str) -> str:
    jobid = world.ask(ADD, text=WORDS, visible_range=senders(*userids))["jobid"]
    return str(world.fetch(RESULT, jobid=jobid)["result"]["moment_id"])


def test_a_job_runs_and_then_names_the_moment_and_whom_it_does_not_know(world: World) -> None:
    world.sandbox.dispatch_slowly(seconds=5)
    jobid = world.ask(ADD, text=WORDS, visible_range=senders("zhangsan", "nobody"))["jobid"]
    assert world.fetch(RESULT, jobid=jobid)["status"] == 2
    world.clock.passes(seconds=5)
    answer = world.fetch(RESULT, jobid=jobid)
    assert (answer["status"], answer["result"]["invalid_sender_list"]["user_list"]) == (3, ["nobody"])
    world.clock.passes(hours=24)
    assert world.fetch(RESULT, jobid=jobid)["errcode"] == 40058


def test_customers_see_it_when_the_member_has_published(world: World) -> None:
    world.sandbox.customer_adds_advisor(LI, "zhangsan")
    moment_id = moment_of(world, "zhangsan", "lisi")
    assert world.ask(TASK, moment_id=moment_id)["task_list"] == [
        {"userid": "zhangsan", "publish_status": 0},
        {"userid": "lisi", "publish_status": 0},
    ]
    assert world.sandbox.member_publishes_moment("zhangsan", moment_id) == 1
    assert [(bubble.text, bubble.chat) for bubble in world.sandbox.heard_by(LI)] == [(WORDS["content"], "moment")]
    assert [row["publish_status"] for row in world.ask(TASK, moment_id=moment_id)["task_list"]] == [1, 0]


def test_a_cancelled_moment_is_not_published(world: World) -> None:
    moment_id = moment_of(world, "zhangsan")
    world.ask(CANCEL, moment_id=moment_id)
    with pytest.raises(CannotDo, match="取消"):
        world.sandbox.member_publishes_moment("zhangsan", moment_id)
    assert world.refused(CANCEL, moment_id="none") == 41060


def test_an_upload_is_good_for_its_purpose_only(world: World) -> None:
    def image(media_id: str) -> list[dict[str, Any]]:
        return [{"msgtype": "image", "image": {"media_id": media_id}}]

    assert world.refused(ADD, attachments=image(attachment(world))) == 0
    assert world.refused(ADD, attachments=image(attachment(world, purpose="2"))) == 40007
    assert world.refused(ADD, attachments=image(world.picture())) == 40007


def test_pictures_or_one_film_or_one_link(world: World) -> None:
    film = {"msgtype": "video", "video": {"media_id": attachment(world, "video")}}
    picture = {"msgtype": "image", "image": {"media_id": attachment(world)}}
    assert world.refused(ADD, attachments=[film]) == 0
    assert world.refused(ADD, attachments=[picture] * 9) == 0
    assert world.refused(ADD, attachments=[film, picture]) == 41064
    assert world.refused(ADD, attachments=[{"msgtype": "file", "file": {}}]) == 41065
    assert world.refused(ADD) == 41089


def test_ten_a_minute(world: World) -> None:
    for _ in range(10):
        world.ask(ADD, text=WORDS)
    assert world.refused(ADD, text=WORDS) == 45009
    world.clock.passes(minutes=1)
    assert world.refused(ADD, text=WORDS) == 0


def test_moments_are_listed_by_time(world: World) -> None:
    moment_id = moment_of(world, "zhangsan")
    now = int(world.clock.now.timestamp())
    (listed,) = world.ask("externalcontact/get_moment_list", start_time=now - 60, end_time=now)["moment_list"]
    assert (listed["moment_id"], listed["create_time"], listed["text"]) == (moment_id, str(now), WORDS)
    assert world.ask("externalcontact/get_moment_list", start_time=now - 60, end_time=now - 1)["moment_list"] == []
