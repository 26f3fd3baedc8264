"""Phases from magnitudes: Griffin-Lim against phase gradient heap integration, on the clips of folders.

Spectral convergence in dB, the mean over clips: how far the magnitudes of the found sound are from those wanted.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import keras_musicgan as km
from keras_musicgan.representations import Waveform
from keras_musicgan.runs.sources import Form
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.griffin_lim import host_griffin_lim
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration
from keras_musicgan.spectra.stft import host_istft, host_stft

FRAMES = ((512, 256, "hann"), (512, 128, "gaussian"), (512, 64, "gaussian"), (1024, 256, "hann"))
ITERATIONS = (8, 32)


def convergence(clips, wanted, framing):
    error = np.abs(host_stft(clips, framing)) - wanted
    return np.mean(10 * np.log10(np.square(error).sum(axis=(1, 2)) / np.square(wanted).sum(axis=(1, 2))))


def ways(clips, framing):
    """Dict from a way to find phases to its spectral convergence in dB."""
    wanted = np.abs(host_stft(clips, framing))
    random = np.random.default_rng(0).uniform(-np.pi, np.pi, wanted.shape).astype("float32")
    found = phase_gradient_heap_integration(wanted, framing)
    sounds = {
        "Griffin-Lim, 32": host_griffin_lim(wanted, random, framing, 32),
        "PGHI": host_istft((wanted * np.exp(1j * found)).astype("complex64"), framing),
        **{f"PGHI, then {n}": host_griffin_lim(wanted, found, framing, n) for n in ITERATIONS},
    }
    return {way: convergence(sound, wanted, framing) for way, sound in sounds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--clips", type=int, default=48, help="of each folder")
    parser.add_argument("--rate", type=int, default=16000)
    arguments = parser.parse_args()
    form = Form(Waveform(length=arguments.rate, sample_rate=arguments.rate, channels=1))
    for folder in arguments.folders:
        data = km.datasets.audio_folder(folder, form, held_out=0.0, trim_db=40, normalize="peak")
        clips = data.load(np.random.default_rng(0).permutation(data.n_clips)[: arguments.clips])[..., 0]
        rows = {
            f"{n_fft} / {hop} {window}": ways(clips, Framing(arguments.rate, n_fft, hop, window))
            for n_fft, hop, window in FRAMES
        }
        print(
            f"\n{folder.name}, {len(clips)} clips\n\n| frame / hop / window | "
            + " | ".join(rows[next(iter(rows))])
            + " |"
        )
        print("|---" * (1 + len(rows[next(iter(rows))])) + "|")
        for name, row in rows.items():
            print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in row.values()) + " |")


if __name__ == "__main__":
    main()
