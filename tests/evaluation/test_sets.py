import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.evaluation import MusicSet, evaluate
from tests.support.models import small_gan


def test_a_model_gets_the_conditions_of_the_held_out_music():
    gan = small_gan(
        "wavegan-small", conditions=[km.Pitch(60, 71), km.Label(["bell", "organ", "pluck", "reed"], "instrument")]
    )
    data = km.datasets.synthetic_notes(60, gan, held_out=0.5, low=60, high=71)
    held_out = MusicSet.from_dataset("held-out", data.held_out, gan, 100)
    generated = MusicSet.from_model(gan, 70, like=held_out)
    np.testing.assert_array_equal(generated.known["pitch"], np.resize(held_out.known["pitch"], 70))
    np.testing.assert_array_equal(generated.known["instrument"], np.resize(held_out.known["instrument"], 70))
    assert len(set(generated.known["instrument"])) == 4


def test_a_broken_model_and_missing_music_are_named():
    gan = small_gan("wavegan-small")
    with pytest.raises(ValueError, match="finite numbers.*diverged"):
        MusicSet.from_encoded("generated", np.full((2, 1024, 1), np.nan), gan.representation)
    with pytest.raises(ValueError, match="held-out part"):
        evaluate(gan, km.datasets.synthetic_drums(8, gan, held_out=0.0))
    sounds = MusicSet("sounds", np.zeros((8, 1024, 1)), 8000)
    with pytest.raises(TypeError, match="pair of them"):
        evaluate(sounds, km.datasets.synthetic_drums(8, gan))


def test_noise_of_notes_keeps_notes_but_not_their_order():
    tunes = km.datasets.compose(20, seed=1, bars=8)
    real = MusicSet("tunes", tunes)
    noise = real.noise(30, seed=1)
    assert len(noise) == 30 and [len(piece.pitch) for piece in noise.music[:20]] == [len(t.pitch) for t in tunes]
    assert set(np.concatenate([piece.pitch for piece in noise.music])) <= set(np.concatenate([t.pitch for t in tunes]))
    scale = [np.mean([km.metrics.in_scale_rate(p.pitch) for p in pieces.music]) for pieces in (real, noise)]
    assert scale[1] < scale[0] - 0.05
