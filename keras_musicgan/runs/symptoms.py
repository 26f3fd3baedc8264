"""The symptoms of each failure of adversarial training in its logs, the same for every loss.

Each function takes the logs of `read_logs` and returns the evidence in words, or `None`.
"""

import numpy as np

from keras_musicgan.metrics.collapse import MEASURES as OUTPUT_MEASURES
from keras_musicgan.runs.aims import best_epoch, far_from_real, quality_improved

SEPARATED = 0.95  # discriminator accuracy from which it is far ahead
SEPARATED_FROM_STILL = 0.8  # the same if the generator does not change: a penalty keeps even that lead small
NOT_SHRINKING = 0.7  # smallest ratio of the last third's gap to that of the third with the widest
MAJORITY = 0.5  # share of faulty outputs, and of the last third in which they are faulty
MIN_LEAP = 10.0  # between two epochs, in the unit of scores, which are log-odds for most losses
MIN_LEAP_RATIO = 5.0  # to the median gap, which is wide for a Wasserstein loss
MIN_PENALTY_LEAP = 100.0
MIN_PENALTY_RATIO = 50.0
LOW_DIVERSITY = 0.55  # ratio of the outputs' diversity to that of the data
LOW_CONDITIONAL_DIVERSITY = 0.25  # the same within one condition, where clips of the data may differ by chance
AT_BEST = ("quality_kernel", "quality_coverage", "output_diversity", "target_pitch_rate", "target_label_rate")
FAULTS = {"equal_share": "equal", "silent_share": "silent", "clipped_share": "clipped", "tone_share": "one tone"}


def divergence(logs):
    """A loss that is not finite, or scores or a penalty that leap."""
    for name in ("discriminator_loss", "generator_loss", "real_score", "fake_score"):
        broken = ~np.isfinite(logs[name])
        if broken.any():
            return f"`{name}` is {logs[name][broken][0]} in epoch {logs['epoch'][broken][0]:.0f}"
    gap, epochs = _gap(logs), logs["epoch"]
    if len(gap) < 2:
        return None
    leaps, typical = np.abs(np.diff(gap)), float(np.median(np.abs(gap)))
    at = int(leaps.argmax())
    if leaps[at] > max(MIN_LEAP, MIN_LEAP_RATIO * typical):
        return (
            f"the gap between real and generated scores leapt from {gap[at]:.3g} to {gap[at + 1]:.3g} in epoch "
            f"{epochs[at + 1]:.0f}, where it is {typical:.2g} otherwise"
        )
    penalty = logs.get("penalty", np.zeros(len(gap)))[1:]  # that of the first epoch is of random weights
    usual, at = float(np.median(penalty)), int(penalty.argmax())
    if penalty[at] > max(MIN_PENALTY_LEAP, MIN_PENALTY_RATIO * usual):
        return (
            f"the penalty leapt to {penalty[at]:.3g} in epoch {epochs[at + 1]:.0f}, where it is {usual:.2g} otherwise"
        )
    return None


def collapse(logs):
    """Outputs that are equal or faulty, or that differ little within one condition."""
    evidence = []
    for name, fault in FAULTS.items():
        share = _last_third(logs[name]) if name in logs else np.array([])
        if len(share) and share[-1] > MAJORITY and (share > MAJORITY).mean() > MAJORITY:
            evidence.append(f"{share[-1]:.0%} of the outputs are {fault}")
    own, data = logs.get("conditional_diversity"), logs.get("data_conditional_diversity")
    if _is_low(own, data, LOW_CONDITIONAL_DIVERSITY):
        evidence.append(
            f"two outputs of the same conditions differ by {own[-1]:.1f} dB, two of the data by {data[-1]:.1f}"
        )
    return " and ".join(evidence) or None


def low_diversity(logs):
    """Outputs that differ much less than the data."""
    own, data = logs.get("output_diversity"), logs.get("data_diversity")
    if _is_low(own, data, LOW_DIVERSITY):
        return f"two outputs differ by {own[-1]:.1f} dB, two of the data by {data[-1]:.1f}"
    return None


