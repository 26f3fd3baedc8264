"""The figure of an evaluation."""

from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.music.audio import mono
from keras_musicgan.music.plots import FLOOR_DB, mel_spectrogram_db

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = ("held-out", "generated")
COLORS = {"training": "0.75", "noise": "C1", "held-out": "C0", "generated": "C3"}
ROWS, COLUMNS = 3, 4
DOTS = 500  # of each set in the scatter


def draw(evaluation) -> "Figure":
    """Draws an `Evaluation`: pieces of real and generated music on top, embeddings and numbers below."""
    from matplotlib.figure import Figure

    result = Figure(figsize=(14, 10), dpi=80, layout="constrained")
    top, bottom = result.subfigures(2, 1, squeeze=False).ravel()
    blocks = top.subfigures(1, 2, wspace=0.03)
    for block, name in zip(blocks, SHOWN, strict=True):
        block.suptitle(f"{name}, {ROWS * COLUMNS} of {evaluation.counts[name]:,}")
        _draw_examples(block, evaluation.examples[name])
    left, right = bottom.subplots(1, 2, width_ratios=(1, 1.3))
    _draw_points(left, evaluation.points, evaluation.embedding)
    _draw_estimates(right, evaluation)
    return result


def _draw_examples(block, pieces: MusicSet):
    axes = block.subplots(ROWS, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, piece in zip(axes, pieces.music, strict=False):
        if pieces.is_audio:
            spectrum = mel_spectrogram_db(mono(piece), pieces.clips()[1])
            axis.imshow(spectrum, origin="lower", aspect="auto", cmap="magma", vmin=FLOOR_DB, vmax=0)
        else:
            colors = [f"C{track}" for track in piece.track]
            axis.hlines(piece.pitch, piece.start, piece.start + piece.duration, colors, linewidth=1.5)
            axis.set_ylim(30, 100)


def _draw_points(axis, points, embedding):
    """Draws the embeddings on the two principal axes of held-out music."""
    center = points["held-out"].mean(axis=0)
    axes = np.linalg.svd(points["held-out"] - center, full_matrices=False)[2][:2]
    for name in ("training", "noise", "held-out", "generated"):
        if name in points and len(axes) == 2:
            x, y = axes @ (points[name][:DOTS] - center).T
            axis.scatter(x, y, s=8, color=COLORS[name], alpha=0.6, linewidths=0, label=name)
    held_out = (points["held-out"] - center) @ axes.T
    span = np.abs(held_out).max(axis=0) * 1.8
    if len(axes) == 2:
        axis.set_xlim(-span[0], span[0])  # noise may lie far outside
        axis.set_ylim(-span[1], span[1])
    axis.set_title(f"{embedding}: the two main axes of held-out music")
    axis.legend(loc="upper right", markerscale=2)


def _draw_estimates(axis, evaluation):
    """Draws each number as a dot with its interval, on a line from the worst to the best."""
    rows = [each for each in evaluation.estimates if each.best != each.worst]
    for row, each in enumerate(reversed(rows)):
        ends = sorted((each.scaled(each.low), each.scaled(each.high)))
        axis.plot(np.clip(ends, -0.15, 1.25), (row, row), color="C3", linewidth=4, alpha=0.4, solid_capstyle="butt")
        axis.plot(np.clip(each.score, -0.15, 1.25), row, "o", color="C3")
    axis.set_yticks(range(len(rows)), [each.title for each in reversed(rows)])
    axis.set_xlim(-0.2, 1.3)
    axis.set_xticks((0, 0.5, 1), ("worst", "", "as real"))
    axis.grid(axis="x", color="0.85")
    axis.set_axisbelow(True)
    axis.set_title("between the worst and real music; squared distances as roots")
