"""A library of published scripts answers as it should, and the filters hold whatever is asked."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.embedding import E5Embedder
from core.text import Normaliser
from kb.build import build_library
from kb.confidence import SURE
from kb.library import Library
from kb.ranking import TIE
from kb.rules import may_answer
from kb.terms import Question, ScriptContent
from tests.kb.builders import TODAY, FewLetters, ask, published, reader, script, showroom
from tests.kb.strategies import contents, irrelevant_questions, subject_words, subjects

WORDS = st.text("续航充电多少公里E57?，", max_size=10)


def library(folder: Path, scripts: list[ScriptContent]) -> Library:
    return build_library(published(scripts), reader(folder), {})


def test_a_question_finds_its_script_with_everything_that_a_reply_needs(tmp_path: Path) -> None:
    match = library(tmp_path, showroom()).find(ask(reader(tmp_path), "请问能跑多远啊"), 3)[0]
    assert (match.key, match.version, match.title, match.standard, match.intent) == ("range", 1, "range", "续航有多少公里", "ask_range")
    assert set(match.parts) == {"nearest", "centre", "words", "intent", "scope", "exact", "negative"}
    assert 0 < match.confidence < 1


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    assert library(tmp_path, []).find(ask(reader(tmp_path), "续航"), 3) == []


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(contents, min_size=1, max_size=6, unique_by=lambda content: content.key),
    WORDS,
    st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    st.frozensets(st.sampled_from(["e5", "e7"])),
    st.integers(1, 4),
)
def test_nothing_expired_or_out_of_scope_gets_through_and_nothing_that_may_answer_is_missing(
    tmp_path: Path, scripts: list[ScriptContent], text: str, today: date, models: frozenset[str], top: int
) -> None:
    read = reader(tmp_path, FewLetters())
    question = ask(read, text, today=today, models=sorted(models))
    found = build_library(published(scripts), read, {}).find(question, top)
    allowed = {content.key for content in scripts if may_answer(content, question)}
    assert {match.key for match in found} <= allowed
    assert len(found) == min(top, len(allowed))


def test_another_models_script_is_out_and_its_own_comes_before_the_general_one(tmp_path: Path) -> None:
    scripts = [
        script("a-all", "充满电以后能跑多少公里", ["一次充满续航里程有多远"]),
        script("b-e5", "E5充满电以后能跑多少公里", ["E5一次充满续航里程有多远"], models=["e5"]),
        script("c-e7", "E7充满电以后能跑多少公里", ["E7一次充满续航里程有多远"], models=["e7"]),
    ]
    made, read = library(tmp_path, scripts), reader(tmp_path)
    assert [match.key for match in made.find(ask(read, "充满能跑多远", models=["e7"]), 3)] == ["c-e7", "a-all"]
    assert made.find(ask(read, "充满能跑多远"), 3)[0].key == "a-all"
    assert len(made.find(ask(read, "充满能跑多远"), 3)) == 3


def test_the_intent_is_a_voice_and_not_a_wall(tmp_path: Path) -> None:
    twins = [script("a", "充电多久", ["充满多久"], intent="ask_charging"), script("b", "等车多久", ["提车多久"], intent="ask_delivery")]
    made, read = library(tmp_path, twins), reader(tmp_path)
    assert made.find(ask(read, "要多久", intents={"ask_delivery": 0.9}), 2)[0].key == "b"
    assert made.find(ask(read, "要多久", intents={"ask_charging": 0.9}), 2)[0].key == "a"
    assert made.find(ask(read, "充电多久", intents={"ask_delivery": 0.6}), 2)[0].key == "a"


def test_a_search_can_be_narrowed_to_an_intent(tmp_path: Path) -> None:
    found = library(tmp_path, showroom()).find(ask(reader(tmp_path), "能跑多远"), 3, intent="ask_store")
    assert [match.key for match in found] == ["store"]


def test_a_chosen_script_is_sure_while_it_is_valid(tmp_path: Path) -> None:
    made = library(tmp_path, [script(valid_until=TODAY)])
    chosen = made.match_of("range", today=TODAY)
    assert chosen is not None
    assert (chosen.key, chosen.confidence) == ("range", SURE)
    assert made.match_of("range", today=TODAY + timedelta(days=1)) is None
    assert made.match_of("nothing", today=TODAY) is None


def test_contents_and_keys_are_looked_up(tmp_path: Path) -> None:
    made = library(tmp_path, showroom())
    assert made.content("range") == script()
    assert made.content("nothing") is None
    assert (made.key_of("续航有多少公里"), made.key_of("能跑多远")) == ("range", None)
    assert len(made) == 4


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(subjects, min_size=5, max_size=12), irrelevant_questions, subject_words)
def test_an_irrelevant_script_changes_nobody_elses_order_beyond_ties(
    tmp_path: Path, scripts: list[list[str]], irrelevant: list[str], text: str
) -> None:
    """Irrelevant: it shares no letter with any of the others, nor with the question. What counts as a tie: `kb.ranking.TIE`."""
    read = reader(tmp_path)
    question = ask(read, text)
    contents = [script(f"s{number:02}", first, others) for number, (first, *others) in enumerate(scripts)]
    before = library(tmp_path, contents).find(question, len(contents))
    added = script("zzz", irrelevant[0], irrelevant[1:], intent="thank")
    after = {match.key: match.score for match in library(tmp_path, [*contents, added]).find(question, len(contents) + 1)}
    for ahead, behind in combinations(before, 2):
        if ahead.score > behind.score + TIE:
            assert after[ahead.key] > after[behind.key]


def test_a_message_is_read_like_the_library(tmp_path: Path) -> None:
    """Full-width and traditional characters on either side."""
    made = library(tmp_path, [*showroom(), script("e7", "Ｅ７續航多少", ["易七能开多远"])])
    assert made.find(ask(reader(tmp_path), "e7续航多少"), 1)[0].parts["exact"] == 1
    assert Normaliser().normalise("Ｅ７續航").text == "e7续航"


def test_with_the_bundled_encoder_other_words_find_the_script(tmp_path: Path) -> None:
    """The one test of this package that loads the real model."""
    read = reader(tmp_path, E5Embedder())
    made = build_library(published(showroom()), read, {})
    asked: dict[str, str] = {
        "一次能开几百里路": "range",
        "补一次电花多长时间": "charging",
        "导航过去怎么走": "store",
        "外面漆都有啥样的": "colour",
    }
    assert {text: made.find(ask(read, text), 1)[0].key for text in asked} == asked


def test_two_threads_may_search_at_once_because_nothing_is_changed(tmp_path: Path) -> None:
    made = library(tmp_path, showroom())
    question: Question = ask(reader(tmp_path), "能跑多远")
    assert made.find(question, 4) == made.find(replace(question), 4)
