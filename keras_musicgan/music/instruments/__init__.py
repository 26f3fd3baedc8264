"""Sampled instruments for music programs: recordings on keys and velocities, as SoundFont 2 and as SFZ."""

from keras_musicgan.music.instruments.instrument import Instrument, Zone, ranges_around, unique_names
from keras_musicgan.music.instruments.sfz import files_of_sfz, write_sfz
from keras_musicgan.music.instruments.soundfont import write_soundfont

__all__ = [
    "Instrument",
    "Zone",
    "files_of_sfz",
    "ranges_around",
    "unique_names",
    "write_sfz",
    "write_soundfont",
]
