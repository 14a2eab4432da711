"""The pack's utterances and sentences: intents/*.yaml and focus_points.yaml."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.yaml_source import Fault
from customers.terms import FocusPoint, Polarity
from intents.pack_reading import Part, open_part, plain
from intents.teaching import Example, FocusSentence
from intents.terms import Intent

UTTERANCES_AT_LEAST = 30
SENTENCES_AT_LEAST = 30
OF_EACH_POLARITY_AT_LEAST = 10
_INTENTS = {intent.value: intent for intent in Intent}
_POINTS = {point.value: point for point in FocusPoint}
_MARKED = re.compile(r"([^【】]*)【([^【】]+)】([^【】]*)")


class _Once:
    """Remembers who owns a text, and refuses it to the next."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def take(self, part: Part, owner: str, *, among: str = "") -> str:
        """The part's text; empty, and a fault, when it has been there before (`among` keeps lists apart that may share texts)."""
        text = part.text()
        key = among + plain(text)
        if not text:
            return ""
        if key in self._owners:
            part.fault(f"«{text}» has been there before, under «{self._owners[key]}»")
            return ""
        self._owners[key] = owner
        return text


def read_examples(folder: Path, faults: list[Fault]) -> tuple[Example, ...]:
    """Every utterance below intents/; a repeated one counts where it came first."""
    paths = sorted((folder / "intents").glob("*.yaml"))
    parts = [(path.stem, part) for path in paths if (part := open_part(path, folder, faults))]
    once = _Once()
    examples = [example for stem, part in parts for example in (_mixed(part, once) if stem == "mixed" else _of_intents(part, once))]
    counts = Counter(example.intents for example in examples)
    for intent in Intent:
        if counts[(intent,)] < UTTERANCES_AT_LEAST:
            faults.append(Fault("intents", 1, f"«{intent}» has {counts[(intent,)]} utterances, needs at least {UTTERANCES_AT_LEAST}"))
    return tuple(examples)


def _of_intents(part: Part, once: _Once) -> Iterator[Example]:
    for name, body in part.items().items():
        intent = _intent(body, name)
        examples = body.items(("examples",)).get("examples")
        if examples is None:
            body.fault(f"«{name}» needs a list of examples")
        elif intent:
            yield from (Example(text, (intent,)) for one in examples.each() if (text := once.take(one, name)))


def _mixed(part: Part, once: _Once) -> Iterator[Example]:
    for one in part.each():
        fields = one.items(("text", "intents"))
        if fields.keys() != {"text", "intents"}:
            one.fault("text and intents are needed here")
            continue
        names = fields["intents"].texts()
        intents = tuple(intent for name in names if (intent := _intent(fields["intents"], name)))
        if len(set(intents)) != len(names) or len(names) < 2:
            fields["intents"].fault("at least two different intents are needed here")
        elif text := once.take(fields["text"], "mixed"):
            yield Example(text, intents)


def _intent(part: Part, name: str) -> Intent | None:
    if name not in _INTENTS:
        part.fault(f"«{name}» is not an intent of the taxonomy")
    return _INTENTS.get(name)


def read_focus_points(folder: Path, faults: list[Fault]) -> tuple[tuple[FocusSentence, ...], dict[FocusPoint, tuple[str, ...]]]:
    """The sentences, and each point's own words."""
    part = open_part(folder / "focus_points.yaml", folder, faults)
    if part is None:
        return (), {}
    parts = part.items(("points", "none"))
    for missing in sorted({"points", "none"} - parts.keys()):
        part.fault(f"«{missing}» is missing")
    points = parts["points"].items() if "points" in parts else {}
    for missing in sorted(_POINTS.keys() - points.keys()):
        part.fault(f"the focus point «{missing}» is missing")
    for unknown in points.keys() - _POINTS.keys():
        points[unknown].fault(f"«{unknown}» is not a focus point of the taxonomy")
    once = _Once()
    known = {_POINTS[name]: body.items(("lexicon", *Polarity)) for name, body in points.items() if name in _POINTS}
    sentences = [sentence for point, lists in known.items() for sentence in _of_point(point, points[point], lists, once)]
    nothing = [FocusSentence(text) for one in _each(parts, "none") if (text := once.take(one, "none"))]
    return (*sentences, *nothing), _point_words(known)


def _of_point(point: FocusPoint, body: Part, lists: dict[str, Part], once: _Once) -> list[FocusSentence]:
    found = [sentence for polarity in Polarity for one in _each(lists, polarity) if (sentence := _sentence(one, point, polarity, once))]
    counts = Counter(sentence.polarity for sentence in found)
    for polarity in Polarity:
        if counts[polarity] < OF_EACH_POLARITY_AT_LEAST:
            body.fault(f"«{point}» has {counts[polarity]} {polarity} sentences, needs at least {OF_EACH_POLARITY_AT_LEAST}")
    if len(found) < SENTENCES_AT_LEAST:
        body.fault(f"«{point}» has {len(found)} sentences, needs at least {SENTENCES_AT_LEAST}")
    return found


def _sentence(part: Part, point: FocusPoint, polarity: Polarity, once: _Once) -> FocusSentence | None:
    text = once.take(part, f"{point}, {polarity}", among=point)
    marked = _MARKED.fullmatch(text)
    if text and not marked:
        part.fault("exactly one pair of 【】 marks the words that show the point")
    return FocusSentence("".join(marked.groups()), marked[2], point, polarity) if marked else None


def _point_words(known: dict[FocusPoint, dict[str, Part]]) -> dict[FocusPoint, tuple[str, ...]]:
    """A word belongs to one point: a second owner is a fault."""
    once = _Once()
    return {
        point: tuple(plain(word) for one in _each(lists, "lexicon") if (word := once.take(one, point))) for point, lists in known.items()
    }


def _each(parts: dict[str, Part], name: str) -> list[Part]:
    return parts[name].each() if name in parts else []
