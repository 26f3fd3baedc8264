"""Makes the logs in this folder, short trainings, most with a planted fault: `python record.py FOLDER [NAME ...]`."""

import sys
from pathlib import Path

import keras

import keras_musicgan as km

LECTURE = {
    "generator": {"units": [64, 128]},
    "discriminator": {"units": [128, 64]},
    "representation": {"length": 16, "sample_rate": 4000},
    "latent_dim": 32,
    "recipe": {"pieces": 256, "batch_size": 16},
}
WAVEGAN = {
    "generator": {"width": 8},
    "discriminator": {"width": 8},
    "representation": {"length": 1024},
    "latent_dim": 32,
    "recipe": {"pieces": 256},
}
SIZES = {"lecture-plain": LECTURE, "wavegan-small": WAVEGAN}
PENALTIES = {
    "non_saturating": None,
    "least_squares": [],
    "hinge": [["r1", {"weight": 1.0}]],
    "wasserstein": ["gradient_penalty"],
    "relativistic": ["r1", "r2"],
}
RUNS = {  # preset, loss, fault, seed, epochs
    "rate_100_times_wasserstein": ("lecture-plain", "wasserstein", "rate", 0, 16),
    "rate_100_times_hinge": ("lecture-plain", "hinge", "rate", 1, 14),
    "rate_100_times_non_saturating": ("lecture-plain", "non_saturating", "rate", 0, 16),
    "generator_frozen_non_saturating": ("lecture-plain", "non_saturating", "generator", 0, 12),
    "generator_frozen_relativistic": ("wavegan-small", "relativistic", "generator", 0, 12),
    "discriminator_frozen_hinge": ("lecture-plain", "hinge", "discriminator", 1, 12),
    "discriminator_frozen_wasserstein": ("wavegan-small", "wasserstein", "discriminator", 1, 16),
    "one_mode_wasserstein": ("lecture-plain", "wasserstein", "latent", 1, 10),
    "one_mode_non_saturating": ("wavegan-small", "non_saturating", "latent", 0, 10),
    "improving_relativistic": ("lecture-plain", "relativistic", None, 1, 16),
    "improving_slowly_relativistic": ("wavegan-small", "relativistic", None, 1, 30),
    "levelled_off_least_squares": ("lecture-plain", "least_squares", None, 0, 30),
}


def record(file, preset, loss, fault, seed, epochs):
    """Trains one model and writes its history."""
    keras.utils.set_random_seed(seed)
    gan = km.MusicGAN.from_preset(preset, seed=seed, **SIZES[preset])
    if fault == "latent":  # a generator that does not see its latent has one output
        deaf = [keras.Input((gan.latent_dim,)), keras.layers.Rescaling(0.0), gan.generator]
        gan = km.MusicGAN.from_preset(preset, seed=seed, **{**SIZES[preset], "generator": keras.Sequential(deaf)})
    optimizers = {name: dict(gan.recipe[name]["config"]) for name in ("generator_optimizer", "discriminator_optimizer")}
    for name, config in optimizers.items():
        if fault == "rate":
            config["learning_rate"] *= 100
        if name.removesuffix("_optimizer") == fault:
            config["learning_rate"] = 0.0
    compiled = {name: {"class_name": "Adam", "config": config} for name, config in optimizers.items()}
    gan.compile(**compiled, loss=loss, penalties=PENALTIES[loss])
    data = km.datasets.for_model(gan, seed=seed, held_out=0.2)
    gan.fit(
        data,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            keras.callbacks.TerminateOnNaN(),
            km.callbacks.CollapseMonitor(every=2),
            km.callbacks.AudioQuality(data, n=48, every=2),
            keras.callbacks.CSVLogger(str(file)),
        ],
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for chosen in sys.argv[2:] or RUNS:
        record(folder / f"{chosen}.csv", *RUNS[chosen])
