"""A task that loses its process."""

import os
from pathlib import Path


def end_at_first(marker):
    """Ends the process when it is first called; later it returns the marker's name."""
    marker = Path(marker)
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return marker.name
