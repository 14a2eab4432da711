"""Reads a pack's part for understanding messages, and names every fault in it with file and line."""

from pathlib import Path

from core.yaml_source import Fault
from intents.pack_examples import read_examples, read_focus_points
from intents.pack_names import read_names
from intents.pack_rules import read_lexicon, read_signals, read_time_words
from intents.teaching import IntentPack


def read_intent_pack(folder: Path) -> tuple[IntentPack, list[Fault]]:
    """The pack and its faults, by file and line; with faults it holds only what was right. Never raises for what a file says."""
    faults: list[Fault] = []
    examples = read_examples(folder, faults)
    sentences, point_words = read_focus_points(folder, faults)
    pack = IntentPack(
        examples=examples,
        sentences=sentences,
        point_words=point_words,
        lexicon=read_lexicon(folder, faults),
        signals=read_signals(folder, faults),
        time_words=read_time_words(folder, faults),
        names=read_names(folder, faults),
    )
    return pack, sorted(faults, key=lambda fault: (fault.file, fault.line))
