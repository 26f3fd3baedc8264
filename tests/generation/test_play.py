import warnings

import librosa
import numpy as np
import pytest

from keras_musicgan import datasets, synth
from keras_musicgan.conditions import Label, Pitch
from keras_musicgan.generation.sustain import sounding_part
from keras_musicgan.music.notes import Notes, Track
from tests.support.models import small_gan
from tests.support.sine_instrument import SineInstrument

RATE = 16000


SINE = np.array([1.0, 0.0, 0.0, 0.0], "float32")  # latents of a pure tone


def one(pitch=69, seconds=1.0, **options):
    return Notes([0.0], [seconds], [pitch], tempo=60.0, **{"velocity": [127], **options})


def cents_off(samples, pitch):
    f0_hz = np.nanmedian(librosa.yin(samples, fmin=80, fmax=2000, sr=RATE, frame_length=2048))
    return 1200 * np.log2(f0_hz / synth.frequency(pitch))


def test_every_note_has_its_pitch_and_time():
    tune = Notes([0, 1, 2.5, 3], [1, 1, 0.5, 2], [60, 64, 67, 71], tempo=60.0)
    audio = synth.play(SineInstrument(onset=0.1, end=0.8), tune, seed=1, release_ms=50)
    assert audio.shape == (round(5.05 * RATE), 2) and audio.dtype == np.float32
    for start, duration, pitch in zip(tune.start, tune.duration, tune.pitch, strict=True):
        first, last = round((start + 0.05) * RATE), round((start + duration) * RATE)
        assert cents_off(audio[first:last].mean(axis=1), pitch) == pytest.approx(0, abs=10)
    onset = np.argmax(np.abs(audio[:, 0]) > 0.01)
    assert onset < 0.015 * RATE  # though the clip sounds a tenth of a second later
    assert not audio[round(2.06 * RATE) : round(2.49 * RATE)].any(), "a rest is silent"


