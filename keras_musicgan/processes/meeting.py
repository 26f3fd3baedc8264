"""All processes of a launch meet at the address of process 0 before the backend connects them.

A backend that waits in vain ends with a message of its native code, or with none.
"""

import os
import socket
import time

from keras_musicgan.processes.launch import Launch

RETRY_SECONDS = 0.2
GO = b"go"


def meet(launch: Launch, seconds: float) -> None:
    """Waits until all processes are there.

    Args:
        launch: This process, its address free for process 0 to listen at.
        seconds: How long to wait.

    Raises:
        ConnectionError: If the port of process 0 is in use, or somebody is missing after so many seconds.
        ValueError: On process 0, if two processes have the same number, or another number of processes.
    """
    deadline = time.monotonic() + seconds
    if launch.rank == 0:
        _receive(launch, seconds, deadline)
    else:
        _call(launch, seconds, deadline)


def _receive(launch, seconds, deadline):
    """Process 0: lets all others go once they have called."""
    port = int(launch.address.rpartition(":")[2])
    try:
        server = socket.create_server(("", port), backlog=launch.size)
    except OSError as error:
        raise ConnectionError(
            f"Process 0 needs a free port for the others to connect to. Received: {launch.address} by {launch.source}, "
            f"which cannot be opened ({os.strerror(error.errno)}). Name another port to all processes."
        ) from error
    callers: dict[int, socket.socket] = {}
    with server:
        try:
            while len(callers) < launch.size - 1:
                server.settimeout(max(deadline - time.monotonic(), 0.01))
                caller, _ = server.accept()
                caller.settimeout(max(deadline - time.monotonic(), 0.01))
                try:
                    number, size = map(int, caller.recv(64).split())
                except ValueError:  # another program
                    caller.close()
                    continue
                if size != launch.size or number in callers:
                    raise ValueError(
                        f"All processes must have the same number of processes, {launch.size} here, and a number of "
                        f"their own. Received: a second process {number}, or one that counts {size} by "
                        f"{launch.source}. Correct the variables."
                    )
                callers[number] = caller
            for caller in callers.values():
                caller.sendall(GO)
        except TimeoutError:
            missing = sorted(set(range(1, launch.size)) - set(callers))
            raise ConnectionError(
                f"All {launch.size} processes must call process 0 at {launch.address} within {seconds:g} seconds. "
                f"Received: none of process {', '.join(map(str, missing))}. Start it with the same address and number "
                f"of processes ({launch.source}), and see that the port can be reached."
            ) from None
        finally:
            for caller in callers.values():
                caller.close()


def _call(launch, seconds, deadline):
    """Another process: calls process 0, and waits until it may go."""
    host, _, port = launch.address.rpartition(":")
    reason = "no answer"
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((host, int(port)), timeout=deadline - time.monotonic()) as call:
                call.sendall(f"{launch.rank} {launch.size}".encode())
                if call.recv(len(GO)) == GO:
                    return
                reason = "a connection that process 0 closed"
                break
        except OSError as error:
            reason = f"no answer ({error.strerror or 'timeout'})"
            time.sleep(RETRY_SECONDS)
    raise ConnectionError(
        f"Process {launch.rank} must reach process 0 at {launch.address} within {seconds:g} seconds. Received: "
        f"{reason}. See that process 0 runs there, that its address is right ({launch.source}), and that the port can "
        "be reached."
    )
