import warnings

import numpy as np
import pytest

from keras_musicgan.conditions import Conditions, Label, Pitch, Value
from keras_musicgan.generation.pack import PackWarning, pack
from keras_musicgan.generation.recordings import recordings
from keras_musicgan.metrics.pitch import estimate_pitch
from keras_musicgan.music import audio
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.music.synthesizer import frequency, render
from tests.support import players
from tests.support.drum_kit import DrumKit
from tests.support.models import toy_gan
from tests.support.players import fluidsynth
from tests.support.riff import read_sound_font, zones
from tests.support.sine_instrument import SineInstrument

RATE = 16_000


class Winds(SineInstrument):
    """Sines of two instruments, the second an eighth as loud, with a loudness from which their partials follow."""

    def __init__(self, *loudness, low=60, high=67, **options):
        super().__init__(low, high, seconds=0.6, **options)
        self.conditions = Conditions([Pitch(low, high), Label(["flute", "oboe"], "instrument"), *loudness])

    def generate(self, latents, batch_size=32, **conditions):
        numbers = self.conditions.complete(conditions, len(latents))
        self.requests += [{name: float(column[row]) for name, column in numbers.items()} for row in range(len(latents))]
        names = [name for name in numbers if name not in ("pitch", "instrument")]
        power = numbers[names[0]] if names else np.zeros(len(latents))
        clips = [
            self._clip(pitch, np.array([1.0, 0.1 * (1 + loud), 0, 0])) / 8**instrument / (1 + loud)
            for pitch, instrument, loud in zip(numbers["pitch"], numbers["instrument"], power, strict=True)
        ]
        return np.stack(clips).astype("float32")


def level_db(sound):
    return 20 * np.log10(np.sqrt(np.mean(np.square(sound))) + 1e-12)


