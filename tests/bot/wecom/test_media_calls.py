"""Uploads."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from bot.wecom.client import WeComClient
from bot.wecom.media_calls import MediaCalls
from bot.wecom.terms import Uploaded, UploadKind
from tests.bot.wecom.scripted import ScriptedWeCom


def test_an_upload_says_from_when_its_three_days_count(client: WeComClient, wecom: ScriptedWeCom, example: Callable[[str], str]) -> None:
    wecom.answers["media/upload"] = json.loads(example("11_media_upload_response.json"))

    uploaded = MediaCalls(client).upload(UploadKind.IMAGE, "car.png", b"\x89PNG....")

    assert uploaded == Uploaded("DemoMediaId-image-0001", datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    assert wecom.asked("media/upload")[0].url.params["type"] == "image"
