"""The harness that every saved object goes through."""

import zipfile

import keras
import numpy as np
import pytest

ON_JAX = keras.backend.backend() == "jax"


def at_night_under_jax(test):
    """Marks a test `nightly` under JAX, which traces for long what the other backends show in the gate."""
    return pytest.mark.nightly(test) if ON_JAX else test


def check_config_round_trip(thing):
    """Serializes and deserializes through Keras, safe mode on; returns the copy, which must equal in config."""
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(thing), safe_mode=True)
    assert type(copy) is type(thing)
    assert copy.get_config() == thing.get_config()
    return copy


def check_layer(layer, inputs, expected_shape=None):
    """What holds for every layer: config, shapes as promised, the compute dtype, saved inside a model."""
    outputs = keras.ops.convert_to_numpy(layer(inputs))
    promised = layer.compute_output_shape(inputs.shape)
    assert tuple(promised) == outputs.shape
    if expected_shape is not None:
        assert outputs.shape == expected_shape
    copy = check_config_round_trip(layer)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(copy(inputs)), outputs)
    half = type(layer).from_config({**layer.get_config(), "dtype": "mixed_bfloat16"})
    assert keras.backend.standardize_dtype(half(inputs).dtype) == "bfloat16"
    return outputs


def spare_numbers_in_file(gan, path):
    """How many numbers the weights in a `.keras` file are beyond those of the model and its optimizer; saves it."""
    h5py = pytest.importorskip("h5py")
    gan.save(path)
    sizes = []
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as weights:
        with h5py.File(weights) as file:
            file.visititems(lambda _, item: sizes.append(item.size) if isinstance(item, h5py.Dataset) else None)
    state = sum(np.size(w) for w in gan.get_weights()) + sum(np.prod(v.shape) for v in gan.optimizer.variables)
    return sum(sizes) - state
