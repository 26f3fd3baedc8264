"""Labels of audio from folders, file names and tables."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets import DataSpec, NoUsableDataError, audio_folder
from tests.support.audio_files import spec, write


def test_labels_come_from_folders_names_and_tables(audio_files, tmp_path):
    def labels_of(labels):
        data = audio_folder(audio_files, spec(), clip="slices", held_out=0, labels=labels)
        assert data.n_clips == 24 and all(values.shape == (24,) for values in data.labels.values())
        files = [data.files[file].stem for file in data.file_of_clip]
        return files, data.labels, data.skipped

    files, labels, skipped = labels_of("folder")
    assert labels["folder"].tolist() == ["low" if name[0] in "abc" else "high" for name in files]
    assert "sub-folder" in skipped["text.wav"]
    files, labels, skipped = labels_of("{note}_{number}")
    assert [f"{note}_{number}" for note, number in zip(labels["note"], labels["number"], strict=True)] == files
    assert "does not fit the pattern" in skipped["silent.WAV"]
    files, labels, _ = labels_of("{height}/*_{number}")
    assert set(labels) == {"height", "number"} and set(labels["height"]) == {"low", "high"}
    table = tmp_path / "labels.csv"
    rows = ["low/a_1.wav,1", "low/b_2.wav,2", "low/c_3.wav,3", "high/d_4.wav,4", "high/e_5.wav,5", "high/f_6.wav,6"]
    table.write_text("\n".join(["\ufefffile,pitch", *rows, "low/x_9.wav,9", "text.wav,"]))
    files, labels, skipped = labels_of(table)
    assert labels["pitch"].tolist() == [name[-1] for name in files]
    assert "not there" in skipped["low/x_9.wav"] and "nothing in column 'pitch'" in skipped["text.wav"]
    assert "no row for it" in skipped["nan.wav"]


def test_all_files_have_the_shared_labels(audio_files):
    options = {"held_out": 0, "shared_labels": {"note": "x", "kind": "noise"}}
    data = audio_folder(audio_files, spec(), labels="{note}_{number}", **options)
    assert set(data.labels["note"]) == {"x"} and len(set(data.labels["number"])) == 6
    alone = audio_folder(audio_files, spec(), **options)
    assert alone.n_clips == 6 and set(alone.labels["kind"]) == {"noise"}
    with pytest.raises(TypeError, match="dict from label to value"):
        audio_folder(audio_files, spec(), shared_labels="noise")


def test_files_whose_labels_are_missing_everywhere_are_an_error(audio_files, tmp_path):
    with pytest.raises(NoUsableDataError, match="none of 13 files.*does not fit"):
        audio_folder(audio_files, spec(), labels="{a}-{b}")
    (tmp_path / "labels.csv").write_text("file,pitch\nelsewhere.wav,1\n")
    with pytest.raises(NoUsableDataError, match="not there"):
        audio_folder(audio_files, spec(), labels=tmp_path / "labels.csv")
    flat = tmp_path / "flat"
    write(flat / "x.wav", np.ones(10))
    with pytest.raises(NoUsableDataError, match="sub-folder"):
        audio_folder(flat, spec(), labels="folder")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"name,pitch\na,1\n", "'name', 'pitch'"),
        (b"file\nlow/a_1.wav\n", "'file'"),
        (b"file,pitch,pitch\nlow/a_1.wav,1,2\n", "'pitch', 'pitch'"),
        (b"file,\nlow/a_1.wav,1\n", "'file', ''"),
        (b"file,pitch\nlow/a_1.wav,1\nlow/a_1.wav,2\n", "two of 'low/a_1.wav'"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_broken_tables_are_named(content, message, audio_files, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        audio_folder(audio_files, spec(), labels=table)
    assert "labels.csv" in str(error.value)
    table.unlink()
    with pytest.raises(FileNotFoundError, match="labels.csv"):
        audio_folder(audio_files, spec(), labels=table)


def test_a_folder_labels_pitch_and_instrument(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("flute_C4", "flute_Cs4", "oboe_D4", "oboe_C6", "horn_C4"):
        km.audio.write_wav(tmp_path / f"{name}_1.wav", rng.uniform(-0.5, 0.5, 2000), 8000)
    conditions = Conditions([km.Pitch(60, 71), km.Label(["flute", "oboe"], name="instrument")])
    gan = DataSpec(spec().representation, conditions)
    data = km.datasets.audio_folder(tmp_path, gan, labels="{instrument}_{pitch}_*", held_out=0.0)
    clips, labels = data[0]
    assert len(clips) == 3 and sorted(labels) == ["instrument", "pitch"]
    np.testing.assert_array_equal(data.conditions["pitch"], [60, 61, 62])
    np.testing.assert_array_equal(data.conditions["instrument"], [0, 0, 1])
    assert "which is 84" in data.skipped["oboe_C6_1.wav"] and "'horn'" in data.skipped["horn_C4_1.wav"]
    with pytest.raises(ValueError, match="labels are 'instrument', without 'pitch'"):
        km.datasets.audio_folder(tmp_path, gan, labels="{instrument}_*", held_out=0.0)
    with pytest.raises(ValueError, match="labels are none, without 'pitch', 'instrument'"):
        km.datasets.audio_folder(tmp_path, gan, held_out=0.0)


def test_labels_have_one_value_a_clip():
    clips = np.arange(6.0).reshape(6, 1, 1)
    data = km.datasets.Clips(clips, batch_size=2, labels={"pitch": [60, 61, 62, 63, 64, 65]})
    assert data.n_clips == 6 and data.load([4]).item() == data.labels["pitch"][4] - 60
    assert km.datasets.Clips(clips, batch_size=2).labels == {}
    with pytest.raises(ValueError, match="each of the 6 clips.*'pitch' of shape \\(5,\\)"):
        km.datasets.Clips(clips, batch_size=2, labels={"pitch": np.arange(5)})
