"""Fixtures."""

import functools
import importlib
import os
import signal
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a core, and PyTorch's threads would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import backends, midi
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations import AudioRepresentation
from tests.support.models import EAGER, small_gan

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config):
    """Compile librosa's ufuncs before there are several processes, and let them hear Ctrl-C.

    A shell's background job ignores it, and so do its children. Two processes that compile them at once leave a cache
    that ends every later process with a segmentation fault
    (https://github.com/numba/numba/issues/10128).
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        for module in ("beat", "core.audio", "core.pitch", "util.utils"):
            importlib.import_module(f"librosa.{module}")


@pytest.fixture(scope="session", autouse=True)
def without_xla():
    """No step is compiled by XLA unless a test says so: that takes longer than the few steps of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backends, "compiles_by_default", lambda gan: False)
        yield


@pytest.fixture
def with_xla(monkeypatch):
    """Steps are compiled as they are outside the tests."""
    monkeypatch.setattr(backends, "compiles_by_default", backends._backend.compiles_by_default)


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture
def gan():
    """A small model of `lecture-plain`. It runs eagerly: tracing its step takes longer than two of them."""
    model = small_gan()
    model.compile(run_eagerly=True)
    return model


@pytest.fixture
def data(gan):
    """Synthetic tunes for `gan`: two batches to train on and two held out."""
    return km.datasets.melodies(2, gan, batch_size=8, seed=1)


@pytest.fixture(scope="session")
def trained():
    """A function from a preset to a small model after two epochs of a batch, to be read only.

    It has `gan`, `data`, `history` (with validation) and `before`, the generator's first weights.
    """

    @functools.cache
    def train(preset, **execution):
        keras.utils.set_random_seed(0)
        gan = small_gan(preset)
        gan.compile(**(execution or {"run_eagerly": EAGER}))
        gan.recipe["pieces"] = 14 if isinstance(gan.representation, AudioRepresentation) else 2
        data = km.datasets.for_model(gan, batch_size=16, held_out=0.4, seed=1)
        before = gan.generator.get_weights()
        options = {"epochs": 2, "shuffle": False, "verbose": 0, "validation_data": data.held_out}
        history = gan.fit(data, **options).history
        return SimpleNamespace(gan=gan, data=data, history=history, before=before)

    return train


def real_data(name):
    """A folder of real data, or a skip with the reason."""
    folder = SHARED_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the real data of ../shared/data/{name} are not there")
    return folder


@pytest.fixture
def nottingham():
    return real_data("nottingham")


@pytest.fixture
def philharmonia():
    return real_data("philharmonia")


@pytest.fixture
def sonic_pi():
    return real_data("sonic_pi")


@pytest.fixture
def spoken_digits():
    return real_data("spoken_digits")


@pytest.fixture
def two_tracks():
    """A bar of melody over a chord that is held for two."""
    return Notes(
        start=[0, 1, 1.5, 2, 3, 0, 0, 0, 4],
        duration=[1, 0.5, 0.5, 1, 1, 8, 8, 8, 4],
        pitch=[72, 74, 76, 77, 77, 48, 52, 55, 72],
        velocity=[100, 90, 90, 100, 80, 60, 60, 60, 100],
        track=[0, 0, 0, 0, 0, 1, 1, 1, 0],
        tempo=100.0,
        tracks=(Track("melody", 73), Track("chords", 0)),
    )


@pytest.fixture
def midi_files(tmp_path):
    """A folder with good tunes in a sub-folder, and one bad file of every kind."""
    folder = tmp_path / "midi"
    for index, tune in enumerate(km.datasets.compose(4, seed=5, bars=8)):
        midi.write(folder / "good" / f"{index}.mid", tune)
    (folder / "empty.mid").write_bytes(b"")
    (folder / "text.mid").write_text("this is a letter")
    whole = (folder / "good" / "0.mid").read_bytes()
    (folder / "truncated.mid").write_bytes(whole[: len(whole) // 3])
    drums = Notes([0, 1], [1, 1], [36, 38], tracks=(Track("kit", 0, is_drum=True),))
    midi.write(folder / "drums.MID", drums)
    (folder / "notes.txt").write_text("not looked at")
    return folder


@pytest.fixture
def audio_files(tmp_path):
    """A folder with six good WAV files in two sub-folders, and one bad file of every kind.

    The files are `low/{note}_{number}.wav` and `high/{note}_{number}.wav`, noise of 5,000 samples at 8 kHz.
    """
    folder = tmp_path / "audio"
    rng = np.random.default_rng(7)
    for name in ("low/a_1", "low/b_2", "low/c_3", "high/d_4", "high/e_5", "high/f_6"):
        km.audio.write_wav(folder / f"{name}.wav", rng.uniform(-0.9, 0.9, 5000), 8000, "float")
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.wav").write_text("this is a letter")
    whole = (folder / "low" / "a_1.wav").read_bytes()
    (folder / "truncated.wav").write_bytes(whole[: len(whole) // 3])
    (folder / "nan.wav").write_bytes(whole[:-4] + np.float32(np.nan).tobytes())
    (folder / "nothing.wav").write_bytes(km.audio.wav(np.zeros(1), 8000)[:-2].replace(b"data\2", b"data\0"))
    km.audio.write_wav(folder / "silent.WAV", np.full(5000, 1e-5), 8000, "float")
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    (folder / "notes.txt").write_text("not looked at")
    return folder
