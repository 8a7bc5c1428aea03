"""How alike two faces are, from the distance of their vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

# dlib's author draws the line between persons at a distance of 0.6. Rekognition's callers draw theirs at a similarity
# of 80, its default. So 0.6 is 80 here, and 0.5, where strangers hardly ever meet, is 95.
MIDDLE, SCALE = 0.689, 0.0642


def similarities(vector: Vector, others: NDArray[np.float32]) -> NDArray[np.float64]:
    """0 to 100 for each row of `others`."""
    distances = np.linalg.norm(others - vector, axis=1).astype(np.float64)
    return np.asarray(100 / (1 + np.exp((distances - MIDDLE) / SCALE)), dtype=np.float64)
