"""Music without a model: notes, MIDI, audio, a synthesizer, plots, comparisons."""
