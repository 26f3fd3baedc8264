"""A training run in one folder: its request, its training, its logs, its evaluation."""
