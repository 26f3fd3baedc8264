"""Data for `fit`: folders of audio or MIDI, and synthetic tunes, notes and drums."""

from keras_musicgan.datasets.audio_clips import AudioClips
from keras_musicgan.datasets.audio_folder import audio_folder
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.for_model import detect_domain, for_model
from keras_musicgan.datasets.midi_folder import midi_folder
from keras_musicgan.datasets.spec import DataSpec
from keras_musicgan.datasets.splits import NoUsableDataError
from keras_musicgan.datasets.synthetic.melodies import compose, melodies
from keras_musicgan.datasets.synthetic.one_shots import make_drums, make_notes, synthetic_drums, synthetic_notes
from keras_musicgan.utils.deprecation import renamed

__all__ = [
    "AudioClips",
    "Batches",
    "Clips",
    "DataSpec",
    "NoUsableDataError",
    "audio_folder",
    "compose",
    "detect_domain",
    "for_model",
    "make_drums",
    "make_notes",
    "melodies",
    "midi_folder",
    "synthetic_drums",
    "synthetic_notes",
]

__getattr__ = renamed(__name__, {"domain_of": "detect_domain"})
