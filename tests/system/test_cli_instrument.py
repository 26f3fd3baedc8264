"""The commands of a model with conditions: trained on a folder of notes, told what to make, played."""

import json
from dataclasses import replace

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.music.notes import Track
from tests.support.command import musicgan
from tests.support.riff import read_sound_font

NAMES = ["C", "Cs", "D", "Ds", "E", "F", "Fs", "G", "Gs", "A", "As", "B"]
SMALL = ["generator.width=8", "discriminator.width=8", "representation.length=1024", "representation.sample_rate=8000"]
SMALL += ["representation.n_fft=128", "representation.hop_length=64"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Notes of an octave, named after instrument and pitch, and one out of range."""
    folder = tmp_path_factory.mktemp("notes")
    clips, labels = km.datasets.make_notes(24, seed=1, sample_rate=8000, length=2048, low=60, high=71)
    for number, (clip, instrument, pitch) in enumerate(zip(clips, labels["instrument"], labels["pitch"], strict=True)):
        km.audio.write_wav(folder / f"{instrument}_{NAMES[pitch % 12]}4_{number}.wav", clip, 8000)
    km.audio.write_wav(folder / "organ_C6_99.wav", clips[0], 8000)
    return folder


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "run"
    told = ["--condition", "pitch=C4:B4", "--condition", "instrument=pluck,organ,reed,bell"]
    small = [part for setting in SMALL for part in ("--set", setting)]
    arguments = ["train", folder, "--preset", "gansynth-small", *told, "--labels", "{instrument}_{pitch}_*", *small]
    status, output, errors = musicgan(*arguments, "--epochs", 2, "--batch-size", 8, "--out", out)
    assert status == 0, errors
    assert "organ_C6_99.wav: `pitch` must be a whole number from 60 to 71. Received: pitch='C6', which is 84" in output
    assert f"tune:       {out / 'outcome' / 'tune.wav'}" in output
    assert f"next:       musicgan play {out} YOUR_SONG.mid" in output
    return out


def test_a_run_ends_with_a_tune_and_a_page(run):
    assert km.audio.info(run / "outcome" / "tune.wav")[1:] == (8000, 2)
    assert km.midi.read(run / "outcome" / "tune.mid").tracks
    assert "pluck" in (run / "outcome" / "page" / "index.html").read_text()


def test_conditions_are_part_of_the_run(run, eager):
    config = json.loads((run / "config.json").read_text())
    assert config["overrides"]["conditions"][0] == ["pitch", {"low": 60, "high": 71}]
    assert config["dataset"]["labels"] == "{instrument}_{pitch}_*"
    with np.load(run / "samples" / "epoch_0002" / "latents.npz") as kept:
        assert sorted(kept.files) == ["condition_instrument", "condition_pitch", "latents"]
        pitches = kept["condition_pitch"]
    assert ((pitches >= 60) & (pitches <= 71)).all()
    status, output, _ = musicgan("train", "--resume", "--out", run, "--epochs", 3)
    assert status == 0 and "epoch 3/3" in output


def test_generate_is_told(run, tmp_path):
    told = ["--condition", "pitch=C4,E4,67", "--condition", "instrument=organ"]
    status, output, _ = musicgan("generate", run, *told, "--seed", 1, "--out", tmp_path / "a")
    assert status == 0 and len(output.split()) == 3
    with np.load(tmp_path / "a" / "latents.npz") as kept:
        assert kept["condition_pitch"].tolist() == [60, 64, 67]
        assert kept["condition_instrument"].tolist() == [1, 1, 1]
    assert musicgan("generate", run, "--latents", tmp_path / "a" / "latents.npz", "--out", tmp_path / "b")[0] == 0
    for name in ("sample_01.wav", "sample_03.wav"):
        first, second = (km.audio.read(tmp_path / part / name)[0] for part in "ab")
        np.testing.assert_array_equal(first, second)
    assert musicgan("generate", run, "-n", 5, "--out", tmp_path / "c")[0] == 0
    path = ["generate", run, "-n", 2, "--interpolate", 3, "--condition", "pitch=60,62", "--out", tmp_path / "d"]
    assert musicgan(*path)[0] == 0
    with np.load(tmp_path / "d" / "latents.npz") as kept:
        assert kept["condition_pitch"].tolist() == [60, 60, 60, 62]


def test_generate_any_length(run, tmp_path):
    status, _, errors = musicgan("generate", run, "--seconds", 1.5, "--seed", 1, "--out", tmp_path)
    assert status == 0, errors
    sound, rate = km.audio.read(tmp_path / "continuous.wav")
    assert len(sound) == 1.5 * rate and np.abs(sound).max() > 0


def test_play_a_midi_file(run, two_tracks, tmp_path):
    km.midi.write(tmp_path / "song.mid", two_tracks)
    arguments = ["play", run, tmp_path / "song.mid", "--out", tmp_path / "song.wav", "--seed", 1]
    status, output, errors = musicgan(*arguments, "--condition", "instrument=reed,organ", "--pan", "-0.5,0.5")
    assert status == 0, errors
    assert "octave" in output, "notes out of the model's range are reported"
    sound, rate = km.audio.read(tmp_path / "song.wav")
    assert rate == 8000 and sound.shape[1] == 2 and len(sound) >= two_tracks.seconds * rate
    status, _, errors = musicgan(*arguments)
    assert status == 2 and "--overwrite" in errors


def test_pack_an_instrument(run, tmp_path):
    arguments = ["pack", run, tmp_path / "a.sf2", "--seed", 1, "--every", 4, "--condition", "instrument=reed,organ"]
    status, output, errors = musicgan(*arguments)
    assert status == 0, errors
    assert output.split() == [str(tmp_path / "a.sf2")]
    assert [row["name"] for row in read_sound_font(tmp_path / "a.sf2")["phdr"]] == ["reed", "organ", "EOP"]
    status, _, errors = musicgan(*arguments)
    assert status == 2 and "a.sf2, which exists" in errors
    assert musicgan(*arguments, "--overwrite")[0] == 0
    assert musicgan("generate", run, "-n", 2, "--out", tmp_path)[0] == 0
    favourites = ["--latents", tmp_path / "latents.npz", "--condition", "instrument=bell", "--every", 6]
    status, output, errors = musicgan("pack", run, tmp_path / "b.sfz", *favourites)
    assert status == 0, errors
    assert output.split() == [str(tmp_path / f"b_bell_{number}.sfz") for number in (1, 2)]
    assert len(list((tmp_path / "b_samples").glob("*.wav"))) == 4
    for wrong, message in (
        ([*favourites, "--sounds", 2], "--latents replaces --sounds"),
        (["--condition", "instrument=tuba"], "`instrument` must be one of"),
    ):
        status, _, errors = musicgan("pack", run, tmp_path / "c.sf2", *wrong)
        assert status == 2 and message in errors and not (tmp_path / "c.sf2").exists()


def test_play_several_models_and_drums(run, two_tracks, tmp_path):
    drums = Track("kit", is_drum=True)
    columns = [("start", 1.0), ("duration", 0.1), ("pitch", 36), ("velocity", 100), ("track", len(two_tracks.tracks))]
    columns = {name: np.append(getattr(two_tracks, name), value) for name, value in columns}
    km.midi.write(tmp_path / "song.mid", replace(two_tracks, **columns, tracks=(*two_tracks.tracks, drums)))
    arguments = ["play", tmp_path / "song.mid", "--out", tmp_path / "song.wav", "--seed", 1, "--transpose", -1]
    status, output, errors = musicgan(*arguments, "--track", f"1={run}", "--drums", run)
    assert status == 0, errors
    assert "left out: tracks without a model" in output and "drums" not in output
    sound, rate = km.audio.read(tmp_path / "song.wav")
    assert rate == 8000 and np.abs(sound).max() > 0
    for wrong, message in (
        ([], "`play` takes a model and a MIDI file, or a MIDI file with --track or --drums"),
        (["--track", f"{run}"], "`--track` takes TRACK=MODEL"),
        (["--track", f"viola={run}"], "A track must be one of the piece: 0"),
    ):
        status, _, errors = musicgan(*arguments, "--overwrite", *wrong)
        assert status == 2 and message in errors


def test_write_a_page(run, tmp_path):
    arguments = ["page", run, "--out", tmp_path / "page", "--seed", 1, "--pitches", "C4:E4"]
    status, output, errors = musicgan(*arguments, "--condition", "instrument=reed,organ", "--title", "Reeds")
    assert status == 0, errors
    assert "130 clips" in output and str(tmp_path / "page" / "index.html") in output  # 13 positions, 2 values, 5 keys
    assert "<title>Reeds</title>" in (tmp_path / "page" / "index.html").read_text()
    for wrong, message in (
        ([], "which exists. Replace it with --overwrite"),
        (["--overwrite", "--pitches", "C4"], "`--pitches` takes LOW:HIGH"),
        (["--overwrite", "--condition", "colour=red"], "a condition 'colour', which it does not know"),
        (["--overwrite", "--megabytes", "0.001"], "The page must fit into 0.001 MB"),
    ):
        status, _, errors = musicgan(*arguments, *wrong)
        assert status == 2 and message in errors and errors.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--condition", "pitch=200"], "`pitch` must be a whole number from 60 to 71. Received: pitch='200'"),
        (["--condition", "pitch"], "`--condition` takes NAME=VALUE"),
        (["--condition", "colour=red"], "must be one of 'pitch', 'instrument'"),
        (["--condition", "pitch=60,61", "-n", "3"], "one for each of 3 clips"),
        (["--condition", "pitch=60", "--latents", "x.npz"], "--latents replaces --condition"),
        (["--seconds", "0"], "`seconds` must be a number above 0"),
    ],
)
def test_generate_refuses(run, tmp_path, arguments, message):
    status, _, errors = musicgan("generate", run, *arguments, "--out", tmp_path)
    assert status == 2 and message in errors and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--condition", "pitch=60"], "`--condition` takes NAME=LOW:HIGH"),
        (["--condition", "pitch=60:"], "`--condition` takes NAME=LOW:HIGH"),
        (["--condition", "pitch=70:60"], "Received: low=70, high=60"),
        (["--condition", "tempo=a:b"], "A range of `tempo` must be two numbers"),
        (["--condition", "pitch=60:71"], "labels are none, without 'pitch'"),
        (["--condition", "pitch=60:71", "--labels", "{instrument}_*"], "labels are 'instrument', without 'pitch'"),
    ],
)
def test_train_refuses(folder, tmp_path, arguments, message):
    status, _, errors = musicgan("train", folder, "--preset", "gansynth-small", *arguments, "--out", tmp_path / "run")
    assert status == 2 and message in errors and not (tmp_path / "run").exists()
