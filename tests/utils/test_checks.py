"""Checks of arguments: what they let pass, and what they say."""

import pytest

from keras_musicgan.utils import checks


@pytest.fixture
def one_gigabyte(monkeypatch):
    monkeypatch.setattr(checks, "memory_limit", lambda: 10**9)


def test_results_beyond_the_memory_are_refused_with_the_limit(one_gigabyte):
    checks.check_memory("250 clips", 10**9)
    with pytest.raises(ValueError, match=r"1\.0 GB\. Received: 500 clips, which need 2\.0 GB\. Take fewer\."):
        checks.check_memory("500 clips", 2 * 10**9, "Take fewer.")


def test_an_unknown_memory_is_no_limit(monkeypatch):
    monkeypatch.setattr(checks, "memory_limit", lambda: None)
    checks.check_memory("everything", 1e30)


def test_the_memory_is_that_of_a_machine():
    limit = checks.memory_limit()
    assert limit is None or 10**8 < limit < 10**15


@pytest.mark.parametrize("seed", [None, 0, 7, 2**40])
def test_seeds_of_numpy_pass(seed):
    checks.check_seed("seed", seed)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, float("nan"), 2**32])
def test_other_seeds_are_refused(seed):
    with pytest.raises(ValueError, match=r"`seed` must be an integer of at least 0, below 4294967296\. Received"):
        checks.check_seed("seed", seed, below=2**32)
