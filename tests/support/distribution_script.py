"""One training step on two virtual CPU devices and on one, in a process of its own; prints the largest difference.

Run by test_distribution.py, because devices can be split only before a backend starts.
"""

import os
import sys

SMALL = {
    "lecture": {"generator": {"units": (32, 32)}, "discriminator": {"units": (32,)}},
    "pianoroll": {
        "generator": {"width": 16},
        "discriminator": {"width": 16},
        "representation": {"n_codes": 8, "width": 8},
    },
    "wavegan-small": {
        "generator": {"width": 4},
        "discriminator": {"width": 4},
        "representation": {"length": 256},
    },
}


def train(preset, clipping):
    """Two steps from a fixed start; returns weights and logs."""
    import keras

    import keras_musicgan as km

    keras.utils.set_random_seed(3)
    gan = km.MusicGAN.from_preset(preset, **SMALL[preset])
    # With SGD a wrong scale of the gradient shows; Adam would hide it. The penalty draws random numbers too.
    gan.compile(
        optimizer=keras.optimizers.SGD(0.01, **clipping),
        loss="non_saturating",
        penalties=["gradient_penalty", "r1"],
        discriminator_steps=2,
        augmentations=["shift", "gain"] if preset == "wavegan-small" else [],
        diversity_weight="adaptive",
        log_gradient_norms=True,
        # XLA draws other random numbers, and TensorFlow compiles no step for several devices with it.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    if preset == "pianoroll":  # without its autoencoder's training, whose noise differs from device to device
        gan.representation.mark_adapted()
    gan.recipe["pieces"] = 8
    clips = km.datasets.for_model(gan, held_out=0).load()[:8]
    history = gan.fit(clips, batch_size=8, epochs=2, shuffle=False, verbose=0).history
    return [keras.ops.convert_to_numpy(w) for w in gan.weights if "seed" not in w.path], history


def main(backend, preset, *clipping):
    clipping = {name: float(value) for name, value in (each.split("=") for each in clipping)}
    os.environ["KERAS_BACKEND"] = backend
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    if backend == "tensorflow":
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras
    import numpy as np

    one_weights, one_history = train(preset, clipping)
    if backend == "tensorflow":
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
        assert strategy.num_replicas_in_sync == 2
        with strategy.scope():
            two_weights, two_history = train(preset, clipping)
    else:
        assert len(keras.distribution.list_devices()) == 2
        keras.distribution.set_distribution(keras.distribution.DataParallel())
        two_weights, two_history = train(preset, clipping)

    difference = max(np.abs(a - b).max() for a, b in zip(one_weights, two_weights, strict=True))
    logs = max(abs(one_history[key][-1] - two_history[key][-1]) for key in one_history)
    assert max(np.abs(w).max() for w in two_weights) > 0.01
    print(f"weights {difference:.3e} logs {logs:.3e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
