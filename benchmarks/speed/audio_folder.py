"""Audio from a folder: decoding against `librosa.load`, the wait for data in training, memory beyond the limit."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import librosa
import numpy as np
from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

import keras_musicgan as km

MIB = 2**20
LIMIT = 64 * MIB  # of the measurement of memory


def decoding(folder, gan, rounds):
    """Clips a second of each way of reading a folder, and the ratio to a loop of `librosa.load`."""
    representation = gan.representation

    def librosa_loop():
        for file in in_memory.files:  # without the bad ones
            samples, _ = librosa.load(file, sr=representation.sample_rate, mono=representation.channels == 1)
            librosa.util.fix_length(samples, size=representation.length)
        return len(in_memory.files)

    def epoch(data):
        for index in range(len(data)):
            data[index]
        return len(data) * data.batch_size

    with tempfile.TemporaryDirectory() as cache:
        in_memory = km.datasets.audio_folder(folder, gan, held_out=0)
        km.datasets.audio_folder(folder, gan, held_out=0, cache=cache)
        ways = {
            "librosa.load, one by one": librosa_loop,
            "scan, nothing cached": lambda: km.datasets.audio_folder(folder, gan, held_out=0).n_clips,
            "scan, cached on disk": lambda: km.datasets.audio_folder(folder, gan, held_out=0, cache=cache).n_clips,
            "epoch, cached in memory": lambda: epoch(in_memory),
        }
        rates = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                began = time.perf_counter()
                n_clips = way()
                rates[name].append(n_clips / (time.perf_counter() - began))
    base = statistics.median(rates["librosa.load, one by one"])
    print(f"decoding {in_memory.n_clips} files, median of {rounds} rounds")
    for name, measured in rates.items():
        rate = statistics.median(measured)
        print(f"{name:<28} {rate:10.0f} clips/s   {rate / base:7.1f}×")


class Waits(keras.callbacks.Callback):
    """The share of each epoch in which the side of training waits for a batch.

    Where threads read ahead, that is the time until the queue gives a batch. Where batches are read when they are
    needed, it is all the time of reading, also where TensorFlow asks for them ahead: an upper bound.
    """

    def __init__(self):
        super().__init__()
        self.shares = []

    def __enter__(self):
        self.original = PyDatasetAdapter._get_iterator
        PyDatasetAdapter._get_iterator = lambda adapter: self._timed(self.original(adapter))
        return self

    def __exit__(self, *error):
        PyDatasetAdapter._get_iterator = self.original

    def _timed(self, batches):
        while True:
            began = time.perf_counter()
            try:
                batch = next(batches)
            except StopIteration:
                return
            self.waited += time.perf_counter() - began
            yield batch

    def on_epoch_begin(self, epoch, logs=None):
        self.began, self.waited = time.perf_counter(), 0.0

    def on_epoch_end(self, epoch, logs=None):
        self.shares.append(self.waited / (time.perf_counter() - self.began))


def waiting(folder, gan, epochs):
    """The wait for data from the second epoch on, with a cache that holds everything and with one that does not."""
    n_bytes = 4 * sum(km.datasets.audio_folder(folder, gan, held_out=0).decoded.lengths.values())
    with tempfile.TemporaryDirectory() as cache:
        datasets = {
            "cached in memory": km.datasets.audio_folder(folder, gan),
            "cached on disk": km.datasets.audio_folder(folder, gan, cache=cache),
            "a quarter cached": km.datasets.audio_folder(folder, gan, cache_limit=n_bytes // 4),
        }
        first = next(iter(datasets.values()))
        print(f"\ntraining `wavegan-small`, {len(first)} steps an epoch of batch {first.batch_size}")
        for name, data in datasets.items():
            began = time.perf_counter()
            with Waits() as waits:
                gan.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[waits])
            step = (time.perf_counter() - began) / epochs / len(data)
            share = 100 * statistics.mean(waits.shares[1:])
            print(f"{name:<28} {share:6.2f} % of the time waits for data   ({1000 * step:.0f} ms a step)")


class PeakMemory(threading.Thread):
    """Looks at the process's resident memory every 5 ms."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.done = 0, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.done.set()
        self.join()

    def run(self):
        while not self.done.wait(0.005):
            self.peak = max(self.peak, resident())


def resident():
    """Bytes of the process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory():
    """Trains for an epoch on a folder that decodes to four times the limit; prints what that needed."""
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
    parser.add_argument("--epochs", type=int, default=2)
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
    print("\nan epoch over four times what the cache may hold, in a process of its own", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.speed.audio_folder", "--memory-only"], check=True)


if __name__ == "__main__":
    main()
