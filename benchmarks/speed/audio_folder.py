"""Audio from a folder: decoding against `librosa.load`, the wait for data in training, memory beyond the limit."""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import librosa
import numpy as np

import keras_musicgan as km
from benchmarks.shared.memory import MIB, PeakMemory
from benchmarks.shared.timing import in_turns, median_ratio, print_medians, seconds

LIMIT = 64 * MIB  # of the cache in the measurement of memory


def decoding(folder, gan, rounds):
    """Prints the clips per second of each way to read a folder, and the ratio to a loop of `librosa.load`."""
    representation = gan.representation

    def librosa_loop():
        for file in in_memory.files:  # without the bad ones
            samples, _ = librosa.load(file, sr=representation.sample_rate, mono=representation.channels == 1)
            librosa.util.fix_length(samples, size=representation.length)

    def scan(cache=None):
        km.datasets.audio_folder(folder, gan, held_out=0, cache=cache)

    def epoch():
        for index in range(len(in_memory)):
            in_memory[index]

    with tempfile.TemporaryDirectory() as cache:
        in_memory = km.datasets.audio_folder(folder, gan, held_out=0)
        scan(cache)
        n_files = in_memory.n_clips
        ways = {
            "librosa.load, one by one": (librosa_loop, n_files),
            "scan, nothing cached": (scan, n_files),
            "scan, cached on disk": (lambda: scan(cache), n_files),
            "epoch, cached in memory": (epoch, len(in_memory) * in_memory.batch_size),
        }
        rates = in_turns(ways, rounds, measure=lambda way: way[1] / seconds(way[0]))
    print(f"decoding {n_files} files, median of {rounds} rounds")
    print_medians(rates, "clips/s")


class OneBatch(keras.utils.PyDataset):
    """The first batch of a dataset in the place of every other: data without a wait."""

    def __init__(self, data):
        super().__init__()
        self.batch, self.n_batches = data[0], len(data)

    def __len__(self):
        return self.n_batches

    def __getitem__(self, index):
        return self.batch


def waiting(folder, gan, rounds):
    """Prints the share of training time that waits for data: the difference to training on one batch in memory.

    On a busy machine the difference is noise.
    """
    n_bytes = 4 * sum(km.datasets.audio_folder(folder, gan, held_out=0).decoded.lengths.values())
    with tempfile.TemporaryDirectory() as cache:
        data = km.datasets.audio_folder(folder, gan)
        datasets = {
            "one batch": OneBatch(data),
            "cached in memory": data,
            "cached on disk": km.datasets.audio_folder(folder, gan, cache=cache),
            "a quarter cached": km.datasets.audio_folder(folder, gan, cache_limit=n_bytes // 4),
        }

        def epoch(dataset):
            return seconds(lambda: gan.fit(dataset, shuffle=False, verbose=0)) / len(dataset)

        in_turns(datasets, 1, epoch)  # compiles
        times = in_turns(datasets, rounds, epoch)
    steps = f"{len(data)} steps of batch {data.batch_size} per epoch"
    print(f"\ntraining `wavegan-small`, {steps}, median of {rounds} epochs")
    for name, values in times.items():
        share, step = 1 - median_ratio(times["one batch"], values), statistics.median(values)
        print(f"{name:<28} {share:7.2%} of the time waits for data   ({1000 * step:.0f} ms per step)")


def memory():
    """Trains for an epoch on a folder that decodes to four times the limit and prints the memory that it takes."""
    gan = km.MusicGAN.from_preset("wavegan-small", generator={"width": 4}, discriminator={"width": 4})
    gan.compile()
    rate = gan.representation.sample_rate
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        minutes = 4 * LIMIT // (4 * 60 * rate) + 1
        for folder, n_files in ((small, 6), (large, minutes)):
            for index in range(n_files):
                samples = rng.uniform(-0.5, 0.5, (60 * 2 * rate, 1))  # a minute at twice the rate
                km.audio.write_wav(f"{folder}/{index:03d}.wav", samples, 2 * rate)

        def train(folder, epochs, limit):
            with PeakMemory() as memory:
                data = km.datasets.audio_folder(folder, gan, clip="slices", held_out=0, cache_limit=limit)
                gan.fit(data, epochs=epochs, verbose=0)
            return data, memory.peak

        train(small, 2, 0)  # compiles
        _, before = train(small, 8, 0)
        data, peak = train(large, 1, LIMIT)
    decoded = sum(data.decoded.lengths.values())
    print(f"{'decoded audio':<28} {4 * decoded / MIB:6.0f} MiB, {data.n_clips} clips")
    print(f"{'limit of the cache':<28} {LIMIT / MIB:6.0f} MiB")
    print(f"{'peak without a cache':<28} {before / MIB:6.0f} MiB, training on {6 * 60} s of audio")
    print(f"{'peak with the cache':<28} {peak / MIB:6.0f} MiB, {(peak - before) / MIB:.1f} MiB more")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5, help="of training on each dataset, after the first")
    parser.add_argument("--memory-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.memory_only:
        memory()
        return
    if arguments.folder is None:
        parser.error("name a folder of audio files")
    print(f"backend {keras.backend.backend()}")
    gan = km.MusicGAN.from_preset("wavegan-small")
    gan.compile()
    decoding(arguments.folder, gan, arguments.rounds)
    waiting(arguments.folder, gan, arguments.epochs)
    print("\nan epoch on four times the limit of the cache, in a process of its own", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.speed.audio_folder", "--memory-only"], check=True)


if __name__ == "__main__":
    main()
