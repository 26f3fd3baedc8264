"""Whether the music of a run is what its model is told: at the target pitch, of the target class.

Each function takes the logs of `read_logs`; the symptoms return the evidence in words, or `None`.
"""

import numpy as np

from keras_musicgan.evaluation.targets import MIN_ANCHOR, label_shortfall, pitch_shortfall, shortfall
from keras_musicgan.runs.trend import Trend

OUT_OF_TUNE = 0.1  # shortfall of the target pitch in the best epoch
LABELS_IGNORED = 0.5  # shortfall of the target label
RATES = ("target_pitch_rate", "target_label_rate")
AIMS = {
    "out of tune": "target_pitch_rate",
    "labels ignored": "target_label_rate",
    "collapsed": "output_diversity",
}
UNHEARD = 0.1  # rate of real clips above chance, below which labels have nothing to do with what is heard
FAR_OFF, NEAR, CLOSE = 0.5, 1 / 3, 0.1  # ratios of a kernel distance to that of noise
NO_BETTER = 0.95  # ratio of the last kernel distances to the first one measured


def best_epoch(logs):
    """The numbers of the epoch that `AudioQuality` calls the best; of the last one if quality was not measured."""
    epochs = [{name: float(values[index]) for name, values in logs.items()} for index in range(len(logs["epoch"]))]
    names = ["quality_kernel", *(name for name in RATES if np.isfinite(logs.get(name, np.nan)).any())]
    measured = [each for each in epochs if np.isfinite([each.get(name, np.nan) for name in names]).all()]
    return min(measured or epochs[-1:], key=lambda each: (round(shortfall(each), 1), each.get("quality_kernel")))


def far_from_real(logs):
    """Music that is hardly nearer to real music than noise is."""
    best, noise = best_epoch(logs).get("quality_kernel", np.nan), logs.get("noise_kernel", [np.nan])[-1]
    if not best > FAR_OFF * noise:
        return None
    return f"`quality_kernel` is {best:.3g} in the best epoch, and that of noise is {noise:.3g}"


def near_real(logs):
    """Whether music came near to real music or is close to it, however well a discriminator tells them apart."""
    ratio = _last_quality(logs) / logs.get("noise_kernel", [np.nan])[-1]
    return ratio < CLOSE or (ratio < NEAR and quality_improved(logs))


def as_near_as_data(logs):
    """Whether music is no further from held-out music than training music is."""
    return _last_quality(logs) <= _data_kernel(logs)


def anchors(logs):
    """The kernel distances of training music and of noise in words, those that were measured."""
    distances = {"training music": _data_kernel(logs), "noise": logs.get("noise_kernel", [np.nan])[-1]}
    return " and ".join(f"that of {name} is {value:.3g}" for name, value in distances.items() if np.isfinite(value))


def quality_improved(logs):
    """Whether music is nearer to real music in the last third of its measurements than in the first of them."""
    quality = logs.get("quality_kernel", np.array([]))
    return _last_quality(logs) < NO_BETTER * next(iter(quality[np.isfinite(quality)]), np.nan)


def _data_kernel(logs):
    return logs.get("data_kernel", [np.nan])[-1]


def _last_quality(logs):
    """Median kernel distance over the last third of its measurements; NaN for none."""
    quality = logs.get("quality_kernel", np.array([]))
    quality = quality[np.isfinite(quality)]
    return np.median(quality[-max(len(quality) // 3, 1) :]) if len(quality) else np.nan


def labels_unheard(logs):
    """Labels or pitches of the data that real clips do not show either."""
    last = {name: values[-1] for name, values in logs.items()}
    evidence = []
    if last.get("data_pitch_rate", 1.0) < MIN_ANCHOR:
        evidence.append(f"{last['data_pitch_rate']:.0%} of held-out clips are at the pitch of their label")
    chance, rate = last.get("chance_label_rate", 0.0), last.get("data_label_rate", 1.0)
    if rate - chance < UNHEARD * (1 - chance):
        evidence.append(f"the class of {rate:.0%} of held-out clips is the one of their label, {chance:.0%} by chance")
    return " and ".join(evidence) or None


def out_of_tune(logs):
    """Clips off their target pitch, even in the best epoch."""
    best = best_epoch(logs)
    if pitch_shortfall(best) <= OUT_OF_TUNE:
        return None
    return (
        f"{best['target_pitch_rate']:.0%} of the outputs are within 50 cents of their target pitch in the best epoch, "
        f"{best['epoch']:.0f}, and {best['data_pitch_rate']:.0%} of held-out clips"
    )


def labels_ignored(logs):
    """Clips of other classes than their targets, even in the best epoch."""
    best = best_epoch(logs)
    if label_shortfall(best) <= LABELS_IGNORED:
        return None
    return (
        f"{best['target_label_rate']:.0%} of the outputs are of their target class in the best epoch, "
        f"{best['epoch']:.0f}; {best['data_label_rate']:.0%} of held-out clips are, {best['chance_label_rate']:.0%} "
        "would be by chance"
    )


def still_improves(verdict, logs):
    """Whether what the run of this verdict misses still improves over its last half."""
    name = AIMS.get(verdict)
    return name in logs and Trend.from_values(-logs[name], logs["epoch"]).direction == "falling"
