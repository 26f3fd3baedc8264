"""Sets of embeddings, and their distances one by one."""

import numpy as np


def normal(n, dims=4, seed=0, mean=0.0, deviation=1.0):
    return mean + deviation * np.random.default_rng(seed).standard_normal((n, dims))


def distances(a, b):
    """All Euclidean distances, one by one."""
    return np.array([[np.linalg.norm(x - y) for y in b] for x in a])
