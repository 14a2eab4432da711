"""What may not lie in the repository: big files, traces of one machine, unfinished work, other people's sentences."""

import re

from tests.house.evaluation import eval_folder, messages
from tests.house.tree import files, relative, text_files

BYTES_AT_MOST = 1_000_000
# The brackets keep these patterns from finding themselves.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e])/\w")
PACKAGE_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.org|yarnpkg\.com|(?:deb|security)\.debian\.org|archive\.ubuntu\.com|huggingface\.co"
    r"|hf-mirror\.com|modelscope\.cn|anaconda\.org|pytorch\.org|docker\.io|ghcr\.io|crates\.io|proxy\.golang\.org|mirrors\.\w+\."
)
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K]|NotImplementedErro[r])\b")
# Shorter ones are anybody's words: «多少钱».
QUOTE_FROM = 10


def found_in_texts(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{relative(path)}:{number}: {found.group()}"
        for path in text_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (found := pattern.search(line))
    ]


def sentences_of_others() -> dict[str, list[str]]:
    """By their first letters, so that one walk over a text finds them all."""
    by_start: dict[str, list[str]] = {}
    folder = eval_folder()
    for message in {message.strip() for message in messages(folder)} if folder else ():
        if len(message) >= QUOTE_FROM:
            by_start.setdefault(message[:QUOTE_FROM], []).append(message)
    return by_start


def quotes(text: str, by_start: dict[str, list[str]]) -> int:
    places = (place for place in range(len(text)) if text[place : place + QUOTE_FROM] in by_start)
    return sum(text.startswith(sentence, place) for place in places for sentence in by_start[text[place : place + QUOTE_FROM]])


def test_no_file_is_big() -> None:
    big = [f"{relative(path)}: {path.stat().st_size:,}" for path in files() if path.stat().st_size > BYTES_AT_MOST]
    assert not big, f"more than {BYTES_AT_MOST:,} bytes: {big}"


def test_no_path_of_one_machine() -> None:
    found = found_in_texts(MACHINE_PATH)
    assert not found, f"a path that exists on one machine only: {found}"


def test_no_host_of_packages() -> None:
    found = found_in_texts(PACKAGE_HOST)
    assert not found, f"where packages come from is the installation's own setting: {found}"


def test_nothing_is_left_for_later() -> None:
    found = found_in_texts(UNFINISHED)
    assert not found, f"finish it, or write an issue: {found}"


def test_no_sentence_of_the_evaluation_data() -> None:
    by_start = sentences_of_others()
    found = {relative(path): count for path in text_files() if (count := quotes(path.read_text("utf-8"), by_start))}
    assert not found, f"messages of the evaluation data stand in {found}"


def test_a_quoted_sentence_would_be_found() -> None:
    by_start = {"一二三四五六七八九十": ["一二三四五六七八九十十一"]}
    assert quotes("他说：一二三四五六七八九十十一。", by_start) == 1
    assert quotes("他说：一二三四五六七八九十二。", by_start) == 0
