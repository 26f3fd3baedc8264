import warnings

import librosa
import numpy as np
import pytest

from keras_musicgan import datasets, synth
from keras_musicgan.conditions import Conditions, Label, Pitch
from keras_musicgan.generation.attack import attack_sample
from keras_musicgan.music.notes import Notes, Track
from tests.support.drum_kit import DrumKit
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
        "1 of 4 notes left out: drums without a model (kit)",
        "2 of 3 notes moved by octaves into the range 60 to 71: single notes 1 up and 1 down",
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
        ({}, one(), {"pitch": 60}, "conditions that notes do not set: 'colour'. Received: pitch=60"),
        ({}, one(), {"colour": ["soft", "loud"]}, "one for each of 1 tracks. Received: 2"),
        ({}, one(), {"colour": "red"}, "`colour` must be one of 'soft', 'loud'"),
        ({}, one(), {"tempo": 100}, "do not set: 'colour'. Received: tempo=100"),
        ({}, one(), {"transpose": 128}, "whole semitones from −127 to 127. Received: transpose=128"),
        ({}, one(), {"transpose": 0.5}, "transpose=0.5"),
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
    onset = attack_sample(clip, 8000)
    audio = synth.play(gan, note, latents=latents, instrument="oboe", attack_ms=0, pan=-1)
    held = slice(0, 1000)
    assert np.corrcoef(audio[held, 0], clip[onset:][held, 0])[0, 1] > 1 - 1e-6
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


