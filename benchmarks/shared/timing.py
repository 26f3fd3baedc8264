"""Times of calls, measured in turns, and their ratios."""

import statistics
import time
from collections.abc import Callable

import numpy as np

CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def seconds(call: Callable, clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds that a call takes."""
    began = clock()
    call()
    return clock() - began


def in_turns(
    calls: dict[str, Callable], rounds: int, measure: Callable[[Callable], float] = seconds
) -> dict[str, list[float]]:
    """Dict from the name of a call to its measures, one per round; each round measures every call once."""
    taken = [{name: measure(call) for name, call in calls.items()} for _ in range(rounds)]
    return {name: [numbers[name] for numbers in taken] for name in calls}


def median_ratio(numbers: list[float], base: list[float]) -> float:
    """Median over the rounds of the ratio of two measures."""
    return statistics.median(number / other for number, other in zip(numbers, base, strict=True))


def print_medians(numbers: dict[str, list[float]], unit: str, digits: int = 1) -> None:
    """Prints the median of each measure and how many times faster it is than the first; `unit` is s or a rate."""
    medians = {name: statistics.median(values) for name, values in numbers.items()}
    base = next(iter(medians.values()))
    for name, median in medians.items():
        ratio = base / median if unit == "s" else median / base
        print(f"{name:<32} {median:10.{digits}f} {unit}   {ratio:6.1f}×")


def fastest(call: Callable, rounds: int = 3) -> tuple[object, float]:
    """The result of a call, which may compile, and the seconds of the fastest of some more calls."""
    return call(), min(seconds(call) for _ in range(rounds))


def matrix_product_peak() -> float:
    """GFLOP/s of the best of several products of 2048 by 2048 float32 matrices."""
    a = np.random.default_rng(0).normal(size=(2048, 2048)).astype("float32")
    return 2 * 2048**3 / fastest(lambda: a @ a, rounds=7)[1] / 1e9


def real_time_factor(generate: Callable[[], np.ndarray], sample_rate: int, rounds: int = 3) -> float:
    """Seconds of audio, `[..., samples, channels]`, that a function generates per second, at its fastest."""
    audio, best = fastest(generate, rounds)
    return np.prod(audio.shape[:-1]) / sample_rate / best
