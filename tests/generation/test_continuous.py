import itertools

import librosa
import numpy as np
import pytest

import keras_musicgan as km
from benchmarks.shared.flux import flux_at_joints, flux_inside
from keras_musicgan.generation.continuous import blocks, continuous_notes, generate_continuous
from tests.support.models import small_gan
from tests.support.sine_instrument import SineInstrument

RATE = 16000


def seam_flux(parts):
    return flux_at_joints(parts, RATE)


def loud_flux_inside(clips):
    return np.quantile(flux_inside(clips, RATE), 0.95)


SOUNDS = {
    "tone": {},
    "vibrato": {"vibrato": 0.3},
    "noise": {"noise": True},
    "note": {"onset": 0.1, "end": 0.8},
}


@pytest.mark.parametrize("overlap", [0.2, 0.5])
@pytest.mark.parametrize("kind", SOUNDS)
def test_seams_are_no_rougher_than_the_inside_of_clips(kind, overlap):
    gan = SineInstrument(**SOUNDS[kind])
    parts = list(itertools.islice(blocks(gan, 1, overlap=overlap, pitch=63, colour="soft"), 40))
    inside = SineInstrument(**{**SOUNDS[kind], "onset": 0.0, "end": None}).generate(16, seed=2, pitch=63)
    assert seam_flux(parts).max() <= loud_flux_inside(inside)
    levels = librosa.feature.rms(y=np.concatenate(parts)[800:, 0], frame_length=2048, hop_length=512, center=False)[0]
    assert levels.min() > 0.5 * np.median(levels), "no hole at a joint"


@pytest.mark.parametrize("kind", ["tone", "vibrato"])
def test_the_measure_detects_clips_that_are_only_put_side_by_side(kind):
    clips = SineInstrument(**SOUNDS[kind]).generate(16, seed=2, pitch=63)
    assert np.median(seam_flux(clips)) > 1.5 * loud_flux_inside(clips)


def test_a_tone_stays_in_phase():
    """Without alignment the same tone at other phases would cancel itself in the overlaps."""
    gan = SineInstrument()
    sine = np.float32([[1, 0, 0, 0], [1, 0.001, 0, 0]])
    audio = generate_continuous(gan, 20.0, latents=sine, pitch=69)[800:-800, 0]
    levels = librosa.feature.rms(y=audio, frame_length=1024, hop_length=256, center=False)[0]
    assert 20 * np.log10(levels.max() / levels.min()) < 0.5
    assert np.abs(np.diff(audio, 2)).max() < 1.1 * 0.5 * (2 * np.pi * 440 / RATE) ** 2


@pytest.mark.parametrize("seconds", [0.00001, 0.3, 7.77])
@pytest.mark.parametrize("channels", [1, 2])
def test_length_is_exact_and_the_ends_do_not_click(seconds, channels):
    audio = generate_continuous(SineInstrument(noise=True, channels=channels), seconds, 3, pitch=60)
    assert audio.shape == (max(round(seconds * RATE), 1), channels) and audio.dtype == np.float32
    assert not audio[0].any() and not audio[-1].any() and np.abs(audio).max() <= 1


def test_seed_repeats_and_the_beginning_does_not_depend_on_the_length():
    gan = SineInstrument(noise=True)
    short, long = (generate_continuous(gan, seconds, 3, pitch=60, colour="loud") for seconds in (4.0, 9.0))
    np.testing.assert_array_equal(short[: 3 * RATE], long[: 3 * RATE])
    assert np.abs(short - generate_continuous(gan, 4.0, 4, pitch=60, colour="loud")).max() > 0.1


