"""MusicGAN: a generator and a discriminator that `model.fit()` trains against each other."""

from pathlib import Path

import keras
import numpy as np
from keras import ops

from keras_musicgan import latents as latent_vectors
from keras_musicgan.adversarial import DEFAULT_RECIPE, AdversarialModel
from keras_musicgan.checks import check_choice, check_positive_int
from keras_musicgan.export import export_audio
from keras_musicgan.losses import LOSSES
from keras_musicgan.notes import Notes
from keras_musicgan.registration import serializable
from keras_musicgan.representations import NotesRepresentation, Representation


@serializable
class MusicGAN(AdversarialModel):
    """A generative adversarial network for music.

    `fit(x)` takes what the representation encodes: MIDI pitches, piano rolls or audio clips. Each step updates
    the discriminator `discriminator_steps` times on the batch, every time with fresh latents, then the generator
    once. `call`, `predict`, `generate` and the saved file use the averaged generator where there is one.

    The logs are the same on every backend: `loss` (the sum of both sides), `discriminator_loss` (with its
    penalties), `generator_loss`, `penalty` (weighted), and the discriminator's mean scores `real_score` and
    `fake_score` and its `real_accuracy` and `fake_accuracy`; for waveforms also `rms` and `silence_rate` of what the
    generator makes.

    Args:
        generator: Keras model or layer from latents `[batch, latent_dim]` to an encoded clip
            `[batch, *representation.encoded_shape]`.
        discriminator: Keras model or layer from an encoded clip to a score `[batch, 1]`, a logit without sigmoid.
        representation: `keras_musicgan.representations.Representation` between music and tensors.
        latent_dim: Length of the latent vector, a positive integer.
        latent_distribution: `"normal"` for N(0, 1) or `"uniform"` for U(−1, 1).
        ema_momentum: Momentum of the averaged generator in (0, 1), or `None` to train without one. Early in
            training the average follows faster, with momentum (1 + step) / (10 + step) after
            step number `step`.
        recipe: Dict of the arguments that `compile` takes when they are not given, and for datasets and the command
            line of `batch_size`, `epochs` and `pieces`, the number of built-in tunes or sounds. Presets fill it.
        seed: Seed of everything drawn in training: latents, augmentations, points of penalties.
        name: Name of the model.

    Raises:
        ValueError: If a number is out of range or the networks do not fit together.

    Example:
        >>> import keras_musicgan as km
        >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=64)
        >>> gan.compile(optimizer="rmsprop")
        >>> history = gan.fit(km.datasets.melodies(32, gan, seed=1), epochs=1, verbose=0)
        >>> audio = gan.generate(2, seed=1)
        >>> audio.shape[0], audio.dtype.name
        (2, 'float32')

    Reference: Generative Adversarial Nets (Goodfellow et al., 2014).
    """

    def __init__(
        self,
        generator: keras.layers.Layer,
        discriminator: keras.layers.Layer,
        representation: Representation,
        latent_dim: int,
        latent_distribution: str = "normal",
        ema_momentum: float | None = 0.999,
        recipe: dict | None = None,
        seed: int = 0,
        name: str = "music_gan",
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        check_positive_int("latent_dim", latent_dim)
        check_choice("latent_distribution", latent_distribution, latent_vectors.DISTRIBUTIONS)
        if ema_momentum is not None and not 0 < ema_momentum < 1:
            raise ValueError(
                "`ema_momentum` must lie between 0 and 1, or be None to train without an averaged generator. "
                f"Received: ema_momentum={ema_momentum}"
            )
        self.generator = generator
        self.discriminator = discriminator
        self.representation = representation
        self.latent_dim = latent_dim
        self.latent_distribution = latent_distribution
        self.ema_momentum = ema_momentum
        self.recipe = {**DEFAULT_RECIPE, **(recipe or {})}
        for number in ("batch_size", "epochs", "pieces"):
            check_positive_int(number, self.recipe[number])
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self._build_networks()
        self.averaged_generator = None
        if ema_momentum is not None:
            self.averaged_generator = keras.models.clone_model(generator)
            self.averaged_generator.trainable = False
            _output_shape("generator", self.averaged_generator, (latent_dim,))  # builds it
            self.averaged_generator.set_weights(generator.get_weights())
        self.built = True

    def _build_networks(self):
        """Builds the two networks and checks that they fit the representation and each other."""
        clip_shape = tuple(self.representation.encoded_shape)
        generated = _output_shape("generator", self.generator, (self.latent_dim,))
        if generated != clip_shape:
            raise ValueError(
                f"The generator must give what the representation encodes, a shape of {clip_shape} per clip. "
                f"Received: a generator that gives {generated}. Change its last layer or the representation."
            )
        scores = _output_shape("discriminator", self.discriminator, clip_shape)
        if scores != (1,):
            raise ValueError(
                "The discriminator must give one score per clip, a shape of (1,), as a logit without sigmoid. "
                f"Received: a discriminator that gives {scores}. End it with `keras.layers.Dense(1)`."
            )
        last = getattr(self.discriminator, "layers", [None])[-1]
        if getattr(last, "activation", None) is keras.activations.sigmoid:
            raise ValueError(
                "The discriminator must end in a logit: the loss applies the sigmoid, and `discriminate` gives the "
                f"probability. Received: a last layer {last.name!r} with activation 'sigmoid'. Remove the activation."
            )

    @classmethod
    def from_preset(cls, preset: str, **overrides) -> "MusicGAN":
        """Builds a published or course architecture by name.

        Args:
            preset: Name of a preset; `keras_musicgan.presets.PRESETS` and `musicgan presets` list them.
            **overrides: What to change. Any argument of `MusicGAN`; `generator` and `discriminator` may be a
                Keras network or a dict of options for the preset's own builder, `representation` a
                representation or a dict of its options, `recipe` a dict of what differs.

        Raises:
            ValueError: If the preset or an option is unknown; the message names the nearest.

        Example:
            >>> import keras_musicgan as km
            >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=64, generator={"units": [128, 256]})
            >>> gan.generator.count_params()
            74240
        """
        from keras_musicgan.presets import build

        return cls(**build(preset, overrides))

    def call(self, latents, training=False):
        """Encoded clips `[batch, *encoded_shape]` for latents `[batch, latent_dim]`, by the averaged generator."""
        network = self.generator if self.averaged_generator is None else self.averaged_generator
        return network(latents, training=training)

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
        n: int = 1,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
    ) -> np.ndarray:
        """Makes audio.

        Args:
            n: Number of clips.
            seed: Seed of the latents; the same seed gives the same clips on every backend.
            latents: Latents `[n, latent_dim]` to use instead of drawn ones, such as those of `latents.interpolate`;
                `n`, `seed` and `truncation` are then not used.
            batch_size: Clips generated at a time.
            truncation: Largest number in drawn latents, for more typical and less varied results, or `None`.

        Returns:
            float32 `[n, samples, channels]` in [−1, 1] at `representation.sample_rate` Hz.

        Raises:
            ValueError: If a number is out of range or the latents have another shape or hold NaN.
        """
        return self.representation.decode(self.generate_encoded(n, seed, latents, batch_size, truncation))

    def generate_notes(
        self,
        n: int = 1,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
    ) -> list[Notes]:
        """Makes pieces in the notes domain, for `midi.write` and `synth.render`.

        Args: as in `generate`.

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
        return self.representation.to_notes(self.generate_encoded(n, seed, latents, batch_size, truncation))

    def discriminate(self, x: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Probability that each clip is real, as the lecture's sigmoid output: float32 `[n, 1]` in [0, 1].

        For losses other than `non_saturating` and `least_squares` it ranks clips but is not calibrated. A network
        that looks at batches as a whole, as that of `pianoroll` does, scores a clip by its company too.

        Args:
            x: Clips as `fit` takes them, `[n, ...]`.
            batch_size: Clips scored at a time.

        Raises:
            ValueError: If there is no clip or the batch size is not positive.
        """
        check_positive_int("batch_size", batch_size)
        if not len(x):
            raise ValueError("`x` must hold at least one clip. Received: 0 clips")
        loss = self.adversarial_loss if self.compiled else LOSSES["non_saturating"]()
        scores = [
            self._score(self.representation(ops.convert_to_tensor(x[first : first + batch_size])), training=False)
            for first in range(0, len(x), batch_size)
        ]
        return np.concatenate([ops.convert_to_numpy(loss.probability(score)) for score in scores])

    def generate_encoded(
        self,
        n: int = 1,
        seed: int | None = None,
        latents: np.ndarray | None = None,
        batch_size: int = 32,
        truncation: float | None = None,
    ) -> np.ndarray:
        """Encoded clips as the generator gives them, float32 `[n, *encoded_shape]`; arguments as in `generate`."""
        check_positive_int("batch_size", batch_size)
        if latents is None:
            latents = self.sample_latents(n, seed, truncation)
        latents = self.check_latents(latents)
        outputs = []
        for first in range(0, len(latents), batch_size):
            batch = latents[first : first + batch_size]
            # A constant batch shape is compiled once, so the last batch is filled up.
            filled = np.resize(batch, (min(batch_size, len(latents)), self.latent_dim))
            outputs.append(np.asarray(self.predict_on_batch(filled), "float32")[: len(batch)])
        return np.concatenate(outputs)

    def export(self, filepath: str | Path, format: str = "tf_saved_model", overwrite: bool = False, **options) -> None:
        """Writes generation, from latents to audio, as a file that runs without this package.

        Args: as in `keras_musicgan.export.export_audio`, which tells the formats and their backends.

        Raises:
            TypeError: If the model's representation is not one of audio.
            ValueError: If the backend lacks the format, or the ending of `filepath` is not the format's.
            ImportError: If a package that the format needs is missing.
            FileExistsError: If `filepath` exists and must not or cannot be replaced.
            RuntimeError: If the network holds something that the format cannot express.
        """
        export_audio(self, filepath, format, overwrite, **options)

    def get_config(self):
        """Everything that `from_config` needs to rebuild the model."""
        serialize = keras.saving.serialize_keras_object
        return {
            "name": self.name,
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "representation": serialize(self.representation),
            "latent_dim": self.latent_dim,
            "latent_distribution": self.latent_distribution,
            "ema_momentum": self.ema_momentum,
            "recipe": self.recipe,
            "seed": self.seed,
            "dtype": keras.dtype_policies.serialize(self.dtype_policy),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Rebuilds the model from its configuration."""
        config = dict(config)
        for part in ("generator", "discriminator", "representation"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects=custom_objects)
        return cls(**config)

    def save_own_variables(self, store):
        """Saves the random states beside the weights, so that continued training draws what it would have drawn."""
        for index, state in enumerate(self._random_states()):
            store[f"random_state_{index}"] = np.asarray(ops.convert_to_numpy(state), "int64")

    def load_own_variables(self, store):
        """Loads the random states."""
        for index, state in enumerate(self._random_states()):
            state.assign(np.asarray(store[f"random_state_{index}"]).astype(state.dtype))

    def _random_states(self):
        return [variable for variable in self.non_trainable_variables if variable.name == "seed_generator_state"]


def _output_shape(role, network, input_shape):
    """Shape of a network's output for one clip, building the network where it is not yet built."""
    try:
        return tuple(network(keras.KerasTensor((None, *input_shape))).shape)[1:]
    except ValueError as error:
        raise ValueError(
            f"The {role} must take inputs of shape {input_shape} per clip. Received: one that refuses them: {error}"
        ) from error
