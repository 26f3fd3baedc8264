"""What a worker of Ray executes."""

from collections.abc import Callable


def make_worker() -> Callable:
    """A function that calls another one on a worker of Ray, if the worker has all it needs.

    Ray sends a function made inside another whole, so this one runs where the package is missing too, and says so. It
    imports what it needs itself.

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
                f"Every machine of a Ray cluster must see the folders of a sweep. Received: {machine}, which does not "
                f"see this {unseen[0]}. Put it on a file system that all machines mount."
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
