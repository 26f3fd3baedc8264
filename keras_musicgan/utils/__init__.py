"""Checks, files, batches, configuration and old names, shared by all rooms."""
