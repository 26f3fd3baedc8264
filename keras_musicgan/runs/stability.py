"""What became of a training, read from its logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keras_musicgan.metrics.collapse import Finding
from keras_musicgan.runs import symptoms
from keras_musicgan.runs.logs import read_logs
from keras_musicgan.runs.trend import Trend

MIN_EPOCHS = 6  # for a verdict; a generator that has just begun may be silent, and thirds need two epochs each
VERDICTS = (  # the first of those found leads
    "diverged",
    "too short to tell",
    "collapsed",
    "generator won",
    "discriminator won",
    "standing still",
    "past its best",
    "still improving",
    "balanced",
)
HEALTHY = ("balanced", "still improving", "past its best")  # trained, and `checkpoints/best.keras` is worth hearing


@dataclass(frozen=True)
class StabilityReport:
    """What `report` found.

    Attributes:
        findings: `metrics.Finding`s with one of `VERDICTS` each, at least one, the leading one first.
        measures: Dict of numbers, NaN for what was not measured: `epochs`; the means over the last third of
            `score_gap` (real minus generated), `real_accuracy` and `fake_accuracy`; `score_spread`, the standard
            deviation of the gap over the last third as a share of its root mean square, 0 for a steady gap, 1 for one
            that is nothing but fluctuation; the lowest `quality_kernel`, `best_epoch`, which has it (the last one if
            it was not measured), `quality_coverage` there and `output_diversity` there in dB.
    """

    findings: tuple[Finding, ...]
    measures: dict[str, float]

    @property
    def verdict(self) -> str:
        """The leading verdict."""
        return self.findings[0].verdict

    @property
    def healthy(self) -> bool:
        """Whether the training worked, whatever is left to gain."""
        return self.verdict in HEALTHY

    def text(self) -> str:
        """The report in plain words: a verdict, its evidence and what to try, one paragraph for each finding."""
        lines = []
        for finding in self.findings:
            lines += [f"{finding.verdict}: {finding.evidence}", f"  try: {finding.remedy}"]
        return "\n".join(lines)


def report(history: str | Path | Mapping[str, Sequence[float]]) -> StabilityReport:
    """Says from the logs of a training whether it is sound, with the evidence in numbers and what to try.

    The verdicts hold for every loss: they use whether the discriminator tells real from generated, and whether the gap
    between its mean scores for the two grows or shrinks, never the height of a score, whose zero and unit differ from
    loss to loss.

    - `diverged`: a loss is no number, or the scores or the penalty leap to many times what they are otherwise;
    - `collapsed`: most outputs are equal, silent, clipped or one tone in most of the last third;
    - `generator won`: generated music scores above real in all of the last third, and no less than before;
    - `discriminator won`: it is right about 19 in 20 clips (four in five where the output stands still), the gap does
      not shrink, and quality does not improve;
    - `standing still`: the output is the same as after the first epoch;
    - `past its best`, `still improving`: `quality_kernel` rises by a fifth, or falls by a twentieth, over the last half
      of the training, and does so steadily (Kendall's rank correlation, at 5 %);
    - `balanced`: none of these; `too short to tell`: fewer than six epochs.

    Args:
        history: A run folder, its `history.csv`, or the dict `History.history` that `fit` returns. Columns of
            `CollapseMonitor` and `AudioQuality` are used where they are there.

    Returns:
        `StabilityReport`.

    Raises:
        FileNotFoundError: If there are no logs.
        ValueError: If they hold no epoch or are not those of a `MusicGAN`.

    Example:
        >>> won = {"real_accuracy": [0.9, 1.0] * 5, "fake_accuracy": [1.0] * 10, "real_score": range(10)}
        >>> won |= {"fake_score": range(0, -10, -1), "discriminator_loss": [0.1] * 10, "generator_loss": range(10)}
        >>> report(won).verdict
        'discriminator won'

    Reference: A new measure of rank correlation (Kendall, 1938).
    """
    logs = read_logs(history)
    quality = Trend.of(logs.get("quality_kernel"), logs["epoch"])
    found = {
        "diverged": symptoms.divergence(logs),
        "collapsed": symptoms.collapse(logs),
        "generator won": symptoms.generator_ahead(logs),
        "discriminator won": None if quality.direction == "falling" else symptoms.discriminator_ahead(logs),
        "standing still": symptoms.standing_still(logs),
        "past its best": quality.evidence if quality.direction == "rising" else None,
        "still improving": quality.evidence if quality.direction == "falling" else None,
    }
    if any(found[verdict] for verdict in VERDICTS if verdict not in (*HEALTHY, "too short to tell")):
        found["still improving"] = None  # of a training that fails, no more epochs are the remedy
    n_epochs = len(logs["epoch"])
    if n_epochs < MIN_EPOCHS:
        found["too short to tell"] = f"{n_epochs} epochs, where {MIN_EPOCHS} are the least"
    found = {verdict: evidence for verdict, evidence in found.items() if evidence}
    if not found:
        found["balanced"] = f"{symptoms.gap_told(logs)}; {quality.evidence}"
    findings = [Finding(v, found[v], symptoms.REMEDIES[v]) for v in VERDICTS if v in found]
    return StabilityReport(tuple(findings), symptoms.measures(logs))
