"""A TensorBoard log that a killed process leaves readable and a continued training goes on with."""

import os
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorboardX.proto.summary_pb2 import Summary

ENDING = ".musicgan"  # of the files that are written here
AROUND_LENGTH, CHECKSUM = 12, 4  # bytes: the length with its checksum stands before what is logged, a checksum after


class EventLog:
    """Events in a folder, each on disk when `flush` returns.

    Making one opens a new file in the folder, however fast it follows on the last, and tells TensorBoard that the
    steps from `first_step` on are logged anew: it shows none of the earlier ones. What a killed process wrote only in
    part is cut off from its file.

    Args:
        directory: The folder; made where it is missing.
        first_step: Number of the first step that will be logged.
    """

    def __init__(self, directory: str | Path, first_step: int):
        # The writers of tensorboardX log from a thread that their `flush` does not wait for.
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import SessionLog

        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        for file in directory.glob(f"events.out.tfevents.*{ENDING}"):
            cut_torn_event(file)
        # TensorBoard reads files by name. The seconds in it begin every name, so that those of a second need more.
        self._writer = EventsWriter(str(directory / "events"), f".{time.time_ns()}{ENDING}")
        self._write(step=first_step, session_log=SessionLog(status=SessionLog.START))
        self.flush()

    def add(self, summary: "Summary", step: int) -> None:
        """Logs a summary of a step."""
        self._write(step=step, summary=summary)

    def flush(self) -> None:
        """Waits until the disk has all that was logged."""
        self._writer.flush()

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()

    def _write(self, **event):
        from tensorboardX.proto.event_pb2 import Event

        self._writer.write_event(Event(wall_time=time.time(), **event))


def cut_torn_event(file: Path) -> None:
    """Cuts a file of events off behind its last whole one."""
    size, whole = file.stat().st_size, 0
    with open(file, "rb") as log:
        while head := log.read(8):
            end = whole + AROUND_LENGTH + (struct.unpack("<Q", head)[0] if len(head) == 8 else size) + CHECKSUM
            if end > size:
                break
            whole = end
            log.seek(whole)
    if whole < size:
        os.truncate(file, whole)
