"""MusicGAN: a generator and a discriminator that `model.fit()` trains against each other."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
from keras import ops

from keras_musicgan import latents as latent_vectors
from keras_musicgan.adversarial import DEFAULT_RECIPE, AdversarialModel
from keras_musicgan.checks import check_choice, check_positive_int
from keras_musicgan.conditions import Condition, Conditions
from keras_musicgan.conditions.of_data import conditions_of_data, is_array
from keras_musicgan.generation import Generating
from keras_musicgan.registration import serializable
from keras_musicgan.representations import Representation


@serializable
class MusicGAN(Generating, AdversarialModel):
    """A generative adversarial network for music.

    `fit(x)` takes what the representation encodes: MIDI pitches, piano rolls or audio clips; a model with conditions
    takes `fit(x, y)` with a dict of them. Each step updates the discriminator `discriminator_steps` times on the batch,
    every time with fresh latents, then the generator once. `call`, `predict`, `generate` and the saved file use the
    averaged generator where there is one.

    The logs are the same on every backend: `loss` (the sum of both sides), `discriminator_loss` (with its
    penalties), `generator_loss`, `penalty` (weighted), and the discriminator's mean scores `real_score` and
    `fake_score` and its `real_accuracy` and `fake_accuracy`; for waveforms also `rms` and `silence_rate` of what the
    generator makes; with an auxiliary head also `real_condition_loss` and `fake_condition_loss`, how badly the
    discriminator tells the conditions of real and of generated clips.

    Args:
        generator: Keras model or layer from latents `[batch, latent_dim]`, in a model with conditions followed by their
            vector, `[batch, latent_dim + width]`, to an encoded clip `[batch, *representation.encoded_shape]`.
        discriminator: Keras model or layer from an encoded clip to a score `[batch, 1]`, a logit without sigmoid. In a
            model with conditions it is told them, `[clips, conditions]` with the latter `[batch, width]`, or tells them
            in `[batch, 1 + width]`; `keras_musicgan.networks.judge` ends a network in either way.
        representation: `keras_musicgan.representations.Representation` between music and tensors.
        latent_dim: Length of the latent vector, a positive integer.
        latent_distribution: `"normal"` for N(0, 1) or `"uniform"` for U(−1, 1).
        conditions: What the generator is told and the discriminator judges: `Pitch`, `Tempo`, `Label`, `Value` or
            `(name, options)` pairs.
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
        conditions: Sequence[Condition | tuple[str, dict]] = (),
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
        self.conditions = conditions if isinstance(conditions, Conditions) else Conditions(conditions)
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
            _output_shape("generator", self.averaged_generator, (self.input_dim,))  # builds it
            self.averaged_generator.set_weights(generator.get_weights())
        self.built = True

    @property
    def input_dim(self) -> int:
        """Length of what the generator takes: the latent vector and the conditions' vector."""
        return self.latent_dim + self.conditions.width

    def _build_networks(self):
        """Builds the two networks and checks that they fit the representation, the conditions and each other."""
        clip_shape = tuple(self.representation.encoded_shape)
        generated = _output_shape("generator", self.generator, (self.input_dim,))
        if generated != clip_shape:
            raise ValueError(
                f"The generator must give what the representation encodes, a shape of {clip_shape} per clip. "
                f"Received: a generator that gives {generated}. Change its last layer or the representation."
            )
        width = self.conditions.width
        # A network that takes clips alone must tell their conditions itself.
        self.tells_conditions = bool(width) and len(getattr(self.discriminator, "inputs", None) or (1, 2)) == 1
        expected, taken = (1,), clip_shape
        if self.tells_conditions:
            expected = (1 + width,)
        elif width:
            taken = [clip_shape, (width,)]
        scores = _output_shape("discriminator", self.discriminator, taken)
        if scores != expected:
            asked = "one score per clip, a shape of (1,), as a logit without sigmoid"
            remedy = "End it with `keras.layers.Dense(1)`."
            if self.tells_conditions:
                asked = f"one score per clip and its conditions, a shape of {expected}, or take [clips, conditions]"
                remedy = "End it with `keras_musicgan.networks.judge`."
            raise ValueError(
                f"The discriminator must give {asked}. Received: a discriminator that gives {scores}. {remedy}"
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

    def fit(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.fit`, once the data are looked at.

        Args:
            x: Clips `[n, ...]` as the representation takes them, a `keras.utils.PyDataset` or a `tf.data.Dataset`.
            y: For a model with conditions, and clips as an array: dict of `[n]` by the conditions' names, or of one
                value for all clips. Datasets give such a dict beside each batch of clips, of numbers.
            *args: What else `keras.Model.fit` takes.
            **kwargs: The same, by name.

        Raises:
            ValueError: If a condition is missing, unknown or out of range, or clips and representation differ.
        """
        held_out = kwargs.get("validation_data")
        if isinstance(held_out, (tuple, list)):
            kwargs["validation_data"] = (held_out[0], self._numbers(*held_out[:2]), *held_out[2:])
        numbers = self._numbers(x, y)
        if len(self.conditions):
            known = conditions_of_data(self.conditions, x, numbers)
            if known is not None:
                self.conditions.remember(known)
        if not self.representation.adapted:
            if isinstance(x, Iterator):
                raise ValueError(
                    f"{type(self.representation).__name__} must know statistics of the data before training. Received: "
                    "a generator, which can be read only once. Call `representation.adapt` with clips before `fit`."
                )
            self.representation.adapt(x)
        return super().fit(x, numbers, *args, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.evaluate`; arguments and errors as in `fit`."""
        return super().evaluate(x, self._numbers(x, y), *args, **kwargs)

    def _numbers(self, x, y=None):
        """Conditions of an array of clips as numbers; what belongs to a dataset stays as it is."""
        return conditions_of_data(self.conditions, x, y) if len(self.conditions) and is_array(x) else y

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
            "conditions": [serialize(condition) for condition in self.conditions],
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
        config["conditions"] = [
            keras.saving.deserialize_keras_object(each, custom_objects=custom_objects) for each in config["conditions"]
        ]
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
    several = isinstance(input_shape, list)
    inputs = [keras.KerasTensor((None, *shape)) for shape in (input_shape if several else [input_shape])]
    try:
        return tuple(network(inputs if several else inputs[0]).shape)[1:]
    except ValueError as error:
        raise ValueError(
            f"The {role} must take inputs of shape {input_shape} per clip. Received: one that refuses them: {error}"
        ) from error
