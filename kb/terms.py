"""Pure: the words of the script library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from core.arrays import Vectors

# What an answer may have in braces; the values come from the conversation, the defaults from the pack's replies.yaml.
VARIABLES = frozenset({"称呼", "顾问", "门店", "车型"})


class ScriptStatus(StrEnum):
    """草稿 → 已发布 → 已下架."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class MaterialKind(StrEnum):
    """What a script can attach."""

    IMAGE = "image"
    FILE = "file"
    VIDEO = "video"
    LINK = "link"
    MINIPROGRAM = "miniprogram"


@dataclass(frozen=True)
class Scope:
    """Where a script holds; an empty set means everywhere. Keys are the pack's."""

    models: frozenset[str] = frozenset()
    trims: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """One approved wording, with variables in braces, and the keys of the materials that go with it."""

    text: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScriptContent:
    """What one version of a script says. A version never changes; an edit makes the next one."""

    key: str
    intent: str
    title: str
    standard: str
    similar: tuple[str, ...]
    negative: tuple[str, ...]
    must_hit: tuple[str, ...]
    answers: tuple[Answer, ...]
    scope: Scope = Scope()
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """Everything it answers, the standard question first. The must_hit ones are asked before publishing and match nothing."""
        return (self.standard, *self.similar)

    def is_valid_on(self, day: date) -> bool:
        """Both ends are included (Asia/Shanghai days)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class MediaPurpose(StrEnum):
    """Which bytes of a material were uploaded: the thing itself, the small picture beside a link, or either of them for moments only."""

    BODY = "body"
    THUMB = "thumb"
    MOMENT = "moment"


@dataclass(frozen=True)
class Material:
    """素材: something a script attaches; `file` and `thumb` are relative to the pack's folder.

    `content_hash` changes whenever its words or its bytes do; what it claims holds until `valid_until`, that day included.
    """

    key: str
    kind: MaterialKind
    title: str
    file: str = ""
    url: str = ""
    desc: str = ""
    thumb: str = ""
    appid: str = ""
    pagepath: str = ""
    valid_until: date | None = None
    content_hash: str = ""


@dataclass(frozen=True)
class Question:
    """What is looked for. `vector` is the query form, shape (dim,); sets are what the conversation has settled, empty when open."""

    text: str
    tokens: tuple[str, ...]
    vector: Vectors = field(compare=False, repr=False)
    today: date
    intents: Mapping[str, float] = field(default_factory=dict)
    models: frozenset[str] = frozenset()
    trims: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.vector.ndim != 1:
            raise ValueError(f"a question's vector has shape (dim,), not {np.shape(self.vector)}")


@dataclass(frozen=True)
class ScriptMatch:
    """A script that may answer. `confidence` is the calibrated probability that it does; `parts` is how the score came about."""

    key: str
    version: int
    title: str
    standard: str
    intent: str
    score: float
    confidence: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """Words ready to be said, and what goes with them."""

    text: str
    attachments: tuple[str, ...] = ()
