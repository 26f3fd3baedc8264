"""Audio files whose samples say where they are from, and the batches of datasets."""

import numpy as np
import soundfile

from keras_musicgan.datasets import DataSpec
from keras_musicgan.representations import Waveform


def spec(length=1024, sample_rate=8000, channels=1):
    return DataSpec(Waveform(length=length, sample_rate=sample_rate, channels=channels))


def write(path, samples, rate=8000, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **{"subtype": "FLOAT" if path.suffix == ".wav" else None, **options})


def counting_files(n_files, n_samples):
    """Sample `k` of file `j` is `(j · n_samples + k) / 10⁵`, from which each sample says where it is from."""
    return {f"{j}.wav": np.arange(j * n_samples, (j + 1) * n_samples) / 1e5 for j in range(n_files)}


def origins(clips, n_samples):
    """File and place of the first sample of each clip of `counting_files`."""
    return np.divmod(np.rint(clips[:, 0, 0] * 1e5).astype(int), n_samples)


def epoch_of(data):
    """The batches of the next epoch as one array."""
    data.on_epoch_begin()
    clips = np.concatenate([data[index][0] for index in range(len(data))])
    data.on_epoch_end()
    return clips
