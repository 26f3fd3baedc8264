"""A verdict on a training run, from its logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from keras_musicgan.metrics.collapse import Finding
from keras_musicgan.runs import aims, symptoms
from keras_musicgan.runs.advice import advice
from keras_musicgan.runs.logs import read_logs
from keras_musicgan.runs.setup import TrainingSetup, read_setup
from keras_musicgan.runs.trend import Trend
from keras_musicgan.utils.console import count

MIN_EPOCHS = 6  # for a verdict; an untrained generator may be silent, and a third needs two epochs
VERDICTS = (  # the first one found leads
    "diverged",
    "too short to tell",
    "collapsed",
    "generator won",
    "discriminator won",
    "standing still",
    "far from real",
    "labels unheard",
    "out of tune",
    "labels ignored",
    "past its best",
    "still improving",
    "balanced",
)
HEALTHY = ("balanced", "still improving", "past its best")  # `checkpoints/best.keras` is worth listening to


@dataclass(frozen=True)
class StabilityReport:
    """The result of `report`.

    Attributes:
        findings: `metrics.Finding`s with one of `VERDICTS` each, at least one, the leading one first.
        measures: Dict of numbers, NaN if not measured: `epochs`; the means over the last third of `score_gap` (real
            minus generated), `real_accuracy` and `fake_accuracy`; `score_spread`, the standard deviation of the gap
            over the last third as a share of its root mean square, 0 for a steady gap, 1 for fluctuation alone; the
            `best_epoch`, as `AudioQuality` chooses it (the last one if quality was not measured), and there
            `quality_kernel`, `quality_coverage`, `output_diversity` in dB, `relative_diversity` (1 for that of the
            data), `target_pitch_rate` and `target_label_rate`.
    """

    findings: tuple[Finding, ...]
    measures: dict[str, float]

    @property
    def verdict(self) -> str:
        """The leading verdict."""
        return self.findings[0].verdict

    @property
    def healthy(self) -> bool:
        """Whether the run trained well, even if it could still improve."""
        return self.verdict in HEALTHY

    def text(self) -> str:
        """The report in words: for each finding its verdict, evidence and remedy."""
        lines = []
        for finding in self.findings:
            lines += [f"{finding.verdict}: {finding.evidence}", f"  try: {finding.remedy}"]
        return "\n".join(lines)


def report(history: str | Path | Mapping[str, Sequence[float]], model: keras.Model | None = None) -> StabilityReport:
    """A verdict on a training run from its logs, with evidence in numbers and a remedy.

    The verdicts hold for every loss. They use whether the gap between the discriminator's mean scores for real and
    generated clips grows or shrinks, but not the scores themselves, whose zero and unit depend on the loss; and its
    accuracy, unless it is a critic that estimates a distance and does not classify, as with the Wasserstein loss.

    - `diverged`: a loss is not finite, or the scores or the penalty leap to many times their usual values;
    - `collapsed`: most outputs are equal, silent, clipped or one tone in most of the last third, or two outputs differ
      by less than 55 % of what two clips of the data do, unless that share and quality still improve, or with the
      same conditions by less than 25 %;
    - `generator won`: generated music scores above real music in all of the last third, by as much as before;
    - `discriminator won`: its accuracy is 95 % (80 % if the output does not change), the gap does not shrink, and
      quality neither improves nor is near to that of real music; for a critic: the gap has grown, and the music is far
      from real;
    - `standing still`: the output is the same as after the first epoch;
    - `far from real`: at its best, `quality_kernel` is over half of that of noise, and no lower than in the beginning;
    - `labels unheard`: real clips are not of the pitch or class of their label;
    - `out of tune`: fewer clips are at their target pitch in the best epoch than 80 % of the share of real clips;
    - `labels ignored`: less than half as many are of their target class, beyond chance, as 90 % of real clips;
    - `past its best`: `quality_kernel` rises by a fifth over the last half of the run, or all of it, and does so
      steadily (Kendall's rank correlation, at 5 %);
    - `still improving`: it falls by a twentieth over the last half of the run, steadily, and has not come down to that
      of training music; or the music is far from real, but nearer than in the beginning by a twentieth;
    - `balanced`: none of these; `too short to tell`: fewer than six epochs.

    A remedy names only options that the model takes, and says how many epochs are usual for a run that ended before.

    Args:
        history: A run folder, its `history.csv`, or the dict `History.history` that `fit` returns, with or without the
            columns of `CollapseMonitor` and `AudioQuality`.
        model: The compiled `MusicGAN` that was trained; without it, the options are those of the run folder's
            `config.json`, or unknown.

    Returns:
        `StabilityReport`.

    Raises:
        FileNotFoundError: If there are no logs.
        ValueError: If they hold no epoch or are not from a `MusicGAN`.

    Example:
        >>> won = {"real_accuracy": [0.9, 1.0] * 5, "fake_accuracy": [1.0] * 10, "real_score": range(10)}
        >>> won |= {"fake_score": range(0, -10, -1), "discriminator_loss": [0.1] * 10, "generator_loss": range(10)}
        >>> report(won).verdict
        'discriminator won'

    Reference: A new measure of rank correlation (Kendall, 1938).
    """
    logs = read_logs(history)
    setup = read_setup(history) if model is None else TrainingSetup.from_model(model)
    found = _evidence(logs, setup)
    n_epochs = len(logs["epoch"])

    def remedy(verdict):
        waiting_helps = "past its best" not in found and aims.still_improves(verdict, logs)
        return advice(verdict, setup, n_epochs, waiting_helps)

    findings = [Finding(verdict, found[verdict], remedy(verdict)) for verdict in VERDICTS if verdict in found]
    return StabilityReport(tuple(findings), symptoms.measures(logs))


def _evidence(logs, setup):
    """Dict from each verdict that holds, at least one, to its evidence."""
    quality, whole = (Trend.from_values(logs.get("quality_kernel"), logs["epoch"], share) for share in (0.5, 1.0))
    past = quality if quality.direction != "level" else whole
    discriminator_ahead = symptoms.discriminator_ahead if setup.classifies else symptoms.critic_ahead
    sounds_well = quality.direction == "falling" or aims.near_real(logs)
    narrow = symptoms.low_diversity(logs)
    widening = quality.direction == "falling" and aims.still_improves("collapsed", logs)
    collapsed = [symptoms.collapse(logs), None if widening else narrow]
    far = aims.far_from_real(logs)
    nearer = far is not None and aims.quality_improved(logs)
    found = {
        "diverged": symptoms.divergence(logs),
        "collapsed": " and ".join(filter(None, collapsed)),
        "generator won": symptoms.generator_ahead(logs, setup.classifies),
        "discriminator won": None if sounds_well else discriminator_ahead(logs),
        "standing still": symptoms.standing_still(logs),
        "far from real": None if nearer else far,
        "labels unheard": aims.labels_unheard(logs),
        "out of tune": aims.out_of_tune(logs),
        "labels ignored": aims.labels_ignored(logs),
        "past its best": past.evidence if past.direction == "rising" else None,
    }
    arrived = aims.as_near_as_data(logs) and not narrow
    if not arrived and not any(found[verdict] for verdict in found if verdict not in HEALTHY):  # else no remedy
        improving = [quality.evidence, aims.anchors(logs), narrow] if quality.direction == "falling" else [far]
        found["still improving"] = "; ".join(filter(None, improving))
    n_epochs = len(logs["epoch"])
    if n_epochs < MIN_EPOCHS:  # for thirds of a run
        found = {verdict: found[verdict] for verdict in ("diverged", "collapsed")}
        found["too short to tell"] = f"{count(n_epochs, 'epoch')}, of at least {MIN_EPOCHS}"
    found = {verdict: evidence for verdict, evidence in found.items() if evidence}
    balanced = [symptoms.describe_gap(logs, setup.classifies), quality.evidence, aims.anchors(logs)]
    return found or {"balanced": "; ".join(filter(None, balanced))}
