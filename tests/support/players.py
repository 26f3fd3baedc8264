"""A SoundFont as a music program plays it."""

import shutil
import subprocess

import pytest

from keras_musicgan.music import audio, midi

RATE = 44_100


def fluidsynth(sound_font, notes, folder):
    """Stereo audio `[samples, 2]` at 44.1 kHz, without reverberation; skips where FluidSynth is missing."""
    if shutil.which("fluidsynth") is None:
        pytest.skip("needs the program FluidSynth: apt-get install fluidsynth")
    song, out = folder / "song.mid", folder / "song.wav"
    midi.write(song, notes)
    options = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE), "-F", str(out)]
    subprocess.run(["fluidsynth", *options, str(sound_font), str(song)], check=True, capture_output=True)
    samples, rate = audio.read(out)
    assert rate == RATE
    return samples
