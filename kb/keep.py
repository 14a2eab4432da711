"""Libraries on disk: one folder a model, in it one folder for each set of contents."""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from core.embedding import Progress
from core.fingerprint import fingerprint
from kb.confidence import Calibrator, CurvePoint, Thresholds
from kb.indexing import load_ranker, save_ranker
from kb.library import Library
from kb.read import Reader
from kb.store import Published

# Counted up whenever the same contents would be indexed, ranked or calibrated otherwise.
METHOD: Final = 4


def open_library(
    published: Sequence[Published],
    reader: Reader,
    strays: Mapping[str, str],
    root: Path,
    *,
    progress: Progress | None = None,
    learning: Progress | None = None,
) -> Library:
    """The library of these contents: the kept one if there is one, else a new one, which is kept below `root`."""
    folder = folder_for(published, reader, strays, root)
    kept = _load(folder, published)
    if kept is not None:
        return kept
    from kb.build import build_library  # with scikit-learn, a second of every start that learns nothing

    library = build_library(published, reader, strays, progress=progress, learning=learning)
    _save(library, folder)
    # What was written is opened again, because it lies on disk where the one just made fills the memory.
    return _load(folder, published) or library


def folder_for(published: Sequence[Published], reader: Reader, strays: Mapping[str, str], root: Path) -> Path:
    """Where the library of these contents is kept: the name changes with anything that would make another library."""
    contents = [(script.content.key, script.version, script.content_hash) for script in published]
    name = fingerprint(METHOD, contents, sorted(strays.items()), reader.enrich_id)
    return root / f"{reader.model_id}-{reader.dim}" / name


def forget_others(folder: Path) -> None:
    """Remove what the same model kept for other contents. Only once nobody here will open them again."""
    for other in folder.parent.iterdir():
        if other != folder and re.fullmatch("[0-9a-f]{32}", other.name):
            shutil.rmtree(other, ignore_errors=True)


def _load(folder: Path, published: Sequence[Published]) -> Library | None:
    if not folder.is_dir():
        return None
    try:
        kept = json.loads((folder / "calibrator.json").read_text("utf-8"))
        points = tuple(CurvePoint(**point) for point in kept["curve"])
        calibrator = Calibrator(tuple(kept["weights"]), kept["intercept"], Thresholds(**kept["thresholds"]), points)
        return Library(published, load_ranker(folder), calibrator)
    except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, BadZipFile):
        # A disk that was full or a machine that lost power: what is kept can always be made again.
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _save(library: Library, folder: Path) -> None:
    if library.ranker is None:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix="writing-", dir=folder.parent))
    save_ranker(library.ranker, beside)
    (beside / "calibrator.json").write_text(json.dumps(asdict(library.calibrator)), "utf-8")
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(beside)  # another process kept the same library first
