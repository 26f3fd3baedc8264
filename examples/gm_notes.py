"""Renders the notes on which the model `orchestra` was trained, from a General MIDI SoundFont, with FluidSynth.

    apt-get install fluidsynth fluid-soundfont-gm
    python examples/gm_notes.py /usr/share/sounds/sf2/FluidR3_GM.sf2 gm_notes

17 instruments, 36 pitches from C3, three velocities: 1,836 files `INSTRUMENT_PITCH_DYNAMIC.flac`, 16 kHz, mono. A note
is held for one second of two; its first 1.25 s are kept, with a fade of 20 ms.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from keras_musicgan.music import midi
from keras_musicgan.music.notes import Notes, Track

PROGRAMS = {
    **{"piano": 0, "harpsichord": 6, "vibraphone": 11, "marimba": 12, "reedorgan": 20, "accordion": 21, "guitar": 24},
    **{"violin": 40, "cello": 42, "harp": 46, "strings": 48, "trumpet": 56, "saxophone": 65, "oboe": 68},
    **{"clarinet": 71, "flute": 73, "musicbox": 10},
}
PITCHES = range(48, 84)
VELOCITIES = {"soft": 45, "medium": 85, "loud": 120}
SECONDS, KEPT, FADE = 2.0, 1.25, 0.02
RENDERED_RATE, RATE = 32_000, 16_000


def render(soundfont: str, program: int, velocity: int) -> np.ndarray:
    """All pitches of one instrument, one every two seconds, mono at 16 kHz."""
    start = SECONDS * np.arange(len(PITCHES))  # at 60 beats per minute
    notes = Notes(
        start,
        np.ones(len(PITCHES)),
        np.array(PITCHES),
        velocity=np.full(len(PITCHES), velocity),
        tempo=60.0,
        tracks=(Track("notes", program),),
        length=SECONDS * len(PITCHES),
    )
    with tempfile.TemporaryDirectory() as folder:
        song, wav = Path(folder) / "notes.mid", Path(folder) / "notes.wav"
        midi.write(song, notes)
        options = ["-niq", "-R", "0", "-C", "0", "-g", "0.7", "-r", str(RENDERED_RATE), "-O", "float", "-F", str(wav)]
        subprocess.run(["fluidsynth", *options, soundfont, str(song)], check=True)
        samples, rate = soundfile.read(wav, always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, RATE, "VHQ")


def main(soundfont: str, folder: str) -> None:
    """Renders everything into a folder, which is created."""
    out = Path(folder)
    out.mkdir(parents=True)
    length = round(KEPT * RATE)
    envelope = np.minimum(1.0, np.arange(length)[::-1] / (FADE * RATE))
    for instrument, program in PROGRAMS.items():
        for dynamic, velocity in VELOCITIES.items():
            samples = render(soundfont, program, velocity)
            for index, pitch in enumerate(PITCHES):
                begin = round(index * SECONDS * RATE)
                note = samples[begin : begin + length] * envelope
                soundfile.write(out / f"{instrument}_{pitch:03d}_{dynamic}.flac", note, RATE)


if __name__ == "__main__":
    main(*sys.argv[1:])
