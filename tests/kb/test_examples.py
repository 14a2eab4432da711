"""Examples are made from what is known, and no question finds itself."""

from pathlib import Path

from core.vectors import ExactIndex
from kb.examples import Known, examples
from kb.indexing import ReadScript, build_ranker
from kb.learning import Example
from kb.read import Reader
from kb.terms import Question, ScriptContent
from tests.kb.builders import TODAY, reader, script, showroom


def known(read: Reader, contents: list[ScriptContent], *, strays: dict[str, str] | None = None) -> Known:
    scripts = [ReadScript(tuple(read.read(c.questions, TODAY)), tuple(read.read(c.negative, TODAY))) for c in contents]
    must_hit = [(number, question) for number, c in enumerate(contents) for question in read.read(c.must_hit, TODAY)]
    asked = list(zip((strays or {}).values(), read.read(list(strays or {}), TODAY), strict=True))
    return Known(contents, scripts, must_hit, asked, read.enriched)


def made(read: Reader, contents: list[ScriptContent], **changes: dict[str, str]) -> list[Example]:
    what = known(read, contents, **changes)
    return examples(what, build_ranker(what.scripts, ExactIndex))


def test_every_similar_and_must_hit_question_is_an_example(tmp_path: Path) -> None:
    contents = [*showroom(), script("trade", "旧车能置换吗", ["以旧换新"], must_hit=["旧车能换新车吗", "老车置换"])]
    found = made(reader(tmp_path), contents)
    assert len([e for e in found if e.group == 4]) == 1 + 2
    assert all(e.is_in_menu for e in found if e.is_right)


def test_a_must_hit_question_that_is_indexed_as_well_teaches_nothing(tmp_path: Path) -> None:
    alone = [script("a", "续航有多少", []), script("b", "门店在哪", [], intent="ask_store")]
    corrected = [script("a", "续航有多少", [], must_hit=["续航有多少"]), alone[1]]
    assert made(reader(tmp_path), corrected) == made(reader(tmp_path), alone) == []


def test_a_held_out_question_does_not_find_itself(tmp_path: Path) -> None:
    """The same words are the standard question of another script: held out, it must be taken for that one."""
    twins = [script("a", "续航有多少", ["保养要多少钱"]), script("b", "保养要多少钱吗", ["保养费用"])]
    found = made(reader(tmp_path), twins)
    assert [e.is_right for e in found if e.group == 0] == [False]


def test_a_negative_question_counts_against_its_script_only(tmp_path: Path) -> None:
    alone = [script("range", "续航有多少", [], negative=["冬天续航有多少"]), script("store", "门店在哪", [])]
    answered = [*alone, script("winter", "冬天续航有多少呢", [])]
    assert [(e.group, e.is_right, e.is_in_menu) for e in made(reader(tmp_path), alone)] == [(0, False, False)]
    assert made(reader(tmp_path), answered) == []


def test_a_stray_is_wrong_whatever_comes_first_unless_that_is_about_strays(tmp_path: Path) -> None:
    contents = [script("range", "续航有多少", []), script("chat", "讲个笑话", [], intent="chitchat")]
    found = made(reader(tmp_path), contents, strays={"讲个故事": "chitchat", "续航里程碑": "chitchat"})
    assert [(e.is_right, e.is_in_menu, e.group < 0) for e in found] == [(False, False, True)]


def test_understanding_is_asked_as_for_a_live_message(tmp_path: Path) -> None:
    """With the intent known, it shows in the features."""
    seen: list[str] = []

    def enrich(questions: list[Question]) -> list[Question]:
        seen.extend(question.text for question in questions)
        return [Question(q.text, q.tokens, q.vector, q.today, intents={"ask_range": 0.9}) for q in questions]

    read = reader(tmp_path)
    contents = [script("a", "续航有多少", ["能跑多远"], must_hit=["续航多远"]), script("b", "门店在哪", [], intent="ask_store")]
    what = known(read, contents)
    found = examples(Known(what.contents, what.scripts, what.must_hit, what.strays, enrich), build_ranker(what.scripts, ExactIndex))  # type: ignore[arg-type]
    assert sorted(seen) == ["续航多远", "能跑多远"]
    assert [round(e.features[2], 6) for e in found if e.is_right] == [0.9] * sum(e.is_right for e in found)


def test_a_big_library_is_sampled_evenly(tmp_path: Path) -> None:
    read = reader(tmp_path)
    many = [script(f"s{n:02}", f"{chr(0x4E00 + n)}怎么样", [f"{chr(0x4E00 + n)}好吗", f"{chr(0x4E00 + n)}行吗"]) for n in range(40)]
    what = known(read, many)
    ranker = build_ranker(what.scripts, ExactIndex)
    assert len(examples(what, ranker)) == 80
    sampled = examples(what, ranker, at_most=20)
    assert 10 < len(sampled) <= 21
    assert max(e.group for e in sampled) > 30
