"""What kind of sounds a folder of audio holds."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.survey.spread import spread
from keras_musicgan.metrics import estimate_pitch
from keras_musicgan.music import audio

HEARD_SECONDS = 10  # of each, after silence
SILENT_SECONDS = 60  # that are skipped
WORKING_RATE = 16000
AUDIBLE_DB = 40.0  # below its peak a sound counts as over
STRUCK_SECONDS = 0.06  # in which a struck sound is loudest, from its onset
SEMITONE = 0.5  # by which the pitch of a note may differ between its halves
PART_SECONDS = 0.5  # of each half in which the pitch is estimated
MIN_SHARE_NOTES = 0.6
MIN_SHARE_STRUCK = 0.75


@dataclass(frozen=True)
class AudioSurvey:
    """What a folder of audio holds.

    Attributes:
        kind: `"notes"` where at least 60 % of the sounds keep one pitch from their first half to their second;
            `"drums"` where, of the others, at least 75 % are loudest within 60 ms of their onset; or `"sounds"`.
        evidence: The same in words.
        seconds: Length within which three quarters of the sounds have ended, from onset to 40 dB below the peak.
        sample_rate: The most frequent rate of the files in Hz, of equally frequent ones the highest.
        n_files: Number of files that were listened to.
    """

    kind: str
    evidence: str
    seconds: float
    sample_rate: int
    n_files: int


def survey_audio(folder: str | Path) -> AudioSurvey | None:
    """Listens to 10 s, after silence, of up to 60 files below a folder, evenly spaced in the order of their names.

    Args:
        folder: The folder.

    Returns:
        The survey; `None` if none of the files can be used.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If it holds no audio file.
    """
    files = spread([*files_below(folder, "audio").values()])
    found = [facts for facts in map(_listen, files) if facts is not None]
    if not found:
        return None
    rates, seconds, steady, struck = (np.array(column) for column in zip(*found, strict=True))
    values, counts = np.unique(rates, return_counts=True)
    kind, evidence = "sounds", "sounds of many kinds"
    if steady.mean() >= MIN_SHARE_NOTES:
        kind, evidence = "notes", f"{steady.sum()} of {len(found)} sounds keep one pitch"
    elif struck.mean() >= MIN_SHARE_STRUCK:
        kind, evidence = "drums", f"{struck.sum()} of {len(found)} sounds are struck, few keep a pitch"
    sample_rate = int(values[counts == counts.max()].max())
    return AudioSurvey(kind, evidence, float(np.percentile(seconds, 75)), sample_rate, len(found))


def _listen(file):
    """Rate, seconds, whether it keeps one pitch and whether it is struck; `None` for a file that cannot be used."""
    try:
        sound, rate = _first_sound(file)
    except (audio.AudioError, OSError):  # the dataset lists them
        return None
    sound = audio.resample(sound, rate, WORKING_RATE)
    if not len(sound) or np.abs(sound).max() < audio.MIN_PEAK:
        return None
    sound = sound[audio.find_onset(sound, WORKING_RATE) :]
    level = np.abs(sound[:, 0])
    last = 1 + int(np.flatnonzero(level >= level.max() * 10 ** (-AUDIBLE_DB / 20))[-1])
    struck = _loudest(sound[:last]) <= STRUCK_SECONDS * WORKING_RATE
    return rate, last / WORKING_RATE, _keeps_pitch(sound[:last]), struck


def _first_sound(file):
    """10 s from shortly before the first sound, `[samples, 1]`, and their rate; the last ones read if all is silent."""
    n_frames, rate, _ = audio.info(file)
    sound = np.zeros((0, 1), "float32")

    def read(first):
        return audio.read_part(file, first, min(HEARD_SECONDS * rate, n_frames - first), rate, 1)

    for first in range(0, min(n_frames, SILENT_SECONDS * rate), HEARD_SECONDS * rate):
        sound = read(first)
        audible = np.flatnonzero(np.abs(sound[:, 0]) >= audio.MIN_PEAK)
        if len(audible):
            return read(max(0, first + int(audible[0]) - rate // 10)), rate
    return sound, rate


def _loudest(sound):
    """The first sample of the loudest 5 ms."""
    hop = WORKING_RATE // 200
    power = np.add.reduceat(np.square(sound[:, 0]), np.arange(0, len(sound), hop))
    return hop * int(power.argmax())


def _keeps_pitch(sound):
    """Whether both halves of a sound have the same pitch."""
    middle, length = len(sound) // 2, round(PART_SECONDS * WORKING_RATE)
    halves = np.zeros((2, length, 1), "float32")
    for half, part in zip(halves, (sound[:middle], sound[middle:]), strict=True):
        half[: len(part)] = part[:length]
    if (np.abs(halves).max(axis=(1, 2)) < audio.SILENCE).any():
        return False
    first, second = estimate_pitch(halves, WORKING_RATE)
    return bool(abs(first - second) <= SEMITONE)  # false for NaN
