"""Step time of two processes that train together, on a core each, against one on one core with half of their batch.

Two processes that train apart say how much of the loss is due to what they share, memory and caches; the rest is
the exchange of gradients and the wait for each other. `KERAS_BACKEND=jax` or `torch`.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator

import keras_musicgan as km
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.training import seconds_of_epochs
from benchmarks.speed.__main__ import AUTOENCODER
from keras_musicgan import processes
from keras_musicgan.presets import PRESETS

MEASURED = ("lecture", "pianoroll", "drums", "gansynth-small")
STEPS = 60  # in a round, at least
PIECES = 256


def steps(preset: str, batch_size: int) -> Iterator[float]:
    """Milliseconds of a step of `fit`, whenever they are asked for, as one of the processes of a launch or alone."""
    processes.start()
    recipe = {"batch_size": batch_size, "pieces": PIECES}
    gan = km.MusicGAN.from_preset(preset, recipe=recipe, **AUTOENCODER.get(preset, {}))
    gan.compile()
    data = km.datasets.for_model(gan, seed=0)
    seconds_of_epochs(gan, data, 1)  # compiles
    epochs = -(-STEPS // len(data))
    while True:
        yield 1e3 * seconds_of_epochs(gan, data, epochs) / (epochs * len(data))


class Worker:
    """A process on one core that measures steps whenever it is asked to."""

    def __init__(self, preset: str, batch_size: int, core: int, launch: dict[str, str]):
        command = [sys.executable, "-m", __spec__.name, "--worker", preset, str(batch_size), str(core)]
        environment = {**os.environ, **launch, "OMP_NUM_THREADS": "1"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, env=environment, **pipes)

    def ask(self):
        """Begins a measurement."""
        print(file=self._process.stdin, flush=True)

    def answer(self) -> float:
        """Milliseconds of a step."""
        return float(self._process.stdout.readline())

    def close(self):
        """Ends the process."""
        self._process.kill()
        self._process.wait()


def serve(preset: str, batch_size: str, core: str):
    """What a worker does: prints the milliseconds of a step for each line that it reads."""
    os.sched_setaffinity(0, {int(core)})
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Gloo prints too
    for _, milliseconds in zip(sys.stdin, steps(preset, int(batch_size)), strict=False):
        print(milliseconds, file=answers, flush=True)


def together(workers: list[Worker]) -> float:
    """Milliseconds of a step of workers that measure at the same time, the mean."""
    for worker in workers:
        worker.ask()
    return statistics.mean(worker.answer() for worker in workers)


def free_port() -> int:
    """A port that no process listens to."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def measure(preset: str, rounds: int) -> list[float]:
    """Milliseconds of a step, medians in turns: of one process, of two apart, of two together."""
    batch_size = PRESETS[preset]["recipe"]["batch_size"]
    address = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    ways = [
        [Worker(preset, batch_size, 0, {})],
        [Worker(preset, batch_size, core, {}) for core in (0, 1)],
        [Worker(preset, 2 * batch_size, core, {**address, "RANK": str(core)}) for core in (0, 1)],
    ]
    try:
        found = [[together(workers) for workers in ways] for _ in range(1 + rounds)][1:]  # the first waits for all
    finally:
        for worker in (worker for workers in ways for worker in workers):
            worker.close()
    return [statistics.median(column) for column in zip(*found, strict=True)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=MEASURED, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        serve(*arguments.worker)
        return
    print_head(
        (
            "preset",
            "one process, ms",
            "two apart, ms",
            "two together, ms",
            "efficiency",
            "lost to sharing",
            "lost to the exchange",
        )
    )
    for preset in arguments.presets:
        alone, apart, joined = measure(preset, arguments.rounds)
        lost = ((apart - alone) / joined, (joined - apart) / joined)
        times = [f"{each:.1f}" for each in (alone, apart, joined)]
        print_row([preset, *times, f"{alone / joined:.0%}", *(f"{share:.0%}" for share in lost)])


if __name__ == "__main__":
    main()
