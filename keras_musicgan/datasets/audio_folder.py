"""A folder of audio files as a dataset."""

from collections.abc import Mapping
from pathlib import Path

import keras

from keras_musicgan.datasets.audio_clips import AudioClips, check_cut
from keras_musicgan.datasets.batches import QUEUE_SIZE
from keras_musicgan.datasets.decoding.decoded_audio import DecodedAudio
from keras_musicgan.datasets.decoding.sound_bounds import DEFAULT_TRIM_DB, TRIMS
from keras_musicgan.datasets.files import files_below, others_below
from keras_musicgan.datasets.labels import find_labels
from keras_musicgan.datasets.spec import DataSpec, check_audio
from keras_musicgan.datasets.splits import check_held_out, no_usable_data, split
from keras_musicgan.music import audio
from keras_musicgan.utils.checks import check_choice, check_number, check_positive_int


def audio_folder(
    path: str | Path,
    model: keras.Model | DataSpec,
    clip: str | None = None,
    overlap: float = 0.0,
    normalize: str | None = None,
    trim: str | None = None,
    trim_db: float | None = None,
    labels: str | Path | None = None,
    shared_labels: Mapping[str, str] | None = None,
    held_out: float = 0.1,
    batch_size: int | None = None,
    cache: str | Path | None = None,
    cache_limit: int = 2 * 10**9,
    workers: int = 2,
    seed: int = 0,
) -> AudioClips:
    """Makes clips for a model from all audio files below a folder: WAV, FLAC, OGG, MP3, AIFF, AU and CAF.

    Files may have any sample rate and number of channels: they are resampled and mixed to those of the model's
    representation. Every file is decoded once before training. Unusable files (empty, cut off, text, silent, with
    NaN …) are left out; `skipped` of the result lists them, and what else lies in the folder, with the reasons. The
    split is by file, so that no file has clips on both sides, and depends only on the seed and the files' names.

    Decoded audio stays in memory up to `cache_limit`; the rest is decoded again in every epoch by threads that work
    ahead of training. Of FLAC, WAV, AIFF and MP3 only the clip itself is decoded, of OGG also everything before it in
    its file: use a cache on disk for large collections of long OGG files.

    Args:
        path: The folder; its sub-folders are read too.
        model: `MusicGAN` of the audio domain, or a `DataSpec`.
        clip: `"first"` for one clip a file, its beginning; `"slices"` for all clips that fit, one after the other;
            `"random"` for as many clips as fit without overlap, at new random places in every epoch. A file shorter
            than a clip gives one clip, filled up with zeros at its end; the rest of a longer file is left out. That
            of the model's recipe if not given.
        overlap: Share of a clip, in [0, 1), that the next of the `"slices"` repeats.
        normalize: `"peak"` to scale each clip to a peak of 1, `"rms"` to a root mean square of 0.1 before zeros fill
            it up, or less if the peak would exceed 1, or `"none"`. That of the model's recipe if not given.
        trim: How each file is trimmed before clips are cut: `"onset"` to begin where its sound begins, by
            `audio.find_onset`, and to end where it stays below `trim_db`, a longer sound in a fade of 10 ms; `"level"`
            for both ends by `trim_db`;
            `"none"`. That of the model's recipe if not given, or `"level"` with a `trim_db` if the recipe has none.
        trim_db: Level in dB, above 0, below a file's peak; by default 60.
        labels: `"folder"`, a pattern of file names as `"{instrument}_{pitch}_*"`, the path of a `.csv` file with a
            column `file` and one for each label, or `None`; `datasets.labels.find_labels` has the details. Files
            without labels are left out, and so are those whose labels are out of the range of the model's conditions.
            The result's `labels` holds strings, one a clip; labels of a condition's name also go into the batches.
        shared_labels: Dict of labels that all files have, as `{"instrument": "flute"}`, in place of their own of the
            same name; or `None`.
        held_out: Share of the files, in [0, 1), kept away from training; they are the result's `held_out`.
        batch_size: Clips in a batch; that of the model's recipe if not given.
        cache: Folder that keeps decoded audio for this and later runs, or `None` to keep it in memory. A file that
            has changed is decoded anew. Files of other datasets in it stay.
        cache_limit: Largest number of bytes of decoded audio that this dataset keeps, 0 for none; a clip of 16,384
            samples takes 65,536. In memory, they include the batches that wait for training.
        workers: Threads that decode.
        seed: Seed of split, order and random places.

    Returns:
        `AudioClips` to give to `fit`, with batches of float32 `[batch_size, length, channels]` in [−1, 1], for a model
        with conditions beside a dict of them.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If no file in it can be used, or none has labels.
        TypeError: If the model is not one of audio.
        ValueError: If an option is unknown or out of range, the labels contradict each other, or a condition of the
            model has none.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> import keras_musicgan as km
        >>> folder = tempfile.mkdtemp()
        >>> for note, frequency in {"A4": 440, "A5": 880}.items():
        ...     tone = 0.5 * np.sin(2 * np.pi * frequency * np.arange(44_100) / 44_100)
        ...     km.audio.write_wav(f"{folder}/sine_{note}.wav", tone, 44_100)
        >>> spec = km.datasets.DataSpec(km.representations.Waveform(length=4096, sample_rate=16_000))
        >>> data = km.datasets.audio_folder(folder, spec, clip="slices", labels="{timbre}_{note}", held_out=0.0)
        >>> data.n_clips, data[0][0].shape, sorted(set(data.labels["note"].tolist()))
        (6, (6, 4096, 1), ['A4', 'A5'])
    """
    representation = model.representation
    check_audio(model)
    recipe = model.recipe
    clip = clip or recipe.get("clip", "first")
    normalize = _chosen("normalize", normalize, recipe, audio.NORMALIZATIONS)
    trim = _chosen("trim", trim, recipe, TRIMS) or ("level" if trim is None and trim_db is not None else None)
    check_cut(clip, overlap, normalize)
    check_held_out(held_out)
    check_positive_int("workers", workers)
    if trim_db is not None:
        check_number("trim_db", trim_db, above=0)
    check_number("cache_limit", cache_limit, at_least=0)
    if shared_labels is not None and not isinstance(shared_labels, Mapping):
        raise TypeError(
            "`shared_labels` must be a dict from label to value, as {'instrument': 'flute'}. "
            f"Received: shared_labels={shared_labels!r}"
        )
    batch_size = recipe["batch_size"] if batch_size is None else batch_size
    check_positive_int("batch_size", batch_size)

    files = {name: file.absolute() for name, file in files_below(path, "audio").items()}
    skipped: dict[str, str] = {}
    file_labels: dict[str, dict[str, str]] | None = None
    if labels is not None or shared_labels:
        own, skipped = ({name: {} for name in files}, {}) if labels is None else find_labels(files, labels, path)
        file_labels = {name: {**found, **(shared_labels or {})} for name, found in own.items()}
        refused = {name: model.conditions.refusal(found) for name, found in file_labels.items()}
        skipped.update({name: reason for name, reason in refused.items() if reason})
        files = {name: files[name] for name in file_labels if not refused[name]}
    if cache is None:
        clip_bytes = 4 * representation.length * representation.channels
        cache_limit = max(0, cache_limit - (QUEUE_SIZE + workers) * batch_size * clip_bytes)
    decoded = DecodedAudio(
        list(files.values()),
        representation.sample_rate,
        representation.channels,
        trim=trim,
        trim_db=DEFAULT_TRIM_DB if trim_db is None else trim_db,
        cache=cache,
        cache_limit=int(cache_limit),
        reach=representation.length if clip == "first" else None,
        workers=workers,
    )
    skipped.update({name: decoded.skipped[file] for name, file in files.items() if file in decoded.skipped})
    skipped.update(others_below(path, "audio", known=[each for each in (labels, cache) if each is not None]))
    training, rest = split((name for name, file in files.items() if file in decoded.lengths), held_out, seed)
    if not training:
        raise no_usable_data("audio file", f"folder {path}", skipped)

    def part(names, **kwargs):
        names = sorted(names)
        if file_labels is not None:
            values = [file_labels[name] for name in names]
            kwargs["file_labels"] = {label: [each[label] for each in values] for label in values[0]}
        return AudioClips(
            decoded,
            [files[name] for name in names],
            representation.length,
            batch_size,
            clip,
            overlap,
            normalize,
            trim == "onset",
            seed,
            conditions=model.conditions,
            workers=workers,
            **kwargs,
        )

    return part(training, held_out=part(rest) if rest else None, skipped=skipped)


def _chosen(name, value, recipe, choices):
    """An option, or else the recipe's; `None` for `"none"`."""
    value = recipe.get(name) if value is None else value
    if value is not None:
        check_choice(name, value, (*choices, "none"))
    return None if value == "none" else value
