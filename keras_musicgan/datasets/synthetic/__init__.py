"""Synthetic music: tunes, notes of instruments, drums."""
