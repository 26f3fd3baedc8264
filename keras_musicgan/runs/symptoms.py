"""The signs of each way in which an adversarial training goes wrong, in its logs, the same for every loss.

Each function takes the logs of `read_logs` and returns the evidence in words, or `None`.
"""

import numpy as np

from keras_musicgan.metrics.collapse import MEASURES as OUTPUT_MEASURES

SEPARATED = 0.95  # share of clips about which the discriminator is right, from which on it is far ahead
SEPARATED_FROM_STILL = 0.8  # the same where the generator does not move: a penalty keeps even an idle lead small
NOT_SHRINKING = 0.7  # of the widest third of the training, that the gap of the last third must keep
MOST = 0.5  # share of outputs that are faulty, and of the last third in which they are
LEAP = 10.0  # between two epochs, in the unit of scores; the logarithm of odds for most losses
LEAP_TIMES = 5.0  # the median gap, which is wide for a Wasserstein loss
PENALTY_LEAP = 100.0
PENALTY_TIMES = 50.0
FAULTS = {"equal_share": "equal", "silent_share": "silent", "clipped_share": "clipped", "tone_share": "one tone"}
REMEDIES = {
    "diverged": "a lower learning rate (a tenth), then a penalty (r1, or gradient_penalty for wasserstein).",
    "too short to tell": "more epochs.",
    "collapsed": (
        "loss relativistic with penalties r1 and r2, or wasserstein with gradient_penalty; a lower learning rate of "
        "the generator; more, and more different, training music."
    ),
    "generator won": (
        "a higher learning rate of the discriminator (see that it is not 0), more discriminator_steps, or a wider "
        "discriminator."
    ),
    "discriminator won": (
        "a lower learning rate of the discriminator or a higher one of the generator (see that it is not 0), penalty "
        "r1, augmentation for few clips, or a wider generator."
    ),
    "standing still": "a learning rate above 0 for the generator, and a momentum of its average below 1.",
    "past its best": "checkpoints/best.keras, which is of the best epoch; then a lower learning rate or fewer epochs.",
    "still improving": "more epochs: the training goes on with --resume.",
    "balanced": "nothing is wrong; for better music, more or cleaner training music or a wider generator.",
}


def divergence(logs):
    """A loss that is no number, or scores or a penalty that leap."""
    for name in ("discriminator_loss", "generator_loss", "real_score", "fake_score"):
        broken = ~np.isfinite(logs[name])
        if broken.any():
            return f"`{name}` is {logs[name][broken][0]} in epoch {logs['epoch'][broken][0]:.0f}"
    gap, epochs = _gap(logs), logs["epoch"]
    if len(gap) < 2:
        return None
    leaps, typical = np.abs(np.diff(gap)), float(np.median(np.abs(gap)))
    at = int(leaps.argmax())
    if leaps[at] > max(LEAP, LEAP_TIMES * typical):
        return (
            f"the gap between real and generated scores leapt from {gap[at]:.3g} to {gap[at + 1]:.3g} in epoch "
            f"{epochs[at + 1]:.0f}, where it is {typical:.2g} otherwise"
        )
    penalty = logs.get("penalty", np.zeros(len(gap)))[1:]  # at first, random weights make it what they will
    usual, at = float(np.median(penalty)), int(penalty.argmax())
    if penalty[at] > max(PENALTY_LEAP, PENALTY_TIMES * usual):
        return (
            f"the penalty leapt to {penalty[at]:.3g} in epoch {epochs[at + 1]:.0f}, where it is {usual:.2g} otherwise"
        )
    return None


def collapse(logs):
    """Outputs that are alike or empty."""
    told = []
    for name, fault in FAULTS.items():
        share = _last_third(logs[name]) if name in logs else np.array([])
        if len(share) and share[-1] > MOST and (share > MOST).mean() > MOST:
            told.append(f"{share[-1]:.0%} of the outputs are {fault}")
    return " and ".join(told) or None


def generator_ahead(logs):
    """Generated music that the discriminator takes for more real than real music."""
    gap = _gap(logs)
    last = _last_third(gap)
    if (last < 0).all() and -last.mean() >= MOST * np.abs(gap).max():
        return (
            f"generated music scored {-last.mean():.2g} above real music on average in the last {len(last)} epochs, in "
            f"none of them below; the discriminator judged {_right(logs).mean():.0%} of the clips rightly"
        )
    return None


def discriminator_ahead(logs):
    """A discriminator that is nearly always right, by a gap that does not shrink."""
    gap, right = _gap(logs), _right(logs).mean()
    thirds = [part.mean() for part in np.array_split(gap, 3) if len(part)]
    still = standing_still(logs)
    if (
        right >= (SEPARATED_FROM_STILL if still else SEPARATED)
        and thirds[-1] > 0
        and thirds[-1] >= NOT_SHRINKING * max(thirds)
    ):
        return f"{gap_told(logs)}; the gap was {thirds[0]:.2g} in the first third" + (f"; {still}" if still else "")
    return None


def standing_still(logs):
    """Outputs of the same latents that are the same, to the last digit, at the begin and the end."""
    measured = [logs[name] for name in OUTPUT_MEASURES[:2] if name in logs]  # `CollapseMonitor` hears both ends
    if len(logs["epoch"]) < 3 or not measured or not all(values[0] == values[-1] for values in measured):
        return None
    return "the output has not changed since the first epoch"


def gap_told(logs):
    """What the discriminator made of the last third, in words."""
    return (
        f"the discriminator judged {_right(logs).mean():.0%} of the clips rightly in the last {len(_right(logs))} "
        f"epochs, by a gap between real and generated scores of {_last_third(_gap(logs)).mean():.2g}"
    )


def measures(logs):
    """The numbers of a `StabilityReport`."""
    gap = _last_third(_gap(logs))
    gap = gap[np.isfinite(gap)]
    size = np.sqrt((gap**2).mean()) if len(gap) else np.nan
    quality = logs.get("quality_kernel", np.full(len(logs["epoch"]), np.nan))
    best = int(np.nanargmin(quality)) if np.isfinite(quality).any() else len(quality) - 1

    def at_best(name):
        return float(logs[name][best]) if name in logs else float("nan")

    return {
        "epochs": float(len(logs["epoch"])),
        "score_gap": float(gap.mean()) if len(gap) else float("nan"),
        "score_spread": float(gap.std() / size) if size > 0 else float("nan"),
        "real_accuracy": float(_last_third(logs["real_accuracy"]).mean()),
        "fake_accuracy": float(_last_third(logs["fake_accuracy"]).mean()),
        "best_epoch": at_best("epoch"),
        "quality_kernel": float(quality[best]),
        "quality_coverage": at_best("quality_coverage"),
        "output_diversity": at_best("output_diversity"),
    }


def _gap(logs):
    return logs["real_score"] - logs["fake_score"]


def _right(logs):
    """Share of clips, real and generated, that the discriminator judged rightly in each epoch of the last third."""
    return _last_third((logs["real_accuracy"] + logs["fake_accuracy"]) / 2)


def _last_third(values):
    return values[-max(len(values) // 3, 1) :]
