"""What a trained model makes: clips, notes, scores of clips, files for other programs."""

import dataclasses
from pathlib import Path

import numpy as np
from keras import ops

from keras_musicgan import latents as latent_vectors
from keras_musicgan import synth
from keras_musicgan.checks import check_positive_int
from keras_musicgan.continuous import continuous
from keras_musicgan.export import export_audio
from keras_musicgan.losses import LOSSES
from keras_musicgan.notes import Notes
from keras_musicgan.projection import Projection, project
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.told_discriminator import ToldDiscriminator


class Generating:
    """The part of `MusicGAN` that makes things with trained networks."""

    def call(self, inputs, training=False):
        """Encoded clips `[batch, *encoded_shape]` by the averaged generator.

        Args:
            inputs: Latents `[batch, latent_dim]`, in a model with conditions followed by their vector:
                `[batch, input_dim]`.
            training: Whether layers behave as in training.
        """
        network = self.generator if self.averaged_generator is None else self.averaged_generator
        return network(inputs, training=training)

    def sample_latents(self, n: int, seed: int | None = None, truncation: float | None = None) -> np.ndarray:
        """Latents as training draws them, `[n, latent_dim]` float32; `latents.draw` has the details."""
        return latent_vectors.draw(n, self.latent_dim, self.latent_distribution, seed, truncation)

    def check_latents(self, latents: np.ndarray) -> np.ndarray:
        """The latents as float32, or a ValueError unless they are finite and of shape `[n, latent_dim]`."""
        latents = np.asarray(latents, "float32")
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim or not len(latents):
            raise ValueError(f"`latents` must have shape (n, {self.latent_dim}). Received: shape {latents.shape}")
        if not np.isfinite(latents).all():
            raise ValueError("`latents` must be finite numbers. Received: latents with NaN or infinity")
        return latents

    def generate(
        self,
        n: int | None = None,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
        **conditions,
    ) -> np.ndarray:
        """Makes audio.

        Args:
            n: Number of clips; if not given, as many as there are latents or values of a condition, or one.
            seed: Seed of the latents, and of the conditions that are left out; the same seed gives the same clips on
                every backend.
            latents: Latents `[n, latent_dim]` to use instead of drawn ones, such as those of `latents.interpolate`;
                `truncation` is then not used.
            batch_size: Clips generated at a time.
            truncation: Largest number in drawn latents, for more typical and less varied results, or `None`.
            **conditions: What the model is told, by name: one value for all clips, or one for each, as in
                `generate(3, pitch=[60, 64, 67], label="flute")`. What is left out is drawn as the training data
                have it.

        Returns:
            float32 `[n, samples, channels]` in [−1, 1] at `representation.sample_rate` Hz.

        Raises:
            ValueError: If a number is out of range, the latents have another shape or hold NaN, or a condition is
                unknown to the model, out of range or of another length.
        """
        latents, numbers = self.draw(n, seed, latents, truncation, **conditions)
        encoded = self.generate_encoded(latents=latents, batch_size=batch_size, **numbers)
        if "tempo" in numbers and isinstance(self.representation, NotesRepresentation):
            return _side_by_side(
                [synth.render(notes, self.representation.sample_rate) for notes in self._notes(encoded, numbers)]
            )
        return self.representation.decode(encoded)

    def generate_notes(
        self,
        n: int | None = None,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
        **conditions,
    ) -> list[Notes]:
        """Makes pieces in the notes domain, for `midi.write` and `synth.render`.

        Args: as in `generate`. Pieces of a model that is told `tempo` have it.

        Returns:
            List of `n` `keras_musicgan.notes.Notes`.

        Raises:
            TypeError: If the model's representation is not one of notes.
        """
        if not isinstance(self.representation, NotesRepresentation):
            raise TypeError(
                "`generate_notes` needs a model of the notes domain. Received: a model whose representation is "
                f"{type(self.representation).__name__}. Use `generate` for audio."
            )
        latents, numbers = self.draw(n, seed, latents, truncation, **conditions)
        return self._notes(self.generate_encoded(latents=latents, batch_size=batch_size, **numbers), numbers)

    def generate_encoded(
        self,
        n: int | None = None,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
        **conditions,
    ) -> np.ndarray:
        """Encoded clips as the generator gives them, float32 `[n, *encoded_shape]`; arguments as in `generate`."""
        check_positive_int("batch_size", batch_size)
        latents, numbers = self.draw(n, seed, latents, truncation, **conditions)
        inputs = self.generator_inputs(latents, numbers)
        outputs = []
        for first in range(0, len(inputs), batch_size):
            batch = inputs[first : first + batch_size]
            # A constant batch shape is compiled once, so the last batch is filled up.
            filled = np.resize(batch, (min(batch_size, len(inputs)), self.input_dim))
            outputs.append(np.asarray(self.predict_on_batch(filled), "float32")[: len(batch)])
        return np.concatenate(outputs)

    def draw(
        self,
        n: int | None = None,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        truncation: float | None = None,
        **conditions,
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The latents and all conditions that `generate` makes clips of; arguments as there.

        Returns:
            Latents float32 `[n, latent_dim]`, and a dict of float32 `[n]` by the conditions' names, empty for a model
            without: `conditions.values` tells what the numbers stand for, and `generate` takes them as they are.
        """
        given = self.conditions.numbers(conditions)
        if latents is None:
            n = max((len(values) for values in given.values()), default=1) if n is None else n
            latents = self.sample_latents(n, seed, truncation)
        latents = self.check_latents(latents)
        if n not in (None, len(latents)):
            raise ValueError(f"`n` must be the number of latents, {len(latents)}, or be left out. Received: n={n}")
        return latents, self.conditions.complete(conditions, len(latents), seed)

    def generator_inputs(self, latents: np.ndarray, numbers: dict[str, np.ndarray]) -> np.ndarray:
        """What the generator takes, float32 `[n, input_dim]`, of what `draw` gives."""
        if not len(self.conditions):
            return latents
        return np.concatenate([latents, ops.convert_to_numpy(self.conditions(numbers))], axis=1)

    def discriminate(self, x: np.ndarray, batch_size: int = 32, **conditions) -> np.ndarray:
        """Probability that each clip is real, as the lecture's sigmoid output: float32 `[n, 1]` in [0, 1].

        For losses other than `non_saturating` and `least_squares` it ranks clips but is not calibrated. A network
        that looks at batches as a whole, as that of `pianoroll` does, scores a clip by its company too.

        Args:
            x: Clips as `fit` takes them, `[n, ...]`.
            batch_size: Clips scored at a time.
            **conditions: What the clips are said to be, all that the model is told.

        Raises:
            ValueError: If there is no clip, the batch size is not positive, or a condition is missing.
        """
        check_positive_int("batch_size", batch_size)
        if not len(x):
            raise ValueError("`x` must hold at least one clip. Received: 0 clips")
        told = None
        if len(self.conditions):
            self.conditions.check_names(conditions)
            told = self.conditions(self.conditions.numbers(conditions, len(x)))
        loss = self.adversarial_loss if self.compiled else LOSSES["non_saturating"]()
        probabilities = []
        for first in range(0, len(x), batch_size):
            part = slice(first, first + batch_size)
            judge = ToldDiscriminator(self.discriminator, None if told is None else told[part], self.tells_conditions)
            score = judge(self.representation(ops.convert_to_tensor(x[part])), training=False)
            probabilities.append(ops.convert_to_numpy(loss.probability(score)))
        return np.concatenate(probabilities)

    def generate_continuous(self, seconds: float, seed: int | None = None, **options) -> np.ndarray:
        """Makes music of any length without audible seams, along a path of latents.

        Args:
            seconds: Length, above 0.
            seed: Seed of the latents and of conditions that are drawn.
            **options: What else `keras_musicgan.continuous.continuous` takes, conditions among them.

        Returns:
            float32 `[seconds · sample_rate, channels]` in [−1, 1].

        Raises:
            ValueError: If an option is out of range, a condition unknown, or the model gives nothing but silence.
        """
        return continuous(self, seconds, seed, **options)

    def project(self, audio: np.ndarray, sample_rate: int | None = None, **options) -> Projection:
        """Searches the latents, and the conditions that are not given, whose output is nearest to a clip.

        Args:
            audio: `[samples]` or `[samples, channels]`.
            sample_rate: Its rate in Hz; the model's own if not given.
            **options: What else `keras_musicgan.projection.project` takes, conditions among them.

        Returns:
            A `keras_musicgan.projection.Projection`: latents, conditions, distance in dB, the sound itself.

        Raises:
            TypeError: If the model is not one of audio.
            ValueError: If the clip is empty, silent or not finite, or an option is out of range.
        """
        return project(self, audio, sample_rate, **options)

    def export(self, filepath: str | Path, format: str = "tf_saved_model", overwrite: bool = False, **options) -> None:
        """Writes generation, from latents (and conditions) to audio, as a file that runs without this package.

        Args: as in `keras_musicgan.export.export_audio`, which tells the formats and their backends.

        Raises:
            TypeError: If the model's representation is not one of audio.
            ValueError: If the backend lacks the format, or the ending of `filepath` is not the format's.
            ImportError: If a package that the format needs is missing.
            FileExistsError: If `filepath` exists and must not or cannot be replaced.
            RuntimeError: If the network holds something that the format cannot express.
        """
        export_audio(self, filepath, format, overwrite, **options)

    def _notes(self, encoded, numbers):
        """Notes of encoded clips, at the tempo that they were made for."""
        pieces = self.representation.to_notes(encoded)
        if "tempo" not in numbers:
            return pieces
        return [dataclasses.replace(piece, tempo=float(t)) for piece, t in zip(pieces, numbers["tempo"], strict=True)]


def _side_by_side(clips):
    """Clips of different lengths as one array, the shorter ones filled with zeros."""
    result = np.zeros((len(clips), max(map(len, clips)), clips[0].shape[1]), "float32")
    for row, clip in zip(result, clips, strict=True):
        row[: len(clip)] = clip
    return result
