"""The same training under every way to run it."""

import functools

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.adversarial.precision import PRECISION_NAMES
from tests.support.models import small_gan

pytestmark = pytest.mark.backend
BACKEND = keras.backend.backend()


@functools.cache
def trained_weights(penalties=("r1", "r2"), **execution):
    keras.utils.set_random_seed(0)
    gan = small_gan()
    # XLA draws other random numbers than TensorFlow without it, so the latents here are not drawn.
    latents = keras.ops.sin(keras.ops.reshape(keras.ops.arange(32, dtype="float32"), (4, 8)))
    gan._draw_inputs = lambda n, conditions: latents
    gan.compile(optimizer=keras.optimizers.SGD(0.05), penalties=penalties, **execution)
    data = km.datasets.melodies(2, gan, batch_size=4, held_out=0, seed=1)
    gan.fit(data, epochs=2, shuffle=False, verbose=0)
    return [keras.ops.convert_to_numpy(w) for w in gan.weights if "seed" not in w.path]


@pytest.mark.parametrize(
    "execution",
    [
        {"jit_compile": True},
        {"run_eagerly": True},
        {"steps_per_execution": 3},
        {"steps_per_execution": 2, "jit_compile": True},
    ],
    ids=str,
)
def test_every_way_to_run_gives_the_same_weights(execution):
    if BACKEND == "torch" and "steps_per_execution" in execution:
        pytest.skip("Keras refuses steps_per_execution on PyTorch")
    # PyTorch compiles no second derivatives, so there the step is compared without penalties.
    penalties = () if BACKEND == "torch" and "jit_compile" in execution else ("r1", "r2")
    expected = trained_weights(penalties, jit_compile=False)
    untrained = small_gan().get_weights()
    assert all(np.any(a != b) for a, b in zip(expected, untrained, strict=True) if a.ndim == 2)
    for a, b in zip(expected, trained_weights(penalties, **execution), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="Only TensorFlow reads batches by tf.data")
@pytest.mark.parametrize("kind", ["dataset", "array", "generator", "tf.data"])
def test_tf_data_does_not_tune_itself_to_batches_read_from_python(kind, monkeypatch):
    import tensorflow as tf

    gan = small_gan()
    gan.compile()
    clips = km.datasets.melodies(2, gan, batch_size=4, held_out=0, seed=1)
    data = {
        "dataset": lambda: clips,
        "array": clips.load,
        "generator": lambda: (clips[i] for i in range(len(clips))),
        "tf.data": lambda: tf.data.Dataset.from_tensor_slices(clips.load()).batch(4).map(lambda clip: (clip,)),
    }[kind]
    tuned = []
    read = tf.data.Dataset.__iter__

    def read_and_note(dataset):
        tuned.append(dataset.options().autotune.enabled)
        return read(dataset)

    monkeypatch.setattr(tf.data.Dataset, "__iter__", read_and_note)
    gan.fit(data(), validation_data=data(), epochs=1, verbose=0)
    gan.evaluate(data(), verbose=0)
    assert len(tuned) >= 3
    assert set(tuned) == {None if kind == "tf.data" else False}


