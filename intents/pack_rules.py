"""The pack's words and rules: lexicon.yaml, signals.yaml and levels.yaml as far as intents/ needs them."""

from collections.abc import Iterator
from pathlib import Path

from core.yaml_source import Fault
from customers.terms import FocusPoint, Level
from intents.pack_reading import Part, open_part, plain_each
from intents.teaching import Judgement, Lexicon, SignalRule, TimeWords
from intents.terms import Intent

_WORD_LISTS = ("words", "fillers", "positive", "negative", "negators", "intensifiers", "question_words", "contrast", "not_about_it")
_NEEDED = {"fillers", "typos", "positive", "negative", "negators", "question_words", "not_about_it"}
_SIGNAL = ("zh", "weight", "half_life_days", "intents", "patterns")
_LEVELS = ("thresholds", "time_words", "events", "silent_after_days")


def read_lexicon(folder: Path, faults: list[Fault]) -> Lexicon:
    """lexicon.yaml."""
    part = open_part(folder / "lexicon.yaml", folder, faults)
    if part is None:
        return Lexicon()
    parts = part.items((*_WORD_LISTS, "typos", "point_polarity", "synonyms"))
    for missing in sorted(_NEEDED - parts.keys()):
        part.fault(f"«{missing}» is missing")
    lists = {name: parts[name].texts() if name in parts else [] for name in _WORD_LISTS}
    sets = {name: frozenset(plain_each(texts)) for name, texts in lists.items()}
    for shared in sorted(sets["positive"] & sets["negative"]):
        part.fault(f"«{shared}» is both praise and blame")
    return Lexicon(
        words=tuple(lists["words"]),
        fillers=tuple(lists["fillers"]),
        typos={wrong: right for wrong, one in _items(parts, "typos") if (right := one.text())},
        judgement=Judgement(sets["positive"], sets["negative"]),
        of_point=dict(_judgements(parts)),
        negators=sets["negators"],
        question_words=sets["question_words"],
        not_about_it=sets["not_about_it"],
        synonyms=tuple(tuple(one.texts()) for one in parts["synonyms"].each()) if "synonyms" in parts else (),
    )


def read_signals(folder: Path, faults: list[Fault]) -> tuple[SignalRule, ...]:
    """What shows each signal of signals.yaml; weights and half-lives are customers' business."""
    part = open_part(folder / "signals.yaml", folder, faults)
    return tuple(_signal(name, body) for name, body in part.items().items()) if part else ()


def read_time_words(folder: Path, faults: list[Fault]) -> tuple[TimeWords, ...]:
    """The words of time of levels.yaml, in the file's order; thresholds are customers' business."""
    part = open_part(folder / "levels.yaml", folder, faults)
    if part is None:
        return ()
    parts = part.items(_LEVELS)
    for name, body in _items(parts, "events"):
        if name not in list(Intent):
            body.fault(f"«{name}» is not an intent of the taxonomy")
    if "time_words" not in parts:
        part.fault("«time_words» is missing")
        return ()
    return tuple(rule for one in parts["time_words"].each() if (rule := _time_words(one)))


def _judgements(parts: dict[str, Part]) -> Iterator[tuple[FocusPoint, Judgement]]:
    for name, body in _items(parts, "point_polarity"):
        if name not in list(FocusPoint):
            body.fault(f"«{name}» is not a focus point of the taxonomy")
            continue
        lists = body.items(("positive", "negative"))
        praise, blame = (frozenset(plain_each(lists[key].texts())) if key in lists else frozenset() for key in ("positive", "negative"))
        for shared in sorted(praise & blame):
            body.fault(f"«{shared}» is both praise and blame")
        yield FocusPoint(name), Judgement(praise, blame)


def _signal(name: str, body: Part) -> SignalRule:
    fields = body.items(_SIGNAL)
    intents = frozenset(intent for one in (fields["intents"].each() if "intents" in fields else []) if (intent := _intent(one)))
    patterns = fields["patterns"].patterns() if "patterns" in fields else ()
    if not intents and not patterns:
        body.fault(f"nothing shows «{name}»: it needs intents or patterns")
    return SignalRule(name, intents, patterns)


def _time_words(part: Part) -> TimeWords | None:
    fields = part.items(("level", "patterns"))
    if fields.keys() != {"level", "patterns"}:
        part.fault("level and patterns are needed here")
        return None
    level = fields["level"].text()
    if level not in list(Level):
        fields["level"].fault(f"«{level}» is not a level")
        return None
    return TimeWords(Level(level), fields["patterns"].patterns())


def _intent(part: Part) -> Intent | None:
    name = part.text()
    if name in list(Intent):
        return Intent(name)
    part.fault(f"«{name}» is not an intent of the taxonomy")
    return None


def _items(parts: dict[str, Part], name: str) -> list[tuple[str, Part]]:
    return list(parts[name].items().items()) if name in parts else []
