"""Notes to audio: 128 notes of half a second at 44.1 kHz, against the notebook's loop over samples."""

import struct

import numpy as np

from benchmarks.shared.timing import in_turns, print_medians
from keras_musicgan import synth
from keras_musicgan.music.notes import Notes

SAMPLE_RATE, SECONDS, ROUNDS = 44100, 0.5, 3


def notebook_loop(pitches):
    """The notebook's `sequence_to_wav`, up to the file."""
    data = []
    for note in pitches:
        frequency = 440.0 * (2.0 ** ((note - 69.0) / 12.0))
        for i in range(int(SAMPLE_RATE * SECONDS)):
            data.append(int(32767 * np.sin(2 * np.pi * frequency * (i / SAMPLE_RATE))))
    return b"".join([struct.pack("<h", sample) for sample in data])


def package(pitches, **options):
    n = len(pitches)
    notes = Notes(np.arange(n), np.ones(n), pitches, np.full(n, 127), tempo=60 / SECONDS)
    return np.rint(synth.render(notes, SAMPLE_RATE, **options)[:, 0] * 32767).astype("<i2")


def main():
    pitches = np.random.default_rng(0).integers(48, 85, 128)
    bare = {"timbre": "sine", "envelope": False, "continuous_phase": False, "level": 1.0}
    ways = {
        "notebook's loop": lambda: notebook_loop(pitches),
        "sine, bare": lambda: package(pitches, **bare),
        "piano, enveloped": lambda: package(pitches, timbre="piano"),
    }
    print_medians(in_turns(ways, ROUNDS), "s", digits=3)
    theirs = np.frombuffer(notebook_loop(pitches), "<i2").astype(int)
    print(f"largest difference of the bare sine: {np.abs(theirs - package(pitches, **bare)).max()} of 32767")


if __name__ == "__main__":
    main()
