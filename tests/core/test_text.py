"""Normalising, with a way back; tokens; cutting by bytes. Held for any text that a customer could send."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Misconfigured
from core.text import Normaliser, Tokeniser, cut_utf8, sentences, split_utf8

TYPOS = {"价各": "价格", "续行": "续航", "多钱": "多少钱", "ＥＶ": "电车", "a": "bb", "bbb": "c"}
FILLERS = ("嗯", "那个", "请问")
NORMALISERS = [Normaliser(), Normaliser(typos=TYPOS, fillers=FILLERS)]
PLAIN, WITH_PACK = NORMALISERS

# Any text, and texts made of what the rules bite on, so that hypothesis meets them often.
LETTERS = "ab \r嗯那个请问价各格续行多少钱ＥＶ１２，。！？\n\u3000\u200b\ufe0f乾麼車價ﬁ㎞½İß👍🏽👨‍👩‍👧é"
MESSAGES = st.one_of(st.text(max_size=60), st.text(alphabet=LETTERS, max_size=60))


@pytest.fixture(scope="module")
def tokeniser() -> Tokeniser:
    return Tokeniser(["云驰E7", "落地价"])


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("Ｅ７多少钱？", "e7多少钱?"),
        ("這車價格多少", "这车价格多少"),
        ("  E7 \u3000\u3000 续航  ", "e7 续航"),
        ("续\u200b航", "续航"),
        ("多少km½", "多少km1⁄2"),
        ("好的[微笑][OK]谢谢", "好的谢谢"),
        ("[玫瑰]", ""),
        ("[微[笑]笑]", ""),
        ("[E7]多少钱", "[e7]多少钱"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_a_message_is_made_plain(message: str, plain: str) -> None:
    assert PLAIN.normalise(message).text == plain


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("嗯那个请问价各多钱", "价格多少钱"),
        ("嗯嗯", "嗯嗯"),
        ("請問 續行", "续航"),
        ("E7 嗯 多少", "e7 多少"),
    ],
)
def test_the_pack_s_typos_and_fillers_are_mended(message: str, plain: str) -> None:
    assert WITH_PACK.normalise(message).text == plain


@pytest.mark.parametrize("typos", [{"续行": "续行里程"}, {"甲": "乙", "乙": "甲"}])
def test_typos_that_are_replaced_without_end_are_refused(typos: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="without end"):
        Normaliser(typos=typos)


@pytest.mark.parametrize("normaliser", NORMALISERS)
@given(message=MESSAGES)
def test_doing_it_twice_is_doing_it_once(normaliser: Normaliser, message: str) -> None:
    once = normaliser.normalise(message).text
    assert normaliser.normalise(once).text == once


@pytest.mark.parametrize("normaliser", NORMALISERS)
@given(message=MESSAGES, data=st.data())
def test_every_span_is_a_slice_of_the_message(normaliser: Normaliser, message: str, data: st.DataObject) -> None:
    normalised = normaliser.normalise(message)
    assert len(normalised.origin) == len(normalised.text)
    start = data.draw(st.integers(0, len(normalised.text)))
    end = data.draw(st.integers(start, len(normalised.text)))
    begin, stop = normalised.span(start, end)
    assert 0 <= begin <= stop <= len(message)
    assert normalised.words(start, end) == message[begin:stop]
    assert (begin < stop) == (start < end)


@given(message=MESSAGES)
def test_without_a_pack_the_whole_span_normalises_to_the_whole_text(message: str) -> None:
    normalised = PLAIN.normalise(message)
    words = normalised.words(0, len(normalised.text))
    assert PLAIN.normalise(words).text == normalised.text


def test_the_words_behind_a_mended_typo_are_the_customer_s_own() -> None:
    normalised = WITH_PACK.normalise("嗯，Ｅ７的價各貴不貴")
    start = normalised.text.index("价格")
    assert normalised.words(start, start + 2) == "價各"
    assert normalised.words(normalised.text.index("e7"), normalised.text.index("e7") + 2) == "Ｅ７"


def test_an_empty_span_has_no_words() -> None:
    assert PLAIN.normalise("E7").words(1, 1) == ""


def test_the_pack_s_words_stay_whole(tokeniser: Tokeniser) -> None:
    assert "云驰e7" in tokeniser.tokens("云驰e7落地价多少?")
    assert "落地价" in tokeniser.tokens("云驰e7落地价多少?")


@given(message=MESSAGES)
def test_tokens_are_words_of_the_text(tokeniser: Tokeniser, message: str) -> None:
    text = PLAIN.normalise(message).text
    for token in tokeniser.tokens(text):
        assert token in text
        assert any(character.isalnum() for character in token)


@given(message=MESSAGES)
def test_token_spans_cover_the_text_without_overlap(tokeniser: Tokeniser, message: str) -> None:
    text = PLAIN.normalise(message).text
    spans = tokeniser.spans(text)
    assert "".join(token for token, _, _ in spans) == text
    assert all(text[start:end] == token for token, start, end in spans)


def test_words_have_the_classes_of_the_dictionary(tokeniser: Tokeniser) -> None:
    assert tokeniser.classes("播放音乐") == [("播放", "v"), ("音乐", "n")]
    assert ("云驰e7", "") in tokeniser.classes("播放云驰e7")


@given(text=MESSAGES)
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_a_sentence_keeps_its_mark_and_its_closing_quote() -> None:
    assert sentences("好的！“真的？”他问。行") == ["好的！", "“真的？”他问。", "行"]


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])), limit=st.integers(4, 40))
def test_pieces_fit_and_joined_are_the_text(text: str, limit: int) -> None:
    pieces = split_utf8(text, limit)
    assert "".join(pieces) == text
    assert all(0 < len(piece.encode()) <= limit for piece in pieces)


def test_a_text_is_cut_between_sentences_where_possible() -> None:
    assert split_utf8("第一句。第二句。第三句。", 25) == ["第一句。第二句。", "第三句。"]


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])), limit=st.integers(0, 40))
def test_a_cut_is_the_longest_prefix_that_fits(text: str, limit: int) -> None:
    cut = cut_utf8(text, limit)
    assert text.startswith(cut)
    assert len(cut.encode()) <= limit
    assert cut == text or len(text[: len(cut) + 1].encode()) > limit


def test_a_traditional_character_becomes_one_simplified_character() -> None:
    assert len(PLAIN.normalise("乾淨後來").text) == len(unicodedata.normalize("NFC", "乾淨後來"))
