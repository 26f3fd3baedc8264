"""The step is the same on one device and on two."""

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest

pytestmark = [pytest.mark.backend, pytest.mark.slow]
SCRIPT = Path(__file__).parents[1] / "support" / "distribution_script.py"


@pytest.mark.parametrize("preset", ["lecture", "pianoroll", "wavegan-small"])
def test_two_devices_equal_one(preset):
    backend = keras.backend.backend()
    if backend == "torch":
        pytest.skip("Keras trains on one PyTorch device a process")
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(
        [sys.executable, SCRIPT, backend, preset], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]
    weights, logs = re.search(r"weights (\S+) logs (\S+)", result.stdout).groups()
    assert float(weights) < 1e-5
    assert float(logs) < 1e-5
