import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.datasets import Clips, compose
from keras_musicgan.representations import BarCodes
from keras_musicgan.representations.outline import outlines
from tests.support.harness import at_night_under_jax, check_config_round_trip
from tests.support.models import small_gan


@pytest.fixture(scope="module")
def clips():
    tunes = compose(4, seed=1, bars=8)
    return np.concatenate([BarCodes(width=8).from_notes(tune) for tune in tunes])


@pytest.fixture(scope="module")
def adapted(clips):
    keras.utils.set_random_seed(0)
    representation = BarCodes(n_codes=16, width=64, noise=0.2, steps=500)
    assert not representation.adapted
    representation.adapt(clips)
    return representation


def overlap(rolls, others):
    """Share of the cells of either that are notes in both."""
    return np.logical_and(rolls, others).sum() / np.logical_or(rolls, others).sum()


@pytest.mark.backend
def test_bars_come_back_from_their_codes(adapted, clips):
    codes = ops.convert_to_numpy(adapted(clips))
    assert adapted.adapted and codes.shape == (len(clips), 4, 16)
    assert overlap(adapted.to_rolls(codes), clips) > 0.7
    assert codes.reshape(-1, 16).std(axis=0).min() > 0.5 and np.abs(codes.mean(axis=(0, 1))).max() < 0.5
    sheet = adapted.lossless()
    np.testing.assert_array_equal(sheet.to_rolls(ops.convert_to_numpy(sheet(clips))), clips)
    notes = adapted.to_notes(codes)[0]
    assert notes.length == 16 and [track.name for track in notes.tracks] == ["melody", "chords"]


def test_codes_with_noise_are_still_bars(adapted, clips):
    codes = ops.convert_to_numpy(adapted(clips))
    noisy = codes + adapted.noise * np.random.default_rng(0).normal(size=codes.shape)
    assert overlap(adapted.to_rolls(noisy), clips) > 0.7


def test_the_outline_of_a_bar_is_linear_in_its_code(adapted, clips):
    bars = adapted._events_of_bars(clips)
    targets = outlines(*adapted._notes_of_bars(bars))
    codes = ops.convert_to_numpy(adapted(clips)).reshape(len(bars), -1)
    inputs = np.hstack([codes, np.ones((len(codes), 1))])
    errors = targets - inputs @ np.linalg.lstsq(inputs, targets, rcond=None)[0]
    assert errors.var() < 0.25 * targets.var()


def test_codes_between_bars_are_written_as_one_of_them(adapted, clips):
    codes = ops.convert_to_numpy(adapted(clips))
    between = 0.5 * (codes[1:] + codes[:-1])
    written = adapted.to_rolls(between)
    at_first = adapted.lossless().to_rolls(adapted._probabilities(between))
    again = adapted.lossless().to_rolls(adapted._probabilities(ops.convert_to_numpy(adapted(written))))
    assert overlap(written, again) > overlap(at_first, written)


@pytest.mark.backend
def test_any_codes_are_one_melody(adapted):
    rolls = adapted.to_rolls(np.random.default_rng(0).normal(size=(8, 4, 16)))
    assert rolls.shape == (8, 64, 60, 2) and rolls[..., 0].sum(axis=2).max() <= 1


def test_the_autoencoder_is_saved_and_the_gan_leaves_it(clips, tmp_path):
    gan = small_gan("pianoroll")
    gan.compile(run_eagerly=keras.backend.backend() != "jax")
    gan.fit(clips, batch_size=8, verbose=0)
    codes = ops.convert_to_numpy(gan.representation(clips))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    loaded.fit(clips, batch_size=8, verbose=0)
    assert loaded.representation.adapted
    np.testing.assert_allclose(ops.convert_to_numpy(loaded.representation(clips)), codes, atol=1e-5)


@pytest.mark.backend
@at_night_under_jax
@pytest.mark.parametrize("kind", ["array", "dataset", "augmented"])
def test_fit_encodes_clips_in_memory_once(adapted, clips, kind, monkeypatch):
    gan = small_gan("pianoroll", representation=adapted)
    gan.compile()
    data = {
        "array": clips,
        "dataset": Clips(clips, 4, held_out=Clips(clips[:4], 4)),
        "augmented": Clips(clips, 4, augment=lambda rolls, rng: rolls),
    }[kind]
    seen = []
    encode = gan._encode

    def encode_and_note(batch):
        seen.append(tuple(keras.utils.unpack_x_y_sample_weight(batch)[0].shape[1:]))
        return encode(batch)

    monkeypatch.setattr(gan, "_encode", encode_and_note)
    gan.fit(data, validation_data=getattr(data, "held_out", None), batch_size=4, epochs=2, verbose=0)
    assert set(seen) == {clips.shape[1:] if kind == "augmented" else adapted.encoded_shape}


@pytest.mark.backend
def test_batches_of_codes_are_the_codes_of_batches(adapted, clips):
    data = Clips(clips, 4, seed=3)
    codes = adapted.encode_once(data)
    for _ in range(2):
        codes.on_epoch_begin()
        for index in range(len(data)):
            np.testing.assert_allclose(codes[index][0], ops.convert_to_numpy(adapted(data[index][0])), atol=1e-5)
        codes.on_epoch_end()
    assert data.epoch == 2


def test_options_are_kept():
    copy = check_config_round_trip(BarCodes(bars=2, metre="3/4", n_codes=12, width=8, noise=0.1, steps=3))
    assert copy.encoded_shape == (2, 12)


@pytest.mark.parametrize("options", [{"n_codes": 0}, {"noise": -1.0}, {"width": 1.5}, {"steps": 0}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        BarCodes(**options)
