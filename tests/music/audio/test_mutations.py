"""Damaged files of every format end in finite samples or in an error that names the file."""

import sys
import time

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.music.audio.limits import MAX_CHANNELS
from tests.support.mutations import mutants

KINDS = {
    "wav": {},
    "float.wav": {"format": "WAV", "subtype": "FLOAT"},
    "adpcm.wav": {"format": "WAV", "subtype": "IMA_ADPCM"},
    "flac": {},
    "ogg": {},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {},
    "aiff": {},
    "au": {},
    "caf": {},
    "alac.caf": {"format": "CAF", "subtype": "ALAC_16"},
    "w64": {},
    "rf64": {},
}
PER_KIND = 25
MAX_SECONDS = 10
MAX_MEMORY = 2 * 2**20  # KiB


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """The bytes of a small whole file of every kind."""
    folder = tmp_path_factory.mktemp("seeds")
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (3000, 2))
    contents = {}
    for name, options in KINDS.items():
        soundfile.write(folder / f"x.{name}", sound, 24_000, **options)
        contents[name] = (folder / f"x.{name}").read_bytes()
    return contents


def outcome_of(path):
    """What comes of a damaged file: "read" or "refused"."""
    try:
        for rate, channels in ((None, None), (16_000, 1)):
            n_samples = 0
            for block in audio.blocks(path, rate, channels):
                assert block.dtype == "float32" and 1 <= block.shape[1] <= MAX_CHANNELS
                assert np.isfinite(block).all() and np.abs(block).max(initial=0) < 3000
                n_samples += len(block)
        first = n_samples // 2
        part = audio.read_part(path, first, 500, 16_000, 1)
        assert len(part) == min(500, n_samples - first) and np.isfinite(part).all()
    except (audio.AudioError, OSError) as error:
        assert path.name in str(error)
        return "refused"
    return "read"


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused_by_name(kind, seeds, tmp_path, capfd):
    if sys.platform != "win32":
        import resource

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = []
    others = [content for name, content in seeds.items() if name != kind]
    for index, content in enumerate(mutants(seeds[kind], others, PER_KIND, seed=list(KINDS).index(kind))):
        path = tmp_path / f"{index}.{kind}"
        path.write_bytes(content)
        start = time.monotonic()
        outcomes.append(outcome_of(path))
        assert time.monotonic() - start < MAX_SECONDS
    assert "refused" in outcomes
    if sys.platform != "win32":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + MAX_MEMORY
    capfd.readouterr()  # libsndfile's decoder of MP3 remarks on damaged files
