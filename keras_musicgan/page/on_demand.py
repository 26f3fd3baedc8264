"""Sounds of a page that are rendered when a browser wants them, not beforehand."""

import io
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_musicgan.generation.sample_files import read_latents, save_latents
from keras_musicgan.page.layout import Layout, walk
from keras_musicgan.page.rendering import rendered
from keras_musicgan.utils.checks import check_positive_int, check_seed

LARGEST_SEED = 2**53  # from here on a browser's numbers are no longer exact
MAX_SOUNDS = 64  # latents between which there is a walk
MAX_STEPS = 1000
KEPT = 64  # keyboards, the latest ones
BATCH_SIZE = 32  # clips generated at a time, at least; a keyboard is always one batch
FIELDS = ("latents", "steps", "positions", "conditions")


@dataclass(frozen=True)
class SoundRequest:
    """What a browser wants: the sounds of all keys at some positions of a walk.

    Attributes:
        latents: Those of the positions, float32 `[n, latent_dim]`.
        conditions: The value of each condition that is no key, by name.
    """

    latents: np.ndarray
    conditions: Mapping[str, Any]


class SoundsOnDemand:
    """The sounds of a model's page, all keys at a time in one batch; the latest 64 keyboards are kept.

    It is for one thread at a time.

    Args:
        gan: `MusicGAN`.
        layout: Its keys, and the conditions to choose from.
    """

    def __init__(self, gan: keras.Model, layout: Layout):
        self.gan = gan
        self.layout = layout
        self._kept: OrderedDict[tuple, bytes] = OrderedDict()

    def draw(self, seed: int | None = None, truncation: float | None = None) -> tuple[int, np.ndarray]:
        """A seed, drawn if not given, and its latents `[n_sounds, latent_dim]`.

        Raises:
            ValueError: If a number is out of range.
        """
        seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed
        check_seed("seed", seed, below=LARGEST_SEED)
        return seed, self.gan.sample_latents(self.layout.n_sounds, seed, truncation)

    def open_latents(self, content: bytes) -> np.ndarray:
        """The latents `[n, latent_dim]` in a `latents.npz`; its conditions are left out.

        Raises:
            ValueError: If it holds none, too many, or those of another model.
        """
        return self._checked(read_latents(io.BytesIO(content))[0])

    def request(self, data: object) -> SoundRequest:
        """The request in data from JSON: a dict of the `latents` of sounds, the `steps` of the walk from each to the
        next, `positions` on it, and `conditions`.

        Raises:
            ValueError: If a field is missing, unknown or out of range.
        """
        latents, steps, positions, given = _fields(data, FIELDS).values()
        latents = self._checked(latents)
        check_positive_int("steps", steps)
        if steps > MAX_STEPS:
            raise ValueError(f"`steps` must be at most {MAX_STEPS}. Received: steps={steps}")
        last = (len(latents) - 1) * steps
        known = isinstance(positions, list) and all(type(each) is int and 0 <= each <= last for each in positions)
        if not known or not 0 < len(positions) <= MAX_SOUNDS + 1:
            raise ValueError(
                f"`positions` must be a list of 1 to {MAX_SOUNDS + 1} whole numbers from 0 to {last}. "
                f"Received: positions={positions!r}"
            )
        return SoundRequest(walk(self.gan, latents, steps)[positions], self._conditions(given))

    def render(self, request: SoundRequest) -> bytes:
        """JSON with a list for each position, of the data of the sound of each key, as `sound_data` has it."""
        chosen = tuple(request.conditions.values())
        names = [(latents.tobytes(), *chosen) for latents in request.latents]
        missing = {name: row for row, name in enumerate(names) if name not in self._kept}
        if missing:
            n_keys = self.layout.shape[-1]
            latents = np.repeat(request.latents[[*missing.values()]], n_keys, axis=0)
            conditions = {name: [value] * len(latents) for name, value in request.conditions.items()}
            if self.layout.keys is not None:
                conditions[self.layout.keys.name] = [*self.layout.keys.values] * len(missing)
            sounds = rendered(self.gan, latents, conditions, max(n_keys, BATCH_SIZE))
            for name in missing:
                self._kept[name] = json.dumps([next(sounds) for _ in range(n_keys)], separators=(",", ":")).encode()
        for name in names:
            self._kept.move_to_end(name)
        content = b"[" + b",".join(self._kept[name] for name in names) + b"]"
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return content

    def latents_file(self, data: object) -> bytes:
        """A `latents.npz` of one position and key, from which `musicgan generate --latents` makes the same sound.

        Args:
            data: As for `request`, with the value of the `key`; `None` where the keys are sounds.

        Raises:
            ValueError: As `request` does.
        """
        *data, key = _fields(data, (*FIELDS, "key")).values()
        request = self.request(dict(zip(FIELDS, data, strict=True)))
        conditions = dict(request.conditions)
        if self.layout.keys is not None:
            conditions[self.layout.keys.name] = key
        elif key is not None:
            raise ValueError(f"`key` must be null: the keys of this model are its sounds. Received: key={key!r}")
        latents = request.latents[:1]
        file = io.BytesIO()
        save_latents(file, latents, self.gan.conditions.numbers(conditions, len(latents)))
        return file.getvalue()

    def _checked(self, latents):
        """Latents of sounds as float32."""
        latents = self.gan.check_latents(latents)
        if len(latents) > MAX_SOUNDS:
            raise ValueError(
                f"A page takes at most {MAX_SOUNDS} sounds. Received: {len(latents):,} latents. Choose some of them."
            )
        return latents

    def _conditions(self, given):
        """The value of each condition that is no key."""
        names = [axis.name for axis in self.layout.choices]
        given = _fields(given, names, "conditions")
        return {name: _value(self.gan.conditions[name], value) for name, value in given.items()}


def _fields(data: Any, names: Sequence[str], of: str = "request") -> dict[str, Any]:
    """The fields of data that is an object of exactly these names, in their order."""
    if not isinstance(data, dict) or set(data) != set(names):
        listed = ", ".join(f"`{name}`" for name in names) or "nothing"
        received = ", ".join(f"`{name}`" for name in data) or "none" if isinstance(data, dict) else repr(data)
        raise ValueError(f"The {of} must be an object of {listed}. Received: {received[:200]}")
    return {name: data[name] for name in names}


def _value(condition, given):
    """A value of a condition from JSON: text or a number."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(f"`{condition.name}` must be one value. Received: {condition.name}={given!r}")
    return condition.value(condition.number(given))
