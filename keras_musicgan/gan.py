"""MusicGAN: a generator and a discriminator that `model.fit()` trains against each other."""

import functools
import math
import numbers
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from keras_musicgan import backends, fit_inputs
from keras_musicgan.adversarial import recipe as recipes
from keras_musicgan.adversarial.augmentations import Augmentation
from keras_musicgan.adversarial.conditional_discriminator import ConditionalDiscriminator
from keras_musicgan.adversarial.discriminate import discriminate
from keras_musicgan.adversarial.lazy_steps import LazySteps
from keras_musicgan.adversarial.logs import CONDITION_KEYS, GRADIENT_KEYS, LOG_KEYS, resolve_modes
from keras_musicgan.adversarial.losses import AdversarialLoss
from keras_musicgan.adversarial.optimizers import AdversarialOptimizer, portable_config
from keras_musicgan.adversarial.penalties import Penalty
from keras_musicgan.backends.dataset_errors import DatasetErrors
from keras_musicgan.conditions import Condition, Conditions
from keras_musicgan.conditions.from_data import conditions_from_data, is_array
from keras_musicgan.generation import continuous, export, latents, pack, projection, sampling
from keras_musicgan.networks.compatibility import check_augmentable, check_networks, output_shape
from keras_musicgan.presets.build import build
from keras_musicgan.pretrained import catalogue
from keras_musicgan.pretrained.archive import read_archive, read_keras_file
from keras_musicgan.pretrained.card import ENDING
from keras_musicgan.processes.divide import divide_evaluate, divide_fit
from keras_musicgan.processes.group import lost_processes
from keras_musicgan.representations import Representation
from keras_musicgan.utils.checks import check_choice, check_kind, check_positive_int, check_seed, nearest
from keras_musicgan.utils.errors import concise
from keras_musicgan.utils.registration import serializable


