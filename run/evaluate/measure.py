"""Pure: figures from what was right and what was said."""

from collections import Counter
from collections.abc import Iterable, Sequence

from run.evaluate.terms import Confusion

# So many bars of equal width make the calibration error and the reliability curve.
BARS = 10
Sets = Sequence[frozenset[str]]
Points = list[tuple[float, float]]


def share(right: Iterable[bool]) -> float:
    """How many of them; 0 of none."""
    known = list(right)
    return round(sum(known) / len(known), 4) if known else 0.0


def micro_f1(truth: Sets, said: Sets) -> float:
    """F1 over all labels of all messages together."""
    hits = sum(len(right & given) for right, given in zip(truth, said, strict=True))
    return round(_f1(hits, sum(map(len, truth)), sum(map(len, said))), 4)


def macro_f1(truth: Sets, said: Sets) -> float:
    """The mean of the labels' F1, over every label that is in the truth or was said."""
    hits = Counter(label for right, given in zip(truth, said, strict=True) for label in right & given)
    there = Counter(label for right in truth for label in right)
    told = Counter(label for given in said for label in given)
    labels = there.keys() | told.keys()
    return round(sum(_f1(hits[label], there[label], told[label]) for label in labels) / len(labels), 4) if labels else 0.0


def calibration_error(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error: how far, on average, the scores of a bar are from the share that is right in it."""
    gaps = (abs(sum(score for score, _ in bar) - sum(hit for _, hit in bar)) for bar in _bars(scores, right))
    return round(sum(gaps) / len(scores), 4) if scores else 0.0


def reliability(scores: Sequence[float], right: Sequence[bool]) -> Points:
    """For each bar that is not empty: the mean score, and the share that was right."""
    return [(sum(score for score, _ in bar) / len(bar), sum(hit for _, hit in bar) / len(bar)) for bar in _bars(scores, right) if bar]


def coverage(scores: Sequence[float], right: Sequence[bool]) -> Points:
    """When only the surest are answered: (share of all that is answered, share of those that is right), at most a hundred points."""
    surest = sorted(zip(scores, right, strict=True), key=lambda pair: -pair[0])
    points, hits = [], 0
    for count, (_, hit) in enumerate(surest, 1):
        hits += hit
        points.append((count / len(surest), hits / count))
    step = max(1, len(points) // 100)
    return points[step - 1 :: step]


def confusion(truth: Sequence[str], said: Sequence[str]) -> Confusion:
    """Labels by how often they are the truth, the most frequent first."""
    often = Counter(truth)
    labels = sorted({*truth, *said}, key=lambda label: (-often[label], label))
    pairs = Counter(zip(truth, said, strict=True))
    return Confusion(labels, [[pairs[right, given] for given in labels] for right in labels])


def _f1(hits: int, there: int, told: int) -> float:
    return 2 * hits / (there + told) if there + told else 0.0


def _bars(scores: Sequence[float], right: Sequence[bool]) -> list[list[tuple[float, bool]]]:
    bars: list[list[tuple[float, bool]]] = [[] for _ in range(BARS)]
    for score, hit in zip(scores, right, strict=True):
        bars[min(int(score * BARS), BARS - 1)].append((score, hit))
    return bars
