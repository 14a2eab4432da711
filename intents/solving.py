"""What teaching a head needs of scipy and scikit-learn: n-grams as sparse rows, logistic regression, least squares in closed form.

Imported by the functions that teach, when they do: the two libraries take a second to import, and a kept start teaches nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from core.arrays import Vectors
from intents.grams import Grams

_THIRDS = 3

Numbers = NDArray[np.int64]
Truth = NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)


def sparse(grams: Grams, texts: Sequence[str]) -> csr_matrix:
    """The rows of the texts, shape (len(texts), len(grams.names))."""
    found = [grams.row(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
    columns = np.concatenate([columns for columns, _ in found])
    values = np.concatenate([values for _, values in found])
    return csr_matrix((values, columns, ends), shape=(len(texts), len(grams.names)))


def sparse_rows(grams: Sequence[Grams], texts: Sequence[Sequence[str]], dense: Vectors | None = None) -> csr_matrix:
    """The rows of several kinds of text beside each other, in their order; after `dense` (n, columns) if it is given."""
    kinds = [sparse(some, own) for some, own in zip(grams, texts, strict=True)]
    return csr_matrix(hstack(kinds if dense is None else [csr_matrix(dense), *kinds]))


def signs_counted(taught: Sequence[Sequence[str]]) -> tuple[csr_matrix, Callable[[Sequence[Sequence[str]]], csr_matrix]]:
    """Weighed like `Grams`, for signs of any length: the rows of these texts' signs, and a way to the rows of others."""
    counter = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    return counter.fit_transform(taught), counter.transform


def logistic(matrix: csr_matrix, truth: Truth, strength: float) -> tuple[Vectors, float]:
    """(weights, bias) of a regression over many sparse columns; both kinds of truth must be there. `strength`: scikit-learn's C."""
    fitted = LogisticRegression(C=strength, solver="liblinear", dual=True, tol=1e-2, max_iter=2000, random_state=0).fit(matrix, truth)
    return fitted.coef_[0], float(fitted.intercept_[0])


def logistic_of_signs(signs: Vectors, truth: Truth) -> tuple[Vectors, float]:
    """The same over a few dense columns (n, k), the examples trusted almost wholly."""
    fitted = LogisticRegression(C=1e3, max_iter=1000).fit(signs, truth)
    return fitted.coef_[0], float(fitted.intercept_[0])


def logistic_of_many(signs: Vectors, label: Numbers, strength: float) -> tuple[Vectors, Vectors]:
    """(weights (k, labels), bias (labels,)) of one regression over all labels, numbered from 0 without a gap; signs (n, k)."""
    labels = int(label.max()) + 1
    if labels == 1:
        return np.zeros((signs.shape[1], 1), np.float32), np.zeros(1, np.float32)
    fitted = LogisticRegression(C=strength, max_iter=1000).fit(signs, label)
    if labels == 2:
        # Of two, scikit-learn only keeps the second.
        return np.vstack([0 * fitted.coef_, fitted.coef_]).T.astype(np.float32), np.array([0, fitted.intercept_[0]], np.float32)
    return fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)


def ridge(likeness: Vectors, wanted: NDArray[np.float64], doubt: float) -> Vectors:
    """How far each of n examples pulls each label, shape (n, labels), so that they add up to what is `wanted` but for `doubt`.

    `likeness` (n, n) is used up. This is kernel ridge regression; by Cholesky, without the inverse.
    """
    pulls: Vectors = cho_solve(cho_factor(_doubted(likeness, doubt), lower=True, overwrite_a=True), wanted.astype(np.float32))
    return pulls


def ridge_inverse(likeness: NDArray[np.float64], doubt: float) -> NDArray[np.float64]:
    """What `ridge` would multiply with, for whoever needs its diagonal: a third of the work of a general inverse. `likeness` is used up.

    ArithmeticError when the likeness cannot be one, for example because a vector is not a number.
    """
    lower, failed = dpotrf(_doubted(likeness, doubt), lower=True, overwrite_a=True)
    inverse, failed_too = dpotri(lower, lower=True, overwrite_c=True)
    if failed or failed_too or not np.isfinite(inverse[0, 0]):
        raise ArithmeticError("the likeness of the examples is not positive: a vector is not a number")
    whole: NDArray[np.float64] = np.tril(inverse) + np.tril(inverse, -1).T
    return whole


def thirds(count: int) -> Iterator[tuple[Numbers, Numbers]]:
    """(the others, a third) of the numbers 0 to `count` - 1, three times, shuffled alike each time."""
    yield from KFold(_THIRDS, shuffle=True, random_state=0).split(np.zeros(count))


def _doubted(likeness: NDArray[Real], doubt: float) -> NDArray[Real]:
    likeness[np.diag_indices_from(likeness)] += doubt
    return likeness
