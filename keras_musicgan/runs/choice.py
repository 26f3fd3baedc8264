"""The preset and the conditions that fit the data, where none are given."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from keras_musicgan.conditions.from_labels import conditions_from_labels
from keras_musicgan.datasets import detect_domain
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import find_labels
from keras_musicgan.datasets.survey.audio import AudioSurvey, survey_audio
from keras_musicgan.datasets.survey.midi import survey_midi
from keras_musicgan.datasets.synthetic.instruments import DRUMS, INSTRUMENTS
from keras_musicgan.presets import DEFAULTS, PRESETS
from keras_musicgan.utils.checks import check_choice
from keras_musicgan.utils.console import count

CUTS_IN_WORDS = {"first": "one from the beginning of each sound", "random": "from anywhere in a sound"}
FRAME_COUNTS = sorted(start * 2**doublings for start in range(4, 8) for doublings in range(1, 8))  # of the networks


@dataclass(frozen=True)
class Choice:
    """A preset and what differs from it.

    Attributes:
        preset: Its name; `None` if it is not known.
        overrides: Arguments of `MusicGAN.from_preset` that differ, a dict of dicts.
        reason: Why, in one line; empty for a preset that was given.
    """

    preset: str | None
    overrides: dict[str, dict] = field(default_factory=dict)
    reason: str = ""

    @property
    def recipe(self) -> dict:
        """The recipe of the preset."""
        check_choice("preset", self.preset, PRESETS)
        return PRESETS[str(self.preset)]["recipe"]

    def learning_rate(self, role: str, asked: float | dict | None) -> float | dict | None:
        """The learning rate of an optimizer where another one than the recipe's is asked for, or else `None`."""
        return asked


SMALL = {"width": 128, "finest_width": 128}
BUILT_IN = Choice(
    "notes",
    {
        "representation": {"duration": 0.5},
        "generator": {**SMALL, "noise_floor": False},
        "discriminator": SMALL,
        "recipe": {"steps": 1400, "penalties": [["r1", {"weight": 2.0, "every": 4}]]},
    },
    "built-in notes: preset notes, small, with clips of half a second (choose another with --preset)",
)
TUNES_STEPS = 6000  # of the autoencoder and of the GAN: written tunes are more varied than composed ones
BUILT_IN_CONDITIONS: dict[str, list[list]] = {  # by preset
    "notes": [["pitch", {"low": 60, "high": 83}], ["label", {"names": [*INSTRUMENTS], "name": "instrument"}]],
    "drums": [["label", {"names": [*DRUMS], "name": "drum"}]],
}


def choose_preset(data: str | Path | None, labels: str | None = None, conditions: list[str] | None = None) -> Choice:
    """The preset for a folder of data, or for built-in notes.

    Args:
        data: Folder of audio or MIDI, or `None` for built-in notes.
        labels: Where the labels are, as for `datasets.audio_folder`. Sounds with a label `pitch` are notes.
        conditions: The given conditions, as on the command line. Sounds of a model conditioned on pitch are notes.

    Raises:
        NotADirectoryError: If there is no such folder.
        ValueError: If it holds both audio and MIDI.
    """
    if data is None:
        return BUILT_IN
    if detect_domain(data) == "notes":
        return _choose_for_tunes(data)
    survey = survey_audio(data) if files_below(data, "audio", required=False) else None
    if survey is None:
        return Choice(DEFAULTS["audio"])  # the dataset says what is wrong with the folder
    kind, evidence = survey.kind, survey.evidence
    if any(text.startswith("pitch=") for text in conditions or ()):
        kind, evidence = "notes", "the model is conditioned on pitch"
    elif labels and "{pitch}" in labels:
        kind, evidence = "notes", "the labels hold a pitch"
    representation = _fitted(kind, survey)
    overrides = {"representation": representation}
    cut = PRESETS[kind]["recipe"].get("clip", "first")
    if cut != "first" and survey.seconds <= representation["duration"]:  # whole sounds, not parts of them
        overrides["recipe"] = {"clip": "first"}
        cut = "first"
    reason = (
        f"{evidence}: preset {kind}, clips of {representation['duration']:.2f} s at "
        f"{representation['sample_rate']:,} Hz, {CUTS_IN_WORDS[cut]} (choose another with --preset)"
    )
    return Choice(kind, overrides, reason)


def _choose_for_tunes(folder):
    """The choice for a folder of MIDI."""
    preset = DEFAULTS["notes"]
    overrides = {"representation": {"steps": TUNES_STEPS}, "recipe": {"steps": TUNES_STEPS}}
    survey = survey_midi(folder)
    if survey is None:
        return Choice(preset, overrides)  # the dataset says what is wrong with the folder
    overrides["representation"].update(survey.options)
    reason = f"{survey.evidence}: preset {preset}, {count(survey.bars, 'bar')} at a time (choose another with --preset)"
    return Choice(preset, overrides, reason)


def _fitted(preset: str, survey: AudioSurvey) -> dict:
    """Options of the preset's representation for clips as long as the sounds of a survey, at their rate or less."""
    own = PRESETS[preset]["representation"][1]
    rate = min(own["sample_rate"], survey.sample_rate)
    scale = 2 ** round(math.log2(rate / own["sample_rate"]))  # the same resolution in time
    n_fft, hop_length = round(own["n_fft"] * scale), round(own["hop_length"] * scale)
    seconds = min(max(survey.seconds, own["duration"] / 2), 2 * own["duration"])
    frames = min(n for n in FRAME_COUNTS if n * hop_length >= seconds * rate)
    duration = round((frames - 0.5) * hop_length / rate, 3)  # the clips are the next longer ones
    return {"duration": duration, "sample_rate": rate, "n_fft": n_fft, "hop_length": hop_length}


def find_conditions(preset: str | None, data: str | Path | None, labels: str | None) -> list[list]:
    """The conditions that the labels of a folder of audio give, or those of built-in sounds.

    Args:
        preset: Name of the preset, if it is known.
        data: Folder of audio or MIDI, or `None` for built-in music.
        labels: Where the labels are, as for `datasets.audio_folder`, or `None`.
    """
    if data is None:
        return BUILT_IN_CONDITIONS.get(str(preset), [])
    if labels is None:
        return []
    files = files_below(data, "audio", required=False)
    return (
        [list(pair) for pair in conditions_from_labels(find_labels(files, labels, data)[0].values())] if files else []
    )
