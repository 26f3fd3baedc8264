"""Measures the distance of generated to held-out music during training, and keeps the best model."""

import warnings
from pathlib import Path

import numpy as np
from keras_musicgan.callbacks.sampling import SamplingCallback

from keras_musicgan import metrics
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.embeddings import Embedding
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.real_music import fitted_embedding
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.evaluation.targets import Targets, shortfall
from keras_musicgan.utils.files import replacing

MEASURES = ("quality_kernel", "quality_density", "quality_coverage")
MIN_CLIPS = 16
MIN_HELD_OUT = 8
MAX_FITTED = 1000  # training clips to fit the embedding to
SAME_SHORTFALL = 0.05  # within which epochs meet their targets alike: rates of 128 clips are uncertain by 3 %
PARTS = 8  # of the training clips, against held-out ones


class QualityWarning(UserWarning):
    """Music in which no quality can be measured, as clips that are all equal."""


class AudioQuality(SamplingCallback):
    """Measures the same latents against held-out music at the end of every `every`-th epoch and of the last.

    It adds these to the logs of every epoch; between measurements those of the last one, before the first NaN:

    - `quality_kernel`: the kernel distance to held-out music, lower is better; it is unbiased, so few clips suffice;
    - `noise_kernel`, from the first epoch on: that of noise as loud as the held-out music, or of its notes shuffled;
    - `data_kernel`, likewise: that of training music, the largest of eight random parts of it, which is how far real
      music is from real music by chance;
    - `quality_density` and `quality_coverage`, higher is better: the share of generated music near held-out music, and
      the share of held-out music near generated music.

    For a model with `Pitch` or `Label` it adds, at the same epochs:

    - `target_pitch_rate`: the share of clips within 50 cents of their target pitch, of audio with a `Pitch`;
    - `target_label_rate`: the share of clips whose class is the target by a linear probe of the training clips, with a
      `Label`, the mean of several;
    - from the first epoch on the same of held-out music, `data_pitch_rate` and `data_label_rate`, the best to be
      expected; and `chance_label_rate`, that of clips that ignore their labels.

    With such targets, the best epoch meets them: its `evaluation.targets` `shortfall` is within 0.05 of the smallest so
    far, by which rates differ by chance. The lower `quality_kernel` decides between such epochs.

    Place it before callbacks that read logs, as `keras.callbacks.ModelCheckpoint(path, "quality_kernel", mode="min",
    save_best_only=True)` and `EarlyStopping("quality_kernel", mode="min")` do. A model with conditions generates with
    those of the held-out music. Audio is measured in `embeddings.LogMelPatches`, notes in `embeddings.NoteStatistics`,
    fitted to at most 1,000 training clips.

    Where the music cannot be measured in, as clips that are all equal, it warns and the measures are NaN.

    A measurement takes the time of generating `n` clips, and for 128 clips of a second at 16 kHz a twentieth of a
    second for their spectrograms and one for their pitches with a `Pitch`, on one core.

    Args:
        data: Dataset of this package with a `held_out` part.
        n: Number of clips, at least 16.
        every: Epochs from one measurement to the next.
        seed: Seed of the latents.
        best: File for the model of the best epoch, or `None`.
        embedding: `embeddings.Embedding` to measure in, instead of these two.

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
        self.best = None if best is None else Path(best).expanduser()
        self.embedding = embedding
        self._references = self._targets = None
        self._reset()

    def _reset(self):
        self.best_epoch = self.best_value = None
        self._best_shortfall = self._least_shortfall = 1.0
        self._measures = dict.fromkeys(MEASURES, float("nan"))

    def get_state(self):
        """The best epoch and the measures so far, for `Checkpoints`."""
        return {
            "best_epoch": self.best_epoch,
            "best_value": self.best_value,
            "best_shortfall": self._best_shortfall,
            "least_shortfall": self._least_shortfall,
            "measures": dict(self._measures),
        }

    def set_state(self, state):
        """Restores `get_state`; `Checkpoints` calls it when a training run is resumed."""
        self.best_epoch, self.best_value = state["best_epoch"], state["best_value"]
        self._best_shortfall = state.get("best_shortfall", 0.0)  # 0.2 measured none
        self._least_shortfall = state.get("least_shortfall", self._best_shortfall)
        self._measures.update(state["measures"])

    def on_train_begin(self, logs=None):
        """Fits the embedding and draws the latents."""
        super().on_train_begin(logs)
        training = MusicSet.from_dataset("training", self.data, self.model, MAX_FITTED)
        held_out = MusicSet.from_dataset("held-out", self.data.held_out, self.model, MAX_FITTED)
        try:
            if self.embedding is None:
                self.embedding = fitted_embedding(training, len(held_out))
            self._references = Features(held_out, self.embedding).vectors
            metrics.kernel_distance(self._references, self._references)
            metrics.prdc(self._references, self._references)
            anchors = Features(held_out.take(range(min(self.n, len(held_out)))), self.embedding)
            known = Features(training, self.embedding)
            self._targets = Targets(self.model.conditions, known, anchors)
            noise = Features(held_out.noise(self.n, self.seed), self.embedding)
            self._measures.update(dict.fromkeys(self._targets.names, float("nan")))
            self._measures["noise_kernel"] = metrics.kernel_distance(noise.vectors, self._references)
            self._measures["data_kernel"] = self._distance_by_chance(known.vectors)
            self._measures.update(self._targets.anchors)
        except ValueError as error:
            self._references = None
            warnings.warn(f"quality is not measured: {error}", QualityWarning, stacklevel=2)
        conditions = held_out.conditions_for(self.model, self.n)
        self.latents, self.conditions = self.model.draw(self.n, self.seed, **conditions)
        self._known = self.model.conditions.values(self.conditions)

    def _distance_by_chance(self, training):
        """The largest kernel distance to held-out music of random parts of training music, of at most `n` clips."""
        rng, n = np.random.default_rng(self.seed), min(self.n, max(len(training) // 2, 2))
        parts = [training[rng.permutation(len(training))[:n]] for _ in range(PARTS)]
        return max(metrics.kernel_distance(part, self._references) for part in parts)

    def on_epoch_end(self, epoch, logs=None):
        """Measures if it is due, and adds the measures to the logs."""
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._measures)

    def on_samples(self, epoch):
        """Measures, and saves the model if it is the best so far."""
        if self._references is None:
            return
        encoded = self.model.generate_encoded(latents=self.latents, **self.conditions)
        if not np.isfinite(encoded).all():  # the loss of the next epoch shows it
            return
        pieces = MusicSet.from_encoded("generated", encoded, self.model.representation, self._known)
        clips = Features(pieces, self.embedding)
        distance = metrics.kernel_distance(clips.vectors, self._references)
        prdc = metrics.prdc(clips.vectors, self._references).measures()
        self._measures.update(zip(MEASURES, (distance, prdc["density"], prdc["coverage"]), strict=True))
        self._measures.update(self._targets.rates(clips))
        missed = shortfall(self._measures)
        self._least_shortfall = min(missed, self._least_shortfall)
        if self._is_better(distance, missed):
            self.best_epoch, self.best_value, self._best_shortfall = epoch, distance, missed
            if self.best is not None:
                with replacing(self.best) as temporary:
                    self.model.save(temporary)

    def _is_better(self, distance, missed):
        """Whether an epoch of this distance and shortfall is better than the best so far."""
        most = self._least_shortfall + SAME_SHORTFALL
        if missed > most:
            return False
        return self.best_value is None or self._best_shortfall > most or distance < self.best_value
