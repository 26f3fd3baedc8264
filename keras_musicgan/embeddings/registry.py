"""Embeddings by name."""

from collections.abc import Callable
from pathlib import Path

from keras_musicgan.embeddings.base import Embedding
from keras_musicgan.embeddings.classifier import Classifier
from keras_musicgan.embeddings.log_mel import LogMelPatches
from keras_musicgan.embeddings.note_statistics import NoteStatistics
from keras_musicgan.embeddings.vggish.vggish import VGGish
from keras_musicgan.utils.checks import check_choice

WITHOUT_FILE: dict[str, Callable[[], Embedding]] = {"log-mel": LogMelPatches, "note-statistics": NoteStatistics}
FROM_FILE: dict[str, Callable[[str | Path], Embedding]] = {"vggish": VGGish, "classifier": Classifier.load}
EMBEDDINGS = (*WITHOUT_FILE, *FROM_FILE)


def get(name: str, file: str | Path | None = None) -> Embedding:
    """The embedding of a name, with its defaults.

    Args:
        name: `"log-mel"`, `"note-statistics"`, `"vggish"` or `"classifier"`.
        file: Weights of VGGish or a saved classifier; `None` for the others.

    Raises:
        ValueError: If the name is unknown, or the file is missing, superfluous or of another kind.
        FileNotFoundError: If there is no such file.

    Example:
        >>> get("log-mel").name
        'log-mel-pca32'
    """
    check_choice("embedding", name, EMBEDDINGS)
    if (file is None) != (name in WITHOUT_FILE):
        wanted = "a file" if file is None else "no file"
        raise ValueError(
            f"The embedding {name!r} takes {wanted}. Received: file={None if file is None else str(file)!r}"
        )
    return WITHOUT_FILE[name]() if file is None else FROM_FILE[name](file)