@pytest.mark.parametrize("kind", [{"onset": 0.118}, {"onset": 0.05, "attack": 0.12}, {"decay": 1e-3, "onset": 0.01}])
def test_onsets_fall_on_their_beats(kind):
    tune = Notes([1.0, 2.25, 3.5], [0.6] * 3, [60, 64, 71], tempo=60.0)
    audio = synth.play(SineInstrument(**kind), tune, seed=1, release_ms=50)[:, 0]
    for start in tune.start:
        begin = round((start - 0.2) * RATE)
        assert (begin + attack_sample(audio[begin : begin + RATE // 2, None], RATE)) / RATE == pytest.approx(
            start, abs=0.01
        )


def test_a_line_keeps_its_intervals_and_moves_by_the_transposition():
    pitches = [47, 50, 54, 52, 57, 47]
    melody = Notes(np.arange(6), np.ones(6), pitches, tempo=60.0)
    for transpose in (0, 3, -30):
        gan = SineInstrument(low=60, high=83)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", synth.PlayWarning)
            synth.play(gan, melody, seed=1, transpose=transpose)
        asked = sorted({pitch for pitch, *_ in gan.requests})
        assert np.diff(asked).tolist() == np.diff(sorted(set(pitches))).tolist(), "every pitch once"
        assert (asked[0] - pitches[0] - transpose) % 12 == 0
    with pytest.warns(synth.PlayWarning, match=r"6 of 6 notes moved by octaves into the range 60 to 83: track 0 \+3"):
        synth.play(SineInstrument(low=60, high=83), melody, seed=1, transpose=-12)


TWO_TRACKS = Notes([0, 0, 1, 1], [1] * 4, [60, 48, 64, 52], track=[0, 1, 0, 1], tempo=60.0,
                   tracks=(Track("melody"), Track("bass")))  # fmt: skip


def test_each_track_is_played_by_its_model_in_its_range():
    flute, cello = SineInstrument(), SineInstrument(low=36, high=59)
    audio = synth.play({"melody": flute, 1: cello}, TWO_TRACKS, seed=1)
    assert {pitch for pitch, *_ in flute.requests} == {60, 64} and {pitch for pitch, *_ in cello.requests} == {48, 52}
    with pytest.warns(synth.PlayWarning) as told:
        melody = synth.play({0: flute}, TWO_TRACKS, seed=1)
    assert [str(each.message) for each in told if each.category is synth.PlayWarning] == [
        "2 of 4 notes left out: tracks without a model (bass)"
    ]
    with pytest.warns(synth.PlayWarning, match=r"left out: tracks without a model \(melody\)"):
        bass = synth.play({1: cello}, TWO_TRACKS, seed=1)
    np.testing.assert_allclose(audio, melody + bass, atol=1e-6)
    others = SineInstrument(low=36, high=83)
    synth.play({1: cello, None: others}, TWO_TRACKS, seed=1)
    assert {pitch for pitch, *_ in others.requests} == {60, 64}


def test_models_of_different_rates_are_mixed_at_the_highest():
    slow, fast = SineInstrument(low=36, high=83, sample_rate=8000, onset=0.1), SineInstrument(low=36, high=83)
    late = Notes([0, 2], [1, 1], [60, 67], track=[0, 1], tempo=60.0, tracks=TWO_TRACKS.tracks)
    audio = synth.play({0: fast, 1: slow}, late, seed=1, release_ms=0, pan=0)
    assert len(audio) == 3 * RATE
    assert cents_off(audio[RATE // 10 : RATE, 0], 60) == pytest.approx(0, abs=10)
    assert cents_off(audio[2 * RATE + RATE // 10 :, 0], 67) == pytest.approx(0, abs=10)
    begin = round(1.5 * RATE)
    assert (begin + attack_sample(audio[begin:, :1], RATE)) / RATE == pytest.approx(2.0, abs=0.01)
    alone = synth.play({1: slow, 0: fast}, late.of_track(1), seed=1, release_ms=0, pan=0)
    np.testing.assert_allclose(audio[2 * RATE :], alone[2 * RATE :], atol=1e-3)


def test_conditions_of_one_value_a_track_may_be_unknown_to_the_other_models():
    flute, other = SineInstrument(), SineInstrument(low=36, high=59)
    other.conditions = Conditions([Pitch(36, 59), Label(["bright", "dark"], "colour")])
    synth.play({0: flute, 1: other}, TWO_TRACKS, seed=1, colour=["loud", "dark"])
    assert {colour for _, colour, _ in flute.requests} == {colour for _, colour, _ in other.requests} == {1.0}
    with pytest.raises(ValueError, match="`colour` must be one of 'bright', 'dark'"):
        synth.play({0: flute, 1: other}, TWO_TRACKS, seed=1, colour="loud")


def beat(pitches, starts=None, durations=None, **options):
    n = len(pitches)
    starts = np.arange(n) if starts is None else starts
    durations = np.full(n, 0.1) if durations is None else durations
    return Notes(starts, durations, pitches, tempo=60.0, tracks=(Track("kit", is_drum=True),), **options)


def test_drums_of_general_midi_are_played_by_the_labels_of_their_kinds():
    kit = DrumKit()
    with pytest.warns(synth.PlayWarning) as told:
        synth.play({}, beat([36, 38, 42, 36, 39, 56, 35]), seed=1, drums=kit)
    assert [str(each.message) for each in told if each.category is synth.PlayWarning] == [
        "1 of 7 strokes left out: the model has no drum like Cowbell",
        "1 of 7 strokes played by other drums: Hand Clap by snare",
    ]
    assert sorted(label for label, _ in kit.requests) == ["hat", "kick", "kick", "snare", "snare"], "each drum once"
    assert len({latents for _, latents in kit.requests}) == 5
    again = DrumKit()
    synth.play({}, beat([42, 36]), seed=1, drums=again)
    assert set(again.requests) < set(kit.requests), "a drum sounds alike in every piece"


def test_a_kit_without_labels_draws_a_sound_for_each_drum():
    kit = DrumKit(labels=())
    audio = synth.play({}, beat([36, 38, 36, 81, 20]), seed=1, drums=kit)[:, 0]
    assert len(kit.requests) == len(set(kit.requests)) == 4
    strokes = [audio[second * RATE : second * RATE + RATE // 2] for second in range(5)]
    np.testing.assert_allclose(strokes[0], strokes[2], atol=1e-6)
    assert np.abs(strokes[0] - strokes[1]).max() > 0.01


def test_a_drum_sounds_in_full_and_as_loud_as_its_velocity():
    long, short = (beat([36], durations=[d], velocity=[127], length=1.0) for d in (1.0, 0.01))
    audio = synth.play({}, short, seed=1, drums=DrumKit(seconds=1.5))
    np.testing.assert_array_equal(audio, synth.play({}, long, seed=1, drums=DrumKit(seconds=1.5)))
    assert len(audio) == 1.5 * RATE, "the last one, too"
    (clip,) = DrumKit(seconds=1.5).generate(latents=DrumKit().sample_latents(128, 1)[36:37], drum="kick")
    held = slice(0, RATE)
    assert np.corrcoef(audio[held, 0], clip[attack_sample(clip, RATE) :][held, 0])[0, 1] > 0.999
    assert np.linalg.norm(audio, axis=1).max() == pytest.approx(2 * synth.MIX_LEVEL, rel=1e-3)
    soft = synth.play({}, beat([36], velocity=[64], length=1.0), seed=1, drums=DrumKit(seconds=1.5))
    np.testing.assert_allclose(soft, audio * 64 / 127, atol=1e-6)


def test_a_closed_hat_cuts_an_open_one_off():
    hats = ["open hat", "closed hat"]
    both, opened, closed = (
        synth.play({}, beat(pitches, starts=starts, length=2.0), seed=1, drums=DrumKit(hats, decay=0.5))[:, 0]
        for pitches, starts in (([46, 42], [0.0, 0.5]), ([46], [0.0]), ([42], [0.5]))
    )
    before, after = slice(0, RATE // 2), slice(round(0.53 * RATE), None)
    np.testing.assert_allclose(both[before], opened[before], atol=1e-6)
    np.testing.assert_allclose(both[after], closed[after], atol=1e-6)
    assert np.abs(opened[after]).max() > 0.1


def test_drums_stand_in_the_middle_beside_tones_at_another_rate():
    tracks = (Track("melody"), Track("kit", is_drum=True), Track("bass"))
    notes = Notes([0, 1, 2], [0.5] * 3, [60, 36, 64], track=[0, 1, 2], tempo=60.0, tracks=tracks)
    kit = DrumKit(sample_rate=22050)
    audio = synth.play(SineInstrument(), notes, seed=1, drums=kit)
    assert len(audio) == round(2.8 * 22050) and [label for label, _ in kit.requests] == ["kick"]
    stroke = audio[22050 : 22050 + 5000]
    assert np.abs(stroke).max() > 0.1
    np.testing.assert_allclose(stroke[:, 0], stroke[:, 1], atol=1e-6)
    own = SineInstrument(low=30, high=40)
    synth.play({None: SineInstrument(), "kit": own}, notes, seed=1)
    assert len(own.requests) == 1, "any model plays drums if its track is named"


def test_a_kit_without_a_track_of_drums_is_reported_and_its_label_is_set_by_the_notes():
    with pytest.warns(synth.PlayWarning, match="has nothing to play: the piece has no track of drums"):
        synth.play(SineInstrument(), one(), seed=1, drums=DrumKit())
    with pytest.raises(ValueError, match="do not set: none with these models. Received: drum='kick'"):
        synth.play({}, beat([36]), seed=1, drums=DrumKit(), drum="kick")
    with pytest.raises(ValueError, match="4 notes, all of tracks without a model"):
        synth.play({}, TWO_TRACKS, seed=1, drums=DrumKit())
