"""The figure of a sweep: one panel a question, one row for each value of each hyperparameter."""

import itertools
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan.experiments.effects import group_runs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS = {
    "quality_kernel": ("Quality", "kernel distance to held-out music\n(lower is better)"),
    "diversity": ("Diversity", "mean difference of two outputs, dB"),
    "verdict": ("Stability", "verdicts, % of runs"),
    "score_spread": ("Steadiness", "spread of the score gap, last third\n(0: steady, 1: fluctuation alone)"),
}
COLORS = {
    "balanced": "#3a7d44",
    "still improving": "#86b98c",
    "past its best": "#c9d8a4",
    "too short to tell": "#d0d0d0",
    "labels ignored": "#c9b8d6",
    "out of tune": "#a58fbb",
    "labels unheard": "#7f6a95",
    "far from real": "#8fa3b5",
    "standing still": "#a9a9a9",
    "discriminator won": "#e3a857",
    "generator won": "#d98c6a",
    "collapsed": "#b5482f",
    "diverged": "#6d1f1f",
    "failed": "#222222",
}
CLEAR, UNCLEAR = "#1f4e79", "#8a8a8a"


def draw(result) -> "Figure":
    """Each run as a dot, the mean of each value as a bar with its interval, and the verdicts as shares.

    Clear effects are blue, the others grey. Intervals end at the edge of a panel where they are wider.

    Args:
        result: `SweepResult`.

    Returns:
        A matplotlib figure that belongs to no window.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    groups = [
        (name, label, [row for row, inside in zip(result.rows, where, strict=True) if inside])
        for name, axis in result.axes.items()
        for label, where in group_runs(axis, [row[name] for row in result.rows]).items()
    ]
    names = [name for name, _, _ in groups]
    gaps = np.cumsum([0] + [a != b for a, b in itertools.pairwise(names)])  # between hyperparameters
    places = -(np.arange(len(groups)) + 0.8 * gaps)
    n_rows = max(len(groups) + 0.8 * (gaps[-1] if len(groups) else 0), 2)
    figure = Figure(figsize=(16, 2.0 + 0.42 * n_rows), dpi=100, layout="constrained")
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for axis, (measure, (title, unit)) in zip(axes, PANELS.items(), strict=True):
        axis.set_title(title, loc="left", fontweight="bold")
        axis.set_xlabel(unit)
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.tick_params(axis="y", length=0)
        axis.margins(x=0.08)
        if measure == "verdict":
            _draw_verdicts(axis, groups, places)
        else:
            _draw_measure(axis, groups, places, measure, result)
    axes[0].set_yticks(places, [f"{name} = {label}" for name, label, _ in groups])
    axes[0].set_ylim(places[-1] - 0.7 if len(places) else -1, 0.7)
    seeds = len({row["seed"] for row in result.rows})
    found = [verdict for verdict in COLORS if any(row["verdict"] == verdict for row in result.rows)]
    figure.legend(
        handles=[Patch(color=COLORS[verdict], label=verdict) for verdict in found],
        loc="outside lower right",
        ncols=len(found),
        frameon=False,
        fontsize=9,
    )
    figure.suptitle(
        f"{len(result.rows)} runs, {seeds} {'seed' if seeds == 1 else 'seeds'} for each setting; dots are runs, bars "
        "means with their 95 % intervals; blue: the intervals of the best and the second best value do not overlap",
        fontsize=10,
        x=0.01,
        ha="left",
    )
    return figure


def _draw_measure(axis, groups, places, measure, result):
    effects = {effect.name: effect for effect in result.effects if effect.measure == measure}
    known = [row[measure] for row in result.rows if np.isfinite(row[measure])]
    if not known:
        axis.text(0.5, 0.5, "not measured", transform=axis.transAxes, ha="center", va="center", color=UNCLEAR)
        axis.set_xticks([])
        return
    reach = 0.08 * np.ptp(known)
    for (name, label, rows), place in zip(groups, places, strict=True):
        values = np.array([row[measure] for row in rows])
        values = values[np.isfinite(values)]
        if not len(values):
            axis.text(np.mean(known), place, "not measured", ha="center", va="center", color=UNCLEAR, fontsize=8)
            continue
        effect = effects.get(name)
        color = CLEAR if effect and effect.clear else UNCLEAR
        shifts = np.linspace(-0.22, 0.22, len(values)) if len(values) > 1 else [0.0]
        axis.scatter(values, place + np.asarray(shifts), s=14, color=color, alpha=0.45, linewidths=0)
        axis.plot([values.mean()] * 2, [place - 0.34, place + 0.34], color=color, linewidth=2.5)
        if effect:
            ends = values.mean() + effect.means[label].margin * np.array([-1, 1])
            axis.plot(ends.clip(min(known) - reach, max(known) + reach), [place] * 2, color=color, linewidth=1.2)
    axis.axvline(np.mean(known), color="#cccccc", linewidth=0.8, zorder=0)
    if measure == "diversity" and result.held_out_diversity is not None:
        axis.axvline(result.held_out_diversity, color="#3a7d44", linestyle="--", linewidth=1)
        axis.text(
            result.held_out_diversity, 0.62, "held-out music", color="#3a7d44", fontsize=8, ha="center", va="bottom"
        )
    if min(known) > 0 and max(known) > 30 * min(known):
        axis.set_xscale("log")


def _draw_verdicts(axis, groups, places):
    for (_, _, rows), place in zip(groups, places, strict=True):
        begin = 0.0
        for verdict in COLORS:
            share = sum(row["verdict"] == verdict for row in rows) / len(rows)
            axis.barh(place, share, left=begin, height=0.62, color=COLORS[verdict])
            begin += share
    axis.set_xlim(0, 1)
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