def test_velocity_sets_the_level_and_unequal_clips_are_evened_out():
    loud, soft = (synth.play(SineInstrument(), one(velocity=[v]), latents=SINE, pan=-1) for v in (127, 64))
    middle = slice(RATE // 4, RATE // 2)
    assert np.abs(loud[middle, 0]).max() == pytest.approx(synth.MIX_LEVEL, rel=0.01)
    np.testing.assert_allclose(soft, loud * 64 / 127, atol=1e-6)
    struck = synth.play(SineInstrument(decay=1e-3), one(), latents=SINE, pan=-1)
    assert np.abs(struck).max() == pytest.approx(synth.MIX_LEVEL, rel=0.15)


def test_attack_and_release_last_as_long_as_set():
    audio = synth.play(SineInstrument(), one(81 - 12, 0.5), latents=SINE, attack_ms=100, release_ms=400)[:, 0]
    assert len(audio) == round(0.9 * RATE)
    level = librosa.feature.rms(y=audio, frame_length=128, hop_length=32, center=False)[0]
    level /= level.max()
    at = {seconds: level[round(seconds * RATE / 32) - 2] for seconds in (0.05, 0.2, 0.49, 0.7, 0.89)}
    expected = {0.05: 0.5, 0.2: 1.0, 0.49: 1.0, 0.7: 0.5, 0.89: np.cos(0.5 * np.pi * 0.39 / 0.4) ** 2}
    assert at == pytest.approx(expected, abs=0.04)


def test_polyphony_is_the_sum_of_its_notes_and_never_clips():
    chord = Notes([0, 0, 0.5], [1, 1, 1], [60, 64, 67], tempo=60.0)
    alone = [synth.play(SineInstrument(), chord.where(np.arange(3) == index), seed=1) for index in range(3)]
    np.testing.assert_allclose(synth.play(SineInstrument(), chord, seed=1), np.sum(alone, axis=0), atol=1e-6)
    cluster = Notes(np.zeros(12), np.ones(12), np.arange(60, 72), np.full(12, 127), tempo=60.0)
    audio = synth.play(SineInstrument(), cluster, seed=1, level=1.0)
    assert np.abs(audio).max() == pytest.approx(1.0, abs=1e-6)


def test_tracks_are_panned_at_equal_power():
    tracks = (Track("left"), Track("right"))
    notes = Notes([0, 2], [1, 1], [60, 64], track=[0, 1], tempo=60.0, tracks=tracks)
    audio = synth.play(SineInstrument(), notes, seed=1, pan=[-1, 0.5], release_ms=0)
    first, second = audio[:RATE], audio[2 * RATE : 3 * RATE]
    assert np.abs(first[:, 1]).max() < 1e-6 < np.abs(first[:, 0]).max()
    powers = np.square(second).sum(axis=0)
    assert powers[1] / powers[0] == pytest.approx(np.tan(0.75 * np.pi / 2) ** 2, rel=1e-3)
    assert powers.sum() == pytest.approx(np.square(first).sum(), rel=0.02)
    spread = synth.play(SineInstrument(), notes, seed=1)
    left, right = np.square(spread[:RATE]).sum(axis=0), np.square(spread[2 * RATE : 3 * RATE]).sum(axis=0)
    assert left[0] > 2 * left[1] and right[1] > 2 * right[0]
    alone = synth.play(SineInstrument(channels=2), one(), seed=1)
    np.testing.assert_allclose(alone[:, 0], alone[:, 1], atol=1e-6)


def test_each_sound_is_generated_once_and_in_batches_of_one_size():
    gan = SineInstrument()
    tunes = Notes(np.arange(40) / 4, np.full(40, 0.25), 60 + np.arange(40) % 10, track=np.arange(40) // 20,
                  tracks=(Track("a"), Track("b")), tempo=60.0)  # fmt: skip
    held = synth.play(gan, tunes, seed=3, batch_size=8)
    assert set(gan.batches) == {8} and len(gan.batches) == 3  # 2 timbres at 10 pitches
    assert len({timbre for _, _, timbre in gan.requests}) == 2
    one_by_one = SineInstrument()
    np.testing.assert_allclose(held, synth.play(one_by_one, tunes, seed=3, batch_size=1), atol=1e-6)
    assert len(one_by_one.requests) == 20
    same = SineInstrument()
    synth.play(same, tunes, latents=SINE, colour="soft")  # both tracks sound alike, so that ten clips suffice
    assert len(same.requests) == 10


def test_timbre_wanders_from_latent_to_latent():
    start, end = np.float32([2, 0, 0, 0]), np.float32([0, 2, 0, 0])
    gan, scale = SineInstrument(), Notes(np.arange(40), np.ones(40), np.full(40, 69), tempo=60.0)
    synth.play(gan, scale, timbre="wandering", latents=np.stack([start, end]), batch_size=1)
    timbres = np.array(sorted({timbre for _, _, timbre in gan.requests}, key=lambda timbre: timbre[1]))
    np.testing.assert_allclose(timbres[0], start, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(timbres, axis=1), 2.0, rtol=1e-5)  # on the shell, as slerp goes
    angles = np.arctan2(timbres[:, 1], timbres[:, 0]) / (0.5 * np.pi)  # share of the way
    np.testing.assert_allclose(angles, np.arange(40) / 40, atol=0.01)
    drawn = SineInstrument(distribution="uniform")
    synth.play(drawn, scale, timbre="wandering", seed=5)
    timbres = np.array([timbre for _, _, timbre in drawn.requests])
    assert len(np.unique(timbres, axis=0)) == 40 and np.abs(timbres).max() <= 1
    again = SineInstrument(distribution="uniform")
    synth.play(again, scale, timbre="wandering", seed=5)
    assert again.requests == drawn.requests


def test_other_conditions_are_held_for_each_track():
    tracks = (Track("a"), Track("b"), Track("c"))
    notes = Notes(np.arange(60), np.ones(60), 60 + np.arange(60) % 12, track=np.arange(60) % 3, tracks=tracks)
    gan = SineInstrument()
    synth.play(gan, notes, seed=1, colour=["soft", "loud", "loud"])
    colours = {}
    for _, colour, timbre in gan.requests:
        colours.setdefault(timbre, set()).add(colour)
    of_track = [colours[tuple(timbre)] for timbre in gan.sample_latents(3, 1).tolist()]
    assert of_track == [{0.0}, {1.0}, {1.0}]
    drawn = SineInstrument()
    synth.play(drawn, notes, seed=1)
    colours = {}
    for _, colour, timbre in drawn.requests:
        colours.setdefault(timbre, set()).add(colour)
    assert [len(each) for each in colours.values()] == [1, 1, 1], "a colour is drawn once for each track"


def test_changes_of_a_piece_are_reported():
    tracks = (Track("melody"), Track("kit", is_drum=True))
    notes = Notes([0, 1, 2, 3], [1] * 4, [30, 90, 60, 36], track=[0, 0, 0, 1], tracks=tracks, tempo=60.0)
    with pytest.warns(synth.PlayWarning) as warned:
        audio = synth.play(SineInstrument(), notes, seed=1, release_ms=0)
    assert [str(warning.message) for warning in warned if warning.category is synth.PlayWarning] == [
        "1 of 4 notes left out: drums (kit)",
        "2 of 3 notes moved by octaves into the range 60 to 71: 1 up, 1 down",
    ]
    for second, pitch in enumerate((66, 66, 60)):
        assert cents_off(audio[second * RATE : (second + 1) * RATE, 0], pitch) == pytest.approx(0, abs=10)
    assert not audio[3 * RATE :].any()
    mute = SineInstrument(end=-1.0)
    with pytest.warns(synth.PlayWarning, match="1 of 1 notes silent"):
        assert not synth.play(mute, one()).any()
    with warnings.catch_warnings():
        warnings.simplefilter("error", synth.PlayWarning)
        synth.play(SineInstrument(), one())


@pytest.mark.parametrize(
    ("model", "notes", "options", "message"),
    [
        ({"low": None}, one(), {}, "trained with the condition `Pitch`.*without conditions"),
        ({}, Notes([], [], []), {}, "must hold a note"),
        ({}, Notes([0], [1], [36], tracks=(Track("kit", is_drum=True),)), {}, "all of drums"),
        ({"low": 60, "high": 66}, one(69), {}, "range of 60 to 66 and pitch 69"),
        ({}, one(), {"timbre": "hold"}, "Did you mean 'held'"),
        ({}, one(), {"latents": np.ones((2, 4))}, "one for each of 1. Received: 2 latents"),
        ({}, one(), {"latents": np.ones((1, 3))}, r"`latents` must have shape \(n, 4\)"),
        ({}, one(), {"pan": 1.5}, "pan=1.5"),
        ({}, one(), {"pan": [0, 0]}, "one for each of 1 tracks"),
        ({}, one(), {"attack_ms": -1}, "attack_ms=-1"),
        ({}, one(), {"release_ms": float("nan")}, "release_ms=nan"),
        ({}, one(), {"level": 0}, "level=0"),
        ({}, one(), {"batch_size": 0}, "batch_size=0"),
        ({}, one(), {"pitch": 60}, "The notes set the condition `pitch`"),
        ({}, one(), {"colour": ["soft", "loud"]}, "one for each of 1 tracks. Received: 2"),
        ({}, one(), {"colour": "red"}, "`colour` must be one of 'soft', 'loud'"),
        ({}, one(), {"tempo": 100}, "condition 'tempo', which it does not know"),
    ],
)
def test_wrong_use_is_named(model, notes, options, message):
    with pytest.raises(ValueError, match=message):
        synth.play(SineInstrument(**model), notes, **options)


def test_a_model_of_notes_is_refused(gan):
    with pytest.raises(TypeError, match="audio domain.*PitchSequence"):
        synth.play(gan, one())


def test_a_tune_plays_faster_than_real_time():
    import time

    (tune,) = datasets.compose(1, seed=2, bars=96)
    assert tune.seconds > 170
    gan = SineInstrument(low=48, high=83)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", synth.PlayWarning)
        begun = time.process_time()
        synth.play(gan, tune, seed=1)
        assert time.process_time() - begun < tune.seconds / 4


@pytest.mark.backend
def test_a_network_plays_its_pitch_and_label():
    names = Label(["flute", "oboe"], "instrument")
    gan = small_gan("wavegan-small", conditions=[Pitch(60, 71), names], representation={"length": 4096})
    for weight in gan.averaged_generator.weights:
        weight.assign(2.0 * weight)  # an untrained one is almost silent
    (latents,) = gan.sample_latents(1, seed=1)
    note = Notes([0.0], [0.25], [64], tempo=60.0)
    (clip,) = gan.generate(latents=latents[None], pitch=64, instrument="oboe")
    first, _ = sounding_part(clip, 8000)
    audio = synth.play(gan, note, latents=latents, instrument="oboe", attack_ms=0, pan=-1)
    held = slice(0, 1500)
    assert np.corrcoef(audio[held, 0], clip[first:][held, 0])[0, 1] > 1 - 1e-6
    for other in (
        synth.play(gan, note, latents=latents, instrument="flute", attack_ms=0, pan=-1),
        synth.play(gan, note.where([True]), seed=2, instrument="oboe", attack_ms=0, pan=-1),
    ):
        assert np.abs(audio - other).max() > 1e-3


def test_play_and_render_follow_tempo_changes_and_tell_what_is_not_played():
    tune = Notes([0, 4], [1, 4], [69, 69], tempo=60.0, tempo_changes=((4.0, 240.0),), unplayed={"pitch bends": 3})
    with pytest.warns(synth.PlayWarning, match=r"Not played: pitch bends \(3\)") as told:
        audio = synth.play(SineInstrument(), tune, seed=1, release_ms=0)
    assert sum(each.category is synth.PlayWarning for each in told) == 1 and len(audio) == 5 * RATE
    assert not audio[round(1.1 * RATE) : round(3.9 * RATE)].any() and audio[round(4.1 * RATE) :].any()
    with pytest.warns(synth.PlayWarning, match="pitch bends") as told:
        audio = synth.render(tune, RATE, "sine", envelope=False)
    assert sum(each.category is synth.PlayWarning for each in told) == 1 and len(audio) == 5 * RATE
    assert not audio[round(1.1 * RATE) : round(3.9 * RATE)].any() and audio[round(4.1 * RATE) :].any()
    endless = Notes([0], [1e6], [69])
    for sounded in (lambda: synth.play(SineInstrument(), endless), lambda: synth.render(endless)):
        with pytest.raises(ValueError, match="4 hours long"):
            sounded()
