"""The four themes share one client, and so one token."""

from bot.wecom.client import WeComClient
from bot.wecom.messenger import messenger_over
from bot.wecom.speech import text_body
from bot.wecom.terms import KfState, UploadKind
from tests.bot.wecom.scripted import ScriptedWeCom


def test_all_themes_speak_through_one_token(client: WeComClient, wecom: ScriptedWeCom) -> None:
    messenger = messenger_over(client, 1000012)

    messenger.kf.move("wk", "wm", KfState.ASSISTANT)
    messenger.contacts.corp_tags()
    messenger.app.send(["zhangsan"], text_body("您好"))
    messenger.media.upload(UploadKind.FILE, "car.pdf", b"%PDF-1.7")

    assert wecom.tokens == 1
    assert len(wecom.requests) == 5
    assert wecom.body("message/send")["agentid"] == 1000012
