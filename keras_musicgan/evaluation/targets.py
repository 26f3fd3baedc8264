"""How well clips meet the conditions that they were generated with: their pitch and their labels."""

from collections.abc import Mapping

import numpy as np

from keras_musicgan.conditions import Conditions, Label, Pitch
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.label_probe import LabelProbe, chance_agreement
from keras_musicgan.metrics.pitch import WINDOW_SECONDS, pitch_accuracy

IN_TUNE = 0.5  # semitones
OCTAVE = 12
LOWEST_PITCH = 12  # that `estimate_pitch` can find
GOOD_SHARE = 0.9  # of the rate of real clips from which clips meet a target: the rate of 128 is uncertain by 3 %
MIN_CLIPS = 16  # held out, to know how far a probe is right
MIN_ANCHOR = 0.5  # rate of real clips above chance, below which an estimate says nothing of generated ones


class Targets:
    """The conditions of a model that its clips show, measured for real and for generated clips.

    A `Pitch` is measured in audio, by `metrics.estimate_pitch`; a `Label` in audio and notes, by a `LabelProbe` of the
    training clips. Conditions that cannot be measured, as a label with one class or fewer than 16 held-out clips, are
    left out.

    Args:
        conditions: The model's conditions.
        training: `Features` of training clips, with their conditions in `pieces.known`.
        held_out: `Features` of held-out clips.

    Attributes:
        anchors: Dict of the same rates of held-out real clips, the best to be expected: `data_pitch_rate`,
            `data_label_rate`; and `chance_label_rate`, that of clips that ignore their labels.
    """

    def __init__(self, conditions: Conditions, training: Features, held_out: Features):
        known = set(training.pieces.known) & set(held_out.pieces.known)
        self._searched = None
        for pitch in conditions:
            if isinstance(pitch, Pitch) and pitch.name in known and held_out.pieces.is_audio:
                clips, sample_rate = held_out.pieces.clips()
                self._searched = searched_pitches(pitch, sample_rate, clips.shape[1])
        self._probes = {}
        for label in conditions:
            if isinstance(label, Label) and label.name in known and len(held_out) >= MIN_CLIPS:
                labels = training.pieces.known[label.name]
                if len(set(labels)) > 1:
                    self._probes[label.name] = LabelProbe(_rows(training), labels)
        self.anchors = {name.replace("target", "data"): rate for name, rate in self.rates(held_out).items()}
        if self._probes:
            chances = [chance_agreement(held_out.pieces.known[name]) for name in self._probes]
            self.anchors["chance_label_rate"] = float(np.mean(chances))

    @property
    def names(self) -> tuple[str, ...]:
        """The rates that `rates` returns."""
        return ("target_pitch_rate",) * (self._searched is not None) + ("target_label_rate",) * bool(self._probes)

    def rates(self, clips: Features) -> dict[str, float]:
        """Shares of clips at their targets, those in `clips.pieces.known`.

        Returns:
            Dict of shares in [0, 1]: `target_pitch_rate`, within 50 cents, if the model has a pitch; and
            `target_label_rate`, the mean over its labels, if it has any.
        """
        rates, known = {}, clips.pieces.known
        if self._searched is not None:
            rates["target_pitch_rate"] = pitch_accuracy(*clips.pieces.clips(), known["pitch"], IN_TUNE, *self._searched)
        if self._probes:
            agreements = [probe.agreement(_rows(clips), known[name]) for name, probe in self._probes.items()]
            rates["target_label_rate"] = float(np.mean(agreements))
        return rates


def searched_pitches(pitch: Pitch, sample_rate: int, n_samples: int) -> tuple[float, float] | None:
    """Lowest and highest pitch to look for: an octave around a condition's, so that octave errors show, if they fit.

    Args:
        pitch: The condition.
        sample_rate: Rate of the clips in Hz.
        n_samples: Their length.

    Returns:
        Two MIDI numbers, or `None` if some pitch of the condition cannot be found at this rate in so short a clip.

    Example:
        >>> searched_pitches(Pitch(60, 83), 16000, 16000)
        (48, 95)
        >>> searched_pitches(Pitch(20, 83), 16000, 1600) is None  # three periods of 26 Hz take longer
        True
    """
    import librosa

    longest_period = max(n_samples / sample_rate - WINDOW_SECONDS - 0.001, 1e-6)
    lowest = max(float(librosa.hz_to_midi(1 / longest_period)) + 0.5, LOWEST_PITCH)
    highest = float(librosa.hz_to_midi(sample_rate / 2)) - 0.5
    if pitch.low < lowest or pitch.high > highest:
        return None
    return max(pitch.low - OCTAVE, lowest), min(pitch.high + OCTAVE, highest)


def shortfall(measures: Mapping[str, float]) -> float:
    """How far clips are from their targets: 0 where they meet them as real clips do, 1 where they meet none.

    Each rate is compared with 90 % of that of real clips, a label's rate above chance. A rate that was not measured,
    or that real clips do not reach either, counts as met.

    Args:
        measures: Dict with the rates of `Targets.rates` and its `anchors`.

    Returns:
        The shortfalls of pitch and label together, in [0, 1]: neither decides alone by what its rate wavers.

    Example:
        >>> shortfall({"target_pitch_rate": 0.45, "data_pitch_rate": 1.0})
        0.5
        >>> shortfall({"target_pitch_rate": 0.92, "data_pitch_rate": 1.0})
        0.0
        >>> shortfall({})
        0.0
    """
    return min(pitch_shortfall(measures) + label_shortfall(measures), 1.0)


def pitch_shortfall(measures: Mapping[str, float]) -> float:
    """The shortfall of `target_pitch_rate`, in [0, 1]."""
    return _shortfall(measures.get("target_pitch_rate"), measures.get("data_pitch_rate"), 0.0)


def label_shortfall(measures: Mapping[str, float]) -> float:
    """The shortfall of `target_label_rate`, in [0, 1]."""
    return _shortfall(
        measures.get("target_label_rate"), measures.get("data_label_rate"), measures.get("chance_label_rate")
    )


def _shortfall(rate, anchor, chance):
    if rate is None or anchor is None or chance is None or not np.isfinite([rate, anchor, chance]).all():
        return 0.0
    if anchor - chance < MIN_ANCHOR * (1 - chance):
        return 0.0
    return float(np.clip(1 - (rate - chance) / (GOOD_SHARE * (anchor - chance)), 0.0, 1.0))


def _rows(features):
    """What a probe takes of clips: their log-mel spectrograms, or the vectors of notes."""
    return features.spectrograms if features.pieces.is_audio else features.vectors
