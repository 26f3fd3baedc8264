"""Measures, while a model trains, how near what it makes is to held-out music, and keeps the best model."""

from pathlib import Path

import numpy as np
from keras_musicgan.callbacks.sampling import SamplingCallback

from keras_musicgan import metrics
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.embeddings import Embedding
from keras_musicgan.evaluation import sets
from keras_musicgan.evaluation.evaluate import fitted_embedding
from keras_musicgan.utils.files import replacing

MEASURES = ("quality_kernel", "quality_density", "quality_coverage")
MIN_CLIPS = 16
MIN_HELD_OUT = 8
FITTED = 1000  # training clips that the embedding is fitted to, at most


class AudioQuality(SamplingCallback):
    """Measures the same latents against held-out music at the end of every `every`-th epoch and of the last.

    It adds to the logs of every epoch, those of the last measurement where it does not measure, and NaN before the
    first:

    - `quality_kernel`: the kernel distance to held-out music, lower is better; without bias, so that few clips do;
    - `quality_density` and `quality_coverage`, higher is better: whether what is made lies where held-out music lies,
      and whether all of that is reached.

    Place it before callbacks that read logs, as `keras.callbacks.ModelCheckpoint(path, "quality_kernel", mode="min",
    save_best_only=True)` and `EarlyStopping("quality_kernel", mode="min")` do. Models that are told conditions are told
    those of the held-out music. Sounds are measured in `embeddings.LogMelPatches`, notes in
    `embeddings.NoteStatistics`, fitted to at most 1,000 training clips.

    A measurement takes as long as generating `n` clips and about as long as their spectrograms; on one core, a second
    for 128 clips of a second at 16 kHz besides generating them.

    Args:
        data: Dataset of this package with a `held_out` part.
        n: Number of clips, at least 16.
        every: Epochs from one measurement to the next.
        seed: Seed of the latents.
        best: File to keep the model with the lowest `quality_kernel` in, or `None`.
        embedding: `embeddings.Embedding` to measure in, instead of those.

    Attributes:
        best_epoch: Number of the best epoch so far, counted from 1, or `None`.
        best_value: Its `quality_kernel`, or `None`.

    Raises:
        ValueError: If a number is out of range, or the dataset holds out fewer than 8 clips.

    Example:
        >>> import keras_musicgan as km
        >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=8)
        >>> data = km.datasets.melodies(64, gan, held_out=0.25)
        >>> quality = km.callbacks.AudioQuality(data, every=5)
    """

    def __init__(
        self,
        data: Batches,
        n: int = 128,
        every: int = 1,
        seed: int = 0,
        best: str | Path | None = None,
        embedding: Embedding | None = None,
    ):
        super().__init__(n, every, seed)
        if n < MIN_CLIPS:
            raise ValueError(f"`n` must be at least {MIN_CLIPS}, for sets to be compared. Received: n={n}")
        held_out = 0 if data.held_out is None else data.held_out.n_clips
        if held_out < MIN_HELD_OUT:
            raise ValueError(
                f"`data` must hold out at least {MIN_HELD_OUT} clips to measure against. Received: {held_out} of "
                f"{data.n_clips + held_out} clips. Hold out a larger share (`held_out`), or give more music."
            )
        self.data = data
        self.best = None if best is None else Path(best)
        self.embedding = embedding
        self._references = None
        self._forget()

    def _forget(self):
        self.best_epoch = self.best_value = None
        self._measures = dict.fromkeys(MEASURES, float("nan"))

    def get_state(self):
        """What a training that is continued must know."""
        return {"best_epoch": self.best_epoch, "best_value": self.best_value, "measures": dict(self._measures)}

    def set_state(self, state):
        """Goes on from `get_state`; `Checkpoints` does it once a continued training has begun."""
        self.best_epoch, self.best_value = state["best_epoch"], state["best_value"]
        self._measures = dict(state["measures"])

    def on_train_begin(self, logs=None):
        """Fits the embedding and draws the latents."""
        super().on_train_begin(logs)
        training = sets.from_dataset("training", self.data, self.model, FITTED)
        held_out = sets.from_dataset("held-out", self.data.held_out, self.model, FITTED)
        if self.embedding is None:
            self.embedding = fitted_embedding(training, len(held_out))
        self._references = self._embedded(held_out)
        told = sets.conditions_like(self.model, held_out, self.n)
        self.latents, self.conditions = self.model.draw(self.n, self.seed, **told)

    def on_epoch_end(self, epoch, logs=None):
        """Measures where it is due, and adds the measures to the logs."""
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._measures)

    def on_samples(self, epoch):
        """Measures, and keeps the model where it is the best so far."""
        encoded = self.model.generate_encoded(latents=self.latents, **self.conditions)
        if not np.isfinite(encoded).all():  # the loss of the next epoch will tell
            return
        candidates = self._embedded(sets.from_encoded("generated", encoded, self.model.representation))
        distance = metrics.kernel_distance(candidates, self._references)
        lie = metrics.prdc(candidates, self._references).measures()
        self._measures = dict(zip(MEASURES, (distance, lie["density"], lie["coverage"]), strict=True))
        if self.best_value is None or distance < self.best_value:
            self.best_epoch, self.best_value = epoch, distance
            if self.best is not None:
                with replacing(self.best) as temporary:
                    self.model.save(temporary)

    def _embedded(self, pieces):
        return self.embedding(pieces.music, pieces.sample_rate).mean(axis=1)
