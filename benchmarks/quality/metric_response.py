"""The response of each measure of `musicgan evaluate` to planted faults of growing size, on a folder of real sounds.

The folder's clips are split into three sets: training, held out, and one that is changed and measured. A row shows a
measure from no fault to the largest; it should never turn back by more than half the width of its 95 % interval.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

import keras_musicgan as km
from benchmarks.shared.measures import random_clips
from benchmarks.shared.tables import print_head, print_row
from keras_musicgan.evaluation import MusicSet, RealMusic, evaluate

FAULTS = {
    "noise, dB relative to the sound": (-60, -50, -40, -30, -20),
    "low-pass, Hz": (6000, 4000, 2000, 1000, 500),
    "pitch shift, cents": (25, 50, 100, 200, 400),
    "share of duplicates": (0.25, 0.5, 0.75, 0.9, 0.98),
}
SHOWN = ("frechet", "frechet_infinity", "kernel", "precision", "recall", "density", "coverage", "ndb", "diversity")


def changed(fault, size, clips, rate):
    """Clips with a fault."""
    rng = np.random.default_rng(0)
    if fault.startswith("noise"):
        level = np.sqrt(np.mean(clips**2, axis=1, keepdims=True)) * 10 ** (size / 20)
        return clips + level * rng.normal(size=clips.shape)
    if fault.startswith("low-pass"):
        from scipy.signal import butter, sosfiltfilt

        return sosfiltfilt(butter(4, size, fs=rate, output="sos"), clips, axis=1)
    if fault.startswith("pitch"):
        result = np.zeros_like(clips)
        for shifted, clip in zip(result, clips, strict=True):
            sound = km.audio.resample(clip, round(rate * 2 ** (size / 1200)), rate)
            shifted[: len(sound)] = sound[: len(shifted)]
        return result
    return np.resize(clips[: max(round(len(clips) * (1 - size)), 1)], clips.shape)


def turns_back(estimates):
    """Whether a measure ever goes against its own direction by more than half its interval's width."""
    values = np.array([each.value for each in estimates])
    half_width = np.array([(each.high - each.low) / 2 for each in estimates])
    steps = np.diff(values) * np.sign(values[-1] - values[0])
    return bool((steps < -np.maximum(half_width[1:], half_width[:-1])).any())


def draw(path, found):
    """Writes a picture of the scores, an axis for each fault."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2 * len(found), 4.6), dpi=80, layout="constrained")
    for axis, (fault, evaluations) in zip(figure.subplots(1, len(found), sharey=True), found.items(), strict=True):
        for key in SHOWN:
            scores = [each[key].score for each in evaluations if key in {e.key for e in each.estimates}]
            if len(scores) == len(evaluations):
                axis.plot(np.clip(scores, -0.1, 1.3), "o-", label=key)
        axis.set_xticks(range(len(evaluations)), ["none", *map(str, FAULTS[fault])])
        axis.set_title(fault)
        axis.grid(axis="y", color="0.85")
    figure.axes[0].set_ylabel("score: 0 as noise, 1 as real music")
    figure.axes[-1].legend(fontsize=8)
    path.write_bytes(km.plots.png(figure))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=int, default=16000)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--clips", type=int, default=1200, help="of the folder, at most")
    parser.add_argument("--resamples", type=int, default=40)
    parser.add_argument("--picture", type=Path, help="file for a picture of the responses (.png)")
    arguments = parser.parse_args()
    rate = arguments.rate
    clips = random_clips(arguments.folder, arguments.clips, rate, arguments.seconds)
    training, held_out, new = (
        MusicSet(name, part, rate)
        for name, part in zip(("training", "held-out", "new"), np.array_split(clips, 3), strict=True)
    )
    print(f"{len(training)} clips to train on, {len(held_out)} held out, {len(new)} measured")

    real = RealMusic(training, held_out)

    def measured(clips):
        pieces = dataclasses.replace(new, music=clips.clip(-1, 1).astype("float32"))
        return evaluate(pieces, real, resamples=arguments.resamples)

    unchanged = measured(new.music)
    found = {
        fault: [unchanged, *(measured(changed(fault, size, new.music, rate)) for size in sizes)]
        for fault, sizes in FAULTS.items()
    }
    for fault, evaluations in found.items():
        sizes = FAULTS[fault]
        print_head([fault, "none", *(f"{size:g}" for size in sizes), "turns back"])
        for key in SHOWN:
            estimates = [each[key] for each in evaluations]
            cells = (f"{each.value:.3g}" for each in estimates)
            print_row([estimates[0].title, *cells, "yes" if turns_back(estimates) else "no"])
    if arguments.picture:
        draw(arguments.picture, found)


if __name__ == "__main__":
    main()
