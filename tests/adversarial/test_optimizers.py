"""Optimizers from names and configurations: what is refused, and what the two of a model do together."""

import keras
import pytest

from keras_musicgan.adversarial.optimizers import get_optimizer
from tests.support.models import toy_gan


def adam(**options):
    return {"class_name": "Adam", "config": options}


@pytest.mark.parametrize(
    ("identifier", "error", "message"),
    [
        ("adm", ValueError, "`optimizer` must be one of .*'sgd'.*Did you mean 'adam'. Received: optimizer='adm'"),
        ("Optimizer", ValueError, "must be one of"),
        ("binary_crossentropy", ValueError, "must be an optimizer. .* which is a loss. Pass it as `loss="),
        (adam(lerning_rate=1), ValueError, "optimizer 'Adam' takes .*Did you mean 'learning_rate'"),
        (adam(learning_rate=0), ValueError, "`optimizer.learning_rate` must be a number above 0"),
        (adam(learning_rate=-1e-3), ValueError, "learning_rate"),
        (adam(learning_rate=float("nan")), ValueError, "learning_rate"),
        (adam(learning_rate="1e-3"), ValueError, "learning_rate"),
        (adam(beta_1=1.0), ValueError, "`optimizer.beta_1` must be a number of at least 0 and below 1"),
        (adam(clipnorm=-1), ValueError, "clipnorm"),
        (adam(weight_decay=-1), ValueError, "weight_decay"),
        (adam(gradient_accumulation_steps=1.5), ValueError, "gradient_accumulation_steps"),
        (keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), ValueError, "one network, without a loss scale"),
        (5, TypeError, "`optimizer` must be a Keras optimizer, its name, or a dict"),
        ({"name": "adam"}, TypeError, "must be a Keras optimizer"),
    ],
)
def test_wrong_optimizers_are_named(identifier, error, message):
    with pytest.raises(error, match=message):
        get_optimizer("optimizer", identifier)


def test_names_configurations_schedules_and_objects_pass():
    for name in ("adam", "Adam", "sgd", "RMSprop"):
        assert type(get_optimizer("optimizer", name)).__name__.lower() == name.lower()
    decay = keras.optimizers.schedules.CosineDecay(1e-3, 10)
    serialized = keras.optimizers.schedules.serialize(decay)
    for learning_rate in (decay, serialized):
        built = get_optimizer("optimizer", adam(learning_rate=learning_rate, clipnorm=1.0))
        assert float(built.learning_rate) == pytest.approx(1e-3) and built.clipnorm == 1.0
    still = keras.optimizers.SGD(0.0)
    assert get_optimizer("optimizer", still) is still


def test_an_optimizer_of_another_model_is_refused():
    optimizer, (one, other) = keras.optimizers.Adam(), (toy_gan("audio", length=4) for _ in range(2))
    one.compile(optimizer)
    one.compile(optimizer)
    with pytest.raises(ValueError, match="must be new, or that of this model's generator"):
        other.compile(optimizer)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"loss": "binary_crossentropy"}, ValueError, "'binary_crossentropy' is called 'non_saturating' here"),
        ({"loss": ("hinge", {"x": 1})}, ValueError, "loss 'hinge' takes no options. Received: x=1"),
        ({"penalties": "r1"}, TypeError, "`penalties` must be a list"),
        ({"penalties": [("r1", {"wieght": 1})]}, ValueError, "penalty 'r1' takes .*Did you mean 'weight'"),
        ({"augmentations": [("shift", {"ammount": 1})]}, ValueError, "augmentation 'shift' takes the options 'share'"),
        ({"augmentations": [("shift", {"share": "a"})]}, TypeError, "options of augmentation 'shift'"),
        ({"metrics": ["accuracy"]}, TypeError, "no `metrics`.*logs its losses, scores and accuracies by itself"),
        ({"loss_weights": [1, 2]}, TypeError, "no `loss_weights`.*penalties"),
        ({"steps_per_execution": 0}, ValueError, "steps_per_execution"),
        ({"jit_compile": "yes"}, ValueError, "`jit_compile` must be True, False or 'auto'"),
    ],
)
def test_words_of_keras_that_a_gan_does_not_have_are_named(options, error, message):
    with pytest.raises(error, match=message):
        toy_gan("audio", length=4).compile(**options)
