"""Media: uploads, their limits, and their three days."""

import pytest

from bot.sandbox.samples import FILES
from tests.bot.sandbox.world import LI, World

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
def test_what_is_uploaded_can_be_fetched_for_three_days(world: World, kind: str) -> None:
    uploaded = world.upload(kind)
    assert (uploaded["type"], uploaded["created_at"]) == (kind, str(int(world.clock.now.timestamp())))
    answer = world.raw("media/get", method="GET", query={"media_id": uploaded["media_id"]})
    _, content_type, data = FILES[kind]
    assert (answer.body, answer.content_type) == (data, content_type)
    assert answer.headers["Content-disposition"].isascii()
    world.clock.passes(days=3)
    assert world.fetch("media/get", media_id=uploaded["media_id"])["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "data", "errcode"),
    [
        ("image", b"GIF89a......", 40005),
        ("voice", b"ID3 not amr", 40005),
        ("video", b"not a film at all", 40005),
        ("file", b"12345", 44001),
        ("file", b"123456", 0),
        ("voice", b"#!AMR\n" + bytes(2 * MEGABYTE), 45001),
        ("image", b"\xff\xd8\xff" + bytes(10 * MEGABYTE), 45001),
        ("sticker", b"123456", 40004),
    ],
)
def test_kind_size_and_format_are_checked(world: World, kind: str, data: bytes, errcode: int) -> None:
    assert world.upload(kind, data)["errcode"] == errcode


def test_bytes_arrive_as_they_were_sent(world: World) -> None:
    data = bytes(range(256)) * 40 + b"\r\n--not the end\r\n"
    media_id = world.upload("file", data)["media_id"]
    assert world.raw("media/get", method="GET", query={"media_id": media_id}).body == data


def test_the_field_must_be_called_media(world: World) -> None:
    assert world.upload("image", field="file")["errcode"] == 44001


def test_a_body_that_is_not_multipart_is_refused(world: World) -> None:
    answer = world.sandbox.call("POST", "/cgi-bin/media/upload", {"access_token": world.token(), "type": "file"}, b"{}", "application/json")
    assert b"44001" in answer.body


def test_a_permanent_picture_has_an_address_and_two_megabytes(world: World) -> None:
    assert world.upload(path="media/uploadimg")["url"].startswith("https://")
    assert world.upload("image", b"\xff\xd8\xff" + bytes(2 * MEGABYTE), path="media/uploadimg")["errcode"] == 45001
    assert world.upload("file", path="media/uploadimg")["errcode"] == 40005


def test_what_a_customer_sends_can_be_fetched(world: World) -> None:
    world.sandbox.customer_sends(LI, "image", file=("照片.png", "image/png", FILES["image"][2]))
    media_id = world.pages()["msg_list"][0]["image"]["media_id"]
    assert world.raw("media/get", method="GET", query={"media_id": media_id}).body == FILES["image"][2]
