"""How long each stage of one message takes, on the questions that the pack holds back from its index."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from bot.ask import question_of
from core.arrays import Vectors
from core.clock import utc_now
from core.embedding import Embedder, Form
from core.settings import Settings
from run.compose import Knowledge, Say
from run.files import BATCH, decide_alone
from run.start import knowledge_in, opened

MESSAGES = 300


class _Timed:
    """An encoder that remembers how long its last call took."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.dim = embedder.model_id, embedder.dim
        self.seconds = 0.0

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See core.embedding.Embedder."""
        began = perf_counter()
        vectors = self._embedder.encode(texts, form)
        self.seconds = perf_counter() - began
        return vectors


def measure_stages(settings: Settings, *, say: Say) -> dict[str, Any]:
    """Medians in milliseconds, the encoder's share of all, and what understanding and searching cost in passes of the encoder."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'bench.db'}"})
        with opened(own) as database:
            return _measure(own, knowledge_in(own, database, say=say))


def measure_batch(settings: Settings, *, messages: int, say: Say) -> dict[str, Any]:
    """Messages a second through `understand`, those that the encoder alone would make meanwhile, and the share of the one in the other."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'bench.db'}"})
        with opened(own) as database:
            knowledge = knowledge_in(own, database, say=say)
    timed = _Timed(knowledge.understander.embedder)
    understander = replace(knowledge.understander, embedder=timed)
    texts = [text for content in knowledge.pack.scripts.contents for text in (*content.must_hit, *content.questions)][:messages]
    encoding, began = 0.0, perf_counter()
    for start in range(0, len(texts), BATCH):
        understander.understand_many(texts[start : start + BATCH], now=utc_now())
        encoding += timed.seconds
    whole = perf_counter() - began
    rates = {"per_second": round(len(texts) / whole, 1), "encoder_per_second": round(len(texts) / encoding, 1)}
    return {"messages": len(texts), **rates, "share_of_encoder_rate": round(encoding / whole, 3)}


def _measure(settings: Settings, knowledge: Knowledge) -> dict[str, Any]:
    timed = _Timed(knowledge.understander.embedder)
    understander = replace(knowledge.understander, embedder=timed)
    questions = [question for content in knowledge.pack.scripts.contents for question in content.must_hit][:MESSAGES]
    spent: dict[str, list[float]] = {"encode": [], "understand_beside": [], "search": [], "decide_and_search": []}
    for text in questions:
        began = perf_counter()
        understood = understander.understand(text, now=utc_now())
        spent["understand_beside"].append(perf_counter() - began - timed.seconds)
        spent["encode"].append(timed.seconds)
        began = perf_counter()
        knowledge.scripts.find(question_of(understood, {}, now=utc_now()), top=10)
        spent["search"].append(perf_counter() - began)
        began = perf_counter()
        decide_alone(settings, knowledge, understood, top=10, now=utc_now())
        spent["decide_and_search"].append(perf_counter() - began)
    figures = {f"{stage}_ms": round(median(values) * 1000, 3) for stage, values in spent.items()}
    whole = np.sum([figures["encode_ms"], figures["understand_beside_ms"], figures["decide_and_search_ms"]])
    # Below 1, all the rest of a message costs less than a second pass of the encoder would.
    beside = np.median((np.array(spent["understand_beside"]) + np.array(spent["search"])) / np.array(spent["encode"]))
    shares = {"encoder_share": float(figures["encode_ms"] / whole), "understand_and_search_per_encode": float(beside)}
    return {"messages": len(questions), **figures, **{name: round(share, 3) for name, share in shares.items()}}
