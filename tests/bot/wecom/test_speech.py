"""All that we say fits WeCom's limits, whatever is to be said."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.speech import (
    MenuItem,
    kf_msgid,
    link_body,
    media_body,
    menu_body,
    miniprogram_body,
    short_utf8,
    text_body,
    text_pieces,
    welcome,
    welcome_link,
    welcome_miniprogram,
)
from bot.wecom.terms import UploadKind
from core.errors import Refused

WORDS = st.text("云驰😀a。！\n 𠮷é", max_size=60)
ANY_TEXT = st.tuples(st.text(max_size=60), st.integers(1, 120)).map(lambda made: made[0] * made[1])
URL = "https://www.example.com/a"


def size(text: str) -> int:
    return len(text.encode("utf-8"))


@given(ANY_TEXT, st.integers(1, 5))
def test_pieces_fit_and_are_few_and_say_something(text: str, most: int) -> None:
    pieces = text_pieces(text, most)

    assert len(pieces) <= most
    assert all(0 < size(piece) <= 2048 and piece.strip() == piece for piece in pieces)
    assert bool(pieces) == bool(text.strip())


@given(WORDS.map(lambda words: words * 30))
def test_pieces_lose_nothing_but_space(text: str) -> None:
    assert re.sub(r"\s", "", "".join(text_pieces(text))) == re.sub(r"\s", "", text)


def test_a_text_too_long_for_five_pieces_ends_with_an_ellipsis() -> None:
    pieces = text_pieces("这台车续航很长。" * 1000)

    assert len(pieces) == 5
    assert pieces[4].endswith("…")
    assert all(piece.endswith("。") for piece in pieces[:4])


@given(ANY_TEXT, st.integers(4, 200))
def test_a_short_form_fits_and_begins_as_the_text_does(text: str, limit: int) -> None:
    short = short_utf8(text, limit)

    assert size(short) <= limit
    assert short == text or (text.startswith(short[:-1]) and short.endswith("…"))


@given(ANY_TEXT, ANY_TEXT.filter(bool), ANY_TEXT, st.integers(1, 10))
def test_a_menu_fits_whatever_its_words(head: str, content: str, tail: str, count: int) -> None:
    menu = menu_body(head, [MenuItem(f"q:{number}", content) for number in range(count)], tail)["msgmenu"]

    assert size(menu["head_content"]) <= 1024
    assert size(menu.get("tail_content", "")) <= 1024
    assert [item["click"]["id"] for item in menu["list"]] == [f"q:{number}" for number in range(count)]
    assert all(1 <= size(item["click"]["content"]) <= 128 for item in menu["list"])


def test_a_menu_has_the_shape_of_the_example(example: Callable[[str], str]) -> None:
    wanted = json.loads(example("05_kf_send_msg_menu_request.json"))["msgmenu"]
    clicks = [item for item in wanted["list"] if item["type"] == "click"]
    items = [MenuItem(item["click"]["id"], item["click"]["content"]) for item in clicks]

    assert menu_body(wanted["head_content"], items, wanted["tail_content"]) == {"msgtype": "msgmenu", "msgmenu": {**wanted, "list": clicks}}


@pytest.mark.parametrize(
    "items", [[], [MenuItem("", "试驾")], [MenuItem("问" * 43, "试驾")], [MenuItem("a", "")], [MenuItem("a", "b")] * 11]
)
def test_a_menu_that_wecom_would_refuse_is_a_mistake_of_ours(items: list[MenuItem]) -> None:
    with pytest.raises(ValueError, match="menu"):
        menu_body("请选择", items)


@given(ANY_TEXT.filter(bool), ANY_TEXT)
def test_links_and_miniprograms_fit_whatever_their_words(title: str, desc: str) -> None:
    for link in (link_body(title, URL, "thumb", desc)["link"], welcome_link(title, URL, desc, URL)["link"]):
        assert 1 <= size(link["title"]) <= 128
        assert size(link["desc"]) <= 512
    for card in (miniprogram_body("wx1", title, "thumb", "a.html"), welcome_miniprogram("wx1", title, "thumb", "a.html")):
        assert 1 <= size(card["miniprogram"]["title"]) <= 64


def test_what_cannot_be_cut_is_refused_with_its_name() -> None:
    with pytest.raises(Refused, match="链接标题为空"):
        link_body("", URL, "thumb")
    with pytest.raises(Refused, match="链接封面为空"):
        link_body("评测", URL, "")
    with pytest.raises(Refused, match="2048"):
        link_body("评测", URL + "a" * 2048, "thumb")
    with pytest.raises(Refused, match="小程序 appid为空"):
        miniprogram_body("", "计算器", "thumb", "a.html")
    with pytest.raises(Refused, match="素材为空"):
        media_body(UploadKind.IMAGE, "")


def test_media_is_sent_by_its_id() -> None:
    assert media_body(UploadKind.FILE, "m1") == {"msgtype": "file", "file": {"media_id": "m1"}}


@pytest.mark.parametrize(
    ("page", "sent"),
    [("pages/loan", "pages/loan.html"), ("pages/loan.html", "pages/loan.html"), ("pages/loan?m=s7", "pages/loan.html?m=s7")],
)
def test_the_page_of_a_miniprogram_ends_in_html(page: str, sent: str) -> None:
    assert miniprogram_body("wx1", "计算器", "thumb", page)["miniprogram"]["pagepath"] == sent


@given(ANY_TEXT, st.integers(0, 12))
def test_a_welcome_fits(text: str, count: int) -> None:
    body = welcome(text, [media_body(UploadKind.IMAGE, "m1")] * count)

    assert size(body.get("text", {}).get("content", "")) <= 4000
    assert len(body.get("attachments", [])) == min(count, 9)
    assert ("text" in body) == bool(text)


@given(ANY_TEXT)
def test_one_text_message_fits(text: str) -> None:
    assert size(text_body(text)["text"]["content"]) <= 2048


@given(st.text(), st.integers(0, 9))
def test_our_msgid_is_legal_and_always_the_same(key: str, part: int) -> None:
    msgid = kf_msgid(key, part)

    assert re.fullmatch("[0-9a-zA-Z_*-]{1,32}", msgid)
    assert msgid == kf_msgid(key, part)
    assert msgid != kf_msgid(key, part + 1) != kf_msgid(key + "0", part + 1)
