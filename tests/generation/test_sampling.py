"""Numbers that `generate` and its like refuse before they do any work."""

import inspect

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.conditions.conditions import TAKEN
from keras_musicgan.generation.continuous import blocks, continuous_notes
from keras_musicgan.utils import checks
from tests.support.models import toy_gan


@pytest.fixture(scope="module")
def audio_gan():
    return toy_gan("audio", length=1024)


@pytest.fixture(scope="module")
def notes_gan():
    return toy_gan("notes")


@pytest.mark.parametrize("name", ["generate", "generate_encoded", "sample_latents"])
def test_clips_beyond_the_memory_are_refused(audio_gan, name):
    with pytest.raises(ValueError, match=r"this machine, [\d.,]+ GB. Received: 1000000000000 (clips|latents)"):
        getattr(audio_gan, name)(10**12)


def test_notes_and_long_pieces_beyond_the_memory_are_refused(audio_gan, notes_gan, monkeypatch):
    monkeypatch.setattr(checks, "memory_limit", lambda: 10**8)  # an hour of 8 kHz has 115 MB
    with pytest.raises(ValueError, match="Received: 1000000 clips"):
        notes_gan.generate_notes(10**6)
    for model in (audio_gan, notes_gan):
        with pytest.raises(ValueError, match="Received: 3600 seconds"):
            model.generate_continuous(3600.0)
    with pytest.raises(ValueError, match="Received: 3600 seconds"):
        continuous_notes(notes_gan, 3600.0)
    with pytest.raises(ValueError, match="Received: 100000000 steps"):
        km.latents.interpolate(np.eye(4), 10**8)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", float("nan")])
def test_seeds_are_integers_of_at_least_0(audio_gan, notes_gan, seed):
    calls = [
        lambda: audio_gan.generate(1, seed=seed),
        lambda: audio_gan.draw(latents=np.zeros((1, 4)), seed=seed),
        lambda: audio_gan.generate_continuous(1.0, seed=seed),
        lambda: blocks(audio_gan, seed=seed),
        lambda: continuous_notes(notes_gan, 1.0, seed=seed),
        lambda: audio_gan.project(np.ones(1024), seed=seed),
        lambda: km.datasets.melodies(1, notes_gan, seed=seed),
        lambda: km.callbacks.WavWriter("out", seed=seed),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="`seed` must be an integer of at least 0"):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 1.5}, "`n` must be a positive integer"),
        ({"n": "3"}, "`n` must be a positive integer"),
        ({"truncation": "a"}, "`truncation` must be above 0"),
        ({"truncation": float("nan")}, "`truncation` must be above 0"),
        ({"batch_size": 1.5}, "`batch_size` must be a positive integer"),
        ({"latents": [[1.0], [1.0, 2.0]]}, r"`latents` must be an array of shape \(n, 4\). Received: list"),
        ({"latents": "zero"}, r"`latents` must be an array of shape \(n, 4\). Received: str"),
    ],
)
def test_wrong_options_are_named(audio_gan, options, message):
    with pytest.raises(ValueError, match=message):
        audio_gan.generate(**options)


@pytest.mark.parametrize("options", [{"seconds": -1}, {"seconds": float("inf")}, {"seconds": 1.0, "overlap": "a"}])
def test_wrong_options_of_long_pieces_are_named(audio_gan, options):
    with pytest.raises(ValueError, match=f"`{list(options)[-1]}` must"):
        audio_gan.generate_continuous(**options)


def test_no_condition_has_the_name_of_an_argument():
    methods = [inspect.signature(each) for each in vars(km.MusicGAN).values() if inspect.isfunction(each)]
    takers = [each.parameters for each in methods if "**conditions" in str(each)]
    assert len(takers) >= 6
    assert {name for parameters in takers for name in parameters} - {"conditions"} == set(TAKEN)
