"""From pieces to a dataset: cut into clips, split by piece, shuffled, transposed when asked."""

import numpy as np

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.note_labels import labels_of_piece
from keras_musicgan.datasets.splits import NoUsableDataError, check_held_out, split
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.representations.base import UnusablePieceError


def check_notes_model(model):
    """Raises TypeError unless the model works on notes."""
    if not isinstance(model.representation, NotesRepresentation):
        raise TypeError(
            "Notes need a model of the notes domain. Received: a model whose "
            f"representation is {type(model.representation).__name__}"
        )


def clips_of_pieces(pieces, model, *, held_out, transpose, batch_size, seed, skipped, source):
    """Cuts named pieces into a dataset for a model.

    Args:
        pieces: Dict from name to `Notes`.
        model: `MusicGAN` of the notes domain.
        held_out: Share of the pieces, in [0, 1), kept away from training.
        transpose: Largest random transposition in semitones, up or down; 0 for none.
        batch_size: Clips in a batch, or `None` for the model's recipe.
        seed: Seed of split, order and transposition.
        skipped: Dict from name to reason, to which unusable pieces are added.
        source: What to call the whole in an error.

    Returns:
        `Clips` whose `held_out` holds the other part, or `None` where nothing is held out, with the labels of
        `labels_of_piece`.

    Raises:
        NoUsableDataError: If nothing is left to train on.
        ValueError: If a number is out of range.
    """
    check_held_out(held_out)
    if transpose < 0:
        raise ValueError(f"`transpose` must be at least 0 semitones. Received: transpose={transpose}")
    if transpose and "key" in model.conditions:
        raise ValueError(
            "A key moves with transposition. Received: "
            f"transpose={transpose} for a model that is told `key`. Leave one of them out, or tell it `mode`."
        )
    representation = model.representation
    clips, labels = {}, {}
    for name, piece in pieces.items():
        labels[name] = labels_of_piece(piece)
        refused = model.conditions.refusal(labels[name])
        try:
            if refused:
                raise UnusablePieceError(refused)
            clips[name] = representation.from_notes(piece)
        except UnusablePieceError as error:
            skipped[name] = str(error)
    if not clips:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(skipped.items())[:3])
        raise NoUsableDataError(
            f"There must be at least one piece to train on. Received: {source} with none "
            f"({len(skipped)} skipped{'; ' + reasons if reasons else ''})"
        )
    training, rest = split(clips, held_out, seed)
    batch_size = model.recipe["batch_size"] if batch_size is None else batch_size

    def part(names, augment=None, **kwargs):
        counts = [len(clips[name]) for name in names]
        of_clips = {
            label: np.repeat(np.array([labels[name][label] for name in names], type_), counts)
            for label, type_ in (("tempo", float), ("metre", object), ("key", object), ("mode", object))
        }
        cut = np.concatenate([clips[name] for name in names])
        return Clips(cut, batch_size, seed, augment, labels=of_clips, told=model.conditions, **kwargs)

    def transposed(batch, rng):
        return representation.transpose(batch, rng.integers(-transpose, transpose, len(batch), endpoint=True))

    held_out_clips = part(rest) if rest else None
    return part(training, transposed if transpose else None, held_out=held_out_clips, skipped=skipped)
