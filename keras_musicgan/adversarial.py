"""How two networks are trained against each other: the adversarial step, written once for all backends."""

import functools
from collections.abc import Sequence

import keras
from keras import ops

from keras_musicgan import backends
from keras_musicgan.augmentations import AUGMENTATIONS, Augmentation
from keras_musicgan.checks import check_number, check_positive_int, get_by_name
from keras_musicgan.losses import LOSSES, AdversarialLoss
from keras_musicgan.optimizers import AdversarialOptimizer, portable_config
from keras_musicgan.penalties import PENALTIES, Penalty
from keras_musicgan.representations import Waveform
from keras_musicgan.told_discriminator import ToldDiscriminator

DEFAULT_RECIPE = {
    "generator_optimizer": {"class_name": "Adam", "config": {"learning_rate": 2e-4, "beta_1": 0.5}},
    "discriminator_optimizer": {"class_name": "Adam", "config": {"learning_rate": 2e-4, "beta_1": 0.5}},
    "loss": "non_saturating",
    "penalties": [],
    "augmentations": [],
    "discriminator_steps": 1,
    "condition_weight": 10.0,
    "batch_size": 32,
    "epochs": 20,
    "pieces": 256,
}
LOG_KEYS = (
    "loss",
    "discriminator_loss",
    "generator_loss",
    "penalty",
    "real_score",
    "fake_score",
    "real_accuracy",
    "fake_accuracy",
)
GRADIENT_KEYS = ("discriminator_gradient_norm", "generator_gradient_norm")
CONDITION_KEYS = ("real_condition_loss", "fake_condition_loss")


