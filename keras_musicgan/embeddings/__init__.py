"""Embeddings: from music to the vectors that metrics compare."""

from keras_musicgan.embeddings.base import Embedding
from keras_musicgan.embeddings.classifier import Classifier
from keras_musicgan.embeddings.log_mel import LogMelPatches
from keras_musicgan.embeddings.model_embedding import ModelEmbedding
from keras_musicgan.embeddings.musical_statistics import musical_statistics
from keras_musicgan.embeddings.note_statistics import NoteStatistics
from keras_musicgan.embeddings.registry import EMBEDDINGS, get
from keras_musicgan.embeddings.vggish import VGGish
from keras_musicgan.utils.deprecation import renamed

__all__ = [
    "EMBEDDINGS",
    "Classifier",
    "Embedding",
    "LogMelPatches",
    "ModelEmbedding",
    "NoteStatistics",
    "VGGish",
    "get",
    "musical_statistics",
]

__getattr__ = renamed(__name__, {"OfModel": "ModelEmbedding"})
