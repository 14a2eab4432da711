"""Trains a linear head by least squares: one equation for all labels at once, solved in the examples' own space.

Each n-gram is as heavy as it is sure to tell one of the labels from the others. Sources: Debole, Sebastiani, «Supervised Term Weighting for
Automated Text Categorization» (2003); for the equation: kernel ridge regression.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.arrays import Vectors
from intents.grams import Grams
from intents.linear import Groups, LinearHead, Rows, Targets
from intents.solving import ridge, sparse, sparse_rows

LONGEST = 5
# An example counts half for its own group, half for all: what is learnt of one label helps the others.
_FOR_ALL = 0.5


def train_ridge(
    rows: Rows, targets: Targets, *, scale: float, doubt: float, longest: int = LONGEST, telling: bool = True, groups: Groups | None = None
) -> LinearHead:
    """Scores of about 1 for a label that is there and 0 for others; targets (n, labels). More `doubt` trusts a single example less.

    With `groups` (n,), 0 up to some k, the head has k + 1 times the labels: those of group 0 first. `telling` weighs n-grams by the labels,
    otherwise by their rarity. Memory grows with n², time with n³: 4,000 examples take about two seconds.
    """
    grams = [_vocabulary(texts, targets, longest, telling) for texts in rows.texts]
    dense = np.hstack([rows.vectors * np.float32(scale), rows.marks])
    words = sparse_rows(grams, rows.texts)
    alike = dense @ dense.T + (words @ words.T).toarray()
    mean = targets.mean(axis=0)
    pulls = _pulls(alike, targets - mean, doubt, groups)
    weights = np.vstack([dense.T @ pulls, words.T @ pulls]).astype(np.float32)
    bias = np.tile(mean, pulls.shape[1] // len(mean)).astype(np.float32)
    return LinearHead(scale, grams, weights, bias)


def _vocabulary(texts: Sequence[str], targets: Targets, longest: int, telling: bool) -> Grams:
    grams = Grams.of(texts, longest)
    return Grams(grams.names, _telling(sparse(grams, texts), targets)) if telling else grams


def _telling(found: csr_matrix, targets: Targets) -> Vectors:
    """The largest log-odds ratio of an n-gram over the labels, each with the weight of how often it was seen there, shape (n-grams,)."""
    there = (found > 0).astype(np.float32)
    texts, of_label = len(targets), targets.sum(axis=0)
    all_seen = np.asarray(there.sum(axis=0)).ravel()[:, None]
    seen = there.T @ targets.astype(np.float32) + 0.5
    odds = np.log(seen / (of_label + 1)) - np.log((all_seen - seen + 1) / (texts - of_label + 1))
    strongest: Vectors = (np.abs(odds) * np.sqrt(seen)).max(axis=1)
    return strongest


def _pulls(alike: Vectors, wanted: NDArray[np.float64], doubt: float, groups: Groups | None) -> Vectors:
    """How far each example pulls each label; with groups, each label of each group."""
    if groups is not None:
        alike = alike * (np.float32(_FOR_ALL) + (groups[:, None] == groups[None]))
    pulls = ridge(alike, wanted, doubt)
    if groups is None:
        return pulls
    each = [pulls * (np.float32(_FOR_ALL) + (groups == group))[:, None] for group in range(int(groups.max()) + 1)]
    return np.hstack(each)
