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


@pytest.mark.parametrize("number", [True, "1", None, 1j, float("nan"), float("inf"), float("-inf"), 0, -1])
def test_numbers_that_are_none_or_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match=r"`rate` must be a number above 0\. Received: rate="):
        checks.check_number("rate", number, above=0)


def test_errors_of_a_part_are_its_own_or_name_it():
    def own(size=1):
        raise ValueError(f"`size` must be even. Received: size={size}")

    def foreign(size=1):
        raise TypeError("can't multiply")

    with pytest.raises(ValueError, match=r"^`size` must be even\. Received: size=3$"):
        checks.build_part("generator", own, {"size": 3})
    with pytest.raises(
        TypeError, match="The options of generator must be.* Received: {'size': 3}, which end in: can't"
    ):
        checks.build_part("generator", foreign, {"size": 3})
    with pytest.raises(ValueError, match="generator takes the options 'size'. Did you mean 'size'.*Received: sise=3"):
        checks.build_part("generator", own, {"sise": 3})


def test_options_are_also_those_of_bases():
    class Base:
        def __init__(self, weight=1.0):
            pass

    class Part(Base):
        def __init__(self, size, **options):
            super().__init__(**options)

    class Alone(Base):
        def __init__(self, size):
            pass

    assert checks.option_names(Part) == ["size", "weight"] and checks.option_names(Alone) == ["size"]
    assert checks.option_names(Part, n_given=1) == ["weight"]


@pytest.mark.parametrize("identifier", [3, None, ("square",), ("square", 2), ["square", "size"]])
def test_a_part_is_given_by_name_as_a_pair_or_as_an_object(identifier):
    class Square:
        pass

    with pytest.raises(TypeError, match="A shape must be given by name, as a .* or as a `Square`. Received: shape="):
        checks.get_by_name("shape", identifier, {"square": Square}, Square)
