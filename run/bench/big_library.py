"""A large library: how its questions are found, and start-up and memory of a process of its own that finds vectors and index kept."""

import resource
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any

import numpy as np

from bot.ask import question_of
from core.clock import utc_now
from core.db import Database
from core.embedding import KeptVectors, make_embedder
from core.settings import Settings
from core.vectors import ExactIndex
from intents.build import build_normaliser
from kb.importing import seed_scripts
from kb.library import Library
from kb.pack import ScriptPack
from kb.terms import Question
from run.bench.made_up import KnownVectors, MadeUp, Mould
from run.bench.quantiles import summary
from run.bench.running import running
from run.compose import Knowledge, Say, seed
from run.pack import Pack, load_pack
from run.start import knowledge_in, opened

ANSWER_WITHIN_SECONDS = 60
ASKED = 500
NEAREST = 10


def measure_big_library(settings: Settings, *, scripts: int, questions: int, say: Say) -> dict[str, Any]:
    """Milliseconds and recall of a search; then seconds to a ready assistant and resident megabytes, second start."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'bench.db'}", "data_dir": Path(folder)})
        pack = load_pack(own.pack_folder())
        made_up = _made_up(settings, pack, scripts, questions)
        # What the encoder and the heads have learnt of the pack is not what is measured here.
        for kept in ("vectors", "models"):
            shutil.copytree(settings.data_dir / kept, own.data_dir / kept)
        with opened(own) as database:
            _seed(database, pack, replace(pack.scripts, contents=made_up.contents))
            _keep_vectors(own, pack, made_up)
            say("  建索引…")
            began = perf_counter()
            knowledge = knowledge_in(own, database, say=say, seeded=True)
            built = round(perf_counter() - began, 1)
            found = _measure_search(knowledge, made_up)
            there = len(knowledge.scripts)
        questions_there = sum(len(one.questions) for one in made_up.contents)
        return {"scripts": there, "questions": questions_there, "build_seconds": built, **_measure_start(own), **found}


def _measure_start(settings: Settings) -> dict[str, Any]:
    """The whole product as anybody starts it: seconds until it serves, resident megabytes after an answer."""
    with running(settings, database_url=settings.database()) as there:
        there.sandbox.customer_says("wmBenchStart", "E7多少钱")
        end = monotonic() + ANSWER_WITHIN_SECONDS
        while not any(bubble.speaker == "bot" for bubble in there.sandbox.heard_by("wmBenchStart")):
            if monotonic() > end:
                raise RuntimeError(f"no answer within {ANSWER_WITHIN_SECONDS} s of the start")
            sleep(0.1)
        pages = int(Path(f"/proc/{there.pid}/statm").read_text(encoding="ascii").split()[1])
        return {"start_seconds": there.start_seconds, "resident_mb": round(pages * resource.getpagesize() / 1e6)}


def _made_up(settings: Settings, pack: Pack, scripts: int, questions: int) -> MadeUp:
    normaliser = build_normaliser(pack.intents.lexicon)
    contents = pack.scripts.contents
    texts = [text for content in contents for text in (*content.questions, *content.must_hit)]
    kept = KeptVectors(make_embedder(settings.encoder), settings.data_dir / "vectors")
    vectors = kept.encode([normaliser.normalise(text).text for text in texts])
    return Mould(contents, dict(zip(texts, vectors, strict=True))).cast(scripts, questions, asked=ASKED)


def _seed(database: Database, pack: Pack, made_up: ScriptPack) -> None:
    """The pack as well, or the product would bring it in at its start and build everything anew."""
    seed(database, pack, utc_now)
    with database.unit_of_work() as session:
        seed_scripts(session, made_up, now=utc_now())


def _keep_vectors(settings: Settings, pack: Pack, made_up: MadeUp) -> None:
    """Put the made-up vectors where those of the encoder are kept: to encode so many texts takes it a quarter of an hour."""
    normaliser = build_normaliser(pack.intents.lexicon)
    plain = {normaliser.normalise(text).text: vector for text, vector in made_up.vectors.items()}
    encoder = make_embedder(settings.encoder)
    KeptVectors(KnownVectors(encoder.model_id, encoder.dim, plain), settings.data_dir / "vectors").encode(list(plain), batch=4096)


def _measure_search(knowledge: Knowledge, made_up: MadeUp) -> dict[str, Any]:
    """The product's own search beside the encoder, and how many of the exact best it finds: by the index alone, and in the end."""
    library = knowledge.scripts.library
    ranker = library.ranker
    if ranker is None:
        raise ValueError("there is nothing to search")
    plain = ExactIndex(ranker.positives.vectors)
    exact = Library(library.published, replace(ranker, index=plain), library.calibrator)
    seconds, by_index, in_the_end = [], [], []
    for question in _questions(knowledge, made_up):
        began = perf_counter()
        found = library.find(question, NEAREST)
        seconds.append(perf_counter() - began)
        in_the_end.append(_shared([one.key for one in exact.find(question, NEAREST)], [one.key for one in found]))
        vector = ranker.projection.apply(question.vector)[None]
        by_index.append(_shared(plain.nearest(vector, NEAREST)[1][0].tolist(), ranker.index.nearest(vector, NEAREST)[1][0].tolist()))
    recalls = {"index_recall@10": round(float(np.mean(by_index)), 4), "search_recall@10": round(float(np.mean(in_the_end)), 4)}
    return {"searches": len(seconds), **{f"search_{name}": value for name, value in summary(seconds).items()}, **recalls}


def _questions(knowledge: Knowledge, made_up: MadeUp) -> list[Question]:
    now = utc_now()
    understood = knowledge.understander.understand_many([text for text, _ in made_up.asked], now=now)
    return [replace(question_of(one, {}, now=now), vector=vector) for one, (_, vector) in zip(understood, made_up.asked, strict=True)]


def _shared(exact: Sequence[object], found: Sequence[object]) -> float:
    return len(set(exact) & set(found)) / len(exact)
