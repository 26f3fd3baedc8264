"""How time and memory grow: steps with the batch, the width and the length of clips; epochs with the number of clips.

A step is one of `fit` on clips in memory. An epoch reads clips from files on disk, a thousand of half a second in each,
with a small cache and small networks, in a process of its own.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared.memory import MIB, PeakMemory
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import in_turns, seconds

STEPS = 12  # in a round
SIZES = {"batch": (8, 16, 32, 64), "width": (128, 256, 512, 1024), "seconds": (0.5, 1.0, 2.0, 4.0)}
USUAL = {"batch": 16, "width": 256, "seconds": 1.0}  # of what is not varied
CLIPS_IN_A_FILE, CLIP_SECONDS = 1000, 0.5
BATCH, CACHE = 64, 64 * MIB  # of epochs


def steps_of(preset: str, batch: int, width: int, seconds: float):
    """A function that runs steps of a preset at these sizes, compiled."""
    networks = {"width": width, "finest_width": width}
    gan = km.MusicGAN.from_preset(
        preset, representation={"duration": seconds}, generator=networks, discriminator=networks
    )
    gan.compile()
    form = (STEPS * batch, gan.representation.length, 1)
    clips = np.random.default_rng(0).uniform(-0.5, 0.5, form).astype("float32")

    def run():
        gan.fit(clips, batch_size=batch, verbose=0)

    run()
    return run


def growth_of_steps(preset: str, rounds: int) -> None:
    """Prints milliseconds of a step for each size of each kind, and the exponent of a power law through them."""
    print_head((f"{preset}, {keras.backend.backend()}", "step, ms", "exponent from the last"))
    for kind, sizes in SIZES.items():
        runs = {size: steps_of(preset, **{**USUAL, kind: size}) for size in sizes}
        times = in_turns(runs, rounds)
        milliseconds = {size: 1e3 * statistics.median(values) / STEPS for size, values in times.items()}
        exponents = [
            f"{np.log(milliseconds[large] / milliseconds[small]) / np.log(large / small):.2f}"
            for small, large in itertools.pairwise(sizes)
        ]
        for size, exponent in zip(sizes, ["", *exponents], strict=True):
            print_row((f"{kind} {size:g}", f"{milliseconds[size]:.1f}", exponent))


def growth_of_epochs(counts: list[int]) -> None:
    """Prints seconds and memory of the preparation and of an epoch for each number of clips."""
    print_head(("clips", "preparation, s", "epoch, s", "ms a clip", "decoded, MiB", "peak, MiB"))
    for count in counts:
        command = [sys.executable, "-m", "benchmarks.speed.growth", "--epoch-of", str(count)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        print_row((f"{count:,}", *(f"{value:,.1f}" for value in found)))


def epoch_of(count: int) -> list[float]:
    """The numbers of a row of `growth_of_epochs`."""
    tiny = {"width": 4}
    form = {"duration": CLIP_SECONDS}
    gan = km.MusicGAN.from_preset("wavegan-small", representation=form, generator=tiny, discriminator=tiny)
    gan.compile()
    representation = gan.representation
    gan.fit(np.zeros((8 * BATCH, representation.length, 1), "float32"), batch_size=BATCH, verbose=0)  # compiles
    samples = CLIPS_IN_A_FILE * representation.length
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        for number in range(count // CLIPS_IN_A_FILE):
            sound = rng.uniform(-0.5, 0.5, (samples, 1)).astype("float32")
            km.audio.write_wav(Path(folder, f"{number:04d}.wav"), sound, representation.sample_rate)
        found: list = []
        with PeakMemory() as memory:
            options = {"clip": "slices", "held_out": 0, "cache_limit": CACHE, "batch_size": BATCH}
            preparation = seconds(lambda: found.append(km.datasets.audio_folder(folder, gan, **options)))
            epoch = seconds(lambda: gan.fit(found[0], verbose=0))
    return [preparation, epoch, 1e3 * epoch / count, 4 * count * representation.length / MIB, memory.peak / MIB]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="notes", help="a preset of spectrograms that trains on a CPU")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=int, nargs="*", default=[1000, 10_000, 100_000], help="thousands, for epochs")
    parser.add_argument("--epoch-of", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.epoch_of:
        print(json.dumps(epoch_of(arguments.epoch_of)))
        return
    growth_of_steps(arguments.preset, arguments.rounds)
    growth_of_epochs(arguments.clips)


if __name__ == "__main__":
    main()
