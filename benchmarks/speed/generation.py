"""Speed of generation and of playing notes; joints of long pieces; projection of generated clips.

Speeds are real-time factors: seconds of audio generated per second. Without --load the preset's weights are untrained,
which does not affect speed; joints and projections are measured of trained models only.
"""

import argparse
import itertools
import os
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared.flux import flux_at_joints, flux_inside
from benchmarks.shared.timing import real_time_factor
from keras_musicgan.generation.continuous import blocks

CLIPS = 256
TUNE_SECONDS = 180


def tune(low, high):
    """Notes for three minutes: the package's synthetic melodies, one after the other."""
    gan = km.MusicGAN.from_preset("lecture")
    pitches = km.datasets.melodies(8, gan, seed=1, held_out=0.0).load()[:, :90].ravel()
    pitches = low + (pitches.astype(int) - low) % (high - low + 1)
    start = np.arange(len(pitches)) * 0.5
    kept = start < TUNE_SECONDS * 2
    return km.notes.Notes(start[kept], np.full(kept.sum(), 0.5), pitches[kept], tempo=120.0)


def joints(gan, n, seed=1):
    """Share of joints whose flux is below its 95th percentile inside clips; both medians and the percentile in dB."""
    conditions = {name: values[0] for name, values in gan.draw(1, seed)[1].items()}
    parts = list(itertools.islice(blocks(gan, seed, **conditions), n + 1))
    rate = gan.representation.sample_rate
    at_joints = flux_at_joints(parts, rate)
    inside = flux_inside(gan.generate(64, seed=seed, **conditions), rate)
    limit = np.quantile(inside, 0.95)
    return np.mean(at_joints <= limit), np.median(at_joints), np.median(inside), limit


def projections(gan, n):
    """Distances of `project` to generated clips, relative to the mean distance of two of them, and that in dB."""
    rate = gan.representation.sample_rate
    apart = km.metrics.mean_pairwise_distance(gan.generate(60, seed=5), rate)
    clips = gan.generate(n, seed=11)
    return np.array([gan.project(clip, rate).distance for clip in clips]) / apart, apart


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="gansynth-small")
    parser.add_argument("--load", type=Path, help="a trained model (.keras)")
    parser.add_argument("--joints", type=int, default=60)
    parser.add_argument("--projections", type=int, default=5)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    if arguments.load:
        gan, name = keras.saving.load_model(arguments.load), arguments.load.stem
    else:
        conditions = [km.Pitch(60, 83)] if arguments.preset.startswith("gansynth") else []
        gan, name = km.MusicGAN.from_preset(arguments.preset, conditions=conditions), arguments.preset
        data = km.datasets.for_model(gan)
        gan.representation.adapt(data)
        if len(gan.conditions):
            gan.conditions.remember(data.conditions)
    rate = gan.representation.sample_rate
    print(f"{name} on {keras.backend.backend()}, {rate} Hz, {os.cpu_count()} cores")
    print(f"generate, {CLIPS} clips: {real_time_factor(lambda: gan.generate(CLIPS, seed=1), rate):.0f} times real time")
    if "pitch" in gan.conditions:
        pitch = gan.conditions["pitch"]
        notes = tune(int(pitch.low), int(pitch.high))
        for timbre in ("held", "wandering"):
            factor = real_time_factor(lambda timbre=timbre: km.synth.play(gan, notes, 1, timbre), rate, rounds=1)
            print(f"play, {len(notes.pitch)} notes in {TUNE_SECONDS} s, timbre {timbre}: {factor:.1f} times real time")
    if arguments.load:
        below, at_joints, inside, limit = joints(gan, arguments.joints)
        print(
            f"joints: {below:.1%} of {arguments.joints} below the 95th percentile inside clips, {limit:.2f} dB; "
            f"medians {at_joints:.2f} dB at joints, {inside:.2f} dB inside"
        )
        distances, apart = projections(gan, arguments.projections)
        print(
            f"projection: {', '.join(f'{distance:.4f}' for distance in distances)} of the mean distance of two clips, "
            f"{apart:.1f} dB"
        )


if __name__ == "__main__":
    main()
