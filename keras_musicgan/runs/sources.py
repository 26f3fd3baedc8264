"""The music of an evaluation: from runs, saved models and folders of audio, all converted to one format."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_musicgan import datasets
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.files import ENDINGS, files_below
from keras_musicgan.datasets.spec import DataSpec
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.gan import MusicGAN
from keras_musicgan.music import audio
from keras_musicgan.representations import AudioRepresentation, Waveform
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model

MAX_FILES = 200  # of a folder, whose sample rate is read


@dataclass(frozen=True)
class Source:
    """A model, from a run or a file, or a folder of audio, to be measured."""

    path: Path
    model: MusicGAN | None = None
    request: dict | None = None

    @property
    def name(self) -> str:
        """Name of the folder or file."""
        return self.path.resolve().stem if self.path.is_file() else self.path.resolve().name


def open_source(path: str | Path) -> Source:
    """The source in a run folder, a `.keras` file or a folder of audio.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If a file holds no model.
        NoUsableDataError: If a folder holds neither a run nor audio.
    """
    path = Path(path).expanduser()
    if path.is_dir() and not RunFolder(path).config_file.is_file():
        sample_rates(path)
        return Source(path)
    return Source(path, load_model(path), RunFolder(path).read_config() if path.is_dir() else None)


def sample_rates(folder: Path) -> Counter[int]:
    """The number of audio files in a folder by sample rate, of the first 200 that can be opened.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If no file can be opened.
    """
    rates: Counter[int] = Counter()
    for file in files_below(folder, "audio", required=False).values():
        try:
            rates[audio.info(file)[1]] += 1
        except (audio.AudioError, OSError):  # the dataset reports them
            continue
        if rates.total() == MAX_FILES:
            break
    if not rates:
        raise datasets.NoUsableDataError(
            f"A folder to measure must hold audio files ({', '.join(ENDINGS['audio'])}) or a run. Received: {folder}, "
            "which holds neither"
        )
    return rates


def common_spec(sources: Sequence[Source], data: Path | None, seconds: float) -> tuple[DataSpec, list[str]]:
    """The format in which all sources and the real music can be compared, and remarks about the conversion.

    If the models agree it is theirs, otherwise mono at the lowest sample rate and of the shortest length of all.

    Args:
        sources: The sources to compare.
        data: Folder of real music, or `None`.
        seconds: Length of the clips if there is no model.

    Raises:
        ValueError: If the sources have both notes and audio, or notes in different representations.
    """
    models = [each.model for each in sources if each.model is not None]
    representations = [model.representation for model in models]
    if any(not isinstance(each, AudioRepresentation) for each in representations):
        kinds = {type(each) for each in representations}
        if len(kinds) > 1 or len(models) < len(sources):
            raise ValueError(
                "Models of notes can be compared with models of the same kind of notes. Received: "
                + ", ".join(each.name for each in sources)
            )
        return DataSpec(representations[0], models[0].conditions, models[0].recipe), []
    shapes = {(each.sample_rate, each.length, each.channels) for each in representations}
    folders = [each.path for each in sources if each.model is None]
    rates = {folder.name: sample_rates(folder).most_common(1)[0][0] for folder in folders}
    if len(shapes) == 1 and models:
        spec = DataSpec(representations[0], models[0].conditions, models[0].recipe)
    else:
        if data is not None and not models:
            rates[data.name] = sample_rates(data).most_common(1)[0][0]
        rate = min([*rates.values(), *(shape[0] for shape in shapes)])
        length = min([shape[1] / shape[0] for shape in shapes], default=seconds)
        spec = DataSpec(Waveform(length=max(round(length * rate), 1), sample_rate=rate, channels=1))
    at = spec.representation.sample_rate
    found = {
        **rates,
        **{each.name: each.model.representation.sample_rate for each in sources if each.model is not None},
    }
    others = [f"{name} ({rate:,} Hz)" for name, rate in found.items() if rate != at]
    return spec, [f"resampled to {at:,} Hz: {', '.join(others)}"] if others else []


def real_music(
    spec: DataSpec, data: Path | None, sources: Sequence[Source], options: dict, labels: str | None = None
) -> tuple[Batches, list[str]]:
    """The dataset to measure against, with the same split as in the first run among the sources.

    Args:
        spec: By `common_spec`.
        data: Folder, or `None` for the training data of the first run.
        sources: The sources to compare.
        options: Arguments of `datasets.audio_folder` or `midi_folder`, instead of those of the run.
        labels: Where audio has its labels, as for `datasets.audio_folder`. A run keeps its own labels and split.

    Returns:
        The dataset, and remarks on its split.

    Raises:
        ValueError: If there is neither a folder nor a run.
    """
    run = next(((each.name, each.request) for each in sources if each.request is not None), None)
    if run is None and data is None:
        raise ValueError(
            f"Real music is needed to measure {sources[0].name} against. Received: neither a folder nor a run, which "
            "names its own. Name a folder of real music after it."
        )
    if run is not None and (data is None or str(data.resolve()) == run[1]["data"]):
        name, request = run
        options = {"seed": request["seed"], **request["dataset"], **options}
        return datasets.for_model(spec, request["data"], **options), [f"held out as for the training of {name}"]
    if labels is not None:
        options = {"labels": labels, **options}
    remarks = (
        []
        if all(each.model is None for each in sources)
        else ["held out by this command: music that a model was trained on may be among it"]
    )
    return datasets.for_model(spec, data, **options), remarks


def load_music(source: Source, spec: DataSpec, n: int, seed: int, like: MusicSet) -> MusicSet:
    """The music of a source in the common format: generated by its model, or the clips of its folder."""
    if source.model is None:
        spec = DataSpec(spec.representation)  # without conditions: the folder has no labels
        data = datasets.audio_folder(source.path, spec, held_out=0.0)
        return MusicSet.from_dataset("generated", data, spec, n, seed)
    return convert(MusicSet.from_model(source.model, n, seed, like), spec)


def convert(pieces: MusicSet, spec: DataSpec) -> MusicSet:
    """A set of audio with the sample rate, length and channels of a spec; notes stay as they are."""
    target = spec.representation
    if not pieces.is_audio:
        return pieces
    music, sample_rate = pieces.clips()
    if music.shape[1:] == (target.length, target.channels):
        return pieces
    clips = np.zeros((len(pieces), target.length, target.channels), "float32")
    for clip, piece in zip(clips, music, strict=True):
        sound = audio.to_channels(audio.resample(piece, sample_rate, target.sample_rate), target.channels)
        clip[: len(sound)] = sound[: len(clip)]
    return MusicSet(pieces.name, clips, target.sample_rate, pieces.known)
