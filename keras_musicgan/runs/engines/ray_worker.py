"""What is sent to workers of Ray.

Ray sends what is made inside a function whole, so it runs where the package is missing too. It imports what it needs
itself.
"""

from collections.abc import Callable


def make_worker() -> Callable:
    """A function that calls another one on a worker of Ray, if the worker has all it needs, or says what is missing.

    Returns:
        Function of

        - `call`: a pickled pair of a function and its arguments;
        - `version`: the version of this package;
        - `holder`, `text`: the file that names the process which holds the folder to write to, and its text;
        - `folders`: the folders to read.

        It returns a tuple of the result, or a string that says what the worker lacks.
    """

    def work(call: bytes, version: str, holder: str, text: str, folders: list[str]) -> tuple | str:
        import importlib.metadata
        import os
        import pickle
        import socket
        import sys

        machine = socket.gethostname()
        try:
            found = importlib.metadata.version("keras_musicgan")
        except ImportError:
            found = "none"
        if found != version:
            return (
                f"Every machine of a Ray cluster needs keras_musicgan {version}. Received: {machine}, with {found}. "
                f"Run there: {sys.executable} -m pip install keras_musicgan=={version}"
            )
        try:
            with open(holder) as stream:
                seen = stream.read() == text
        except OSError:
            seen = False
        unseen = [] if seen else [os.path.dirname(holder)]
        unseen += [folder for folder in folders if not os.path.isdir(folder)]
        if unseen:
            return (
                f"Every machine of a Ray cluster must see the same folders. Received: {machine}, which does not see "
                f"this {unseen[0]}. Put it on a file system that all machines mount."
            )
        try:
            function, arguments = pickle.loads(call)
        except ImportError as error:
            return (
                f"Every machine of a Ray cluster needs the packages of this one. Received: {machine}: {error}. "
                f"Install them for {sys.executable} there."
            )
        return (function(*arguments),)

    return work


def make_messenger() -> type:
    """A class for an actor on the machine of the first of several processes, which passes on what that one prints."""

    class Messenger:
        def __init__(self):
            self._text = ""

        def address(self) -> str:
            """The address of this machine, and a port of it that is free."""
            import socket

            import ray

            with socket.create_server(("", 0)) as server:
                return f"{ray.util.get_node_ip_address()}:{server.getsockname()[1]}"

        def write(self, text: str) -> None:
            """Keeps text until it is read."""
            self._text += text

        def read(self) -> str:
            """The text since the last call."""
            text, self._text = self._text, ""
            return text

    return Messenger
