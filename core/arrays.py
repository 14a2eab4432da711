"""Pure: the shapes in which vectors travel."""

import numpy as np
from numpy.typing import NDArray

# float32, shape (n, dim); each row of length 1 where it comes from an encoder.
Vectors = NDArray[np.float32]
