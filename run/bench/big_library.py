"""Start-up and memory with a large library: the second start of a process of its own, vectors and index kept from the first."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Vectors
from core.clock import utc_now
from core.db import Database
from core.embedding import Form, KeptVectors, make_embedder
from core.settings import Settings
from kb.importing import seed_scripts
from kb.pack import ScriptPack
from kb.terms import ScriptContent
from run.compose import Say
from run.pack import load_pack
from run.start import knowledge_in, opened

ROOT = Path(__file__).resolve().parents[2]
# Started in a fresh process, so that neither this one's imports nor its memory count; prints seconds and the resident size.
_START = """
import json, resource, time
began = time.perf_counter()
from core.clock import utc_now
from core.settings import load_settings
from run.start import knowledge_in, opened
settings = load_settings(None)
with opened(settings) as database:
    knowledge = knowledge_in(settings, database, say=lambda words: None, seeded=True)
    knowledge.understander.understand("E7多少钱", now=utc_now())
    size = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
    seconds = round(time.perf_counter() - began, 2)
    print(json.dumps({"scripts": len(knowledge.scripts), "start_seconds": seconds, "resident_mb": round(size / 1e6)}))
"""


class _Random:
    """Unit vectors made up from the text: what a vector says changes neither start-up nor memory, and 60,000 real ones take minutes."""

    def __init__(self, model_id: str, dim: int) -> None:
        self.model_id, self.dim = model_id, dim

    def encode(self, texts: list[str], form: Form = "query") -> Vectors:
        """See core.embedding.Embedder."""
        vectors = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dim)).astype(np.float32)
        norms: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / norms


def measure_big_library(settings: Settings, *, scripts: int, say: Say) -> dict[str, Any]:
    """Seconds to a ready assistant and resident megabytes, second start."""
    with tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'bench.db'}", "data_dir": Path(folder)})
        pack = load_pack(own.pack_folder())
        big = _enlarged(pack.scripts, scripts)
        with opened(own) as database:
            _seed(database, big)
            _make_up_vectors(own, big)
            say("  建索引…")
            knowledge_in(own, database, say=say, seeded=True)
        environment = os.environ | {"ZHANTING_DATABASE_URL": own.database_url, "ZHANTING_DATA_DIR": folder}
        done = subprocess.run([sys.executable, "-c", _START], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        figures: dict[str, Any] = json.loads(done.stdout)
        return figures


def _enlarged(pack: ScriptPack, scripts: int) -> ScriptPack:
    contents = [_copy(pack.contents[number % len(pack.contents)], number) for number in range(scripts)]
    return replace(pack, contents=tuple(contents))


def _copy(content: ScriptContent, number: int) -> ScriptContent:
    """The script again under another name, its questions a little longer, so that each is one of its own."""

    def other(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{text}{number}号" for text in texts)

    return replace(
        content,
        key=f"{content.key}-{number}",
        standard=f"{content.standard}{number}号",
        similar=other(content.similar[:5]),
        negative=other(content.negative),
        must_hit=other(content.must_hit[:1]) if number % 10 == 0 else (),
    )


def _seed(database: Database, pack: ScriptPack) -> None:
    with database.unit_of_work() as session:
        seed_scripts(session, pack, now=utc_now())


def _make_up_vectors(settings: Settings, pack: ScriptPack) -> None:
    encoder = make_embedder(settings.encoder)
    kept = KeptVectors(_Random(encoder.model_id, encoder.dim), settings.data_dir / "vectors")  # type: ignore[arg-type]
    questions = (text for content in pack.contents for text in (*content.questions, *content.negative, *content.must_hit))
    kept.encode([text.lower() for text in questions], batch=4096)
