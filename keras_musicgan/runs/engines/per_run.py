"""What a run needs of a machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from keras_musicgan.utils.checks import check_choice, check_number


@dataclass(frozen=True)
class PerRun:
    """The share of a machine that each run takes.

    Args:
        cpus: Processor cores, which may be a fraction.
        gpus: GPUs: 0, a fraction of one that several runs share, or a whole number.

    Raises:
        ValueError: If `cpus` is not above 0, or `gpus` is negative, or above 1 and not whole.

    Example:
        >>> PerRun(gpus=0.25)
        PerRun(cpus=1, gpus=0.25)
    """

    cpus: float = 1
    gpus: float = 0

    def __post_init__(self):
        check_number("cpus", self.cpus, above=0)
        check_number("gpus", self.gpus, at_least=0)
        if self.gpus > 1 and self.gpus != int(self.gpus):
            raise ValueError(
                f"A run takes a part of one GPU, or whole ones. Received: gpus={self.gpus:g}. "
                f"Ask for gpus={int(self.gpus)}, or for less than 1."
            )

    def times_in(self, cpus: float, gpus: float) -> int:
        """How many runs a machine with so many cores and GPUs takes at a time.

        Example:
            >>> PerRun(cpus=2, gpus=0.5).times_in(cpus=16, gpus=2)
            4
        """
        shares = [cpus / self.cpus]
        if self.gpus:
            shares.append(int(gpus) * int(1 / self.gpus) if self.gpus < 1 else gpus / self.gpus)
        return int(min(shares))

    def __str__(self):
        return f"cpus={self.cpus:g},gpus={self.gpus:g}"


def check_per_run(given: Mapping[str, float]) -> PerRun:
    """What a run needs, from a dict with `cpus`, `gpus`, both or none.

    Raises:
        ValueError: If a name or a number cannot be used.
    """
    for name in given:
        check_choice("per_run", name, ("cpus", "gpus"))
    return PerRun(**given)


def parse_per_run(text: str) -> dict[str, float]:
    """What a run needs, written `cpus=1,gpus=0.25`; either may be left out.

    Raises:
        ValueError: If it is written otherwise.

    Example:
        >>> parse_per_run("cpus=1,gpus=0.25")
        {'cpus': 1.0, 'gpus': 0.25}
    """
    given: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        try:
            value = float(number)
        except ValueError:
            value = None
        if value is None or name in given:
            raise ValueError(
                "--per-run names cpus, gpus or both, each once. "
                f"Received: --per-run {text}. Write it as --per-run cpus=1,gpus=0.25."
            )
        given[name] = value
    return given
