"""The comparison of two evaluations, number by number."""

from dataclasses import dataclass

from keras_musicgan.evaluation.intervals import interval
from keras_musicgan.evaluation.result import Evaluation, align, format_number


@dataclass(frozen=True)
class Difference:
    """The difference of two evaluations in one number.

    Args:
        title: Title of the measure.
        a: Value of the first.
        b: Value of the second.
        low: Lower end of the 95 % interval of a − b.
        high: Upper end.
        better: Name of the better one, or `None` where the interval includes 0.
    """

    title: str
    a: float
    b: float
    low: float
    high: float
    better: str | None


def differences(a: Evaluation, b: Evaluation) -> list[Difference]:
    """The differences of two evaluations against the same music, number by number.

    Args:
        a: An evaluation.
        b: Another, with the same embedding, held-out music and seed, so that both have the same half-samples.

    Raises:
        ValueError: If they have different embeddings or differently many held-out pieces.
    """
    if a.embedding != b.embedding or a.counts["held-out"] != b.counts["held-out"]:
        raise ValueError(
            "Two evaluations must have the same embedding and held-out music. Received: "
            f"{a.embedding} with {a.counts['held-out']} pieces and {b.embedding} with {b.counts['held-out']}"
        )
    others = {each.key: each for each in b.estimates}
    return [_difference(a.name, b.name, each, others[each.key]) for each in a.estimates if each.key in others]


def comparison_text(a: Evaluation, b: Evaluation) -> str:
    """The table of `differences`."""
    rows = [("", a.name, b.name, "95 % interval of the difference", "better")]
    for each in differences(a, b):
        value_a, value_b, low, high = map(format_number, (each.a, each.b, each.low, each.high))
        rows.append((each.title, value_a, value_b, f"{low} to {high}", each.better or "no clear difference"))
    return "\n".join(align(rows))


def _difference(name_a, name_b, a, b):
    low, high = interval(a.value - b.value, a.deviations - b.deviations)
    better = None
    if not low <= 0 <= high:
        better = name_a if _is_better(a, b) else name_b
    return Difference(a.title, a.value, b.value, low, high, better)


def _is_better(a, b):
    if a.better == "as real":
        return abs(a.value - a.best) < abs(b.value - b.best)
    return (a.value < b.value) == (a.better == "lower")
