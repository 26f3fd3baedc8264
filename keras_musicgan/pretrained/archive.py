"""A model as one small file: the generator in half precision, without what only training needs.

The file is a zip archive of `card.json`, `config.json` (the model by Keras's serialization) and `weights.npz`. The
generator is the averaged one. The discriminator begins anew, by the model's seed, where training goes on.
"""

import io
import json
import zipfile
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.pretrained.card import CARD_FILE, ENDING, ModelCard
from keras_musicgan.utils.errors import concise
from keras_musicgan.utils.files import replacing

CONFIG_FILE, WEIGHTS_FILE = "config.json", "weights.npz"
PARTS = ("inference_generator", "representation", "conditions")


def write_archive(gan: keras.Model, path: str | Path, card: ModelCard) -> None:
    """Writes a model as one small file.

    Args:
        gan: `MusicGAN`.
        path: The file, which is replaced; its ending is `.musicgan`.
        card: Its card.

    Raises:
        ValueError: If the ending is another.
        OSError: If the file cannot be written.
    """
    path = Path(path).expanduser()
    if path.suffix != ENDING:
        raise ValueError(f"A model's file must end in {ENDING}. Received: {path}")
    weights = {
        f"{part}_{index}": _halved(weight)
        for part in PARTS
        for index, weight in enumerate(getattr(gan, part).get_weights())
    }
    numbers = io.BytesIO()
    np.savez(numbers, **weights)
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CARD_FILE, card.as_json())
        archive.writestr(CONFIG_FILE, json.dumps(keras.saving.serialize_keras_object(gan)))
        archive.writestr(WEIGHTS_FILE, numbers.getvalue(), zipfile.ZIP_LZMA)  # 3 % smaller than deflated


def read_archive(path: str | Path) -> keras.Model:
    """The model in a file by `write_archive`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds no whole model.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"A model must be a file. Received: path={str(path)!r}, which does not exist")
    try:
        with zipfile.ZipFile(path) as archive:
            gan = keras.saving.deserialize_keras_object(json.loads(archive.read(CONFIG_FILE)))
            with np.load(io.BytesIO(archive.read(WEIGHTS_FILE)), allow_pickle=False) as weights:
                for part in PARTS:
                    target = getattr(gan, part)
                    target.set_weights([weights[f"{part}_{index}"] for index in range(len(target.weights))])
    except Exception as error:  # Keras raises any error for a damaged configuration
        raise ValueError(f"A {ENDING} file must hold a whole model. Received: {path}: {concise(error)}") from error
    gan.generator.set_weights(gan.inference_generator.get_weights())
    return gan


def read_keras_file(path: str | Path) -> keras.Model:
    """As `keras.saving.load_model` of a file, with errors in one line that name it.

    Raises:
        ValueError: If it holds no whole model.
    """
    try:
        if not zipfile.is_zipfile(path):
            raise zipfile.BadZipFile("File is not a zip file")
        return keras.saving.load_model(path)
    except Exception as error:  # Keras raises any error for a damaged archive
        raise ValueError(f"A .keras file must hold a whole model. Received: {path}: {concise(error)}") from error


def _halved(weight):
    """Matrices in half precision; vectors, which are small, and whole numbers as they are."""
    large = weight.ndim > 1 and np.isfinite(weight).all() and np.abs(weight).max(initial=0) < np.finfo("float16").max
    return weight.astype("float16") if large and weight.dtype == np.float32 else weight
