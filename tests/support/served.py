"""The page of a model on a server of this process, and what it answers."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import uvicorn

from keras_musicgan.page.server import application
from keras_musicgan.utils.ports import listen


@contextmanager
def served(gan, title="Model", **options):
    """The address of a page, while it is served."""
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(application(gan, title, **options), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def answer(address, content=None, **headers):
    """Status, headers and content of an answer; `content` to send is bytes, or data for JSON."""
    body = content if content is None or isinstance(content, bytes) else json.dumps(content).encode()
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as found:
            return found.status, found.headers, found.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def error_of(address, content=None, **headers):
    """The status and the words of an error."""
    status, _, body = answer(address, content, **headers)
    return status, json.loads(body)["error"]
