"""A dataset from pieces of notes: cut into clips, split by piece, shuffled, optionally transposed."""

import keras
import numpy as np

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.keys import TONICS, to_tonic
from keras_musicgan.datasets.note_labels import piece_labels
from keras_musicgan.datasets.spec import DataSpec
from keras_musicgan.datasets.splits import check_held_out, no_usable_data, split
from keras_musicgan.music.notes import Notes
from keras_musicgan.representations.base import UnusablePieceError
from keras_musicgan.utils.checks import check_choice, check_number


def dataset_from_pieces(
    pieces: dict[str, Notes],
    model: keras.Model | DataSpec,
    *,
    held_out: float,
    transpose: int,
    tonic: str | None,
    batch_size: int | None,
    seed: int,
    skipped: dict[str, str],
    source: str,
) -> Clips:
    """Cuts named pieces into a dataset for a model.

    Args:
        pieces: Dict from name to `Notes`.
        model: `MusicGAN` of the notes domain, or a `DataSpec`.
        held_out: Share of the pieces, in [0, 1), kept away from training.
        transpose: Largest random transposition in semitones, up or down; 0 for none.
        tonic: Tonic of the key to which all pieces are moved, as by `keys.to_tonic`; `"none"` to leave them as they
            are; `None` for the recipe's, unless the pieces are transposed or the model is conditioned on `key`.
        batch_size: Clips in a batch, or `None` for the model's recipe.
        seed: Seed of split, order and transposition.
        skipped: Dict from name to reason, to which unusable pieces are added.
        source: Name of the whole in an error.

    Returns:
        `Clips` with the labels of `piece_labels`; their `held_out` is the other part, or `None` if it is empty.

    Raises:
        NoUsableDataError: If nothing is left to train on.
        ValueError: If a number is out of range.
    """
    check_held_out(held_out)
    check_number("transpose", transpose, at_least=0)
    if transpose and "key" in model.conditions:
        raise ValueError(
            "A key moves with transposition. Received: "
            f"transpose={transpose} for a model conditioned on `key`. Leave one of them out, or condition on `mode`."
        )
    tonic = _tonic(tonic, transpose, model)
    representation = model.representation
    clips, labels = {}, {}
    for name, piece in pieces.items():
        labels[name] = piece_labels(piece)
        if tonic is not None:
            piece, labels[name]["key"] = to_tonic(piece, str(labels[name]["key"]), tonic)
        try:
            if reason := model.conditions.refusal(labels[name]):
                raise UnusablePieceError(reason)
            clips[name] = representation.from_notes(piece)
        except UnusablePieceError as error:
            skipped[name] = str(error)
    if not clips:
        raise no_usable_data("piece", source, skipped)
    training, rest = split(clips, held_out, seed)
    batch_size = model.recipe["batch_size"] if batch_size is None else batch_size

    def part(names, augment=None, **kwargs):
        counts = [len(clips[name]) for name in names]
        kwargs["labels"] = {
            label: np.repeat(np.array([labels[name][label] for name in names], dtype), counts)
            for label, dtype in (("tempo", float), ("metre", object), ("key", object), ("mode", object))
        }
        kwargs.update(conditions=model.conditions, description=f"from {len(names)} pieces")
        return Clips(np.concatenate([clips[name] for name in names]), batch_size, seed, augment, **kwargs)

    def transposed(batch, rng):
        return representation.transpose(batch, rng.integers(-transpose, transpose, len(batch), endpoint=True))

    held_out_clips = part(rest) if rest else None
    return part(training, transposed if transpose else None, held_out=held_out_clips, skipped=skipped)


def _tonic(tonic, transpose, model):
    """The tonic of all pieces, or `None` for each its own."""
    if tonic is not None:
        check_choice("tonic", tonic, (*TONICS, "none"))
        if tonic != "none" and "key" in model.conditions:
            raise ValueError(
                f"A model conditioned on `key` needs pieces in many keys. Received: tonic={tonic!r}. Leave it out, or "
                "the condition."
            )
        return None if tonic == "none" else tonic
    return None if transpose or "key" in model.conditions else model.recipe.get("tonic")