def test_latents_go_from_point_to_point_and_round():
    gan = SineInstrument()
    points = np.float32([[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0]])
    list(itertools.islice(blocks(gan, latents=points, steps=2, pitch=60, batch_size=5), 14))
    latents = np.array([timbre for _, _, timbre in gan.requests])
    np.testing.assert_allclose(latents[:12:2], np.concatenate([points, points]), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), 2.0, rtol=1e-5)
    assert set(gan.batches) == {5}
    drawn = SineInstrument()
    list(itertools.islice(blocks(drawn, 7, steps=4, pitch=60), 30))
    latents = np.array([timbre for _, _, timbre in drawn.requests])
    assert len(np.unique(latents, axis=0)) == len(latents), "the way never repeats"
    directions = latents / np.linalg.norm(latents, axis=1, keepdims=True)
    assert (directions[:-1] * directions[1:]).sum(axis=1).min() > 0.6, "about a quarter of the way each"


def test_conditions_are_held():
    gan = SineInstrument()
    generate_continuous(gan, 10.0, 1, pitch=65)
    assert {pitch for pitch, _, _ in gan.requests} == {65.0} and len({colour for _, colour, _ in gan.requests}) == 1


def test_only_one_batch_of_clips_is_made_ahead():
    gan = SineInstrument()
    music = blocks(gan, 1, batch_size=4, pitch=60)
    next(music)
    assert gan.batches == [4]


def test_silent_ends_are_left_out_and_silent_models_are_told():
    struck = SineInstrument(onset=0.3, decay=1e-2, end=0.5)
    audio = generate_continuous(struck, 10.0, 1, pitch=60)[:, 0]
    levels = librosa.feature.rms(y=audio, frame_length=1600, hop_length=400, center=False)[0]
    assert levels.min() > 0.01
    with pytest.raises(ValueError, match="64 silent clips"):
        generate_continuous(SineInstrument(end=-1.0), 1.0, pitch=60)


@pytest.mark.parametrize("preset", ["lecture", "pianoroll"])
def test_pieces_of_notes_follow_on_the_bar_line(preset):
    gan = small_gan(preset)
    piece = gan.generate_notes(1, seed=1)[0]
    notes = continuous_notes(gan, 2.5 * piece.seconds, 1)
    assert notes.length == 3 * piece.length and notes.tracks == piece.tracks
    assert notes.time_signatures == piece.time_signatures
    audio = generate_continuous(gan, 3.0, 1)
    assert audio.shape == (3 * gan.representation.sample_rate, 1)
    with pytest.raises(TypeError, match="audio domain"):
        blocks(gan)


def test_pieces_that_end_within_a_bar_wait_for_the_next():
    gan = small_gan("lecture", representation={"length": 6, "sample_rate": 8000})
    notes = continuous_notes(gan, 6.5, 1)
    assert notes.length == 24.0 and sorted(notes.start)[6] == 8.0 and len(notes) == 18


def test_audio_models_have_no_notes():
    with pytest.raises(TypeError, match="notes domain"):
        continuous_notes(SineInstrument(), 3.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seconds": 0}, "seconds=0"),
        ({"seconds": float("inf")}, "seconds=inf"),
        ({"overlap": 0}, r"`overlap` must lie in \(0, 0.5\]"),
        ({"overlap": 0.6}, "overlap=0.6"),
        ({"steps": 0}, "steps=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"latents": np.ones((2, 3))}, r"shape \(n, 4\)"),
        ({"latents": np.ones((1, 4))}, "neighbours that differ"),
        ({"pitch": [60, 61]}, "`pitch` must be one value for the whole"),
        ({"pitch": 90}, "from 60 to 71"),
        ({"tempo": 90}, "condition 'tempo', which it does not know"),
    ],
)
def test_wrong_use_is_told(options, message):
    with pytest.raises(ValueError, match=message):
        generate_continuous(SineInstrument(), **{"seconds": 1.0, **options})


@pytest.mark.backend
def test_a_model_of_waveforms_plays_on():
    gan = km.MusicGAN.from_preset("wavegan-small", generator={"width": 2}, discriminator={"width": 2}, latent_dim=8)
    audio = generate_continuous(gan, 5.0, 1)
    assert audio.shape == (5 * 8000, 1) and np.abs(audio).max() <= 1
    np.testing.assert_array_equal(audio, generate_continuous(gan, 5.0, 1))
