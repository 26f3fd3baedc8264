"""A TensorBoard log that stays readable when its process is killed, and that a resumed run continues."""

import os
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

from keras_musicgan.utils.files import naming_full_disk

if TYPE_CHECKING:
    from tensorboardX.proto.summary_pb2 import Summary

ENDING = ".musicgan"  # of the files
HEADER, CHECKSUM = 12, 4  # bytes: an event's length with its checksum comes before it, a checksum after it


class EventLog:
    """Events in a folder, each on disk when `flush` returns.

    The constructor opens a new file in the folder, and marks the steps from `first_step` on as logged anew, so that
    TensorBoard hides the earlier ones. An event that a killed process wrote in part is cut off from its file.

    Args:
        directory: The folder; created if missing.
        first_step: Number of the first step to log.

    Raises:
        OSError: By all methods, if the folder cannot be written; a full disk is named by the folder.
    """

    def __init__(self, directory: str | Path, first_step: int):
        # The writers of tensorboardX log from a thread that their `flush` does not wait for.
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import SessionLog

        self.directory = Path(directory).expanduser()
        with naming_full_disk(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            for file in self.directory.glob(f"events.out.tfevents.*{ENDING}"):
                cut_torn_event(file)
            # TensorBoard reads files in the order of their names, which begin with seconds: within one, time_ns
            # decides.
            self._writer = EventsWriter(str(self.directory / "events"), f".{time.time_ns()}{ENDING}")
        self._write(step=first_step, session_log=SessionLog(status=SessionLog.START))
        self.flush()

    def add(self, summary: "Summary", step: int) -> None:
        """Logs a summary of a step."""
        self._write(step=step, summary=summary)

    def flush(self) -> None:
        """Writes all events to disk."""
        with naming_full_disk(self.directory):
            self._writer.flush()

    def close(self) -> None:
        """Closes the file."""
        with naming_full_disk(self.directory):
            self._writer.close()

    def _write(self, **event):
        from tensorboardX.proto.event_pb2 import Event

        with naming_full_disk(self.directory):
            self._writer.write_event(Event(wall_time=time.time(), **event))


def cut_torn_event(file: Path) -> None:
    """Truncates a file of events after its last whole one."""
    size, whole = file.stat().st_size, 0
    with open(file, "rb") as log:
        while head := log.read(8):
            end = whole + HEADER + (struct.unpack("<Q", head)[0] if len(head) == 8 else size) + CHECKSUM
            if end > size:
                break
            whole = end
            log.seek(whole)
    if whole < size:
        os.truncate(file, whole)