def test_a_player_plays_every_note_at_its_pitch_and_time_and_holds_it(tmp_path):
    gan = SineInstrument(low=55, high=67, onset=0.1, attack=0.04, end=0.8)
    assert pack(gan, tmp_path / "a.sf2", seed=1, every=4, release_ms=150) == [tmp_path / "a.sf2"]
    pitches, velocities = np.array([55, 58, 62, 67, 70, 60]), [100, 100, 30, 64, 127, 100]
    starts, seconds = np.array([0, 2, 4, 6, 8, 10]), [1, 1, 1, 1, 1, 4]
    sound = fluidsynth(tmp_path / "a.sf2", Notes(starts, seconds, pitches, velocities, tempo=60.0), tmp_path)
    rate = players.RATE
    notes = [sound[round((start + 0.1) * rate) : round((start + 0.9) * rate)] for start in starts]
    np.testing.assert_allclose(estimate_pitch(np.stack(notes), rate), pitches, atol=0.02)
    levels = [level_db(note) for note in notes]
    np.testing.assert_allclose(np.diff(levels[:1] + levels[2:5]), [40 * np.log10(b / a) for a, b in
                               ((100, 30), (30, 64), (64, 127))], atol=0.3)  # fmt: skip
    for start, duration, note in zip(starts, seconds, notes, strict=True):
        around = np.abs(sound[max(round((start - 0.1) * rate), 0) : round((start + 0.1) * rate), 0])
        onset = np.argmax(around > 0.1 * np.abs(note).max()) / rate - min(start, 0.1)
        assert 0 <= onset < 0.01
        after = sound[round((start + duration + 0.3) * rate) :][: rate // 10]
        assert level_db(after) < level_db(note) - 50, "it is released"
    late = sound[round(13 * rate) : round(13.9 * rate)]  # three seconds after a clip of 0.8 s begins
    assert level_db(late) == pytest.approx(level_db(notes[5]), abs=0.5)
    assert estimate_pitch(late[None], rate)[0] == pytest.approx(60, abs=0.02)


def test_symusic_plays_it_too(tmp_path):
    pack(SineInstrument(), tmp_path / "a.sf2", seed=1)
    sound = render(Notes([0, 2], [1, 1.5], [62, 71], tempo=60.0), RATE, sound_font=tmp_path / "a.sf2")
    notes = np.stack([sound[round((start + 0.1) * RATE) :][:RATE] for start in (0, 2)])
    np.testing.assert_allclose(estimate_pitch(notes[:, : RATE // 2], RATE), [62, 71], atol=0.02)
    assert level_db(notes[1]) > -40


def test_presets_are_all_combinations_and_sounds(tmp_path):
    pack(Winds(), tmp_path / "a.sf2", seed=1, sounds=2, instrument="all", every=3)
    font = read_sound_font(tmp_path / "a.sf2")
    assert [row["name"] for row in font["phdr"][:-1]] == ["flute 1", "flute 2", "oboe 1", "oboe 2"]
    assert [zone[43] & 255 for zone in zones(font, 0)[1:]] == [48, 62, 65]
    assert [row["root"] for row in font["shdr"][:3]] == [60, 63, 66]
    assert zones(font, 0)[-1][43] >> 8 == 78, "the outermost recordings reach an octave further"
    assert recordings(Winds(), {}).names == [""]
    pack(Winds(), tmp_path / "b.sf2", seed=1)
    assert read_sound_font(tmp_path / "b.sf2")["phdr"][0]["name"] == "b"


def test_a_single_preset_and_its_recordings_are_named_by_their_instrument(tmp_path):
    pack(Winds(), tmp_path / "b.sf2", seed=1, instrument="oboe", every=3)
    font = read_sound_font(tmp_path / "b.sf2")
    assert font["phdr"][0]["name"] == "oboe" and font["shdr"][0]["name"] == "oboe 60"
    pack(Winds(), tmp_path / "b.sfz", seed=1, instrument="oboe", every=3)
    assert sorted(path.name for path in (tmp_path / "b_samples").iterdir())[0] == "00001_oboe_60.wav"


def test_the_balance_of_presets_follows_the_model_with_headroom(tmp_path):
    flute, oboe = pack(Winds(), tmp_path / "a.sfz", seed=1, instrument=["flute", "oboe"])
    assert (flute.name, oboe.name) == ("a_flute.sfz", "a_oboe.sfz")
    peaks = {
        name: max(np.abs(audio.read(path)[0]).max() for path in (tmp_path / "a_samples").glob(f"*_{name}_*.wav"))
        for name in ("flute", "oboe")
    }
    assert peaks["flute"] == pytest.approx(10 ** (-3 / 20), abs=1e-3)
    assert peaks["flute"] / peaks["oboe"] == pytest.approx(8, rel=0.01)


def test_a_loudness_becomes_velocity_layers_in_its_order(tmp_path):
    gan = Winds(Label(["loud", "medium", "soft"], "playing"), high=60)
    pack(gan, tmp_path / "a.sf2", seed=1, instrument="flute")
    layers = [zone[44] for zone in zones(read_sound_font(tmp_path / "a.sf2"), 0)[1:]]
    assert [(layer & 255, layer >> 8) for layer in layers] == [(1, 64), (65, 88), (89, 127)]
    samples = read_sound_font(tmp_path / "a.sf2")
    audio16 = np.frombuffer(samples["smpl"], "<i2").astype(float)
    clips = [audio16[row["start"] + 1600 : row["start"] + 3200] for row in samples["shdr"][:-1]]
    spectra = [np.abs(np.fft.rfft(clip * np.hanning(1600))) for clip in clips]
    octave = round(2 * float(frequency(60)) / 10)
    shares = [spectrum[octave] / spectrum[round(octave / 2)] for spectrum in spectra]
    assert shares == sorted(shares, reverse=True), "soft is the third name, with the most of the second partial"
    np.testing.assert_allclose([level_db(clip) for clip in clips], level_db(clips[0]), atol=0.2)
    sound = render(Notes([0, 1, 2, 3], [0.8] * 4, [60] * 4, [60, 66, 90, 127], tempo=60.0), RATE,
                   sound_font=tmp_path / "a.sf2")  # fmt: skip
    levels = [level_db(sound[round((start + 0.1) * RATE) :][: RATE // 2]) for start in range(4)]
    assert levels == sorted(levels)

    of_value = recordings(Winds(Value("velocity", 1, 127)), {"instrument": "flute"}, every=12)
    assert of_value.velocity.tolist() == [16, 48, 79, 111]
    np.testing.assert_allclose(of_value.numbers["velocity"], [16.75, 48.25, 79.75, 111.25])
    given = recordings(gan, {"instrument": "flute", "playing": "soft"})
    assert set(given.numbers["playing"]) == {2.0} and len(given.key) == 1


def test_a_kit_is_on_the_keys_of_general_midi(tmp_path):
    gan = DrumKit(("kick", "snare", "open_hat", "closed_hat"))
    with pytest.warns(PackWarning, match=r"\d+ of 47 drums of General MIDI left out"):
        pack(gan, tmp_path / "kit.sf2", seed=1, hits=2)
    font = read_sound_font(tmp_path / "kit.sf2")
    assert (font["phdr"][0]["bank"], font["phdr"][0]["preset"]) == (128, 0)
    of_key = {}
    for zone in zones(font, 0)[1:]:
        of_key.setdefault(zone[43] & 255, []).append(zone)
    assert {36, 38, 42, 46} <= set(of_key) and all(len(hits) == 2 for hits in of_key.values())
    assert [hit[44] for hit in of_key[36]] == [1 | 63 << 8, 64 | 127 << 8]
    assert of_key[42][0][57] == of_key[46][0][57] and 57 not in of_key[36][0]
    names = {name for name, _ in gan.requests}
    assert names == {"kick", "snare", "open_hat", "closed_hat"} and len({row for _, row in gan.requests}) > 8
    beat = Notes([0, 1, 2], [0.05] * 3, [36, 38, 46], tempo=60.0, tracks=(Track(is_drum=True),))
    sound = fluidsynth(tmp_path / "kit.sf2", beat, tmp_path)
    strokes = np.stack([sound[start * players.RATE :][: players.RATE // 4] for start in range(3)])
    np.testing.assert_allclose(estimate_pitch(strokes, players.RATE), [60, 72, 84], atol=0.1)
    assert level_db(strokes[0][-2000:]) > -60, "a stroke rings after its note ends"


def test_other_models_become_a_bank_of_sounds_on_keys(tmp_path):
    gan = DrumKit(labels=())
    (path,) = pack(gan, tmp_path / "pads.sfz", seed=1, sounds=3)
    keys = [line.split()[1] for line in path.read_text().splitlines()[1:]]
    assert keys == ["lokey=36", "lokey=37", "lokey=38"] and len({row for _, row in gan.requests}) == 3
    given = np.float32([[1, 2, 3, 4]])
    assert recordings(gan, {}, latents=given).latents.tolist() == given.tolist()


def test_silent_clips_are_replaced_by_the_nearest(tmp_path):
    class Gap(SineInstrument):
        def _clip(self, pitch, timbre):
            return super()._clip(pitch, timbre) * (pitch != 62)

    with pytest.warns(PackWarning, match="1 of 12 recordings left out: the model's clips for them are silent"):
        pack(Gap(), tmp_path / "a.sf2", seed=1, colour="soft")
    font = read_sound_font(tmp_path / "a.sf2")
    ranges = [(zone[43] & 255, zone[43] >> 8) for zone in zones(font, 0)[1:]]
    assert len(ranges) == 11 and ranges[1:3] == [(61, 62), (63, 63)]
    mute = SineInstrument(onset=2.0)
    with pytest.warns(PackWarning), pytest.raises(ValueError, match="must make a sound. Received: 24 clips, all sil"):
        pack(mute, tmp_path / "b.sf2", seed=1)
    assert not (tmp_path / "b.sf2").exists()


@pytest.mark.parametrize("suffix", [".sf2", ".sfz"])
def test_the_same_seed_gives_the_same_files(tmp_path, suffix):
    files = []
    for seed, folder in ((1, "x"), (1, "y"), (2, "z")):
        pack(SineInstrument(high=61), tmp_path / folder / f"a{suffix}", seed, colour="soft")
        files.append({file.name: file.read_bytes() for file in (tmp_path / folder).rglob("*.*")})
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize(
    ("gan", "options", "message"),
    [
        (SineInstrument(), {"pitch": 60}, r"The keys of an instrument set its condition 'pitch'. Received: pitch=60"),
        (DrumKit(), {"drum": "kick"}, "The keys of an instrument set its condition 'drum'"),
        (SineInstrument(), {"colour": "red"}, "`colour` must be one of 'soft', 'loud'"),
        (SineInstrument(), {"colour": ["soft", "soft"]}, "`colour` must be one value or several different ones"),
        (SineInstrument(), {"tone": 1}, "a condition 'tone', which it does not know"),
        (SineInstrument(), {"hits": 2}, "`hits` are drawn for the drums"),
        (SineInstrument(), {"sounds": 0}, "`sounds` must be a positive integer"),
        (SineInstrument(), {"sounds": 2, "latents": np.ones((1, 4))}, "`sounds` must be the number of latents, 1"),
        (SineInstrument(), {"release_ms": 0}, "`release_ms` must be a number above 0"),
        (SineInstrument(), {"sounds": 400}, "at most 8,000 recordings of one channel. Received: 9,600"),
        (SineInstrument(), {"sounds": 10**9}, "must fit into the memory of this machine"),
        (DrumKit(labels=()), {"every": 2}, "`every` leaves out pitches of a model with `Pitch`"),
        (DrumKit(labels=()), {"sounds": 93}, "must be at most 92, the keys from 36 on"),
    ],
)  # fmt: skip
def test_wrong_options_are_named(tmp_path, gan, options, message):
    with pytest.raises(ValueError, match=message):
        pack(gan, tmp_path / "a.sf2", **options)
    assert not list(tmp_path.iterdir()) and not gan.requests


def test_only_instruments_are_written_and_nothing_is_overwritten(tmp_path):
    with pytest.raises(ValueError, match=r"must end in .sf2 or .sfz. Received: filepath='.*a.gig'"):
        pack(SineInstrument(), tmp_path / "a.gig")
    with pytest.raises(TypeError, match="a model whose representation is PitchSequence. Its notes are played with"):
        pack(toy_gan("notes"), tmp_path / "a.sf2")
    (tmp_path / "a_samples").mkdir()
    with pytest.raises(FileExistsError, match="a_samples exists"):
        pack(SineInstrument(high=60), tmp_path / "a.sfz")
    with warnings.catch_warnings():
        warnings.simplefilter("error", PackWarning)
        pack(SineInstrument(high=60), tmp_path / "a.sfz", overwrite=True)
