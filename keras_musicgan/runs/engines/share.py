"""What a process needs of a machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from keras_musicgan.utils.checks import check_choice, check_number


@dataclass(frozen=True)
class Share:
    """The share of a machine that a process takes: a run of a sweep, or a worker of a run.

    Args:
        cpus: Processor cores, which may be a fraction.
        gpus: GPUs: 0, a fraction of one that several processes share, or a whole number.

    Raises:
        ValueError: If `cpus` is not above 0, or `gpus` is negative, or above 1 and not whole.

    Example:
        >>> Share(gpus=0.25)
        Share(cpus=1, gpus=0.25)
    """

    cpus: float = 1
    gpus: float = 0

    def __post_init__(self):
        check_number("cpus", self.cpus, above=0)
        check_number("gpus", self.gpus, at_least=0)
        if self.gpus > 1 and self.gpus != int(self.gpus):
            raise ValueError(
                f"A process takes a part of one GPU, or whole ones. Received: gpus={self.gpus:g}. "
                f"Ask for gpus={int(self.gpus)}, or for less than 1."
            )

    def times_in(self, cpus: float, gpus: float) -> int:
        """How many such processes a machine with so many cores and GPUs takes at a time.

        Example:
            >>> Share(cpus=2, gpus=0.5).times_in(cpus=16, gpus=2)
            4
        """
        shares = [cpus / self.cpus]
        if self.gpus:
            shares.append(int(gpus) * int(1 / self.gpus) if self.gpus < 1 else gpus / self.gpus)
        return int(min(shares))

    def __str__(self):
        return f"cpus={self.cpus:g},gpus={self.gpus:g}"


def check_share(option: str, given: Mapping[str, float] | None) -> Share:
    """What a process needs, from a dict with `cpus`, `gpus` or both; one core if it is `None`.

    Args:
        option: What gives it, for messages.
        given: The dict.

    Raises:
        ValueError: If a name or a number cannot be used.
    """
    given = given or {}
    for name in given:
        check_choice(option, name, ("cpus", "gpus"))
    return Share(**given)


def parse_share(option: str, text: str) -> dict[str, float]:
    """What a process needs, written `cpus=1,gpus=0.25`; either may be left out.

    Args:
        option: The option of a command that gives it.
        text: The text.

    Raises:
        ValueError: If it is written otherwise.

    Example:
        >>> parse_share("--per-run", "cpus=1,gpus=0.25")
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
                f"{option} names cpus, gpus or both, each once. "
                f"Received: {option} {text}. Write it as {option} cpus=1,gpus=0.25."
            )
        given[name] = value
    return given
