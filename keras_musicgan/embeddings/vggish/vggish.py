"""VGGish, the embedding of the published Fréchet audio distance, with weights from a file."""

from pathlib import Path

import numpy as np

from keras_musicgan.embeddings.base import Embedding, at_rate
from keras_musicgan.embeddings.vggish.front_end import EXAMPLE_FRAMES, HOP, SAMPLE_RATE, log_mel_examples
from keras_musicgan.embeddings.vggish.network import DIMS, vggish_network
from keras_musicgan.embeddings.vggish.weights import load_weights
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_number

FRAMES_PER_SECOND = SAMPLE_RATE // HOP
EXAMPLE_SECONDS = EXAMPLE_FRAMES / FRAMES_PER_SECOND


class VGGish(Embedding):
    """VGGish, a network trained on the sound tracks of millions of videos: 128 numbers for each 0.96 seconds.

    Nothing is downloaded: the published weights are read from a file. Clips are resampled to 16 kHz, and channels are
    averaged. Clips of less than 0.975 seconds are filled up with silence to one example; the rest of longer clips that
    fills no example is left out.

    The numbers are those before PCA and quantization, which the Fréchet audio distance omits. When that was published,
    VGGish ended in a ReLU, and examples began every half second: use `relu=True, hop_seconds=0.5`, for clips with a
    peak of 1, as from `audio.normalize`. Today's VGGish, and most programs that compute the distance, end before the
    ReLU. Compare only values of one kind.

    Args:
        weights: File of weights, `.npz` or `.pth`; see `read_weights` in `embeddings/vggish/weights.py`.
        relu: Whether negative numbers become 0.
        hop_seconds: Seconds from one example to the next, in whole frames of 0.01.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the file needs PyTorch and it is not installed.
        ValueError: If the file does not hold weights of VGGish, or a number is out of range.

    Reference: CNN architectures for large-scale audio classification (Hershey et al., 2017); Fréchet audio distance:
    a reference-free metric for evaluating music enhancement algorithms (Kilgour et al., 2019).
    """

    dims = DIMS

    def __init__(self, weights: str | Path, relu: bool = False, hop_seconds: float = EXAMPLE_SECONDS):
        check_number("hop_seconds", hop_seconds, at_least=1 / FRAMES_PER_SECOND)
        self.relu = bool(relu)
        self._hop_frames = round(hop_seconds * FRAMES_PER_SECOND)
        self.hop_seconds = self._hop_frames / FRAMES_PER_SECOND
        hop = "" if self._hop_frames == EXAMPLE_FRAMES else f"-hop{self.hop_seconds:g}"
        self.name = f"vggish{'-relu' if relu else ''}{hop}"
        self.network = vggish_network()
        load_weights(self.network, weights)

    def _embed(self, music, sample_rate):
        samples = at_rate(music.mean(axis=2, keepdims=True), sample_rate, SAMPLE_RATE)[..., 0]
        examples = log_mel_examples(samples, self._hop_frames)
        vectors = in_batches(self.network.predict_on_batch, examples.reshape(-1, *examples.shape[2:]))
        vectors = vectors.reshape(*examples.shape[:2], DIMS)
        return np.maximum(vectors, 0.0) if self.relu else vectors
