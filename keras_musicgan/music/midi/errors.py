"""What is wrong with a MIDI file."""


class MidiError(ValueError):
    """A file that is not MIDI, is damaged, or holds no note."""
