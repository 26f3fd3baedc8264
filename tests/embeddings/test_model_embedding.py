import keras
import numpy as np
import pytest

from keras_musicgan.embeddings import ModelEmbedding

RATE = 8000


@pytest.mark.backend
def test_any_model_and_function():
    clips = np.random.default_rng(0).uniform(-1, 1, (7, 100, 2)).astype("float32")
    model = keras.Sequential([keras.Input((100, 2)), keras.layers.Dropout(0.9), keras.layers.GlobalMaxPooling1D()])
    for taken in (model, lambda batch: keras.ops.max(batch, axis=1), lambda batch: batch.max(axis=1)):
        embedding = ModelEmbedding(taken, "peak", batch_size=3)
        vectors = embedding.fit(clips, RATE)(clips, RATE)
        np.testing.assert_array_equal(vectors, clips.max(axis=1)[:, None])
        assert embedding.dims == 2 and embedding.name == "peak"
    halves = ModelEmbedding(lambda batch: batch.reshape(len(batch), 2, 50, 2).mean(axis=2), "halves")
    np.testing.assert_allclose(halves(clips, RATE)[:, 1], clips[:, 50:].mean(axis=1), rtol=1e-5)


def test_models_get_clips_at_their_rate():
    time_s = np.arange(44_100) / 44_100
    sine = (0.5 * np.sin(2 * np.pi * 440 * time_s))[None, :, None]

    def crossings(batch):
        return (np.diff(np.sign(batch[..., 0]), axis=1) != 0).sum(axis=1, keepdims=True) / batch.shape[1]

    embedding = ModelEmbedding(crossings, "crossings", sample_rate=16_000)
    assert embedding(sine, 44_100).item() == pytest.approx(2 * 440 / 16_000, rel=0.01)
    assert ModelEmbedding(crossings, "crossings")(sine, 44_100).item() == pytest.approx(2 * 440 / 44_100, rel=0.01)


@pytest.mark.parametrize("shape", [(), (3,), (2, 4), (3, 2, 2, 2), (3, 0)])
def test_models_of_other_shapes(shape):
    embedding = ModelEmbedding(lambda batch: np.zeros(shape), "wrong")
    with pytest.raises(ValueError, match=r"must return \[batch, dims\].*'wrong' with the shape .* for 3 clips"):
        embedding(np.zeros((3, 10, 1)), RATE)


def test_other_objects_and_models_that_return_nan():
    with pytest.raises(TypeError, match="Keras model or callable. Received: model=3"):
        ModelEmbedding(3, "three")
    with pytest.raises(ValueError, match="finite numbers. Received: vectors of 'log'"), np.errstate(divide="ignore"):
        ModelEmbedding(lambda batch: np.log(np.abs(batch[:, :1, 0])), "log")(np.zeros((3, 10, 1)), RATE)
