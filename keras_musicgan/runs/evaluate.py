"""Measures runs, models and folders against the same real music, as `musicgan evaluate`."""

from pathlib import Path

from keras_musicgan import datasets, embeddings
from keras_musicgan.datasets.files import summarize_skipped
from keras_musicgan.evaluation.evaluate import evaluate
from keras_musicgan.evaluation.real_music import RealMusic
from keras_musicgan.evaluation.result import Evaluation
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.runs import sources


def evaluate_paths(
    path: str | Path,
    data: str | Path | None = None,
    against: str | Path | None = None,
    *,
    n: int = 1000,
    embedding: str = "log-mel",
    weights: str | Path | None = None,
    label: str | None = None,
    labels: str | None = None,
    classifiers: str | Path | None = None,
    seconds: float = 1.0,
    resamples: int = 200,
    seed: int = 0,
    **options,
) -> list[Evaluation]:
    """Measures a run, a saved model or a folder of audio, and another one against the same music.

    Args:
        path: Run folder, `.keras` file or folder of audio.
        data: Folder of real music; the training data of the run, with the same split, if not given.
        against: Another run, model or folder, or `None`.
        n: Largest number of pieces in a set.
        embedding: Name of an embedding of audio, as for `embeddings.get`; notes have their own.
        weights: File of the embedding's weights, if it needs one.
        label: Label of the music for a classifier to predict, as `"instrument"`, or `None`.
        labels: Where audio has its labels, as for `datasets.audio_folder`.
        classifiers: Folder of classifiers: `label.keras` is read from it, or trained and written. `None` for
            `path / "classifiers"`.
        seconds: Length of clips if there is no model.
        resamples: Half-samples for the intervals.
        seed: Seed of latents and choices.
        **options: Other arguments of `datasets.audio_folder` or `midi_folder`; without a model, `held_out` is 0.5 by
            default.

    Returns:
        One `Evaluation`, or two.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If the sources cannot be measured or compared.
    """
    found = [sources.open_source(each) for each in (path, against) if each is not None]
    data = None if data is None else Path(data).expanduser()
    if all(each.model is None for each in found):
        options = {"held_out": 0.5, **options}
    spec, remarks = sources.common_spec(found, data, seconds)
    music, split = sources.real_music(spec, data, found, options, labels)
    if music.held_out is None:
        raise ValueError(
            "A dataset to measure against must have a held-out part. Received: held_out=0. Hold out a share of it."
        )
    parts = (("training", music), ("held-out", music.held_out))
    training, held_out = (MusicSet.from_dataset(name, part, spec, n, seed) for name, part in parts)
    if not held_out.is_audio and (embedding != "log-mel" or label is not None):
        raise ValueError(
            f"Notes are measured by their statistics. Received: embedding={embedding!r}, label={label!r} for "
            f"{found[0].name}. Leave out these options, which are for audio."
        )
    measured_in = None if embedding == "log-mel" and weights is None else embeddings.get(embedding, weights)
    classifier = None
    if label is not None:
        folder = (Path(path) / "classifiers" if classifiers is None else Path(classifiers)).expanduser()
        source = data or next((each.request["data"] for each in found if each.request is not None), None)
        labelled = _labelled(label, music, spec, source, labels)
        classifier = _classifier(folder / f"{label}.keras", label, labelled, spec.representation.sample_rate, seed)
        remarks.append(f"{classifier.name}: {classifier.held_out_accuracy:.1%} of held-out clips right")
    if music.skipped:
        count, *_ = summarize_skipped(music.skipped)
        remarks.append(f"of the real music, {count.rstrip(':')}")
    real = RealMusic(training, held_out, measured_in, classifier)
    evaluations = []
    for each, name in zip(found, _names(found), strict=True):
        pieces = sources.load_music(each, spec, min(n, len(training)), seed, held_out)
        evaluations.append(
            evaluate(pieces, real, n, resamples=resamples, seed=seed, name=name, remarks=[*split, *remarks])
        )
    return evaluations


def _names(found):
    """Different names for the sources: if they are the same, with the folder or a number."""
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        names = [f"{each.path.resolve().parent.name}-{each.name}" for each in found]
    return names if len(set(names)) == len(names) else [f"{name}-{number}" for number, name in enumerate(names, 1)]


def _labelled(label, music, spec, data, labels):
    """A dataset with this label: `music`, or the same folder read with its labels."""
    if label in music.labels:
        return music
    if labels is None or data is None:
        raise ValueError(
            f"A classifier needs music with labels. Received: label={label!r} for music with "
            f"{', '.join(music.labels) or 'no labels'}. Say with `labels` where they are."
        )
    music = datasets.audio_folder(data, datasets.DataSpec(spec.representation), labels=labels)
    if label not in music.labels:
        raise ValueError(f"`label` must be one of {', '.join(music.labels)}. Received: label={label!r}")
    return music


def _classifier(path, label, labelled, sample_rate, seed):
    if path.is_file():
        return embeddings.Classifier.load(path)
    held_out = 0.2
    if labelled.held_out is not None:
        held_out = (labelled.held_out.load(), labelled.held_out.labels[label])
    classifier = embeddings.Classifier.train(
        labelled.load(), labelled.labels[label], sample_rate, label, held_out=held_out, seed=seed
    )
    classifier.save(path)
    return classifier
