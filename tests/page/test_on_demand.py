import base64
import io
import json

import numpy as np
import pytest
import soundfile

from keras_musicgan.conditions import Conditions, Label, Pitch, Tempo
from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.generation.sample_files import read_latents
from keras_musicgan.page import on_demand
from keras_musicgan.page.layout import layout_of
from keras_musicgan.page.on_demand import SoundsOnDemand
from keras_musicgan.page.sounds import sound_data
from keras_musicgan.synth import frequency
from tests.support.drum_kit import DrumKit
from tests.support.models import toy_gan
from tests.support.sine_instrument import SineInstrument


@pytest.fixture
def sines():
    gan = SineInstrument(low=60, high=62, seconds=0.1)
    return gan, SoundsOnDemand(gan, layout_of(gan, sounds=2))


def request(on_demand, positions, seed=1, steps=2, **conditions):
    _, latents = on_demand.draw(seed)
    return {"latents": latents.tolist(), "steps": steps, "positions": positions, "conditions": conditions}


def rendered(on_demand, positions, **options):
    return json.loads(on_demand.render(on_demand.request(request(on_demand, positions, **options))))


def test_each_key_has_the_sound_of_its_latents_and_conditions(sines):
    gan, sounds = sines
    found = rendered(sounds, [1, 2], colour="loud")
    path = latent_vectors.interpolate(gan.sample_latents(2, 1), 2)
    assert [len(keys) for keys in found] == [3, 3]
    for keys, latents in zip(found, path[1:], strict=True):
        clips = gan.generate(latents=np.stack([latents] * 3), pitch=[60, 61, 62], colour="loud")
        expected = [
            sound_data(clip, 16000, float(frequency(pitch))) for clip, pitch in zip(clips, (60, 61, 62), strict=True)
        ]
        assert keys == expected


@pytest.mark.backend
def test_a_network_is_rendered():
    gan = toy_gan(conditions=[Label(["flute", "oboe"], "instrument"), Pitch(60, 62)])
    sounds = SoundsOnDemand(gan, layout_of(gan, sounds=1))
    ((_, found, _),) = rendered(sounds, [0], instrument="oboe")
    samples, _ = soundfile.read(io.BytesIO(base64.b64decode(found["flac"])), always_2d=True)
    expected = gan.generate(latents=gan.sample_latents(1, 1), pitch=61, instrument="oboe")[0]
    np.testing.assert_allclose(samples[: found["length"]], expected, atol=1.5 / 32768)
    with pytest.raises(ValueError, match=r"shape \(n, 4\). Received: list: .*inhomogeneous"):
        sounds.request({**request(sounds, [0], instrument="oboe"), "latents": [[1], [1, 2]]})


def test_a_keyboard_is_one_batch_and_is_kept(monkeypatch):
    monkeypatch.setattr(on_demand, "KEPT", 2)
    gan = SineInstrument(low=40, high=100, seconds=0.01)
    sounds = SoundsOnDemand(gan, layout_of(gan, sounds=2))
    batch_sizes = []
    generate = gan.generate
    gan.generate = lambda batch_size, **given: batch_sizes.append(batch_size) or generate(**given)
    first = rendered(sounds, [0], colour="soft")
    assert batch_sizes == gan.batches == [61]
    assert rendered(sounds, [0], colour="soft") == first and len(gan.batches) == 1
    assert rendered(sounds, [0, 1, 0], colour="soft")[::2] == [*first, *first] and gan.batches == [61, 61]
    rendered(sounds, [2], colour="soft")
    rendered(sounds, [0], colour="soft")
    assert len(gan.batches) == 3
    rendered(sounds, [1], colour="soft")
    assert len(gan.batches) == 4, "the one that was wanted least lately is rendered again"


def test_a_seed_is_drawn_and_truncated(sines):
    gan, sounds = sines
    seed, latents = sounds.draw(truncation=0.5)
    np.testing.assert_array_equal(latents, gan.sample_latents(2, seed, 0.5))
    assert np.abs(latents).max() <= 0.5 and sounds.draw()[0] != sounds.draw()[0]