class AdversarialModel(backends.AdversarialTrainer, keras.Model):
    """A Keras model whose step updates a discriminator and a generator in turns.

    `MusicGAN`, which extends it, sets `generator`, `averaged_generator` (or `None`), `discriminator`,
    `representation`, `conditions`, `tells_conditions`, `latent_dim`, `latent_distribution`,
    `ema_momentum`, `recipe` and `seed_generator`.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.trackers = []

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        loss: AdversarialLoss | str | None = None,
        penalties: Sequence[Penalty | str | tuple[str, dict]] | None = None,
        discriminator_steps: int | None = None,
        augmentations: Sequence[Augmentation | str | tuple[str, dict]] | None = None,
        condition_weight: float | None = None,
        *,
        log_gradient_norms: bool = False,
        optimizer: keras.optimizers.Optimizer | str | dict | None = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
    ):
        """Configures training. What is not given comes from the model's recipe.

        Args:
            generator_optimizer: Keras optimizer (object, name or config) of the generator.
            discriminator_optimizer: Keras optimizer of the discriminator.
            loss: `"non_saturating"`, `"least_squares"`, `"hinge"`, `"wasserstein"`, `"relativistic"` or a
                `keras_musicgan.losses.AdversarialLoss`.
            penalties: List of `"gradient_penalty"`, `"r1"`, `"r2"`, of `(name, {"weight": w, "every": k})` pairs or
                of `keras_musicgan.penalties.Penalty` objects; an empty list for none.
            discriminator_steps: Discriminator updates per step, a positive integer.
            augmentations: List of `"shift"`, `"gain"`, `"polarity"`, of `(name, options)` pairs or of
                `keras_musicgan.augmentations.Augmentation` objects, for raw waveforms; an empty list for none.
            condition_weight: Weight, at least 0, of how well the discriminator tells the conditions of real clips, and
                of how well it can tell those of generated ones, beside the loss of either network; for a
                discriminator with an auxiliary head.
            log_gradient_norms: Whether the logs tell the Euclidean norm of each network's gradient, as
                `discriminator_gradient_norm` and `generator_gradient_norm` (0 in validation, where none is taken).
            optimizer: One optimizer for both networks (each gets its own copy), instead of the first two.
            run_eagerly: As in `keras.Model.compile`.
            steps_per_execution: As in `keras.Model.compile`; must be 1 on PyTorch.
            jit_compile: As in `keras.Model.compile`. The last three say how to run, not what to train, so they
                are not saved with the model.

        Raises:
            ValueError: If an option is unknown or out of range, if `optimizer` is given together with one
                of the two it replaces, under the policy `mixed_float16` (use `mixed_bfloat16`), if PyTorch is to
                compile a penalty, or if augmentations are given for another domain.
        """
        if self.dtype_policy.name == "mixed_float16":
            raise ValueError(
                "A MusicGAN trains in float32 or under `mixed_bfloat16`: two optimizers cannot share a loss scale. "
                "Received: dtype policy 'mixed_float16'. Call `keras.config.set_dtype_policy('mixed_bfloat16')`."
            )
        if optimizer is not None:
            if generator_optimizer is not None or discriminator_optimizer is not None:
                raise ValueError(
                    "`optimizer` is for both networks: give it alone, or give `generator_optimizer` and "
                    f"`discriminator_optimizer`. Received: optimizer={optimizer!r} beside one of them."
                )
            generator_optimizer = discriminator_optimizer = optimizer

        def given(name, value):
            return self.recipe[name] if value is None else value

        generator_optimizer = keras.optimizers.get(given("generator_optimizer", generator_optimizer))
        discriminator_optimizer = keras.optimizers.get(given("discriminator_optimizer", discriminator_optimizer))
        if discriminator_optimizer is generator_optimizer:
            discriminator_optimizer = type(generator_optimizer).from_config(generator_optimizer.get_config())
        self.adversarial_loss = get_by_name("loss", given("loss", loss), LOSSES, AdversarialLoss)
        self.penalties = [
            get_by_name("penalty", penalty, PENALTIES, Penalty) for penalty in given("penalties", penalties)
        ]
        if jit_compile is True and self.penalties and not self.compiles_second_derivatives:
            raise ValueError(
                "torch.compile cannot differentiate the gradient of a penalty. Received: jit_compile=True with "
                f"penalties {[penalty.name for penalty in self.penalties]}. Leave `jit_compile` out, or the penalties."
            )
        self.augmentations = [
            get_by_name("augmentation", augmentation, AUGMENTATIONS, Augmentation)
            for augmentation in given("augmentations", augmentations)
        ]
        if self.augmentations and not isinstance(self.representation, Waveform):
            raise ValueError(
                "`augmentations` change raw waveforms. Received: "
                f"{[augmentation.name for augmentation in self.augmentations]} for a model whose representation is "
                f"{type(self.representation).__name__}. Leave them out."
            )
        self.discriminator_steps = given("discriminator_steps", discriminator_steps)
        check_positive_int("discriminator_steps", self.discriminator_steps)
        self.condition_weight = given("condition_weight", condition_weight)
        check_number("condition_weight", self.condition_weight, least=0)
        self.log_gradient_norms = log_gradient_norms
        keys = (
            *LOG_KEYS,
            *self.representation.level_keys,
            *(CONDITION_KEYS if self.tells_conditions else ()),
            *(GRADIENT_KEYS if log_gradient_norms else ()),
        )
        self.trackers = [keras.metrics.Mean(name=key) for key in keys]

        super().compile(
            optimizer=AdversarialOptimizer(
                generator_optimizer,
                discriminator_optimizer,
                self.generator.trainable_variables,
                self.discriminator.trainable_variables,
            ),
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            auto_scale_loss=False,
        )

    @property
    def metrics(self):
        """The trackers of the logged numbers: `LOG_KEYS`, levels of the output, norms where asked for."""
        return self.trackers

    def adversarial_step(self, data):
        """One step on a batch: `discriminator_steps` discriminator updates, one generator update, the average."""
        clips, conditions = self._encode(data)
        for _ in range(self.discriminator_steps):
            discriminator_logs = self._update_discriminator(clips, conditions)
        generator_logs = self._update_generator(clips, conditions)
        self.optimizer.iterations.assign_add(1)
        if self.averaged_generator is not None:
            self._update_average()
        return self._track({**discriminator_logs, **generator_logs}, ops.shape(clips)[0])

    def adversarial_losses(self, data):
        """The logs of a batch without an update, with the generator that `generate` uses and no penalty."""
        clips, conditions = self._encode(data)
        generated = self(self._draw_inputs(ops.shape(clips)[0], conditions))
        judge = ToldDiscriminator(self.discriminator, conditions, self.tells_conditions)
        (real_scores, real_told), (fake_scores, fake_told) = (judge.judge(part, False) for part in (clips, generated))
        loss = self.adversarial_loss
        logs = {
            "discriminator_loss": loss.discriminator_loss(real_scores, fake_scores)
            + self._condition_loss(real_told, conditions),
            "generator_loss": loss.generator_loss(fake_scores, real_scores)
            + self._condition_loss(fake_told, conditions),
            "penalty": ops.zeros(()),
            **self._score_logs(real_scores, fake_scores),
            **self.representation.levels(generated),
            **self._condition_logs("real", real_told, conditions),
            **self._condition_logs("fake", fake_told, conditions),
            **(dict.fromkeys(GRADIENT_KEYS, ops.zeros(())) if self.log_gradient_norms else {}),
        }
        return self._track(logs, ops.shape(clips)[0])

    def _update_discriminator(self, clips, conditions):
        batch_size = ops.shape(clips)[0]
        generated = ops.stop_gradient(self.generator(self._draw_inputs(batch_size, conditions), training=True))
        clips, generated = self._augment(clips), self._augment(generated)
        mix = backends.shard_of(lambda n: keras.random.uniform((n,), seed=self.seed_generator), batch_size)
        judge = ToldDiscriminator(self.discriminator, conditions, self.tells_conditions)
        step = ops.convert_to_tensor(self.optimizer.iterations)
        always = [penalty for penalty in self.penalties if penalty.every == 1]
        lazy = [
            (penalty.is_due(step), functools.partial(penalty.weighted, judge, clips, generated, mix))
            for penalty in self.penalties
            if penalty.every > 1
        ]

        def discriminator_loss():
            # Only real clips teach the head to tell conditions: generated ones may not yet be what they were asked.
            (real_scores, told), (fake_scores, _) = judge.judge(clips), judge.judge(generated)
            penalty = ops.zeros(())
            for each in always:
                penalty += each.weighted(judge, clips, generated, mix)
            loss = self.adversarial_loss.discriminator_loss(real_scores, fake_scores) + penalty
            loss += self._condition_loss(told, conditions)
            return loss, {
                "discriminator_loss": loss,
                "penalty": penalty,
                **self._score_logs(real_scores, fake_scores),
                **self._condition_logs("real", told, conditions),
            }

        logs, lazy_sum = self._minimize("discriminator", discriminator_loss, lazy)
        for key in ("discriminator_loss", "penalty"):
            logs[key] += lazy_sum
        return logs

    def _update_generator(self, clips, conditions):
        inputs = self._draw_inputs(ops.shape(clips)[0], conditions)
        judge = ToldDiscriminator(self.discriminator, conditions, self.tells_conditions)

        def generator_loss():
            generated = self.generator(inputs, training=True)
            fake_scores, told = judge.judge(self._augment(generated))
            real_scores = judge.judge(self._augment(clips))[0] if self.adversarial_loss.generator_sees_real else None
            loss = self.adversarial_loss.generator_loss(fake_scores, real_scores)
            loss += self._condition_loss(told, conditions)
            # A ReLU may turn NaN into 0 on some devices; the product keeps a broken generator visible in the logs.
            logged = loss + 0.0 * ops.mean(ops.cast(generated, "float32"))
            return loss, {
                "generator_loss": logged,
                **self.representation.levels(generated),
                **self._condition_logs("fake", told, conditions),
            }

        logs, _ = self._minimize("generator", generator_loss)
        return logs

    def _minimize(self, role, loss_fn, lazy=()):
        """One update of the generator or the discriminator; its logs and the sum of the lazy parts of its loss."""
        variables = getattr(self, role).trainable_variables
        logs, gradients, lazy_sum = self.minimize(loss_fn, variables, getattr(self.optimizer, role), lazy)
        if self.log_gradient_norms:
            gradients = backends.over_all_devices(gradients)
            squares = [ops.sum(ops.square(ops.cast(gradient, "float32"))) for gradient in gradients]
            logs[f"{role}_gradient_norm"] = ops.sqrt(sum(squares))
        return logs, lazy_sum

    def _augment(self, clips):
        for augmentation in self.augmentations:
            chance = backends.shard_of(
                lambda n: keras.random.uniform((n,), seed=self.seed_generator), ops.shape(clips)[0]
            )
            clips = augmentation(clips, chance)
        return clips

    def _score_logs(self, real_scores, fake_scores):
        real_accuracy, fake_accuracy = self.adversarial_loss.accuracies(real_scores, fake_scores)
        return {
            "real_score": ops.mean(real_scores),
            "fake_score": ops.mean(fake_scores),
            "real_accuracy": real_accuracy,
            "fake_accuracy": fake_accuracy,
        }

    def _update_average(self):
        step = ops.cast(self.optimizer.iterations, "float32")
        momentum = ops.minimum(self.ema_momentum, (1.0 + step) / (10.0 + step))
        for average, current in zip(self.averaged_generator.weights, self.generator.weights, strict=True):
            average.assign(current + ops.cast(momentum, current.dtype) * (average - current))

    def _condition_loss(self, told, conditions):
        return 0.0 if told is None else self.condition_weight * self.conditions.loss(told, conditions)

    def _condition_logs(self, which, told, conditions):
        return {} if told is None else {f"{which}_condition_loss": self.conditions.loss(told, conditions)}

    def _encode(self, data):
        """Clips as the networks see them, and the vector of their conditions or `None`."""
        x, conditions, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if sample_weight is not None:
            raise ValueError("A GAN weighs all clips alike: call `fit(x)` without `sample_weight`. Received: some")
        self.conditions.check_names(conditions)
        return self.representation(x), self.conditions(conditions) if len(self.conditions) else None

    def _draw_inputs(self, batch_size, conditions):
        """What the generator takes: fresh latents, followed by the vector of the conditions."""

        def draw(n):
            shape, dtype = (n, self.latent_dim), self.compute_dtype
            if self.latent_distribution == "uniform":
                return keras.random.uniform(shape, -1.0, 1.0, dtype=dtype, seed=self.seed_generator)
            return keras.random.normal(shape, dtype=dtype, seed=self.seed_generator)

        latents = backends.shard_of(draw, batch_size)
        if conditions is None:
            return latents
        return ops.concatenate([latents, ops.cast(conditions, latents.dtype)], axis=-1)

    def _track(self, logs, batch_size):
        logs["loss"] = logs["discriminator_loss"] + logs["generator_loss"]
        for tracker in self.trackers:
            tracker.update_state(logs[tracker.name], sample_weight=batch_size)
        return self.get_metrics_result()

    def get_compile_config(self):
        """What `compile_from_config` needs to train on."""
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
            "log_gradient_norms": self.log_gradient_norms,
        }

    def compile_from_config(self, config):
        """Compiles a reloaded model as it was compiled."""
        deserialize = keras.saving.deserialize_keras_object
        self.compile(
            generator_optimizer=deserialize(config["generator_optimizer"]),
            discriminator_optimizer=deserialize(config["discriminator_optimizer"]),
            loss=deserialize(config["loss"]),
            penalties=[deserialize(penalty) for penalty in config["penalties"]],
            augmentations=[deserialize(augmentation) for augmentation in config["augmentations"]],
            discriminator_steps=config["discriminator_steps"],
            condition_weight=config["condition_weight"],
            log_gradient_norms=config["log_gradient_norms"],
        )
