"""Any model or function of clips as an embedding."""

from collections.abc import Callable

import keras
import numpy as np

from keras_musicgan.embeddings.base import Embedding, at_rate
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_positive_int


class ModelEmbedding(Embedding):
    """The output of a Keras model, or of any function, as an embedding.

    Args:
        model: Keras model or callable from float32 clips `[batch, samples, channels]` in [−1, 1] to vectors
            `[batch, dims]` or `[batch, patches, dims]`, as an array or a tensor of the Keras backend. Layers run in
            inference mode. A clip's vectors should not depend on its batch, which may be filled up with repeated clips.
        name: Name in results.
        sample_rate: Rate in Hz to which clips are resampled; `None` for no resampling.
        batch_size: Clips per call.

    Attributes:
        dims: Length of a vector, or `None` before the first call.

    Raises:
        TypeError: If the model cannot be called.
        ValueError: If a number is not positive; a call raises it for outputs of another shape.

    Example:
        >>> loudness = ModelEmbedding(lambda clips: np.sqrt((clips**2).mean(axis=1)), "loudness")
        >>> loudness(np.full((2, 100, 1), 0.5), 8000).tolist()
        [[[0.5]], [[0.5]]]
    """

    def __init__(self, model: Callable, name: str, sample_rate: int | None = None, batch_size: int = 32):
        if not callable(model):
            raise TypeError(f"`model` must be a Keras model or callable. Received: model={model!r}")
        if sample_rate is not None:
            check_positive_int("sample_rate", sample_rate)
        check_positive_int("batch_size", batch_size)
        self.model = model
        self.name = name
        self.sample_rate = sample_rate
        self.batch_size = batch_size
        self.dims = None

    def _embed(self, music, sample_rate):
        clips = at_rate(music, sample_rate, self.sample_rate or sample_rate)
        vectors = in_batches(self._embed_batch, clips, self.batch_size)
        if vectors.ndim == 2:
            vectors = vectors[:, None]
        self.dims = vectors.shape[2]
        return vectors

    def _embed_batch(self, clips):
        if isinstance(self.model, keras.Model):
            vectors = self.model.predict_on_batch(clips)
        else:
            vectors = self.model(clips)
        if keras.ops.is_tensor(vectors):
            vectors = keras.ops.convert_to_numpy(vectors)
        vectors = np.asarray(vectors)
        if vectors.ndim not in (2, 3) or len(vectors) != len(clips) or not vectors.size:
            raise ValueError(
                "The model of an embedding must return [batch, dims] or [batch, patches, dims]. Received: "
                f"{self.name!r} with the shape {vectors.shape} for {len(clips)} clips. End it with a pooling or "
                "flattening layer."
            )
        return vectors
