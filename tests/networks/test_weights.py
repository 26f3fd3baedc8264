"""Networks that would not fit into memory are refused before a weight is made."""

import pytest

from keras_musicgan.utils import checks
from tests.support.models import SMALL, small_gan


@pytest.mark.parametrize(
    ("preset", "options"),
    [
        ("lecture", {"latent_dim": 10**8}),
        ("lecture", {"representation": {"length": 10**8}}),
        ("lecture", {"generator": {"units": [10**7, 10**6]}}),
        ("lecture", {"discriminator": {"units": [10**8]}}),
        ("pianoroll", {"generator": {"width": 10**5}}),
        ("pianoroll", {"discriminator": {"width": 10**5}}),
        ("wavegan-small", {"generator": {"width": 10**5}}),
        ("wavegan-small", {"discriminator": {"width": 10**5}}),
        ("wavegan-small", {"representation": {"length": 2**27}}),
        ("specgan", {"generator": {"width": 10**5}}),
        ("specgan", {"discriminator": {"width": 10**5}}),
        ("gansynth-small", {"generator": {"width": 10**5}}),
        ("gansynth-small", {"discriminator": {"width": 10**5}}),
        ("gansynth", {"generator": {"channels": (10**5, 4)}}),
        ("gansynth", {"discriminator": {"channels": (10**5, 4)}}),
        ("gansynth-small", {"representation": {"length": 86_400 * 16_000}}),
    ],
)
def test_networks_beyond_the_memory_are_refused(preset, options, monkeypatch):
    small_gan(preset)
    monkeypatch.setattr(checks, "memory_limit", lambda: 4 * 10**9)
    with pytest.raises(ValueError, match=r"this machine, 4\.0 GB\. Received: .*, which need"):
        small_gan(preset, **options)


def test_all_networks_are_among_them():
    assert {"lecture", "pianoroll", "wavegan-small", "specgan", "gansynth-small", "gansynth"} < set(SMALL)


@pytest.mark.parametrize(
    ("preset", "role", "options"),
    [
        ("lecture", "generator", {"units": [0]}),
        ("lecture", "discriminator", {"units": ["a"]}),
        ("pianoroll", "generator", {"width": 1.5}),
        ("pianoroll", "discriminator", {"width": -1}),
        ("gansynth-small", "generator", {"kernel_size": 0}),
    ],
)
def test_sizes_are_positive_integers(preset, role, options):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}` must be a positive integer"):
        small_gan(preset, **{role: options})
