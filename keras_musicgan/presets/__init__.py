"""Published and course architectures: representation, networks, sizes and recipe under one name."""

from keras_musicgan.presets.plans import DEFAULTS, PRESETS

__all__ = ["DEFAULTS", "PRESETS"]
