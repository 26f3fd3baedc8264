"""Five steps of presets on one of several processes, on several devices, or alone.

Usage: five_steps_script.py FOLDER DEVICES PRESET... The first process writes FOLDER/PRESET.npz, with the weights and
the logs, and FOLDER/PRESET/ with samples. DEVICES are virtual ones of this machine.
"""

import os
import sys
from pathlib import Path

BATCH = 12  # six clips for each of two: groups of four in `MinibatchDeviation` lie on both
EXECUTION = {"steps_per_execution": 1}
if os.environ.get("KERAS_BACKEND") == "tensorflow":
    EXECUTION["jit_compile"] = False  # XLA draws other random numbers, and compiles no step for several devices


def train(preset, folder):
    keras.utils.set_random_seed(3)
    conditions = [km.Pitch(60, 63)] if preset in ("notes", "gansynth") else []
    gan = small_gan(preset, recipe={"pieces": 5 * BATCH}, conditions=conditions)
    # With SGD a wrong scale of the gradient shows, and Adam would make much of rounding where gradients are 0.
    gan.compile(optimizer=keras.optimizers.SGD(1e-3), log_gradient_norms=True, **EXECUTION)
    data = km.datasets.for_model(gan, batch_size=BATCH, held_out=0, seed=1)
    writer = km.callbacks.WavWriter(folder / preset)
    options = {"validation_data": data[0], "validation_batch_size": BATCH, "callbacks": [writer]}
    history = gan.fit(data, steps_per_epoch=5, shuffle=False, verbose=0, **options).history
    if processes.is_first():
        weights = {f"weights {w.path}": keras.ops.convert_to_numpy(w) for w in gan.weights if "seed" not in w.path}
        np.savez(folder / f"{preset}.npz", **weights, **{f"logs {name}": values for name, values in history.items()})


if __name__ == "__main__":
    _, out, devices, *presets = sys.argv
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * int(devices))
    import keras
    import numpy as np

    import keras_musicgan as km
    from keras_musicgan import backends, processes
    from tests.support.models import small_gan

    processes.start()
    with backends.on_devices(int(devices)):
        for name in presets:
            train(name, Path(out))
