"""Music without a model: notes, MIDI, audio, a synthesizer, sampled instruments, plots, comparisons."""
