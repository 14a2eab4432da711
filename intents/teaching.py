"""Pure: what a pack teaches about understanding, as typed values. Its words, names and patterns are in normalised form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from customers.terms import FocusPoint, Level, Polarity
from intents.terms import Intent


@dataclass(frozen=True)
class Example:
    """An utterance and what it carries, the most important intent first."""

    text: str
    intents: tuple[Intent, ...]


@dataclass(frozen=True)
class FocusSentence:
    """A sentence about a focus point; `words` are those that show it. Without a point it touches none, whatever its words look like."""

    text: str
    words: str = ""
    point: FocusPoint | None = None
    polarity: Polarity = Polarity.NEUTRAL


@dataclass(frozen=True)
class Judgement:
    """Words of praise and of blame."""

    positive: frozenset[str] = frozenset()
    negative: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """How customers write. `judgement` holds for everything, `of_point` goes before it; `typos` and `words` are as written in the pack."""

    words: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    typos: Mapping[str, str] = field(default_factory=dict)
    judgement: Judgement = Judgement()
    of_point: Mapping[FocusPoint, Judgement] = field(default_factory=dict)
    negators: frozenset[str] = frozenset()
    question_words: frozenset[str] = frozenset()
    not_about_it: frozenset[str] = frozenset()
    synonyms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SignalRule:
    """A purchase signal: the intents or the words that show it."""

    name: str
    intents: frozenset[Intent]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class TimeWords:
    """Words of time or outcome that state a level."""

    level: Level
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Trim:
    """A version of a model."""

    key: str
    model: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A city or a store; `city` is the city's key, for a city its own."""

    key: str
    city: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What the things we sell and the places where we sell them are called: key → names."""

    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trims: tuple[Trim, ...] = ()
    colours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # model → its colours
    cities: tuple[Place, ...] = ()
    stores: tuple[Place, ...] = ()
    rivals: tuple[str, ...] = ()  # as the pack writes them


@dataclass(frozen=True)
class IntentPack:
    """Everything that intents/ reads from a pack."""

    examples: tuple[Example, ...] = ()
    sentences: tuple[FocusSentence, ...] = ()
    point_words: Mapping[FocusPoint, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Lexicon = Lexicon()
    signals: tuple[SignalRule, ...] = ()
    time_words: tuple[TimeWords, ...] = ()
    names: Names = Names()
