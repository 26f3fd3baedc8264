"""Warns about mode collapse, silence and clipping."""

import dataclasses
import warnings

import numpy as np
from keras_musicgan.callbacks.sampling import SamplingCallback

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.evaluation.diversity import data_diversity, to_clips
from keras_musicgan.metrics.collapse import MEASURES, Finding, diagnose
from keras_musicgan.utils.checks import check_positive_int


class CollapseWarning(UserWarning):
    """Different latents give equal, silent or clipped clips, or one tone."""


class CollapseMonitor(SamplingCallback):
    """Warns when clips of different latents become equal, silent, clipped or one tone, with a remedy.

    It measures clips of the same latents at the end of the first epoch, of every `every`-th and of the last with
    `metrics.diagnose`, and warns of each fault once until it has gone. Place it before callbacks that write logs: it
    adds `output_diversity` (dB), `output_rms`, `equal_share`, `silent_share`, `clipped_share` and `tone_share` to the
    logs of every epoch; between measurements those of the last one, before the first NaN.

    A model with conditions generates two clips from each of `n / 2` draws of them, and the logs get
    `conditional_diversity`, the mean difference of two such clips in dB: near 0, the generator ignores its latents.
    With `data` the logs also get the diversity of these, `data_diversity` and `data_conditional_diversity`, measured
    once: compare the others with them.

    Args:
        n: Number of clips, at least 2.
        every: Epochs from one measurement to the next.
        seed: Seed of the latents.
        stop: Whether to end training when one fault has been found in `patience` measurements in a row.
        patience: Number of measurements in a row with a fault for `stop`; an untrained generator may be silent. A
            resumed run continues the count if the monitor is one of `Checkpoints`.
        data: Dataset of the training run, or `None`.

    Attributes:
        findings: `metrics.Finding`s of the last measurement.
        stopped: Whether they ended training.

    Raises:
        ValueError: If a number is out of range.

    Example:
        >>> import keras_musicgan as km
        >>> monitor = km.callbacks.CollapseMonitor(every=5, stop=True)
    """

    def __init__(
        self,
        n: int = 16,
        every: int = 1,
        seed: int = 0,
        stop: bool = False,
        patience: int = 3,
        data: Batches | None = None,
    ):
        super().__init__(n, every, seed)
        check_positive_int("patience", patience)
        if n < 2:
            raise ValueError(f"`n` must be at least 2, for clips to be compared. Received: n={n}")
        self.stop = stop
        self.patience = patience
        self.data = data
        self._of_data: dict[str, float] = {}
        self._reset()

    def _reset(self):
        self.findings = ()
        self._measures = None
        self._found_in_a_row = {}
        self.stopped = False

    def on_train_begin(self, logs=None):
        """Draws the latents and resets the measures."""
        super().on_train_begin(logs)
        self._groups = None
        if self.conditions:
            self._groups = np.arange(self.n) % (-(-self.n // 2))
            self.conditions = {name: values[self._groups] for name, values in self.conditions.items()}
        if self.data is not None:
            self._of_data = data_diversity(self.data, self.model, seed=self.seed)
        self._reset()

    def get_state(self) -> dict:
        """The measures and findings so far, for `Checkpoints`."""
        return {
            "measures": self._measures,
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "found_in_a_row": self._found_in_a_row,
        }

    def set_state(self, state: dict) -> None:
        """Restores the result of `get_state`."""
        self._measures = state["measures"]
        self.findings = tuple(Finding(*finding.values()) for finding in state["findings"])  # 0.1 has other keys
        self._found_in_a_row = dict(state["found_in_a_row"])

    def is_due(self, epoch):
        """Whether to measure after an epoch, counted from 0: also after the first, so that all have measures."""
        return super().is_due(epoch) or self._measures is None

    def on_epoch_end(self, epoch, logs=None):
        """Measures if it is due, and adds the measures to the logs."""
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._measures or dict.fromkeys(MEASURES, float("nan")))
            logs.update(self._of_data)

    def on_samples(self, epoch):
        """Measures, warns, and ends training if a fault has lasted."""
        encoded = self.model.generate_encoded(latents=self.latents, batch_size=self.n, **self.conditions)
        if not np.isfinite(encoded).all():  # the loss of the next epoch shows it
            return
        diagnosis = diagnose(*to_clips(self.model.representation, encoded), self._groups)
        self._measures, self.findings = diagnosis.measures, diagnosis.findings
        for finding in self.findings:
            if finding.verdict not in self._found_in_a_row:
                warnings.warn(f"Epoch {epoch}: {finding.evidence}. {finding.remedy}", CollapseWarning, stacklevel=2)
        self._found_in_a_row = {
            finding.verdict: self._found_in_a_row.get(finding.verdict, 0) + 1 for finding in self.findings
        }
        if self.stop and max(self._found_in_a_row.values(), default=0) >= self.patience:
            self.stopped = self.model.stop_training = True
