"""Makes a library from what is published: read, indexed, calibrated."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final

from core.embedding import Progress
from core.vectors import FaissIndex
from kb.examples import Known, examples
from kb.indexing import ReadScript, build_ranker
from kb.learning import learn
from kb.library import Library
from kb.read import Reader
from kb.store import Published
from kb.terms import Question

# What is indexed holds on any day; the day of a question matters when it is asked.
_ANY_DAY: Final = date(2000, 1, 1)


def build_library(
    published: Sequence[Published],
    reader: Reader,
    strays: Mapping[str, str],
    *,
    progress: Progress | None = None,
    learning: Progress | None = None,
) -> Library:
    """Read, index and calibrate. `strays` are questions that no script answers, each with its intent.

    `progress` hears how many texts have been encoded, `learning` how many questions have been asked for the calibration.
    """
    if not published:
        return Library(published)
    contents = [script.content for script in published]
    texts = [text for content in contents for text in (*content.questions, *content.negative, *content.must_hit)]
    read = iter(reader.read([*texts, *strays], _ANY_DAY, progress=progress))
    scripts: list[ReadScript] = []
    must_hit: list[tuple[int, Question]] = []
    for number, content in enumerate(contents):
        scripts.append(ReadScript(_take(read, len(content.questions)), _take(read, len(content.negative))))
        must_hit += [(number, question) for question in _take(read, len(content.must_hit))]
    ranker = build_ranker(scripts, FaissIndex.build)
    known = Known(contents, scripts, must_hit, list(zip(strays.values(), read, strict=True)), reader.enriched)
    return Library(published, ranker, learn(examples(known, ranker, progress=learning)))


def _take(questions: Iterator[Question], count: int) -> tuple[Question, ...]:
    return tuple(islice(questions, count))