def _is_low(own, data, limit):
    """Whether a diversity is below a share of that of the data at the end and in most of the last third."""
    if own is None or data is None:
        return False
    low = _last_third(own) < limit * data[-1]
    return low[-1] and low.mean() > MAJORITY


def generator_ahead(logs, classifies=True):
    """Generated music that scores above real music."""
    gap = _gap(logs)
    last = _last_third(gap)
    if (last < 0).all() and -last.mean() >= MAJORITY * np.abs(gap).max():
        return (
            f"generated music scored {-last.mean():.2g} above real music on average in the last {len(last)} epochs, "
            "and never below"
            + (f"; the discriminator classified {_accuracy(logs).mean():.0%} of the clips correctly" * classifies)
        )
    return None


def discriminator_ahead(logs):
    """A discriminator that is nearly always right, with a gap that does not shrink."""
    gap, accuracy = _gap(logs), _accuracy(logs).mean()
    thirds = [part.mean() for part in np.array_split(gap, 3) if len(part)]
    still = standing_still(logs)
    if (
        accuracy >= (SEPARATED_FROM_STILL if still else SEPARATED)
        and thirds[-1] > 0
        and thirds[-1] >= NOT_SHRINKING * max(thirds)
    ):
        return f"{describe_gap(logs)}; the gap was {thirds[0]:.2g} in the first third" + (f"; {still}" if still else "")
    return None


def critic_ahead(logs):
    """A critic whose gap has grown while the output came no nearer to real music."""
    thirds = [part.mean() for part in np.array_split(_gap(logs), 3) if len(part)]
    far = far_from_real(logs)
    if not far or quality_improved(logs) or thirds[-1] <= thirds[0] or thirds[-1] < max(thirds):
        return None
    return (
        f"the gap between real and generated scores grew from {thirds[0]:.2g} in the first third to {thirds[-1]:.2g} "
        f"in the last; {far}"
    )


def standing_still(logs):
    """Outputs of the same latents that are identical at the beginning and the end."""
    measured = [logs[name] for name in OUTPUT_MEASURES[:2] if name in logs]  # `CollapseMonitor` measures both ends
    if len(logs["epoch"]) < 3 or not measured or not all(values[0] == values[-1] for values in measured):
        return None
    return "the output has not changed since the first epoch"


def describe_gap(logs, classifies=True):
    """The discriminator's accuracy, if it says anything, and its gap in the last third, in words."""
    accuracy = _accuracy(logs)
    gap = f"a gap between real and generated scores of {_last_third(_gap(logs)).mean():.2g}"
    if not classifies:
        return f"the critic saw {gap} in the last {len(accuracy)} epochs"
    share = f"{accuracy.mean():.0%} of the clips correctly in the last {len(accuracy)} epochs"
    return f"the discriminator classified {share}, with {gap}"


def measures(logs):
    """The numbers of a `StabilityReport`."""
    gap = _last_third(_gap(logs))
    gap = gap[np.isfinite(gap)]
    rms = np.sqrt((gap**2).mean()) if len(gap) else np.nan
    best = best_epoch(logs)
    diversity = best.get("output_diversity", np.nan) / best.get("data_diversity", np.nan)
    return {
        "epochs": float(len(logs["epoch"])),
        "score_gap": float(gap.mean()) if len(gap) else float("nan"),
        "score_spread": float(gap.std() / rms) if rms > 0 else float("nan"),
        "real_accuracy": float(_last_third(logs["real_accuracy"]).mean()),
        "fake_accuracy": float(_last_third(logs["fake_accuracy"]).mean()),
        "best_epoch": best["epoch"],
        **{name: best.get(name, float("nan")) for name in AT_BEST},
        "relative_diversity": diversity,
    }


def _gap(logs):
    return logs["real_score"] - logs["fake_score"]


def _accuracy(logs):
    """The discriminator's accuracy on real and generated clips in each epoch of the last third."""
    return _last_third((logs["real_accuracy"] + logs["fake_accuracy"]) / 2)


def _last_third(values):
    return values[-max(len(values) // 3, 1) :]
