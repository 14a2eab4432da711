"""Reading a pack's part for understanding; every fault has its file and line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.settings import Settings
from customers.terms import FocusPoint, Level, Polarity
from intents.pack import read_intent_pack
from intents.teaching import FocusSentence, Judgement, Place, Trim
from intents.terms import Intent
from tests.intents.builders import whole_pack, write_pack

Spoil = Callable[[dict[str, Any]], None]


def faults_of(folder: Path, spoil: Spoil) -> list[str]:
    files = whole_pack()
    spoil(files)
    return [str(fault) for fault in read_intent_pack(write_pack(folder, files))[1]]


def line_of(folder: Path, file: str, words: str) -> int:
    return next(number for number, line in enumerate((folder / file).read_text("utf-8").splitlines(), 1) if words in line)


def test_a_whole_pack_has_no_faults_and_is_read_into_values(tmp_path: Path) -> None:
    pack, faults = read_intent_pack(write_pack(tmp_path, whole_pack()))

    assert faults == []
    assert len(pack.examples) == 40 * 30 + 1
    assert pack.examples[-1].intents == (Intent.ASK_PRICE, Intent.ASK_DELIVERY)
    assert FocusSentence("positive price 3", "price", FocusPoint.PRICE, Polarity.POSITIVE) in pack.sentences
    assert pack.sentences[-1] == FocusSentence("打车去机场多少钱")
    assert pack.point_words[FocusPoint.PRICE] == ("price word",)
    assert pack.lexicon.of_point[FocusPoint.PRICE] == Judgement(frozenset({"低"}), frozenset({"高"}))
    assert pack.lexicon.question_words == {"吗", "?"}
    assert pack.signals[0].intents == {Intent.BOOK_TEST_DRIVE}
    assert pack.time_words[0].level is Level.H
    assert pack.names.models == {"e7": ("云驰 e7", "e7", "云驰e7")}
    assert pack.names.trims == (Trim("e7-660", "e7", ("660 长续航版", "660", "660长续航版")),)
    assert pack.names.colours == {"e7": ("云白", "星夜黑", "海湾蓝")}
    assert pack.names.stores == (Place("sh-pudong", "shanghai", ("上海浦东体验中心", "浦东店")),)


def test_the_shipped_pack_has_no_faults() -> None:
    _, faults = read_intent_pack(Settings(_env_file=None).pack_folder())  # type: ignore[call-arg]

    assert [str(fault) for fault in faults] == []


def put(file: str, *path: str | int, value: Any) -> Spoil:
    """Sets one value of one file; without a path the file itself."""

    def spoil(files: dict[str, Any]) -> None:
        if not path:
            files[file] = value
            return
        inner = files[file]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return spoil


def drop(file: str, *path: str) -> Spoil:
    """Takes one key out of one file."""

    def spoil(files: dict[str, Any]) -> None:
        inner = files[file]
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]

    return spoil


FAULTS: list[tuple[Spoil, str, str]] = [
    (
        put("intents/all.yaml", "ask_price", "examples", 29, value="ask_price 0"),
        "intents/all.yaml:",
        "has been there before, under «ask_price»",
    ),
    (put("intents/all.yaml", "ask_price", "examples", 29, value="greet 0"), "intents/all.yaml:", "under «ask_price»"),
    (put("intents/all.yaml", "ask_price", "examples", value=["多少钱啊"]), "intents:1", "«ask_price» has 1 utterances"),
    (drop("intents/all.yaml", "greet"), "intents:1", "«greet» has 0 utterances"),
    (put("intents/all.yaml", "ask_weather", value={"examples": []}), "intents/all.yaml:", "«ask_weather» is not an intent"),
    (put("intents/all.yaml", "ask_price", "examples", 0, value=660), "intents/all.yaml:", "a text is expected here, not «660»"),
    (put("intents/all.yaml", "ask_price", "example", value=[]), "intents/all.yaml:", "unknown key «example»"),
    (drop("intents/all.yaml", "ask_price", "examples"), "intents/all.yaml:", "needs a list of examples"),
    (put("intents/mixed.yaml", 0, "intents", value=["ask_price"]), "intents/mixed.yaml:", "at least two different intents"),
    (put("intents/mixed.yaml", 0, "intents", value=["ask_price", "x"]), "intents/mixed.yaml:", "«x» is not an intent"),
    (drop("intents/mixed.yaml", 0, "text"), "intents/mixed.yaml:1", "text and intents are needed"),  # type: ignore[arg-type]
    (put("focus_points.yaml", value=None), "focus_points.yaml:1", "the file is missing"),
    (drop("focus_points.yaml", "points", "price"), "focus_points.yaml:1", "the focus point «price» is missing"),
    (drop("focus_points.yaml", "none"), "focus_points.yaml:1", "«none» is missing"),
    (put("focus_points.yaml", "points", "colour", value={}), "focus_points.yaml:", "«colour» is not a focus point"),
    (put("focus_points.yaml", "points", "price", "positive", 0, value="价格真香"), "focus_points.yaml:", "exactly one pair of 【】"),
    (
        put("focus_points.yaml", "points", "price", "positive", 0, value="【价格】【真】香"),
        "focus_points.yaml:",
        "exactly one pair of 【】",
    ),
    (put("focus_points.yaml", "points", "price", "neutral", value=[]), "focus_points.yaml:", "«price» has 0 neutral sentences"),
    (put("focus_points.yaml", "points", "range", "lexicon", value=["price word"]), "focus_points.yaml:", "under «price»"),
    (drop("lexicon.yaml", "negators"), "lexicon.yaml:1", "«negators» is missing"),
    (put("lexicon.yaml", "negative", value=["好"]), "lexicon.yaml:1", "«好» is both praise and blame"),
    (put("lexicon.yaml", "words", value="落地价"), "lexicon.yaml:", "a list is expected here"),
    (put("lexicon.yaml", "point_polarity", "weather", value={}), "lexicon.yaml:", "«weather» is not a focus point"),
    (put("signals.yaml", "test_drive", "intents", value=["drive"]), "signals.yaml:", "«drive» is not an intent"),
    (put("signals.yaml", "test_drive", "patterns", value=["(想"]), "signals.yaml:", "not a regular expression"),
    (put("signals.yaml", "test_drive", "patterns", value=["想?"]), "signals.yaml:", "found everywhere"),
    (put("signals.yaml", "test_drive", "intents", value=[]), "signals.yaml:1", "nothing shows «test_drive»"),
    (put("levels.yaml", "time_words", 0, "level", value="X"), "levels.yaml:", "«X» is not a level"),
    (drop("levels.yaml", "time_words", 0, "patterns"), "levels.yaml:", "level and patterns are needed"),  # type: ignore[arg-type]
    (put("levels.yaml", "events", "buy", value="O"), "levels.yaml:", "«buy» is not an intent"),
    (drop("models.yaml", "models", "e7", "zh"), "models.yaml:", "a Chinese name «zh» is needed"),
    (drop("models.yaml", "models", "e7", "trims"), "models.yaml:", "«trims» is missing"),
    (put("stores.yaml", "stores", "sh-pudong", "city", value="beijing"), "stores.yaml:", "the city «beijing» of the store «sh-pudong»"),
    (put("models.yaml", value="models: ["), "models.yaml:", ""),
    (put("stores.yaml", value="- just\n- a list\n"), "stores.yaml:1", "a mapping is expected here"),
    (put("lexicon.yaml", value="words: 2026-99-99\n"), "lexicon.yaml:1", "no plain meaning"),
]


@pytest.mark.parametrize(("spoil", "where", "reason"), FAULTS, ids=[reason or where for _, where, reason in FAULTS])
def test_a_fault_names_its_file_and_its_reason(tmp_path: Path, spoil: Spoil, where: str, reason: str) -> None:
    assert [fault for fault in faults_of(tmp_path, spoil) if fault.startswith(where) and reason in fault]


def test_a_fault_names_the_line(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, put("signals.yaml", "test_drive", "patterns", value=["(想"]))

    assert [fault.split(":")[1] for fault in faults] == [str(line_of(tmp_path, "signals.yaml", "(想"))]


def test_an_empty_folder_has_faults_and_no_traceback(tmp_path: Path) -> None:
    pack, faults = read_intent_pack(tmp_path)

    assert pack.examples == ()
    assert {"focus_points.yaml", "lexicon.yaml", "signals.yaml", "levels.yaml", "models.yaml", "stores.yaml"} <= {f.file for f in faults}


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, [[1]], {"a": None}, {1: {2: 3}}])
@pytest.mark.parametrize("file", sorted(whole_pack()))
def test_whatever_a_file_holds_is_a_fault_and_no_traceback(tmp_path: Path, file: str, value: Any) -> None:
    assert faults_of(tmp_path, put(file, value=yaml.safe_dump(value))) or (file in ("intents/mixed.yaml", "signals.yaml") and not value)