@serializable
class MusicGAN(keras.Model):
    """A generative adversarial network for music.

    `fit(x)` takes the music that the representation encodes: MIDI pitches, piano rolls or audio clips. A model with
    conditions takes `fit(x, y)`, with `y` a dict of them. Each step updates the discriminator `discriminator_steps`
    times on the batch, every time with fresh latents, then the generator once. `call`, `predict`, `generate` and the
    saved file use the averaged generator if there is one.

    The logs are the same on every backend: `loss` (the sum of both sides), `discriminator_loss` (with its
    penalties), `generator_loss`, `penalty` (weighted), the discriminator's mean scores `real_score` and
    `fake_score`, and its `real_accuracy` and `fake_accuracy`. Waveform models add `rms` and `silence_rate` of the
    generated clips. Discriminators with an auxiliary head add `real_condition_loss` and `fake_condition_loss`, the
    error of the conditions that they predict for real and for generated clips.

    **Changing the step.** Override `_update_discriminator` or `_update_generator` to change one side. Both take
    encoded real clips and the vector of their conditions (or `None`), and return a dict of logs. To replace the whole
    step, override `train_step(self, data)` under the decorator `keras_musicgan.backends.step`, which adapts its
    signature to JAX. Either way one implementation trains on all three backends.

    Args:
        generator: Keras model or layer from latents `[batch, latent_dim]` to an encoded clip
            `[batch, *representation.encoded_shape]`. In a model with conditions their vector follows the latents:
            `[batch, latent_dim + width]`.
        discriminator: Keras model or layer from an encoded clip to a score `[batch, 1]`, a logit without sigmoid. In a
            model with conditions it either takes `[clips, conditions]`, the latter `[batch, width]`, or predicts them
            beside the score: `[batch, 1 + width]`. `keras_musicgan.networks.conditioning_head` ends a network in
            either way.
        representation: `keras_musicgan.representations.Representation` between music and tensors.
        latent_dim: Length of the latent vector, a positive integer.
        latent_distribution: `"normal"` for N(0, 1) or `"uniform"` for U(−1, 1).
        conditions: Conditions of the generator and the discriminator: `Pitch`, `Tempo`, `Label`, `Value` or
            `(name, options)` pairs.
        ema_momentum: Momentum of the averaged generator in (0, 1), or `None` to train without one. Early in
            training the average follows faster, with momentum (1 + step) / (10 + step) after step number `step`.
        recipe: Dict of default arguments of `compile`, and for datasets and the command line of `batch_size`,
            `epochs` and `pieces`, the number of built-in tunes or sounds. Presets fill it.
        seed: Seed of all random numbers in training: latents, augmentations, points of penalties.
        name: Name of the model.

    Raises:
        ValueError: If a number is out of range or the networks do not fit together.
        TypeError: If a network or the representation is something else.

    Example:
        >>> import keras_musicgan as km
        >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=64)
        >>> gan.compile(optimizer="rmsprop")
        >>> history = gan.fit(km.datasets.melodies(32, gan, seed=1), epochs=1, verbose=0)
        >>> audio = gan.generate(2, seed=1)
        >>> audio.shape[0], audio.dtype.name
        (2, 'float32')

        Another update of the generator: two smaller steps instead of one.

        >>> class TwoSteps(km.MusicGAN):
        ...     def _update_generator(self, real, conditions):
        ...         super()._update_generator(real, conditions)
        ...         return super()._update_generator(real, conditions)
        >>> gan = TwoSteps.from_preset("lecture", latent_dim=64)
        >>> gan.compile(optimizer={"class_name": "Adam", "config": {"learning_rate": 1e-4}})
        >>> history = gan.fit(km.datasets.melodies(32, gan, seed=1), epochs=1, verbose=0)

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
        check_choice("latent_distribution", latent_distribution, latents.DISTRIBUTIONS)
        in_range = isinstance(ema_momentum, numbers.Real) and 0 < ema_momentum < 1
        if ema_momentum is not None and not in_range:
            raise ValueError(
                "`ema_momentum` must lie between 0 and 1, or be None to train without an averaged generator. "
                f"Received: ema_momentum={ema_momentum}"
            )
        check_seed("seed", seed, below=1 + np.iinfo(keras.random.SeedGenerator(0).state.dtype).max)
        for role, part, kind in (
            ("generator", generator, keras.layers.Layer),
            ("discriminator", discriminator, keras.layers.Layer),
            ("representation", representation, Representation),
        ):
            check_kind(role, part, kind)
        self.generator = generator
        self.discriminator = discriminator
        self.representation = representation
        self.latent_dim = latent_dim
        self.latent_distribution = latent_distribution
        self.conditions = conditions if isinstance(conditions, Conditions) else Conditions(conditions)
        self.ema_momentum = ema_momentum
        self.recipe = recipes.complete(recipe)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(None if seed is None else int(seed))
        self.trackers: list[keras.metrics.Metric] = []
        self.due_penalties: tuple[Penalty, ...] | None = None
        self.has_auxiliary_head = check_networks(
            generator, discriminator, representation, self.input_dim, self.conditions.width
        )
        self.averaged_generator = None
        if ema_momentum is not None:
            self.averaged_generator = keras.models.clone_model(generator)
            self.averaged_generator.name = f"averaged_{generator.name}"
            self.averaged_generator.trainable = False
            output_shape("generator", self.averaged_generator, (self.input_dim,))  # builds it
            self.averaged_generator.set_weights(generator.get_weights())
        self.built = True

    def __repr__(self):
        average = "" if self.averaged_generator is None else f", averaged with momentum {self.ema_momentum}"
        return (
            f"<{type(self).__name__} name={self.name}: "
            f"generator with {self.generator.count_params():,} parameters{average}, "
            f"discriminator with {self.discriminator.count_params():,}, "
            f"{self.latent_dim} {self.latent_distribution} latents, "
            f"conditions {list(self.conditions)}, {self.representation!r}>"
        )

    @classmethod
    def from_preset(cls, preset: str, **overrides) -> "MusicGAN":
        """Builds a published or course architecture by name, untrained; `from_pretrained` has trained models.

        Args:
            preset: Name of a preset; `keras_musicgan.presets.PRESETS` and `musicgan presets` list them.
            **overrides: Any argument of `MusicGAN`. `generator` and `discriminator` may be a Keras network or a dict
                of options for the preset's own builder, `representation` a representation or a dict of its options,
                `recipe` a dict of the entries that differ.

        Raises:
            ValueError: If the preset or an option is unknown; the message names the nearest.

        Example:
            >>> import keras_musicgan as km
            >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=64, generator={"units": [128, 256]})
            >>> gan.generator.count_params()
            77324
        """
        return cls(**build(preset, overrides))

    # Training

    @backends.step
    def train_step(self, data):
        """One step on a batch: `discriminator_steps` discriminator updates, one generator update, the average."""
        real, conditions = self._encode(data)
        for _ in range(self.discriminator_steps):
            discriminator_logs = self._update_discriminator(real, conditions)
        generator_logs = self._update_generator(real, conditions)
        self.optimizer.iterations.assign_add(1)
        self._update_averaged_generator()
        return self._log({**discriminator_logs, **generator_logs}, ops.shape(real)[0])

    def _update_discriminator(self, real, conditions):
        """One update of the discriminator, on real clips and as many generated ones; its logs."""
        fake = self.generator(self._draw_inputs(ops.shape(real)[0], conditions), training=True)
        real, fake = self._augment(real), self._augment(ops.stop_gradient(fake))
        discriminator = self._conditioned(conditions)
        mix = self._draw_uniform(ops.shape(real)[0])

        def discriminator_loss():
            # Only real clips train an auxiliary head: generated ones may not match their conditions yet.
            real_scores, condition_loss = discriminator.scores_and_condition_loss(real)
            fake_scores = discriminator(fake)
            penalty = self._penalty(discriminator, real, fake, mix)
            loss = self.adversarial_loss.discriminator_loss(real_scores, fake_scores) + penalty
            loss += self.condition_weight * condition_loss
            logs = {"discriminator_loss": loss, "penalty": penalty, "real_condition_loss": condition_loss}
            return loss, {**logs, **self._score_logs(real_scores, fake_scores)}

        return self._minimize("discriminator", discriminator_loss)

    def _update_generator(self, real, conditions):
        """One update of the generator, on freshly generated clips; its logs."""
        inputs = self._draw_inputs(ops.shape(real)[0], conditions)
        discriminator = self._conditioned(conditions)
        diversity_weight = self.diversity_term.current_weight

        def generator_loss():
            fake = self.generator(inputs, training=True)
            fake_scores, condition_loss = discriminator.scores_and_condition_loss(self._augment(fake))
            real_scores = discriminator(self._augment(real)) if self.adversarial_loss.generator_sees_real else None
            loss = self.adversarial_loss.generator_loss(fake_scores, real_scores)
            loss += self.condition_weight * condition_loss
            if self.diversity_weight:
                loss += self.diversity_term(fake, real, diversity_weight)
            # A ReLU may turn NaN into 0 on some devices; the product keeps a broken generator visible in the logs.
            logs = {"generator_loss": loss + 0.0 * ops.mean(ops.cast(fake, "float32"))}
            return loss, {**logs, "fake_condition_loss": condition_loss, **self.representation.loudness(fake)}

        logs = self._minimize("generator", generator_loss)
        if self.diversity_term.adapts:
            self.diversity_term.adapt(self(inputs), real)
        return logs

    def _update_averaged_generator(self):
        """Moves the averaged generator towards the trained one."""
        if self.averaged_generator is None:
            return
        step = ops.cast(self.optimizer.iterations, "float32")
        momentum = ops.minimum(self.ema_momentum, (1.0 + step) / (10.0 + step))
        for average, current in zip(self.averaged_generator.weights, self.generator.weights, strict=True):
            average.assign(current + ops.cast(momentum, current.dtype) * (average - current))

    @backends.step
    def test_step(self, data):
        """The losses of a batch without an update and without penalties, with the generator that `generate` uses."""
        real, conditions = self._encode(data)
        fake = self(self._draw_inputs(ops.shape(real)[0], conditions))
        discriminator = self._conditioned(conditions)
        real_scores, real_condition_loss = discriminator.scores_and_condition_loss(real, training=False)
        fake_scores, fake_condition_loss = discriminator.scores_and_condition_loss(fake, training=False)
        logs = {
            "discriminator_loss": self.adversarial_loss.discriminator_loss(real_scores, fake_scores)
            + self.condition_weight * real_condition_loss,
            "generator_loss": self.adversarial_loss.generator_loss(fake_scores, real_scores)
            + self.condition_weight * fake_condition_loss,
            "real_condition_loss": real_condition_loss,
            "fake_condition_loss": fake_condition_loss,
            **dict.fromkeys(("penalty", *GRADIENT_KEYS), ops.zeros(())),
            **self._score_logs(real_scores, fake_scores),
            **self.representation.loudness(fake),
        }
        return self._log(logs, ops.shape(real)[0])

    def _encode(self, data):
        """Encoded real clips, and the vector of their conditions or `None`."""
        x, conditions, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if sample_weight is not None:
            raise ValueError("A GAN weighs all clips alike: call `fit(x)` without `sample_weight`. Received: some")
        self.conditions.check_names(conditions)
        return self.representation(x), self.conditions(conditions) if len(self.conditions) else None

    def _draw_inputs(self, batch_size, conditions):
        """Inputs of the generator: fresh latents, followed by the vector of the conditions."""

        def draw(n):
            shape, dtype = (n, self.latent_dim), self.compute_dtype
            if self.latent_distribution == "uniform":
                return keras.random.uniform(shape, -1.0, 1.0, dtype=dtype, seed=self.seed_generator)
            return keras.random.normal(shape, dtype=dtype, seed=self.seed_generator)

        drawn = backends.shard_of(draw, batch_size)
        if conditions is None:
            return drawn
        return ops.concatenate([drawn, ops.cast(conditions, drawn.dtype)], axis=-1)

    def _draw_uniform(self, batch_size):
        """A random number in [0, 1) for each clip, `[batch]` float32."""
        return backends.shard_of(lambda n: keras.random.uniform((n,), seed=self.seed_generator), batch_size)

    def _augment(self, clips):
        for augmentation in self.augmentations:
            clips = augmentation(clips, self._draw_uniform(ops.shape(clips)[0]))
        return clips

    def _conditioned(self, conditions):
        """The discriminator of clips with these conditions, as a function from clips to scores."""
        return ConditionalDiscriminator(self.discriminator, self.conditions, conditions, self.has_auxiliary_head)

    def _penalty(self, discriminator, real, fake, mix):
        """The weighted sum of the penalties that are due, a scalar."""
        if self.due_penalties is None:  # in a loop of one's own each is due in every step
            terms = [penalty.weight * penalty(discriminator, real, fake, mix) for penalty in self.penalties]
        else:
            terms = [penalty.weighted(discriminator, real, fake, mix) for penalty in self.due_penalties]
        return sum(terms, start=ops.zeros(()))

    def _minimize(self, role, loss_fn):
        """One optimizer step of the generator or the discriminator; the logs of its loss."""
        variables = getattr(self, role).trainable_variables
        optimizer = self.optimizer.of(role)
        scale = optimizer.scale_loss(ops.ones(()))
        logs, gradients = backends.minimize(self, loss_fn, variables, optimizer)
        if self.log_gradient_norms:
            gradients = backends.over_all_devices(gradients)
            squares = [ops.sum(ops.square(ops.cast(gradient, "float32"))) for gradient in gradients]
            norm = ops.sqrt(sum(squares)) / scale
            if role in self.optimizer.loss_scales:  # which skips a step without a finite gradient
                norm = ops.where(ops.isfinite(norm), norm, 0.0)
            logs[f"{role}_gradient_norm"] = norm
        return logs

    def _score_logs(self, real_scores, fake_scores):
        real_accuracy, fake_accuracy = self.adversarial_loss.accuracies(real_scores, fake_scores)
        return {
            "real_score": ops.mean(real_scores),
            "fake_score": ops.mean(fake_scores),
            "real_accuracy": real_accuracy,
            "fake_accuracy": fake_accuracy,
        }

    def _log(self, logs, batch_size):
        """Adds the numbers of a batch to the means of the epoch; the means so far."""
        logs["loss"] = logs["discriminator_loss"] + logs["generator_loss"]
        values = backends.mean_over_devices([logs[tracker.name] for tracker in self.trackers])
        for tracker, value in zip(self.trackers, values, strict=True):
            tracker.update_state(value, sample_weight=batch_size)
        return self.get_metrics_result()

    @property
    def metrics(self):
        """The means of the logged numbers."""
        return self.trackers

    @classmethod
    def from_pretrained(cls, name: str | Path) -> "MusicGAN":
        """A trained model, by name or from a file, ready to generate or to be trained further.

        A `.keras` file holds all that training changes. A `.musicgan` file, as those of the package, holds no weights
        of the discriminator: a new one begins, and the generator should wait until it has learned, at a learning rate
        that begins at 0. The command `musicgan train --from` does so.

        Args:
            name: Name of a model that comes with the package, as `musicgan models` lists them; a `.musicgan` file; or
                whatever `keras.saving.load_model` takes: a `.keras` file, or the address of one on a hub.

        Raises:
            FileNotFoundError: If there is neither a model of this name nor such a file.
            ValueError: If the file holds no whole `MusicGAN`.

        Example:
            >>> import keras
            >>> import keras_musicgan as km
            >>> gan = km.MusicGAN.from_pretrained("lecture")
            >>> waiting = keras.optimizers.schedules.PiecewiseConstantDecay([60], [0.0, 4e-5])
            >>> gan.compile(keras.optimizers.Adam(waiting, 0.0, 0.9))
            >>> history = gan.fit(km.datasets.melodies(32, gan, seed=1), epochs=1, verbose=0)
        """
        if not isinstance(name, (str, Path)):
            raise TypeError(f"`name` must be a name or a path. Received: {name!r} of type {type(name).__name__}")
        path = catalogue.find(name) or Path(name).expanduser()
        on_hub = "://" in str(name)
        if not on_hub and not path.is_file():
            raise FileNotFoundError(
                f"A trained model must be one of {', '.join(catalogue.names())}, or a file that exists. "
                f"{nearest(str(name), catalogue.names())}Received: {str(name)!r}"
            )
        if on_hub:
            model = keras.saving.load_model(name)
        else:
            model = read_archive(path) if path.suffix == ENDING else read_keras_file(path)
        if not isinstance(model, cls):
            raise ValueError(
                f"A trained model must be a {cls.__name__}. Received: {str(name)!r}, which holds a "
                f"{type(model).__name__}"
            )
        return model

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        loss: AdversarialLoss | str | None = None,
        penalties: Sequence[Penalty | str | tuple[str, dict]] | None = None,
        discriminator_steps: int | None = None,
        augmentations: Sequence[Augmentation | str | tuple[str, dict]] | None = None,
        condition_weight: float | None = None,
        diversity_weight: float | str | None = None,
        *,
        log_gradient_norms: bool = False,
        optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        run_eagerly: bool = False,
        steps_per_execution: int | None = None,
        jit_compile: bool | str = "auto",
        **unknown,
    ):
        """Configures training. Arguments that are left out come from the model's recipe.

        Under the dtype policy `mixed_float16` each optimizer has a loss scale of its own.

        Args:
            generator_optimizer: Keras optimizer (object, name or config) of the generator.
            discriminator_optimizer: Keras optimizer of the discriminator.
            loss: `"non_saturating"`, `"least_squares"`, `"hinge"`, `"wasserstein"`, `"relativistic"` or a
                `keras_musicgan.losses.AdversarialLoss`.
            penalties: List of `"gradient_penalty"`, `"r1"`, `"r2"`, `"drift"`, of `(name, {"weight": w, "every": k})`
                pairs or of `keras_musicgan.penalties.Penalty` objects; an empty list for none.
            discriminator_steps: Discriminator updates per step, a positive integer.
            augmentations: List of `"shift"`, `"gain"`, `"polarity"`, of `(name, options)` pairs or of
                `keras_musicgan.augmentations.Augmentation` objects, for raw waveforms; an empty list for none.
            condition_weight: Weight, at least 0, of an auxiliary head's error on the conditions: of real clips in the
                discriminator's loss, of generated clips in the generator's.
            diversity_weight: Weight, at least 0, of a term of the generator's loss against mode collapse: the share by
                which generated clips are closer to each other than the real ones of the batch, of two clips or more; 0
                for none, `"adaptive"` for a weight that changes until they are as far apart.
            log_gradient_norms: Whether to log the Euclidean norm of each network's gradient as
                `discriminator_gradient_norm` and `generator_gradient_norm` (0 in validation).
            optimizer: One optimizer for both networks (each gets its own copy), instead of the first two.
            run_eagerly: As in `keras.Model.compile`.
            steps_per_execution: As in `keras.Model.compile`, from the recipe if not given. Must be 1 on PyTorch and
                with lazy penalties.
            jit_compile: As in `keras.Model.compile`, but `"auto"` compiles on TensorFlow without a GPU too, where it
                makes a step up to a third shorter. These last three do not change the result, apart from the random
                numbers that TensorFlow draws, and are not saved with the model.
            **unknown: Other arguments of `keras.Model.compile`, which have no meaning here.

        Raises:
            TypeError: If there is another argument, or one of another type.
            ValueError: If an option is unknown or out of range, if `optimizer` is given together with one
                of the two it replaces, if PyTorch is to compile a penalty, if TensorFlow is to train on several devices
                with a loss scale, `gradient_accumulation_steps` or `ema_overwrite_frequency`, or if augmentations are
                given for another domain.
        """
        recipes.check_no_others(unknown)
        if jit_compile not in (True, False, "auto"):
            raise ValueError(f"`jit_compile` must be True, False or 'auto'. Received: jit_compile={jit_compile!r}")
        resolved = recipes.resolve(
            self.recipe,
            optimizer=optimizer,
            generator_optimizer=generator_optimizer,
            discriminator_optimizer=discriminator_optimizer,
            loss=loss,
            penalties=penalties,
            augmentations=augmentations,
            discriminator_steps=discriminator_steps,
            condition_weight=condition_weight,
            diversity_weight=diversity_weight,
            steps_per_execution=steps_per_execution,
        )
        backends.check_compilable(jit_compile, resolved["penalties"])
        check_augmentable(self.representation, resolved["augmentations"])
        self.adversarial_loss = resolved["loss"]
        self.penalties = resolved["penalties"]
        self.augmentations = resolved["augmentations"]
        self.discriminator_steps = resolved["discriminator_steps"]
        self.condition_weight = resolved["condition_weight"]
        self.diversity_term = resolved["diversity_term"]
        self.log_gradient_norms = log_gradient_norms
        keys = (
            *LOG_KEYS,
            *self.representation.loudness_keys,
            *(CONDITION_KEYS if self.has_auxiliary_head else ()),
            *(GRADIENT_KEYS if log_gradient_norms else ()),
        )
        self.trackers = [keras.metrics.Mean(name=key) for key in keys]
        both = AdversarialOptimizer(
            resolved["generator_optimizer"],
            resolved["discriminator_optimizer"],
            self.generator.trainable_variables,
            self.discriminator.trainable_variables,
            scales_loss=self.dtype_policy.name == "mixed_float16",
            multiplier=self.diversity_term.multiplier,
        )
        for role in ("generator", "discriminator"):
            backends.check_optimizer(self, both.of(role))
        super().compile(
            optimizer=both,
            run_eagerly=run_eagerly,
            steps_per_execution=resolved["steps_per_execution"],
            jit_compile=jit_compile,
            auto_scale_loss=False,
        )
        if jit_compile == "auto" and not run_eagerly and backends.compiles_by_default(self):
            with warnings.catch_warnings(action="ignore"):  # of a layer that cannot be compiled: Keras then does not
                self.jit_compile = True

    @property
    def diversity_weight(self) -> float | str:
        """The weight of the term against mode collapse, or `"adaptive"`."""
        return self.diversity_term.weight

    def make_train_function(self, force=False):
        """As Keras's, with a function for each set of penalties that are due in the same step."""
        if self.train_function is None or force:
            self.train_function = LazySteps(self, functools.partial(super().make_train_function, force=True))
        self.train_function.step = int(ops.convert_to_numpy(self.optimizer.iterations))

    def _maybe_symbolic_build(self, iterator=None, **kwargs):
        """Builds nothing, since all is built: under a strategy Keras would read an epoch of the data for it."""
        backends.read_steadily(iterator)

    def fit(self, x=None, y=None, *args, **kwargs):
        """Checks the data, then trains as `keras.Model.fit`.

        Keras's callbacks follow both networks: `ReduceLROnPlateau` and `LearningRateScheduler` change either learning
        rate, which must be a number and no schedule then, and one that monitors a loss or an accuracy knows whether it
        is better low or high.

        Args:
            x: Clips `[n, ...]` as the representation takes them, a `keras.utils.PyDataset`, a `tf.data.Dataset` or a
                generator. Of an array all clips are checked, of other data the first batch.
            y: For a model with conditions and clips as an array: dict of `[n]` by the conditions' names, or of one
                value for all clips. Datasets give such a dict of numbers beside each batch of clips.
            *args: Further arguments of `keras.Model.fit`, without `class_weight` and `sample_weight`.
            **kwargs: The same, by name.

        Raises:
            ValueError: If the clips do not fit the representation (in shape, type or range, or because they are not
                finite), a condition is missing, unknown or out of range, or a callback is to set a rate that follows a
                schedule.
            Exception: The own error of a dataset or generator that breaks.
        """
        errors = DatasetErrors()
        call = fit_inputs.bound(keras.Model.fit, self, x, y, *args, **kwargs)
        if self.compiled:  # else Keras says so
            fit_inputs.check_callbacks(self, call.arguments.get("callbacks"))
        held_out = call.arguments.get("validation_data")
        if isinstance(held_out, (tuple, list)):
            _, _, weights = keras.utils.unpack_x_y_sample_weight(held_out)
            fit_inputs.check_arguments({"sample_weight": weights})
            fit_inputs.checked(self, held_out[0], "validation_data")
            call.arguments["validation_data"] = (held_out[0], self._numbers(*held_out[:2]))
        elif held_out is not None:
            held_out = fit_inputs.checked(self, held_out, "validation_data")
            call.arguments["validation_data"] = held_out
        if isinstance(x, Iterator) and not self.representation.adapted:
            raise ValueError(
                f"{type(self.representation).__name__} must know statistics of the data before training. Received: "
                "a generator, which can be read only once. Call `representation.adapt` with clips before `fit`."
            )
        call.arguments["x"] = fit_inputs.checked(self, x)
        call.arguments["y"] = self._numbers(x, y)
        if len(self.conditions):
            known = conditions_from_data(self.conditions, x, call.arguments["y"])
            if known is not None:
                self.conditions.remember(known)
        if not self.representation.adapted:
            self.representation.adapt(x)
        resolve_modes(call.arguments.get("callbacks"))
        self._take_no_more_than(call.arguments.get("steps_per_epoch"), call.arguments.get("validation_steps"))
        divide_fit(self, call.arguments)
        for name in ("x", "validation_data"):
            call.arguments[name] = errors.watch(self.representation.encode_once(call.arguments.get(name)))
        with errors.raised(), lost_processes():
            return super().fit(*call.args[1:], **call.kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.evaluate`; arguments and errors as in `fit`."""
        if kwargs.get("_use_cached_eval_dataset"):  # `fit` has checked its `validation_data`
            backends.read_steadily(self._eval_epoch_iterator)
            return super().evaluate(x, y, *args, **kwargs)
        errors = DatasetErrors()
        call = fit_inputs.bound(keras.Model.evaluate, self, x, y, *args, **kwargs)
        call.arguments["x"] = fit_inputs.checked(self, x)
        call.arguments["y"] = self._numbers(x, y)
        self._take_no_more_than(call.arguments.get("steps"))
        divide_evaluate(self, call.arguments)
        call.arguments["x"] = errors.watch(call.arguments["x"])
        with errors.raised(), lost_processes():
            return super().evaluate(*call.args[1:], **call.kwargs)

    def _take_no_more_than(self, *numbers):
        """Takes so few steps per call that given numbers of steps are whole calls: Keras would take more steps."""
        steps = math.gcd(self.steps_per_execution, *filter(None, numbers))
        if steps != self.steps_per_execution:
            self.steps_per_execution = steps
            self.train_function = self.test_function = None  # made for the earlier number

    def train_on_batch(self, x, y=None, *args, **kwargs):
        """As `keras.Model.train_on_batch`; clips and conditions as in `fit`."""
        fit_inputs.checked(self, x)
        return super().train_on_batch(x, self._numbers(x, y), *args, **kwargs)

    def test_on_batch(self, x, y=None, *args, **kwargs):
        """As `keras.Model.test_on_batch`; clips and conditions as in `fit`."""
        fit_inputs.checked(self, x)
        return super().test_on_batch(x, self._numbers(x, y), *args, **kwargs)

    def _numbers(self, x, y=None):
        """Conditions of an array of clips as numbers; those of a dataset are left as they are."""
        if not is_array(x):
            return y
        self.conditions.check_names(y)
        return conditions_from_data(self.conditions, x, y) if len(self.conditions) else None

    # Generation

    def call(self, inputs, training=False):
        """Encoded clips `[batch, *encoded_shape]` by the averaged generator.

        Args:
            inputs: Latents `[batch, latent_dim]`, in a model with conditions followed by their vector:
                `[batch, input_dim]`.
            training: Whether layers behave as in training.
        """
        return self.inference_generator(inputs, training=training)

    @property
    def inference_generator(self) -> keras.layers.Layer:
        """The network that generates outside training: the averaged generator, or the trained one without average."""
        return self.generator if self.averaged_generator is None else self.averaged_generator

    @property
    def input_dim(self) -> int:
        """Length of the generator's input: the latent vector and the conditions' vector."""
        return self.latent_dim + self.conditions.width

    sample_latents = sampling.sample_latents
    check_latents = sampling.check_latents
    draw = sampling.draw
    generator_inputs = sampling.generator_inputs
    generate = sampling.generate
    generate_notes = sampling.generate_notes
    generate_encoded = sampling.generate_encoded
    generate_continuous = continuous.generate_continuous
    project = projection.project
    pack = pack.pack
    export = export.export
    discriminate = discriminate

    # Saving

    def save(self, filepath, *args, **kwargs):
        """As `keras.Model.save`, into a `.keras` file.

        Raises:
            ValueError: If `filepath` has another ending.
        """
        path = os.path.expanduser(filepath)
        if not str(path).endswith(".keras") and not str(path).startswith("hf://") and kwargs.get("zipped", True):
            raise ValueError(
                "A MusicGAN is saved in a `.keras` file, its weights alone in a `.weights.h5` file by `save_weights`. "
                f"Received: filepath={str(filepath)!r}. Change the ending."
            )
        super().save(path, *args, **kwargs)

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
        """Rebuilds the model from its configuration.

        Raises:
            ValueError: If the configuration is not one of a model.
        """
        try:
            serialized = {part: config[part] for part in ("generator", "discriminator", "representation", "conditions")}
            rebuilt = keras.saving.deserialize_keras_object(serialized, custom_objects=custom_objects)
            rebuilt["conditions"] = Conditions(rebuilt["conditions"], any_names=True)
            return cls(**{**config, **rebuilt})
        except (AttributeError, KeyError, TypeError) as error:  # Keras would add the whole configuration
            raise ValueError(
                f"A saved {cls.__name__} must have a whole configuration. Received: one that ends in: {concise(error)}"
            ) from error

    def get_compile_config(self):
        """Everything that `compile_from_config` needs to go on training."""
        if not self.compiled:
            return {}
        serialize = keras.saving.serialize_keras_object
        return {
            "generator_optimizer": portable_config(self.optimizer.generator),
            "discriminator_optimizer": portable_config(self.optimizer.discriminator),
            "loss": serialize(self.adversarial_loss),
            "penalties": [serialize(penalty) for penalty in self.penalties],
            "augmentations": [serialize(augmentation) for augmentation in self.augmentations],
            "discriminator_steps": self.discriminator_steps,
            "condition_weight": self.condition_weight,
            "diversity_weight": self.diversity_weight,
            "log_gradient_norms": self.log_gradient_norms,
        }

    def compile_from_config(self, config):
        """Compiles a reloaded model as it was compiled."""
        self.compile(**keras.saving.deserialize_keras_object(config))

    def save_own_variables(self, store):
        """Saves the random states beside the weights, so that continued training draws the same numbers."""
        for index, state in enumerate(self._random_states()):
            store[f"random_state_{index}"] = np.asarray(ops.convert_to_numpy(state), "int64")

    def load_own_variables(self, store):
        """Loads the random states."""
        for index, state in enumerate(self._random_states()):
            state.assign(np.asarray(store[f"random_state_{index}"]).astype(state.dtype))

    def _random_states(self):
        return [variable for variable in self.non_trainable_variables if variable.name == "seed_generator_state"]
