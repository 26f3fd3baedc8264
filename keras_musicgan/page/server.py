"""A page that is served, with new sounds on demand: an ASGI application, and running it."""

import asyncio
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import keras
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from keras_musicgan.conditions import Value
from keras_musicgan.page.document import description, document
from keras_musicgan.page.layout import layout_of
from keras_musicgan.page.on_demand import SoundsOnDemand
from keras_musicgan.utils.ports import is_address

N_STEPS = 16  # by default, from one sound to the next
MAX_BYTES = 8_000_000  # of a request
LARGEST_TRUNCATION = {"normal": 3.0, "uniform": 1.0}  # of the slider: beyond it changes next to nothing
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def application(
    gan: keras.Model,
    title: str = "Model",
    *,
    host: str = "127.0.0.1",
    sounds: int | None = None,
    steps: int | None = None,
    seed: int | None = None,
    truncation: float | None = None,
    pitches: tuple[object, object] | None = None,
    **conditions: object,
) -> Starlette:
    """An ASGI application that serves the page of a model, with new sounds on demand.

    The sounds of the seed are rendered before it returns, which also compiles the generator. Requests are rendered one
    after the other; one whose browser no longer waits is left out.

    | request | answer |
    |---|---|
    | `GET /?seed=1&truncation=0.7` | the page |
    | `GET /latents?seed=1&truncation=0.7` | JSON: `seed`, drawn if not given, `truncation`, and `latents` |
    | `POST /latents` with a `latents.npz` | JSON: its `latents` |
    | `POST /sounds` with JSON for `SoundsOnDemand.request` | JSON: the sounds of all keys, by `sound_data` |
    | `POST /latents.npz` with JSON for `SoundsOnDemand.latents_file` | a `latents.npz` |

    What is wrong with a request is answered as JSON: `error`, with status 400.

    Args:
        gan: `MusicGAN`.
        title: Name of the model on the page.
        host: Name or address under which it is served; under another name nothing is answered.
        sounds: Number of sounds; by default 4, or 16 for a model whose pads are its sounds.
        steps: Steps from each sound to the next; by default 16.
        seed: Seed of the first sounds; drawn if not given.
        truncation: Largest number in their latents, or `None`.
        pitches: Lowest and highest pitch of the keyboard; by default the model's.
        **conditions: Values to choose from, as for `page.write`; by default all labels, and any number of a range.

    Raises:
        ValueError: If a number or a value is out of range, the model has no such condition, or one has more than 64
            values.
    """
    layout = layout_of(gan, sounds, steps or N_STEPS, pitches, conditions)
    on_demand = SoundsOnDemand(gan, layout)
    turn = asyncio.Lock()  # a model renders one request at a time

    def drawn(seed, truncation):
        seed, latents = on_demand.draw(seed, truncation)
        return {"seed": seed, "truncation": truncation, "latents": latents.tolist()}

    first = drawn(seed, truncation)
    described = description(gan, layout, title, first["seed"])
    for choice in described["choices"]:
        condition = gan.conditions[choice["name"]]
        if isinstance(condition, Value) and condition.name not in conditions:
            choice["range"] = [condition.low, condition.high]
    stops = [number * layout.n_steps for number in range(layout.n_sounds)]
    on_demand.render(
        on_demand.request(
            {
                "latents": first["latents"],
                "steps": layout.n_steps,
                "positions": stops[:1] if described["kind"] == "keys" else stops,
                "conditions": {axis.name: axis.values[0] for axis in layout.choices},
            }
        )
    )

    async def index(request: Request) -> Response:
        given = drawn(*_seed_and_truncation(request)) if request.query_params else first
        largest = LARGEST_TRUNCATION[gan.latent_distribution]
        served = {**described, **given, "served": {"largestTruncation": largest}}
        return Response(document(served), media_type="text/html", headers=HEADERS)

    async def latents(request: Request) -> Response:
        if request.method == "POST":
            found = on_demand.open_latents(await _body(request))
            return JSONResponse({"latents": found.tolist()}, headers=HEADERS)
        return JSONResponse(drawn(*_seed_and_truncation(request)), headers=HEADERS)

    async def latents_file(request: Request) -> Response:
        content = on_demand.latents_file(await _json(request))
        return Response(content, media_type="application/octet-stream", headers=HEADERS)

    async def sounds_of(request: Request) -> Response:
        wanted = on_demand.request(await _json(request))
        async with turn:
            if await request.is_disconnected():
                return Response(status_code=499)
            content = await run_in_threadpool(on_demand.render, wanted)
        return Response(content, media_type="application/json", headers=HEADERS)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/latents", latents, methods=["GET", "POST"]),
            Route("/latents.npz", latents_file, methods=["POST"]),
            Route("/sounds", sounds_of, methods=["POST"]),
        ],
        middleware=[Middleware(OwnPageOnly, host=host)],
        exception_handlers={ValueError: _refuse, HTTPException: _refuse},
    )


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serves an application on a socket until it is interrupted.

    Raises:
        KeyboardInterrupt: After Ctrl-C, once it has ended.
    """
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])


class OwnPageOnly:
    """Refuses requests that come from the pages of others.

    Those are requests with another origin, and under another name: a foreign page whose name suddenly leads to this
    machine, DNS rebinding, has the right origin, but the wrong name.

    Args:
        app: The application.
        host: The name under which it is served, beside `localhost` and all addresses.
    """

    def __init__(self, app: ASGIApp, host: str):
        self.app = app
        self.names = {"localhost", host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request itself, or hands it on."""
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"error": refusal}, 403, HEADERS)(scope, receive, send)

    def _refusal(self, headers):
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:  # half an address in brackets
            name = ""
        if name not in self.names and not is_address(name):
            return f"This page is served under {' and '.join(sorted(self.names))}. Received: the host {host!r}"
        if origin not in (None, f"http://{host}"):
            return f"This server is for its own page. Received: a request of {origin}"
        return None


def _seed_and_truncation(request):
    """Both from the query of a request; `None` for what it leaves out."""
    kinds = {"seed": int, "truncation": float}
    found: dict[str, Any] = dict.fromkeys(kinds)
    for name, text in request.query_params.items():
        if name not in kinds:
            raise ValueError(f"The query takes `seed` and `truncation`. Received: {name}={text!r}")
        try:
            found[name] = kinds[name](text)
        except ValueError as error:
            raise ValueError(f"`{name}` must be a number. Received: {name}={text!r}") from error
    return found["seed"], found["truncation"]


async def _body(request):
    """The content of a request."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BYTES:
            raise HTTPException(413, f"A request must have at most {MAX_BYTES / 1e6:g} MB.")
    return bytes(content)


async def _json(request):
    """The data in the content of a request."""
    try:
        return json.loads(await _body(request))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The request must be JSON. Received: {error}") from error


async def _refuse(request, error):
    """What is wrong with a request, as JSON."""
    if isinstance(error, HTTPException):
        return JSONResponse({"error": error.detail}, error.status_code, {**(error.headers or {}), **HEADERS})
    return JSONResponse({"error": " ".join(str(error).split())}, 400, HEADERS)