@pytest.mark.parametrize("preset", ["lecture", "pianoroll"][: 2 if BACKEND == "tensorflow" else 1])
def test_mixed_bfloat16(preset, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan = small_gan(preset)
        gan.compile(penalties=["gradient_penalty", "r1"], run_eagerly=BACKEND == "tensorflow" and preset == "pianoroll")
        history = gan.fit(km.datasets.melodies(2, gan, batch_size=8), verbose=0).history
        latents = gan.sample_latents(4, 0)
        output = gan(latents)
        gan.save(tmp_path / "half.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(output.dtype) == "bfloat16"
    assert {keras.backend.standardize_dtype(w.dtype) for w in gan.generator.weights} == {"float32"}
    assert 0.1 < history["discriminator_loss"][-1] < 100
    copy = keras.saving.load_model(tmp_path / "half.keras")
    copy.run_eagerly = gan.run_eagerly  # a graph rounds otherwise
    assert copy.compute_dtype == "bfloat16"
    np.testing.assert_array_equal(copy.generate_encoded(latents=latents), gan.generate_encoded(latents=latents))
    full = small_gan(preset)
    full.set_weights(gan.get_weights())
    close = np.abs(full.generate_encoded(latents=latents) - gan.generate_encoded(latents=latents)) < 0.05
    assert close.mean() > 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    "precision",
    [pytest.param(name, marks=[] if name == "mixed_float16" else pytest.mark.nightly) for name in PRECISION_NAMES],
)
@pytest.mark.parametrize("preset", ["lecture", "notes", "wavegan-small"])
def test_fifty_steps_stay_finite_in_every_domain(preset, precision):
    keras.config.set_dtype_policy(precision)
    try:
        gan = small_gan(preset, recipe={"pieces": 8, "batch_size": 4})
        gan.compile()
        before = gan.generator.get_weights()
        data = km.datasets.for_model(gan, seed=1)
        logs = gan.fit(data, epochs=-(-50 // len(data)), verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert int(gan.optimizer.iterations) >= 50
    assert all(np.isfinite(values).all() for values in logs.values())
    assert any(np.abs(new - old).max() > 1e-4 for new, old in zip(gan.generator.get_weights(), before, strict=True))
    assert np.isfinite(gan.generate(2, seed=1)).all()


def test_lazy_penalties_keep_their_turn_over_calls():
    gan = small_gan()
    gan.compile(penalties=[("r1", {"every": 2}), ("r2", {"every": 3, "weight": 100.0})])
    clips = km.datasets.melodies(8, gan, held_out=0, seed=1).clips[:12].astype("float32")
    gan.fit(clips, batch_size=4, shuffle=False, verbose=0)  # steps 0 to 2
    penalties = []
    for _ in range(4):
        gan.reset_metrics()
        penalties.append(gan.train_on_batch(clips[:4], return_dict=True)["penalty"])
    due_3, none, due_2, due_both = penalties[0], penalties[2], penalties[1], penalties[3]
    assert none == 0 and 0 < due_2 < due_3 and due_both > due_3 / 2
    assert gan.due_penalties is None and len(gan.train_function.functions) == 4


def test_the_number_of_steps_is_kept_in_calls_of_several():
    gan = small_gan(recipe={"steps_per_execution": 8})
    gan.compile()
    data = km.datasets.melodies(64, gan, batch_size=4, seed=1)
    for steps, total in ((6, 6), (5, 11)):
        gan.fit(data, steps_per_epoch=steps, validation_data=data.held_out, validation_steps=1, verbose=0)
        assert int(keras.ops.convert_to_numpy(gan.optimizer.iterations)) == total
    gan.compile()
    gan.fit(data, verbose=0)
    assert int(keras.ops.convert_to_numpy(gan.optimizer.iterations)) == len(data)


def test_long_intervals_need_no_more_functions():
    gan = small_gan()
    gan.compile(penalties=[("r1", {"every": 10**9 + 7}), ("r2", {"every": 10**9 + 9}), "gradient_penalty"])
    gan.make_train_function()
    due = {tuple(penalty.name for penalty in each) for each in gan.train_function.functions}
    alone = {("gradient_penalty",), ("r1", "gradient_penalty"), ("r2", "gradient_penalty")}
    assert due == {*alone, ("r1", "r2", "gradient_penalty")}


def test_several_steps_a_call_need_penalties_that_are_always_due():
    gan = small_gan(recipe={"steps_per_execution": 4})
    with pytest.raises(ValueError, match="Leave `steps_per_execution` out, or `every`"):
        gan.compile(penalties=[("r1", {"every": 2})], steps_per_execution=2)
    gan.compile(penalties=[("r1", {"every": 2})])
    assert gan.steps_per_execution == 1
    gan.compile(penalties=["r1"])
    assert gan.steps_per_execution == (1 if BACKEND == "torch" else 4)


def test_steps_are_compiled_by_default_but_on_torch(with_xla):
    gan = small_gan()
    gan.compile()
    assert gan.jit_compile is (BACKEND != "torch")
    gan.compile(run_eagerly=True)
    assert not gan.jit_compile
    gan.compile(jit_compile=False)
    assert not gan.jit_compile


def test_compiled_penalties_are_refused_where_they_cannot_be():
    if BACKEND != "torch":
        pytest.skip("TensorFlow and JAX compile second derivatives")
    with pytest.raises(ValueError, match="jit_compile=True with penalties"):
        small_gan().compile(jit_compile=True, penalties=["r1"])
