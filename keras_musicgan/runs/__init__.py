"""A training run in one folder: its request, training, logs and evaluation."""
