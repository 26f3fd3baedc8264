"""The step is the same on one device and on two."""

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from keras_musicgan import backends
from tests.support.models import toy_gan

pytestmark = pytest.mark.backend
SCRIPT = Path(__file__).parents[1] / "support" / "distribution_script.py"


@pytest.mark.parametrize(
    "preset",
    [
        pytest.param("lecture", marks=pytest.mark.slow),
        *(pytest.param(name, marks=pytest.mark.nightly) for name in ("pianoroll", "wavegan-small")),
    ],
)
def test_two_devices_equal_one(preset):
    check(preset)


@pytest.mark.parametrize(
    "clipping",
    [
        pytest.param("global_clipnorm=0.05", marks=pytest.mark.slow),
        *(pytest.param(each, marks=pytest.mark.nightly) for each in ("clipnorm=0.02", "clipvalue=0.001")),
    ],
)
def test_gradients_of_the_whole_batch_are_clipped(clipping):
    check("lecture", clipping)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="Only TensorFlow takes each device's step apart")
@pytest.mark.parametrize(
    ("policy", "options", "named"),
    [
        ("mixed_float16", {}, "mixed_float16"),
        ("float32", {"gradient_accumulation_steps": 2}, "gradient_accumulation_steps"),
        ("float32", {"use_ema": True, "ema_overwrite_frequency": 2}, "ema_overwrite_frequency"),
    ],
)
def test_optimizers_with_a_branch_are_refused_on_several_devices(policy, options, named, monkeypatch):
    keras.config.set_dtype_policy(policy)
    try:
        gan = toy_gan(length=4)
    finally:
        keras.config.set_dtype_policy("float32")
    gan.compile(keras.optimizers.SGD(0.1, **options))
    monkeypatch.setattr(backends._backend, "n_devices", lambda model: 2)
    with pytest.raises(ValueError, match=f"Received: 2 devices with {named}.*KERAS_BACKEND=jax"):
        gan.compile(keras.optimizers.SGD(0.1, **options))


def check(preset, *clipping):
    """Fails unless training on two devices equals training on one."""
    backend = keras.backend.backend()
    if backend == "torch":
        pytest.skip("Keras trains on one PyTorch device a process")
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(
        [sys.executable, SCRIPT, backend, preset, *clipping],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    weights, logs = re.search(r"weights (\S+) logs (\S+)", result.stdout).groups()
    assert float(weights) < 1e-5
    assert float(logs) < 1e-5
