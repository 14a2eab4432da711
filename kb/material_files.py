"""Where the bytes of materials lie: the pack's below the pack's folder, operators' uploads by their hash below the data folder."""

import os
import re
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

from core.errors import Refused
from core.fingerprint import fingerprint
from kb.content import material_as_json
from kb.terms import Material

UPLOAD: Final = "upload:"
_NAME: Final = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{2,5}")


@dataclass(frozen=True)
class MaterialFiles:
    """`pack` holds what the pack brought, `uploads` what operators did; a material's `file` or `thumb` names one of either."""

    pack: Path
    uploads: Path

    def path(self, named: str) -> Path:
        """Where these bytes lie, whether or not they do. Refused when the name leads out of its folder."""
        if named.startswith(UPLOAD):
            name = named.removeprefix(UPLOAD)
            if not _NAME.fullmatch(name):
                raise Refused(f"素材文件名「{name}」不对")
            return self.uploads / name
        path = (self.pack / named).resolve()
        if not named or not path.is_relative_to(self.pack.resolve()):
            raise Refused(f"素材文件名「{named}」不对")
        return path

    def keep(self, content: bytes, suffix: str) -> str:
        """Store an upload; returns what a material's `file` says. The same bytes are stored once."""
        name = f"{blake2b(content, digest_size=16).hexdigest()}{suffix}"
        path = self.path(UPLOAD + name)
        self.uploads.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)  # also over the same bytes: what was uploaded again is not abandoned
        return UPLOAD + name

    def has(self, material: Material) -> bool:
        """Whether the bytes of every upload that it names are there."""
        return all(self.path(named).is_file() for named in (material.file, material.thumb) if named.startswith(UPLOAD))

    def tidy(self, named: Callable[[], Collection[str]], *, before: datetime) -> int:
        """Remove uploads written before then that no material names, and what an interrupted one left; returns how many went.

        `named` is asked after the old files are listed: what was named meanwhile stays. When it names no upload nothing goes: a second
        database that was pointed at this folder, for a trial, knows nothing of them.
        """
        old = [path for path in self.uploads.glob("*") if path.stat().st_mtime < before.timestamp()]
        kept = named() if old else ()
        if not any(one.startswith(UPLOAD) for one in kept):
            return 0
        abandoned = [path for path in old if UPLOAD + path.name not in kept]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def content_hash(self, material: Material) -> str:
        """Changes whenever the material's words or its bytes do."""
        paths = [self.path(named) for named in (material.file, material.thumb) if named]
        digests = [blake2b(path.read_bytes(), digest_size=16).hexdigest() for path in paths if path.is_file()]
        return fingerprint(material_as_json(material), digests)


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing, also when the power fails: a name that is a hash must never hold other bytes."""
    handle, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(beside).replace(path)
