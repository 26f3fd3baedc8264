"""Speeds and qualities, measured; README.md lists the scripts."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before a script imports TensorFlow
