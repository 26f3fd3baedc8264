"""Blocks of distances."""

import pytest

from keras_musicgan.metrics import embedding_distances


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks so small that every set takes several, the last one shorter."""
    monkeypatch.setattr(embedding_distances, "BLOCK_NUMBERS", 170)
