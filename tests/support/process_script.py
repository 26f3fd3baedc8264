"""Five steps of presets in one of several processes, or alone. Usage: process_script.py FOLDER PRESET...

The weights and the logs go into FOLDER/PRESET.npz, written by the first process.
"""

import sys
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from keras_musicgan import processes
from tests.support.models import small_gan

BATCH = 12  # six clips for each of two processes: groups of four in `MinibatchDeviation` lie on both


def train(preset, folder):
    keras.utils.set_random_seed(3)
    gan = small_gan(preset, recipe={"pieces": 12})
    # With SGD a wrong scale of the gradient shows, and Adam would make much of rounding where gradients are 0.
    gan.compile(optimizer=keras.optimizers.SGD(0.01), log_gradient_norms=True)
    data = km.datasets.for_model(gan, batch_size=BATCH, held_out=0, seed=1)
    history = gan.fit(
        data, epochs=5, steps_per_epoch=1, shuffle=False, verbose=0, callbacks=[km.callbacks.WavWriter(folder / preset)]
    ).history
    if processes.is_first():
        weights = {f"weights/{w.path}": keras.ops.convert_to_numpy(w) for w in gan.weights if "seed" not in w.path}
        logs = {f"logs/{name}": values for name, values in history.items()}
        np.savez(folder / f"{preset}.npz", **weights, **logs)


if __name__ == "__main__":
    processes.start()
    for name in sys.argv[2:]:
        train(name, Path(sys.argv[1]))
