import keras
import numpy as np
import pytest

import keras_musicgan as km
from tests.support.harness import spare_numbers_in_file
from tests.support.interpreter import Interpreter
from tests.support.models import EAGER, small_gan

pytestmark = pytest.mark.backend
BACKEND = keras.backend.backend()
RELOAD = """
import numpy as np, keras, keras_musicgan
gan = keras.saving.load_model("gan.keras", safe_mode=True)
gan.run_eagerly, gan.jit_compile = eagerly, gan.jit_compile and not eagerly  # XLA rounds otherwise
np.savez("out.npz", audio=gan.generate(2, seed=5), encoded=gan.generate_encoded(2, seed=5))
if trains:
    data = keras_musicgan.datasets.for_model(gan, seed=1)
    data.epoch = 2
    gan.fit(data, epochs=1, shuffle=False, verbose=0)
    np.savez("more.npz", *gan.get_weights())
"""


@pytest.fixture(scope="module")
def elsewhere():
    """A fresh process under the same backend."""
    interpreter = Interpreter(KERAS_BACKEND=BACKEND)
    yield interpreter
    interpreter.close()


def small_trained(preset, **options):
    gan = small_gan(preset, recipe={"batch_size": 8})
    gan.compile(**options, run_eagerly=EAGER)
    gan.recipe["pieces"] = 10 if preset == "wavegan-small" else 1
    data = km.datasets.for_model(gan, seed=1)
    gan.fit(data, epochs=2, shuffle=False, verbose=0)
    return gan, data


@pytest.mark.parametrize("preset", ["lecture", "pianoroll", "wavegan-small"][: 3 if BACKEND == "tensorflow" else 1])
def test_fresh_process_gives_the_same_audio_and_trains_on_exactly(preset, elsewhere, tmp_path):
    gan, data = small_trained(
        preset,
        loss="relativistic",
        penalties=["r1", ("r2", {"weight": 2.0, "every": 2})],
        augmentations=["shift"] if preset == "wavegan-small" else [],
    )
    gan.save(tmp_path / "gan.keras")
    elsewhere.run(RELOAD, tmp_path, trains=True, eagerly=EAGER)
    np.testing.assert_array_equal(np.load(tmp_path / "out.npz")["audio"], gan.generate(2, seed=5))
    assert data.epoch == 2
    gan.fit(data, epochs=1, shuffle=False, verbose=0)
    for mine, theirs in zip(gan.get_weights(), np.load(tmp_path / "more.npz").values(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("other", ["tensorflow", "jax", "torch"])
def test_loads_under_the_other_backends(other, tmp_path):
    pytest.importorskip(other)
    gan, _ = small_trained("lecture", optimizer="rmsprop")
    gan.save(tmp_path / "gan.keras")
    interpreter = Interpreter(KERAS_BACKEND=other)
    interpreter.run(RELOAD, tmp_path, trains=True, eagerly=False)
    interpreter.close()
    np.testing.assert_allclose(np.load(tmp_path / "out.npz")["encoded"], gan.generate_encoded(2, seed=5), atol=1e-4)


def test_reload_keeps_everything_that_was_chosen(tmp_path):
    gan = small_gan(latent_distribution="uniform", recipe={"batch_size": 5}, seed=4)
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.125),
        discriminator_optimizer="rmsprop",
        loss="hinge",
        penalties=[("r1", {"weight": 3.0, "every": 2})],
        discriminator_steps=2,
    )
    gan.save(tmp_path / "gan.keras")
    copy = keras.saving.load_model(tmp_path / "gan.keras", safe_mode=True)
    networks = ("generator", "discriminator")
    mine, theirs = ({k: v for k, v in m.get_config().items() if k not in networks} for m in (gan, copy))
    assert mine == theirs
    assert copy.get_compile_config() == gan.get_compile_config()
    first, second = copy.optimizer.generator, copy.optimizer.discriminator
    assert (type(first).__name__, float(first.learning_rate), type(second).__name__) == ("SGD", 0.125, "RMSprop")


def test_not_compiled_reloads_not_compiled(tmp_path):
    small_gan().save(tmp_path / "gan.keras")
    assert not keras.saving.load_model(tmp_path / "gan.keras").compiled


def test_the_file_holds_each_weight_once(tmp_path):
    gan, _ = small_trained("lecture")
    assert 0 <= spare_numbers_in_file(gan, tmp_path / "gan.keras") <= 2  # of the random state
