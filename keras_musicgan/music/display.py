"""Notes in a notebook: their piano roll and a player, by the synthesizer."""

import warnings
from dataclasses import replace

from keras_musicgan.music import plots
from keras_musicgan.music.audio.player import MAX_SECONDS, Player
from keras_musicgan.music.notes import Notes, PlayWarning
from keras_musicgan.music.synthesizer import render
from keras_musicgan.utils.notebook import picture, to_html

SAMPLE_RATE = 22_050  # Hz; a player in a notebook is a preview


@to_html.register
def notes_to_html(notes: Notes) -> str:
    """The piano roll of the first minute, and a player of it."""
    start, _ = notes.seconds_of_notes
    shown = replace(notes.where(start < MAX_SECONDS), length=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlayWarning)
        samples = render(shown, SAMPLE_RATE)
    return picture(plots.png(plots.piano_roll(shown), compress_level=9)) + Player(samples, SAMPLE_RATE)._repr_html_()
