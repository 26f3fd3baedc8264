"""The clips that a representation encodes: their shape, type and numbers, checked before training."""

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

NUMBERS_AT_A_TIME = 2**22


@dataclass(frozen=True)
class ClipForm:
    """What clips must be.

    Args:
        shape: Shape of one clip.
        axes: Names of its axes.
        words: What its numbers are, for messages.
        low: Least number.
        high: Largest number.
        source: Where clips of this shape come from, for messages.
        remedy: What to do with numbers out of range, for messages.
        floating: Whether integers are refused.
    """

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    words: str
    low: float
    high: float
    source: str
    remedy: str
    floating: bool = False

    def check(self, clips: Any, name: str = "x") -> None:
        """Raises ValueError unless clips, an array or a tensor `[n, *shape]`, are as required; `name` is theirs."""
        if isinstance(clips, (list, tuple)) or not hasattr(clips, "shape"):
            several = isinstance(clips, (list, tuple))
            found = f"a {type(clips).__name__}" + (
                f" of {len(clips)}. Join its clips with `np.stack`" if several else ""
            )
            raise ValueError(f"`{name}` must be one array of {self.words}, {self._shape()}. Received: {found}.")
        clips = clips if hasattr(clips, "dtype") else np.asarray(clips)
        self.check_kind(clips.shape, clips.dtype, name)
        if not clips.shape[0]:
            raise ValueError(f"`{name}` must hold at least one clip. Received: 0 clips")
        n = max(NUMBERS_AT_A_TIME // math.prod(self.shape), 1)
        for first in range(0, clips.shape[0], n):
            part = clips[first : first + n]
            part = keras.ops.convert_to_numpy(part) if keras.ops.is_tensor(part) else np.asarray(part)
            if part.dtype.kind not in "biuf":  # bfloat16
                part = part.astype("float32")
            if not (self.low <= part.min() and part.max() <= self.high):  # also where one is NaN
                self._refuse(part, first, name)

    def check_kind(self, shape: Any, dtype: Any, name: str = "x") -> None:
        """Raises ValueError unless this is the shape, whose sizes may be unknown, and the type of such clips."""
        shape = tuple(shape)
        known = zip(shape[1:], self.shape, strict=True) if len(shape) == 1 + len(self.shape) else [(-2, 0)]
        if any(size not in (None, -1, wanted) for size, wanted in known):
            remedy = self.source
            if shape == self.shape:
                remedy = f"Add an axis for the clips: `{name}[None]`."
            elif (*shape[1:], 1) == self.shape:
                remedy = f"Add the axis of channels: `{name}[..., None]`."
            raise ValueError(
                f"`{name}` must hold {self.words} of the shape {self._shape()}. Received: shape {shape}. {remedy}"
            )
        try:
            kind = keras.backend.standardize_dtype(dtype)
        except (TypeError, ValueError):  # objects, text
            kind = str(dtype)
        whole = "int" in kind or kind == "bool"
        if "float" not in kind and (self.floating or not whole):
            scale = " `audio.as_audio` scales integers." if self.floating and whole else ""
            numbers = "floating-point numbers" if self.floating else "numbers"
            raise ValueError(f"`{name}` must hold {self.words} as {numbers}. Received: dtype {kind}.{scale}")

    def _shape(self):
        """The shape of clips in words."""
        return f"[n, {', '.join(map(str, self.shape))}] (clips, {', '.join(self.axes)})"

    def _refuse(self, part, first, name):
        """Raises ValueError about the first number that is wrong."""
        with np.errstate(invalid="ignore"):
            wrong = ~((part >= self.low) & (part <= self.high))
        place = [int(each) for each in np.unravel_index(int(wrong.argmax()), part.shape)]
        number = float(part[tuple(place)])
        index = ", ".join(map(str, (first + place[0], *place[1:])))
        remedy = self.remedy if math.isfinite(number) else "Leave such clips out, or mend what makes them."
        raise ValueError(f"`{name}` must hold {self.words}. Received: {name}[{index}]={number:g}. {remedy}")
