"""Where the music of an evaluation comes from: runs, saved models, folders of audio; all brought to one form."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from keras_musicgan import datasets
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.files import ENDINGS, files_below
from keras_musicgan.evaluation import sets
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.gan import MusicGAN
from keras_musicgan.music import audio
from keras_musicgan.representations import AudioRepresentation, Representation, Waveform
from keras_musicgan.runs.folder import RunFolder, load_model

ASKED = 200  # files of a folder whose sample rate is looked at


@dataclass(frozen=True)
class Source:
    """What is to be measured: a model, of a run or of a file, or a folder of audio."""

    path: Path
    model: MusicGAN | None = None
    request: dict | None = None

    @property
    def name(self) -> str:
        """Name of the folder or file."""
        return self.path.resolve().stem if self.path.is_file() else self.path.resolve().name


@dataclass(frozen=True)
class Form:
    """The form that all sets of one evaluation have; it stands for a model where a dataset asks for one.

    Args:
        representation: Between music and tensors.
        conditions: Labels of these names are checked and become numbers.
        recipe: As that of a model.
    """

    representation: Representation
    conditions: Conditions = field(default_factory=lambda: Conditions(()))
    recipe: dict = field(default_factory=lambda: {"batch_size": 32, "pieces": 256})


def source(path: str | Path) -> Source:
    """A run folder, a `.keras` file, or a folder of audio.

    Raises:
        FileNotFoundError: If there is nothing.
        RunError: If a file is no model.
        NoUsableDataError: If a folder holds neither a run nor audio.
    """
    path = Path(path)
    if path.is_dir() and not RunFolder(path).config_file.is_file():
        rates_of(path)
        return Source(path)
    return Source(path, load_model(path), RunFolder(path).read_config() if path.is_dir() else None)


def rates_of(folder: Path) -> Counter:
    """How many of a folder's audio files, of the first 200 that can be opened, have each sample rate.

    Raises:
        NoUsableDataError: If there is none.
    """
    rates = Counter()
    for file in files_below(folder, "audio", required=False).values():
        try:
            rates[audio.info(file)[1]] += 1
        except (audio.AudioError, OSError):  # the dataset will tell
            continue
        if rates.total() == ASKED:
            break
    if not rates:
        raise datasets.NoUsableDataError(
            f"A folder to measure must hold audio files ({', '.join(ENDINGS['audio'])}) or a run. Received: {folder}, "
            "which holds neither"
        )
    return rates


def common_form(sources: Sequence[Source], data: Path | None, seconds: float) -> tuple[Form, list[str]]:
    """The form in which all sources and the real music can be compared, and remarks about what that changes.

    That of the models where they agree, otherwise mono at the lowest sample rate and of the shortest length of all.

    Args:
        sources: What is measured.
        data: Folder of real music, or `None`.
        seconds: Length of the clips where there is no model to say it.

    Raises:
        ValueError: If notes and audio, or notes of several forms, are to be compared.
    """
    models = [each.model for each in sources if each.model is not None]
    representations = [model.representation for model in models]
    if any(not isinstance(each, AudioRepresentation) for each in representations):
        forms = {type(each).__name__: each for each in representations}
        if len(forms) > 1 or len(models) < len(sources):
            raise ValueError(
                "Models of notes can be compared with models of the same kind of notes. Received: "
                + ", ".join(each.name for each in sources)
            )
        return Form(representations[0], models[0].conditions, models[0].recipe), []
    shapes = {(each.sample_rate, each.length, each.channels) for each in representations}
    folders = [each.path for each in sources if each.model is None]
    rates = {folder.name: rates_of(folder).most_common(1)[0][0] for folder in folders}
    if len(shapes) == 1 and models:
        form = Form(representations[0], models[0].conditions, models[0].recipe)
    else:
        if data is not None and not models:
            rates[data.name] = rates_of(data).most_common(1)[0][0]
        rate = min([*rates.values(), *(shape[0] for shape in shapes)])
        length = min([shape[1] / shape[0] for shape in shapes], default=seconds)
        form = Form(Waveform(length=max(round(length * rate), 1), sample_rate=rate, channels=1))
    at = form.representation.sample_rate
    found = {
        **rates,
        **{each.name: each.model.representation.sample_rate for each in sources if each.model is not None},
    }
    others = [f"{name} ({rate:,} Hz)" for name, rate in found.items() if rate != at]
    return form, [f"resampled to {at:,} Hz: {', '.join(others)}"] if others else []


def real_music(
    form: Form, data: Path | None, sources: Sequence[Source], options: dict, labels: str | None = None
) -> tuple[Batches, list[str]]:
    """The dataset to measure against, split as it was for the training of the first run among the sources.

    Args:
        form: `Form`.
        data: Folder, or `None` for the music that the first run was trained on.
        sources: What is measured.
        options: Arguments of `datasets.audio_folder` or `midi_folder`, instead of those of the run.
        labels: Where audio has its labels, as for `datasets.audio_folder`. A run keeps its own, as it does its split.

    Returns:
        The dataset, and remarks on how it was split.

    Raises:
        ValueError: If there is neither a folder nor a run.
    """
    run = next((each for each in sources if each.request is not None), None)
    if run is None and data is None:
        raise ValueError(
            f"Real music is needed to measure {sources[0].name} against. Received: no folder, and nothing that knows "
            "its own, as a run does. Name a folder of real music after it."
        )
    if run is not None and (data is None or str(data.resolve()) == run.request["data"]):
        options = {"seed": run.request["seed"], **run.request["dataset"], **options}
        return datasets.for_model(form, run.request["data"], **options), [f"held out as for the training of {run.name}"]
    if labels is not None:
        options = {"labels": labels, **options}
    remarks = (
        []
        if all(each.model is None for each in sources)
        else ["held out by this command: music that a model was trained on may be among it"]
    )
    return datasets.for_model(form, data, **options), remarks


def measured(of: Source, form: Form, n: int, seed: int, like: MusicSet) -> MusicSet:
    """The music of a source in the common form: generated by its model, or the clips of its folder."""
    if of.model is None:
        form = Form(form.representation)  # of its files nothing is known
        data = datasets.audio_folder(of.path, form, held_out=0.0)
        return sets.from_dataset("generated", data, form, n, seed)
    return in_form(sets.from_model(of.model, n, seed, like), form)


def in_form(pieces: MusicSet, form: Form) -> MusicSet:
    """A set of audio at the sample rate, of the length and with the channels of a form; notes as they are."""
    wanted = form.representation
    if not pieces.is_audio or pieces.music.shape[1:] == (wanted.length, wanted.channels):
        return pieces
    clips = np.zeros((len(pieces), wanted.length, wanted.channels), "float32")
    for clip, piece in zip(clips, pieces.music, strict=True):
        sound = audio.to_channels(audio.resample(piece, pieces.sample_rate, wanted.sample_rate), wanted.channels)
        clip[: len(sound)] = sound[: len(clip)]
    return MusicSet(pieces.name, clips, wanted.sample_rate, pieces.known)
