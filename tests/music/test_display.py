"""What a notebook shows of notes and of sound, read back."""

import base64
import io
import re
import warnings

import numpy as np
import soundfile
from PIL import Image

from keras_musicgan import audio
from keras_musicgan.music.notes import Notes
from keras_musicgan.music.synthesizer import render


def held(html, kind):
    """The files of a kind in HTML."""
    return [io.BytesIO(base64.b64decode(text)) for text in re.findall(f'src="data:{kind};base64,([^"]*)"', html)]


def test_players_play_every_clip():
    seconds = np.arange(16_000) / 16_000
    clips = np.stack([0.5 * np.sin(2 * np.pi * hz * seconds)[:, None] for hz in (440, 880)])
    for hz, file in zip((440, 880), held(audio.Player(clips, 16_000)._repr_html_(), "audio/mpeg"), strict=True):
        heard, rate = soundfile.read(file)
        assert (rate, round(len(heard) / rate, 1)) == (16_000, 1.0)
        assert np.abs(np.fft.rfft(heard[:rate])).argmax() == hz
    (stereo,) = held(audio.Player(np.zeros((9600, 2)), 96_000)._repr_html_(), "audio/mpeg")
    assert (soundfile.info(stereo).samplerate, soundfile.info(stereo).channels) == (48_000, 2)


def test_a_piece_shows_its_roll_and_plays_as_the_synthesizer_does(two_tracks):
    html = two_tracks._repr_html_()
    (roll,), (sound,) = held(html, "image/png"), held(html, "audio/mpeg")
    assert len(np.unique(np.asarray(Image.open(roll).convert("RGB")).reshape(-1, 3), axis=0)) > 10
    heard, rate = soundfile.read(sound)
    expected = render(two_tracks, rate)[:, 0]
    assert np.corrcoef(heard[: len(expected)], expected[: len(heard)])[0, 1] > 0.99
    assert len(html) < 200_000


def test_a_long_piece_shows_its_first_minute_without_a_warning():
    n = 4000
    piece = Notes(np.arange(n), np.ones(n), 60 + np.arange(n) % 12, tempo=120.0, unplayed={"pitch bends": 3})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (sound,) = held(piece._repr_html_(), "audio/mpeg")
    assert 59 < soundfile.info(sound).duration < 62
    assert Notes([], [], [])._repr_html_()
