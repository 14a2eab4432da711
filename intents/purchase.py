"""Pure: words and intents → purchase signals, and the level that a customer states himself."""

from collections.abc import Iterator, Sequence

from customers.terms import LevelStatement, Signal, Span
from intents.rank import Settled
from intents.teaching import SignalRule, TimeWords


def find_signals(text: str, settled: Settled, rules: Sequence[SignalRule]) -> tuple[Signal, ...]:
    """Each signal at most once: by its words, certain; else by an intent that is surely carried, with that one's probability and the whole
    message as evidence."""
    return tuple(_signals(text, settled, rules))


def stated_level(text: str, rules: Sequence[TimeWords]) -> LevelStatement | None:
    """The first level in the pack's order whose words are there."""
    return next((LevelStatement(rule.level, span) for rule in rules if (span := _first_match(text, rule))), None)


def _signals(text: str, settled: Settled, rules: Sequence[SignalRule]) -> Iterator[Signal]:
    scores = {} if settled.not_sure else {found.name: found.score for found in settled.intents}
    for rule in rules:
        shown_by = [scores[intent] for intent in rule.intents if intent in scores]
        if span := _first_match(text, rule):
            yield Signal(rule.name, span)
        elif shown_by:
            yield Signal(rule.name, Span(text, 0, len(text)), max(shown_by))


def _first_match(text: str, rule: SignalRule | TimeWords) -> Span | None:
    matches = (pattern.search(text) for pattern in rule.patterns)
    found = next((match for match in matches if match and match.group()), None)
    return Span(found.group(), *found.span()) if found else None
