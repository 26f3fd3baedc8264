"""Hears when a generator breaks."""

import dataclasses
import warnings

import numpy as np
from keras_musicgan.callbacks.sampling import SamplingCallback

from keras_musicgan.metrics.collapse import MEASURES, SECONDS, Finding, diagnose
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.utils.checks import check_positive_int

NOTES_RATE = 16000


class CollapseWarning(UserWarning):
    """A generator makes the same, silence, clipped sound or one tone of different latents."""


class CollapseMonitor(SamplingCallback):
    """Warns when different latents begin to sound equal, silent, clipped or like one tone, and says what to try.

    It measures the same latents at the end of the first epoch, of every `every`-th and of the last, as
    `metrics.diagnose` does, and warns once of each fault until it has gone away. Place it before callbacks that write
    logs: it adds `output_diversity` (dB), `output_rms`, `equal_share`, `silent_share`, `clipped_share` and
    `tone_share` to the logs of every epoch, those of the last measurement where it does not measure, and NaN before
    the first.

    Args:
        n: Number of clips, at least 2.
        every: Epochs from one measurement to the next.
        seed: Seed of the latents.
        stop: Whether to end the training when one fault has been found in `patience` measurements in a row.
        patience: Measurements of one training that a fault must last for `stop`; a generator that has just begun may
            be silent. A training that is continued counts on, if `Checkpoints` knows the monitor.

    Attributes:
        findings: `metrics.Finding`s of the last measurement.
        stopped: Whether they ended the training.

    Raises:
        ValueError: If a number is out of range.

    Example:
        >>> import keras_musicgan as km
        >>> monitor = km.callbacks.CollapseMonitor(every=5, stop=True)
    """

    def __init__(self, n: int = 16, every: int = 1, seed: int = 0, stop: bool = False, patience: int = 3):
        super().__init__(n, every, seed)
        check_positive_int("patience", patience)
        if n < 2:
            raise ValueError(f"`n` must be at least 2, for clips to be compared. Received: n={n}")
        self.stop = stop
        self.patience = patience
        self._forget()

    def _forget(self):
        self.findings = ()
        self._measures = None
        self._found_in_a_row = {}
        self.stopped = False

    def on_train_begin(self, logs=None):
        """Draws the latents and forgets an earlier training."""
        super().on_train_begin(logs)
        self._forget()

    def get_state(self) -> dict:
        """What it has measured and found so far, for `Checkpoints`."""
        return {
            "measures": self._measures,
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "found_in_a_row": self._found_in_a_row,
        }

    def set_state(self, state: dict) -> None:
        """Goes on from what an earlier training had measured and found."""
        self._measures = state["measures"]
        self.findings = tuple(Finding(*finding.values()) for finding in state["findings"])  # 0.1 has other keys
        self._found_in_a_row = dict(state["found_in_a_row"])

    def is_due(self, epoch):
        """Whether to listen after an epoch, counted from 0: also after the first, so that all have measures."""
        return super().is_due(epoch) or self._measures is None

    def on_epoch_end(self, epoch, logs=None):
        """Measures where it is due, and adds the measures to the logs."""
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._measures or dict.fromkeys(MEASURES, float("nan")))

    def on_samples(self, epoch):
        """Measures, warns and ends the training."""
        encoded = self.model.generate_encoded(latents=self.latents, batch_size=self.n, **self.conditions)
        if not np.isfinite(encoded).all():  # the loss of the next epoch will tell
            return
        diagnosis = diagnose(*heard(self.model.representation, encoded))
        self._measures, self.findings = diagnosis.measures, diagnosis.findings
        for finding in self.findings:
            if finding.verdict not in self._found_in_a_row:
                warnings.warn(f"Epoch {epoch}: {finding.evidence}. {finding.remedy}", CollapseWarning, stacklevel=2)
        self._found_in_a_row = {
            finding.verdict: self._found_in_a_row.get(finding.verdict, 0) + 1 for finding in self.findings
        }
        if self.stop and max(self._found_in_a_row.values(), default=0) >= self.patience:
            self.stopped = self.model.stop_training = True


def heard(representation, encoded):
    """Clips and their sample rate; of notes only the beginning and no high rate, since a minute of them takes long."""
    if not isinstance(representation, NotesRepresentation):
        return representation.decode(encoded), representation.sample_rate
    rate = min(representation.sample_rate, NOTES_RATE)
    clips = np.zeros((len(encoded), SECONDS * rate, 1), "float32")
    for clip, notes in zip(clips, representation.to_notes(encoded), strict=True):
        begun = notes.where(notes.start < SECONDS * notes.tempo / 60)
        sound = render(dataclasses.replace(begun, length=None), rate)[: len(clip)]
        clip[: len(sound)] = sound
    return clips, rate
