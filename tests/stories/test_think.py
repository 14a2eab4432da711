"""A conversation as the assistant thinks through it: the shipped pack, the real encoder, no database between turns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.context import CONTEXT_LASTS
from bot.decide import Acknowledge, Answer, Clarify, HandOff, Why
from bot.think import Scene, Thinker, Thought
from core.arrays import Vectors
from core.embedding import Embedder, Form
from core.settings import Settings
from customers.terms import SlotName
from run.compose import Knowledge, thresholds_of
from tests.stories.world import START


@dataclass
class Talk:
    """Carries what one turn leaves to the next, as the session's row does."""

    knowledge: Knowledge
    thinker: Thinker
    scene: Scene
    now: datetime = START

    def says(self, *texts: str) -> Thought:
        """He says these one after another; returns what was thought of the last."""
        return [self._say(text) for text in texts][-1]

    def _say(self, text: str) -> Thought:
        thought = self.thinker.think(text, self.scene, now=self.now)
        known = {**self.scene.known, **{slot.name: slot.value for slot in thought.understood.slots}}
        replies, words = self.knowledge.pack.replies, self._first_words(thought)
        self.scene = replace(self.scene, known=known, context=thought.context.offering(replies.offered_in(words)))
        self.now += timedelta(seconds=20)
        return thought

    def _first_words(self, thought: Thought) -> str:
        if not isinstance(thought.decision, Answer):
            return ""
        content = self.knowledge.scripts.content(thought.decision.scripts[-1].key)
        return content.answers[0].text if content else ""


@pytest.fixture
def talk(knowledge: Knowledge, settings: Settings) -> Talk:
    replies = knowledge.pack.replies
    thinker = Thinker(knowledge.understander, knowledge.scripts, replies=replies, thresholds=lambda: thresholds_of(settings, knowledge))
    return Talk(knowledge, thinker, Scene())


def keys(thought: Thought) -> list[str]:
    return (
        [script.key for script in thought.decision.scripts] if isinstance(thought.decision, Answer) else [type(thought.decision).__name__]
    )


@pytest.mark.parametrize(
    ("turns", "answered_by"),
    [
        (["E7冬天续航怎么样", "多少钱"], ["price-e7-guide"]),
        (["E5多少钱", "那E7呢"], ["price-e7-guide"]),
        (["E7多少钱", "另一款呢"], ["price-e5-guide"]),
        (["E5 7kW桩充满要多久", "那E7呢"], ["charging-e7-home"]),
        (["E7多少钱", "那价格呢"], ["price-e7-guide"]),
        (["多少钱", "E7"], ["price-e7-guide"]),
        (["E7和E5哪个好", "多少钱"], ["price-general"]),  # of two cars neither is meant alone
        (["上海有店吗", "那杭州呢"], ["store-hangzhou"]),
        (["E7多少钱，有现车吗"], ["price-e7-guide", "delivery-e7"]),
        (["你好，E7多少钱，谢谢"], ["price-e7-guide"]),
        (["充电"], ["charging-general"]),  # a bare word is a question, not a fault
        (["倒车影像"], ["config-camera"]),
        (["多少钱", "座椅加热呢"], ["config-seat-heating"]),  # the bare «座椅加热» sounds like a fault
    ],
)
def test_what_is_left_unsaid_is_known_from_before(talk: Talk, turns: Sequence[str], answered_by: list[str]) -> None:
    assert keys(talk.says(*turns)) == answered_by


def test_after_a_pause_nothing_is_continued(talk: Talk) -> None:
    talk.says("E7多少钱")
    talk.now += CONTEXT_LASTS
    assert "price-e5-guide" not in keys(talk.says("那E5呢"))


def test_a_number_chooses_from_the_menu(talk: Talk) -> None:
    menu = talk.says("哪个好").decision
    assert isinstance(menu, Clarify)
    assert keys(talk.says("2")) == [menu.options[1].key]


def test_yes_takes_up_the_offer_and_an_advisor_is_told(talk: Talk) -> None:
    talk.says("E7后备箱多大")
    assert talk.says("好的").decision == Acknowledge("offers.visit", Why.WANTS_VISIT)
    assert talk.says("周六下午").decision == Acknowledge("noted", Why.WANTS_VISIT)


@pytest.mark.parametrize("text", ["特斯拉Model Y和你们比哪个好", "我在看Model Y，你们有什么优势", "比亚迪比你们便宜吧"])
def test_who_compares_us_with_another_brand_hears_what_we_have(talk: Talk, text: str) -> None:
    assert keys(talk.says(text)) == ["compare-rivals-general"]


@pytest.mark.parametrize("text", ["想买理想L6", "我想买一台特斯拉，给点建议吧"])
def test_who_wants_another_brand_hears_that_we_do_not_sell_it(talk: Talk, text: str) -> None:
    assert keys(talk.says(text)) == ["recommend-other-brand"]


def test_no_leaves_it_at_that(talk: Talk) -> None:
    talk.says("E7后备箱多大")
    assert talk.says("不用了").decision == Acknowledge("declined")


def test_a_version_said_by_itself_is_kept_with_its_words(talk: Talk) -> None:
    thought = talk.says("E5有现车吗", "标准版呢")
    version = next(slot for slot in thought.understood.slots if slot.name is SlotName.TRIM)
    assert (version.value, version.span.words) == ("e5-430", "标准版")
    assert thought.understood.message[version.span.start : version.span.end] == "标准版"


@pytest.mark.parametrize("text", ["谢谢，那个东西弄一下行不行啊", "你好，麻烦搞一个那样的"])
def test_who_is_polite_is_not_told_that_he_is_not_understood(talk: Talk, text: str) -> None:
    assert talk.says(text).decision != Clarify()


def test_a_person_who_is_called_comes_whatever_else_was_said(talk: Talk) -> None:
    decision = talk.says("E7多少钱，算了，转人工").decision
    assert isinstance(decision, HandOff)
    assert decision.moves_session


class Counting:
    """An encoder that counts the texts it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.dim = embedder.model_id, embedder.dim
        self.texts = 0

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        self.texts += len(texts)
        return self._embedder.encode(texts, form)


@pytest.mark.parametrize(("text", "passes"), [("E7续航多少公里？", 1), ("E7多少钱", 1), ("你好！E7多少钱？", 1), ("讲个笑话吧～", 1)])
def test_a_question_that_stands_alone_costs_one_pass_of_the_encoder(
    knowledge: Knowledge, settings: Settings, text: str, passes: int
) -> None:
    encoder = Counting(knowledge.understander.embedder)
    thinker = Thinker(
        replace(knowledge.understander, embedder=encoder),
        knowledge.scripts,
        replies=knowledge.pack.replies,
        thresholds=lambda: thresholds_of(settings, knowledge),
    )
    thinker.think(text, Scene(), now=START)
    assert encoder.texts == passes
