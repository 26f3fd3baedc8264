"""A model of drums without training whose clips have a closed form."""

import numpy as np

from keras_musicgan.conditions import Conditions, Label
from tests.support.sine_instrument import SineInstrument


class DrumKit(SineInstrument):
    """Falling sines, those of the n-th label n octaves above middle C, with partials of the amplitudes |latents|.

    Args:
        labels: Names of the drums; empty for a model without conditions.
        decay: Gain over a second.
        **options: Those of `SineInstrument`.
    """

    def __init__(self, labels=("kick", "snare", "hat"), decay=1e-3, **options):
        super().__init__(low=None, decay=decay, **options)
        self.conditions = Conditions([Label(labels, "drum")] if labels else [])

    def generate(self, n=1, seed=None, latents=None, batch_size=32, truncation=None, **conditions):
        latents = self.sample_latents(n, seed, truncation) if latents is None else latents
        drums = self.conditions.complete(conditions, len(latents), seed).get("drum", np.zeros(len(latents)))
        names = self.conditions["drum"].names if len(self.conditions) else [None]
        self.requests += [(names[int(drum)], tuple(row.tolist())) for drum, row in zip(drums, latents, strict=True)]
        clips = [self._clip(60 + 12 * drum, row) for drum, row in zip(drums, latents, strict=True)]
        return np.stack(clips).astype("float32")
