"""Spectrograms of audio and their inverses: pure functions on tensors and, for the host, on NumPy arrays."""
