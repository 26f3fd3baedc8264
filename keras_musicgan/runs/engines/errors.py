"""Errors of engines."""


class LostError(ChildProcessError):
    """A task whose process ended before it did, however often it was started again."""
