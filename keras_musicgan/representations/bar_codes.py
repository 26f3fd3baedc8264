"""Codes of bars, by an autoencoder that learns from the data before the GAN does."""

import math

import keras
import numpy as np
from keras import layers, ops

from keras_musicgan import backends
from keras_musicgan.processes import on_first
from keras_musicgan.representations.autoencoder import train_autoencoder
from keras_musicgan.representations.base import batches_of_clips
from keras_musicgan.representations.lead_sheet import LeadSheet
from keras_musicgan.representations.outline import outlines
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_memory, check_number, check_positive_int
from keras_musicgan.utils.registration import serializable

MAX_BARS = 2**16  # of the data that an autoencoder learns from, to the end of a batch
DECODED = 256  # bars at a time
ENCODED = 512  # clips at a time: fewer take longer without a compiler


@serializable
class BarCodes(LeadSheet):
    """Bars of a lead sheet, each as a code of `n_codes` numbers with mean 0 and deviation 1: `[batch, bars, n_codes]`.

    `adapt` trains an autoencoder of bars, `fit` does so first where it has not been done. Its decoder writes whole
    notes in time, also from codes with noise, so that a GAN that draws codes learns how bars follow each other instead
    of how to write one. The outline of a bar is a linear function of its code, so that a GAN sees how a melody goes on
    from bar to bar. What the decoder writes is encoded and decoded once more: a code between two bars comes nearer to
    one of them.

    Args:
        *args: As for `PianoRoll`.
        n_codes: Numbers of a code.
        width: Units of the two hidden layers of encoder and decoder.
        noise: Standard deviation of the noise on codes that the decoder learns to undo.
        steps: Training steps of the autoencoder, with 128 bars each.
        **kwargs: As for `PianoRoll`.

    Raises:
        ValueError: If a number is out of range, and those of `PianoRoll`.

    Example:
        >>> BarCodes(bars=2, n_codes=24, width=8).encoded_shape
        (2, 24)

    Reference: GANs on the latents of autoencoders as in Latent Constraints (Engel, Hoffman and Roberts, 2018) and
    Musika (Pasini and Schlüter, 2022); noise on codes as in Denoising Autoencoders (Vincent et al., 2008), which
    draw likelier examples the more often they are applied (Bengio et al., 2013).
    """

    learned = "a code of bars, by an autoencoder"

    def __init__(self, *args, n_codes: int = 48, width: int = 512, noise: float = 0.6, steps: int = 2000, **kwargs):
        super().__init__(*args, **kwargs)
        for name, value in (("n_codes", n_codes), ("width", width), ("steps", steps)):
            check_positive_int(name, value)
        check_number("noise", noise, at_least=0)
        self.n_codes = n_codes
        self.width = width
        self.noise = noise
        self.steps = steps
        self._bar_shape = (self.steps_per_bar, self.encoded_shape[1])
        self.encoded_shape = (self.bars, n_codes)
        n_features = math.prod(self._bar_shape)
        check_memory(f"an autoencoder of width {width}", 32.0 * n_features * width, "Take a smaller `width`.")
        code = [layers.Dense(n_codes), layers.BatchNormalization(center=False, scale=False, momentum=0.98)]
        bar = [layers.Dense(n_features), layers.Reshape(self._bar_shape)]
        self.encoder = keras.Sequential([keras.Input((n_features,)), *self._hidden(), *code], name="encoder")
        self.decoder = keras.Sequential([keras.Input((n_codes,)), *self._hidden(), *bar], name="decoder")
        self.add_adapted()
        self.encoder.trainable = self.decoder.trainable = False  # by the GAN

    def _hidden(self):
        blocks = [(layers.Dense(self.width), layers.LayerNormalization(), layers.LeakyReLU(0.2)) for _ in range(2)]
        return [layer for block in blocks for layer in block]

    def adapt(self, data: np.ndarray | keras.utils.PyDataset) -> None:
        """Trains the autoencoder on the bars of rolls `[n, steps, pitches, tracks]`, or of a dataset of batches."""
        weights = on_first(lambda: backends.on_one_device(lambda: self._train(data)))
        self.encoder.set_weights(weights[0])
        self.decoder.set_weights(weights[1])
        self.mark_adapted()

    def _train(self, data):
        """The weights of encoder and decoder, trained on one device."""
        bars = self._events_of_bars(data)
        targets = outlines(*self._notes_of_bars(bars))
        loss = self._reconstruction_loss
        return train_autoencoder(self.encoder, self.decoder, bars, targets, loss, self.noise, self.steps)

    def _events_of_bars(self, data):
        """Events and rolls of the bars of the first batches with `MAX_BARS`, uint8 `[n, features]`."""
        encode, found = super().call, []
        for clips in batches_of_clips(data):
            clips = np.asarray(ops.convert_to_numpy(clips))
            events = in_batches(lambda part: ops.convert_to_numpy(encode(part)), clips)
            found.append(events.astype("uint8").reshape(-1, math.prod(self._bar_shape)))
            if sum(map(len, found)) >= MAX_BARS:
                break
        return np.concatenate(found)

    def _notes_of_bars(self, bars):
        """The rows in which notes of the melody begin, −1 elsewhere, and the rolls of the chords."""
        melody, chords = super()._split(bars.reshape(-1, *self._bar_shape))
        return np.where(melody < self.n_pitches, melody, -1), chords

    def _reconstruction_loss(self, bars, logits):
        """Cross-entropy of the events of the melody and of the notes of the chords, summed over a bar; the mean."""
        bars = ops.reshape(ops.cast(bars, logits.dtype), (-1, *self._bar_shape))
        n_events = self.n_pitches + 2
        events = bars[..., :n_events] * ops.log_softmax(logits[..., :n_events], axis=-1)
        chords, chord_logits = bars[..., n_events:], logits[..., n_events:]
        notes = ops.softplus(chord_logits) - chords * chord_logits
        return ops.sum(notes, axis=(1, 2)) - ops.sum(events, axis=(1, 2))

    def encode_once(self, data):
        """Codes in place of rolls, of an array or of a dataset in memory without augmentation; others as they are."""
        if isinstance(data, np.ndarray):
            return in_batches(lambda rolls: ops.convert_to_numpy(self(rolls)), data, ENCODED)
        return data.encode_with(self.encode_once) if hasattr(data, "encode_with") else data

    def call(self, x):
        """Rolls `[batch, steps, pitches, tracks]` of 0 and 1 as codes `[batch, bars, n_codes]`; codes as they are."""
        if tuple(x.shape[1:]) == self.encoded_shape:
            return ops.cast(x, self.compute_dtype)
        bars = ops.reshape(super().call(x), (-1, math.prod(self._bar_shape)))
        codes = self.encoder(bars, training=False)
        return ops.cast(ops.reshape(codes, (-1, *self.encoded_shape)), self.compute_dtype)

    def lossless(self) -> LeadSheet:
        """The lead sheet without codes: real music must not be measured as the autoencoder writes it."""
        return LeadSheet.from_config(super().get_config())

    def _split(self, encoded):
        rolls = self.lossless().to_rolls(self._probabilities(encoded))
        return super()._split(self._probabilities(self.encode_once(rolls)))

    def _probabilities(self, encoded):
        """Of the events and of the notes of the chords, `[n, steps, features]`, from codes `[n, bars, n_codes]`."""
        codes = np.asarray(encoded, "float32").reshape(-1, self.n_codes)
        bars = in_batches(lambda part: ops.convert_to_numpy(self.decoder(part, training=False)), codes, DECODED)
        return 1.0 / (1.0 + np.exp(-bars.reshape(-1, self.roll_shape[0], self._bar_shape[1])))

    def get_config(self):
        """Arguments of the constructor."""
        names = ("n_codes", "width", "noise", "steps")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