def test_pads_are_labels_or_sounds():
    gan = DrumKit(seconds=0.05)
    sounds = SoundsOnDemand(gan, layout_of(gan, sounds=2))
    assert [len(keys) for keys in rendered(sounds, [0, 2])] == [3, 3]
    assert gan.requests[-1] == ("hat", tuple(gan.sample_latents(2, 1)[1].tolist()))
    plain = DrumKit(labels=(), seconds=0.05)
    sounds = SoundsOnDemand(plain, layout_of(plain, sounds=2))
    assert [len(keys) for keys in rendered(sounds, [0, 2])] == [1, 1]
    assert len(read_latents(io.BytesIO(sounds.latents_file({**request(sounds, [2]), "key": None})))[0]) == 1
    with pytest.raises(ValueError, match="`key` must be null"):
        sounds.latents_file({**request(sounds, [2]), "key": "kick"})


def test_saved_latents_make_the_same_sound_again(sines):
    gan, sounds = sines
    content = sounds.latents_file({**request(sounds, [1], colour="loud"), "key": 61})
    latents, conditions = read_latents(io.BytesIO(content))
    np.testing.assert_array_equal(latents, latent_vectors.interpolate(gan.sample_latents(2, 1), 2)[1:2])
    assert {name: values.tolist() for name, values in conditions.items()} == {"pitch": [61], "colour": [1]}
    np.testing.assert_array_equal(sounds.open_latents(content), latents)
    for wrong, message in ((b"PK", "a file:"), (b"", "a file:"), (content[:200], "a file:")):
        with pytest.raises(ValueError, match=f"under the name `latents`.*Received: {message}"):
            sounds.open_latents(wrong)
    file = io.BytesIO()
    np.savez(file, latents=np.zeros((65, 4)))
    with pytest.raises(ValueError, match="at most 64 sounds. Received: 65 latents"):
        sounds.open_latents(file.getvalue())


def test_any_number_of_a_range_can_be_chosen():
    gan = SineInstrument(low=60, high=60, seconds=0.05)
    gan.conditions = Conditions([Pitch(60, 60), Tempo(80, 160)])
    sounds = SoundsOnDemand(gan, layout_of(gan, sounds=1))
    assert sounds.request(request(sounds, [0], tempo=97.5)).conditions == {"tempo": 97.5}
    with pytest.raises(ValueError, match="from 80 to 160. Received: tempo=200"):
        sounds.request(request(sounds, [0], tempo=200))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"latents": [[0.0] * 3]}, r"shape \(n, 4\)"),
        ({"latents": [[1.0] * 4] * 65}, "at most 64 sounds"),
        ({"latents": [[1.0] * 4] * 2}, "neighbours that differ"),
        ({"steps": 0}, "steps=0"),
        ({"steps": 1.5}, "steps=1.5"),
        ({"steps": 1001}, "at most 1000. Received: steps=1001"),
        ({"positions": []}, r"1 to 65 whole numbers from 0 to 2. Received: positions=\[\]"),
        ({"positions": [3]}, r"positions=\[3\]"),
        ({"positions": [True]}, r"positions=\[True\]"),
        ({"positions": 1}, "positions=1"),
        ({"positions": [0] * 66}, "1 to 65"),
        ({"conditions": {}}, "The conditions must be an object of `colour`. Received: none"),
        ({"conditions": {"colour": "soft", "pitch": 60}}, "Received: `colour`, `pitch`"),
        ({"conditions": ["colour"]}, r"Received: \['colour'\]"),
        ({"conditions": {"colour": "red"}}, "one of 'soft', 'loud'"),
        ({"conditions": {"colour": ["soft"]}}, "`colour` must be one value"),
        ({"conditions": {"colour": True}}, "`colour` must be one value"),
        ({"more": 1}, "The request must be an object of `latents`, `steps`, `positions`, `conditions`"),
    ],
)
def test_wrong_requests_are_named(sines, changed, message):
    _, sounds = sines
    with pytest.raises(ValueError, match=message):
        sounds.request({**request(sounds, [0], colour="soft"), **changed})


def test_wrong_seeds_and_keys_are_named(sines):
    _, sounds = sines
    for options, message in (((-1,), "seed=-1"), ((2**53,), f"seed={2**53}"), ((1, -0.5), "truncation=-0.5")):
        with pytest.raises(ValueError, match=message):
            sounds.draw(*options)
    with pytest.raises(ValueError, match="pitch=70"):
        sounds.latents_file({**request(sounds, [0], colour="soft"), "key": 70})
    with pytest.raises(ValueError, match="object of .*`key`. Received: 3"):
        sounds.latents_file(3)
