import re

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.music import audio, midi
from keras_musicgan.pretrained import catalogue
from keras_musicgan.pretrained.archive import write_archive
from keras_musicgan.runs.demo import INSTRUMENTS, ON_THE_KEYBOARD, demo
from tests.pretrained.test_archive import CARD

SMALL = {"width": 8, "finest_width": 4}
CLIPS = {"length": 2048, "sample_rate": 8000, "n_fft": 128, "hop_length": 64}
NAMES = sorted({*INSTRUMENTS, *ON_THE_KEYBOARD})
CONDITIONS = {
    "orchestra": [km.Pitch(48, 84), km.Label(NAMES, name="instrument")],
    "drum-machine": [km.Label(["kick", "snare", "hat"], name="kind")],
}


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Small untrained models by the names of those of the package."""
    for name, conditions in CONDITIONS.items():
        networks = {"generator": SMALL, "discriminator": SMALL, "representation": CLIPS}
        gan = km.MusicGAN.from_preset("notes", conditions=conditions, **networks)
        gan.conditions.remembered.assign(
            np.zeros(gan.conditions.remembered.shape) + [[48, 0], [0]][len(conditions) < 2]
        )
        write_archive(gan, tmp_path / "models" / f"{name}.musicgan", CARD)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "models")


def test_the_demo_is_a_folder_of_music_whose_page_links_all_of_it(models, tmp_path):
    folder = tmp_path / "demo"
    index, song, drums = demo(folder, seed=3)
    samples, rate = audio.read(song)
    notes = midi.read(folder / "song.mid")
    assert rate == 8000 and len(samples) / rate > notes.seconds and np.abs(samples).max() > 0
    assert [track.name for track in notes.tracks] == ["melody", "chords", "drums"]
    assert len(list(drums.glob("sample_*.wav"))) == 16
    for target in re.findall(r'(?:src|href)="(.*?)"', index.read_text()):
        assert (folder / target).is_file(), target
    with pytest.raises(FileExistsError, match="--overwrite"):
        demo(folder)
    (drums / "my_own.wav").write_text("dear")
    with pytest.raises(FileExistsError, match=r"my_own\.wav"):
        demo(folder, overwrite=True)
    (drums / "my_own.wav").unlink()
    first = song.read_bytes()
    demo(folder, seed=3, overwrite=True)
    assert song.read_bytes() == first


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds no demo"):
        demo(tmp_path / "mine", overwrite=True)
