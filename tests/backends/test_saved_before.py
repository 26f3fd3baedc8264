"""Models saved by version 0.1 load, generate the same and train on."""

import re
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_musicgan as km
from tests.support.models import small_gan

COMPAT = Path(__file__).parents[3] / "shared" / "compat"
OLD_MODULES = {  # where 0.1 had the classes
    "keras_musicgan.adversarial.": "keras_musicgan.",
    "keras_musicgan.networks.layers.": "keras_musicgan.layers.",
}


def as_saved_before(path, target):
    """Writes a model file as 0.1 would have: with its modules, and `taps` for `kernel_size`."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                text = content.decode()
                for new, old in OLD_MODULES.items():
                    assert f'"module": "{new}' in text
                    text = text.replace(f'"module": "{new}', f'"module": "{old}')
                layer = r'("class_name": "(?:BinsToFeatures|FeaturesToBins)".*?)"kernel_size"'
                text, n_layers = re.subn(layer, r'\1"taps"', text)
                assert n_layers == 3
                content = text.encode()
            archive.writestr(name, content)
    return target


def clips_of(gan, n=8):
    """Any music that the model can train on."""
    rng, representation = np.random.default_rng(0), gan.representation
    if isinstance(representation, km.representations.PitchSequence):
        return rng.integers(40, 80, (n, *representation.encoded_shape)).astype("float32")
    if isinstance(representation, km.representations.PianoRoll):
        return rng.integers(0, 2, (n, *representation.roll_shape)).astype("float32")
    return rng.uniform(-0.5, 0.5, (n, representation.length, representation.channels)).astype("float32")


def test_a_file_with_the_names_of_before(tmp_path):
    gan = small_gan("gansynth-small", conditions=[km.Pitch(60, 62)])
    gan.compile(run_eagerly=True)
    clips, conditions = clips_of(gan), {"pitch": np.resize([60, 61, 62], 8)}
    gan.fit(clips, conditions, verbose=0)
    gan.save(tmp_path / "now.keras")
    loaded = keras.saving.load_model(as_saved_before(tmp_path / "now.keras", tmp_path / "before.keras"))
    loaded.run_eagerly = True
    latents = gan.sample_latents(3, seed=1)
    np.testing.assert_allclose(
        loaded.generate_encoded(latents=latents, pitch=61), gan.generate_encoded(latents=latents, pitch=61), atol=1e-6
    )
    assert int(loaded.optimizer.iterations) == 1 and loaded.penalties[0].get_config() == gan.penalties[0].get_config()
    loaded.fit(clips, conditions, verbose=0)
    assert int(loaded.optimizer.iterations) == 2


@pytest.mark.data
@pytest.mark.parametrize(
    "name", [pytest.param("lecture", marks=pytest.mark.backend), "pianoroll", "wavegan", "gansynth"]
)
def test_files_of_before(name):
    if not (COMPAT / f"{name}.keras").is_file():
        pytest.skip("the models of ../shared/compat are not there")
    gan = keras.saving.load_model(COMPAT / f"{name}.keras")
    gan.run_eagerly = True
    with np.load(COMPAT / f"{name}.npz") as saved:
        conditions = {key.removeprefix("condition_"): saved[key] for key in saved.files if key.startswith("condition_")}
        encoded = gan.generate_encoded(latents=saved["latents"], **conditions)
        np.testing.assert_allclose(encoded, saved["encoded"], atol=1e-5)
        iterations = int(saved["iterations"])
    assert int(gan.optimizer.iterations) == iterations
    gan.fit(clips_of(gan), {key: np.resize(values, 8) for key, values in conditions.items()} or None, verbose=0)
    assert int(gan.optimizer.iterations) == iterations + 1
