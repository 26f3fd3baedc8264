"""Makes the folders of real runs beside it: `python record_runs.py FOLDER [NAME ...]`.

Each is `musicgan train` with the arguments below, in some with a planted fault that no option has. Music is built in,
or in the folder that the environment variable MUSIC names.
"""

import csv
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import keras
import numpy as np
from rich.console import Console

import keras_musicgan as km
from keras_musicgan import datasets
from keras_musicgan.runs import train as training
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest

MUSIC = Path(os.environ.get("MUSIC", "music"))
NOTES = [  # the networks of gansynth-small, narrower, for shorter clips at a lower rate
    *("generator.width=64", "discriminator.width=64", "recipe.pieces=256"),
    *("representation.duration=0.5", "representation.sample_rate=8000"),
    *("representation.n_fft=512", "representation.hop_length=128"),
]
SOUNDS = [  # those of wavegan-small, narrower, for shorter clips
    *("generator.width=8", "discriminator.width=8", "recipe.pieces=256", "representation.duration=0.25"),
]
TUNES = [  # an autoencoder and networks that learn a few tunes
    *("generator.width=64", "discriminator.width=64", "recipe.pieces=64"),
    *("representation.width=64", "representation.steps=200", "recipe.steps=400"),
]
PITCH, INSTRUMENT = "pitch=60:71", "instrument=bell,organ,pluck,reed"
notes = {"preset": "gansynth-small", "settings": NOTES, "condition": [PITCH]}
sounds = {"preset": "wavegan-small", "settings": SOUNDS}
tunes = {"preset": "pianoroll", "settings": TUNES}
instruments = {**notes, "condition": [INSTRUMENT]}
drums = {"preset": "drums", "data": "sonic_pi/drums"}
RUNS = {  # options of `musicgan train`, and the fault
    "first_run": ({}, None),
    "lecture_default": ({"preset": "lecture"}, None),
    "lecture_plain_default": ({"preset": "lecture-plain"}, None),
    "pianoroll_default": ({"preset": "pianoroll"}, None),
    "drums_default": (drums, None),
    "sounds_default": (sounds, None),
    "notes_default": ({**notes, "settings": [*NOTES, "recipe.pieces=1024"]}, None),
    "notes_of_few_clips": (notes, None),
    "notes_too_few_epochs": ({**notes, "epochs": 8}, None),
    "drums_as_waveforms": ({"preset": "wavegan-small", "data": "sonic_pi/drums"}, None),
    "notes_latents_ignored": ({**notes, "epochs": 30}, "latents"),
    "notes_conditions_ignored": ({**notes, "epochs": 30}, "conditions"),
    "notes_pitches_shuffled": ({**notes, "epochs": 30}, "labels"),
    "instruments_default": (instruments, None),
    "instruments_conditions_ignored": ({**instruments, "epochs": 30}, "conditions"),
    "instruments_shuffled": ({**instruments, "epochs": 30}, "labels"),
    "tunes_latents_ignored": ({**tunes, "epochs": 12}, "latents"),
    "lecture_generator_rate": (
        {"preset": "lecture-plain", "epochs": 40, "settings": ["generator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "lecture_discriminator_rate": (
        {"preset": "lecture-plain", "epochs": 40, "settings": ["discriminator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "tunes_generator_rate": (
        {**tunes, "epochs": 12, "settings": [*TUNES, "generator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "tunes_discriminator_rate": (
        {**tunes, "epochs": 12, "settings": [*TUNES, "discriminator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "sounds_generator_rate": (
        {**sounds, "epochs": 25, "settings": [*SOUNDS, "generator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "sounds_discriminator_rate": (
        {**sounds, "epochs": 25, "settings": [*SOUNDS, "discriminator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "notes_generator_rate": (
        {**notes, "epochs": 20, "settings": [*NOTES, "generator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "notes_discriminator_rate": (
        {**notes, "epochs": 20, "settings": [*NOTES, "discriminator_optimizer.learning_rate=0.05"]},
        None,
    ),
    "lecture_discriminator_steps": ({"preset": "lecture-plain", "epochs": 40, "discriminator_steps": 20}, None),
    "notes_discriminator_steps": ({**notes, "epochs": 8, "discriminator_steps": 20}, None),
}


def with_fault(fault):
    """A context in which `musicgan train` has the fault."""
    original_model, original_data = training._open_model, datasets.for_model

    def open_model(request, checkpoint):
        gan = original_model(request, checkpoint)
        heard = {"latents": (0.0, 1.0), "conditions": (1.0, 0.0)}[fault]
        scale = np.repeat(heard, (gan.latent_dim, gan.conditions.width)).tolist()
        deaf = [keras.Input((gan.input_dim,)), keras.layers.Rescaling(scale), gan.generator]
        gan = km.MusicGAN.from_preset(
            request["preset"], **{**request["overrides"], "generator": keras.Sequential(deaf)}, seed=request["seed"]
        )
        gan.compile(**request["compile"])
        return gan

    def shuffled_data(model, *args, **options):
        data = original_data(model, *args, **options)
        rng = np.random.default_rng(0)
        for part in (data, data.held_out):
            part.conditions = {name: rng.permutation(numbers) for name, numbers in part.conditions.items()}
        return data

    if fault == "labels":
        return mock.patch.object(datasets, "for_model", shuffled_data)
    return mock.patch.object(training, "_open_model", open_model if fault else original_model)


def record(folder, options, fault):
    """Trains one model; keeps its history and its configuration, without the folder of its data."""
    options = dict(options, settings=parse_settings(options.get("settings", [])))
    if "data" in options:
        options["data"] = MUSIC / options["data"]
    with tempfile.TemporaryDirectory() as temporary, with_fault(fault):
        run = RunFolder(Path(temporary) / "run")
        try:
            training.train(run, TrainingRequest(**options).config(), Console(quiet=True))
        except training.DivergedError:
            pass
        folder.mkdir(parents=True, exist_ok=True)
        _write_rounded(run.history, folder / "history.csv")
        config = run.read_config()
    config["data"] = config["data"] and "music"
    config["found"].pop("skipped", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _write_rounded(history, file):
    """The table with four significant digits."""
    with open(history, newline="") as stream:
        names, *rows = csv.reader(stream)
    with open(file, "w", newline="") as stream:
        rounded = [[epoch, *(f"{float(value):.4g}" for value in values)] for epoch, *values in rows]
        csv.writer(stream, lineterminator="\n").writerows([names, *rounded])


if __name__ == "__main__":
    for chosen in sys.argv[2:] or RUNS:
        began = time.process_time()
        record(Path(sys.argv[1]) / chosen, *RUNS[chosen])
        print(chosen, f"{time.process_time() - began:.0f} s", flush=True)
