"""What all processes must have in common."""

from collections.abc import Mapping

from keras_musicgan.processes.group import gather


def check_agreement(facts: Mapping[str, object], remedy: str) -> None:
    """Compares facts of all processes, each of which must call it.

    Args:
        facts: Dict from a name for messages, such as `"seed"`, to a value that must be the same everywhere.
        remedy: What to do if it is not.

    Raises:
        ValueError: On every process, if one has another value than the first.
        LostProcessError: If another process has ended.
    """
    everyone = gather(dict(facts))
    for number, theirs in enumerate(everyone):
        for name, value in everyone[0].items():
            if theirs.get(name) != value:
                raise ValueError(
                    f"All processes must have the same {name}. Received: {theirs.get(name)} in process {number}, "
                    f"{value} in process 0. {remedy}"
                )
