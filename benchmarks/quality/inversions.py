"""Phases from magnitudes: Griffin-Lim against phase gradient heap integration, on the clips of folders.

Spectral convergence in dB, the mean over clips: the error of the resulting sound's magnitudes, relative to the target.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.shared import measures
from benchmarks.shared.tables import print_head, print_row
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.griffin_lim import host_griffin_lim
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration
from keras_musicgan.spectra.stft import host_istft, host_stft

FRAMES = ((512, 256, "hann"), (512, 128, "gaussian"), (512, 64, "gaussian"), (1024, 256, "hann"))
ITERATIONS = (8, 32)


def convergence(clips, target, framing):
    """Spectral convergence of clips to magnitudes, in dB."""
    error = np.abs(host_stft(clips, framing)) - target
    return np.mean(10 * np.log10(np.square(error).sum(axis=(1, 2)) / np.square(target).sum(axis=(1, 2))))


def convergences(clips, framing):
    """Dict from an algorithm to the spectral convergence of its sounds in dB."""
    target = np.abs(host_stft(clips, framing))
    random = np.random.default_rng(0).uniform(-np.pi, np.pi, target.shape).astype("float32")
    phases = phase_gradient_heap_integration(target, framing)
    sounds = {
        "Griffin-Lim, 32 iterations": host_griffin_lim(target, random, framing, 32),
        "PGHI": host_istft((target * np.exp(1j * phases)).astype("complex64"), framing),
        **{f"PGHI, then {n} iterations": host_griffin_lim(target, phases, framing, n) for n in ITERATIONS},
    }
    return {algorithm: convergence(sound, target, framing) for algorithm, sound in sounds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--clips", type=int, default=48, help="of each folder")
    parser.add_argument("--rate", type=int, default=16000)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        clips = measures.random_clips(folder, arguments.clips, arguments.rate)[..., 0]
        rows = {
            f"{n_fft} / {hop} {window}": convergences(clips, Framing(arguments.rate, n_fft, hop, window))
            for n_fft, hop, window in FRAMES
        }
        print(f"\n{folder.name}, {len(clips)} clips")
        print_head(["frame / hop / window", *next(iter(rows.values()))])
        for name, row in rows.items():
            print_row([name, *(f"{value:.1f}" for value in row.values())])


if __name__ == "__main__":
    main()
