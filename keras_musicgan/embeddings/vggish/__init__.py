"""VGGish: the published network, its front end and its weights."""

from keras_musicgan.embeddings.vggish.vggish import VGGish

__all__ = ["VGGish"]
