"""Figures of sound, as matplotlib figures without a window."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan.music.audio import mono
from keras_musicgan.music.notes import Notes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 1200  # of a drawn waveform, each with its lowest and highest sample
FLOOR_DB = -80.0


def peak_envelope(samples: np.ndarray, n_columns: int = COLUMNS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lowest and highest sample in each of at most `n_columns` equal parts, so that few points show all peaks.

    Args:
        samples: `[samples]`.
        n_columns: Largest number of parts.

    Returns:
        Position of each part in samples, lowest and highest value: three arrays of equal length.

    Example:
        >>> click = np.zeros(10_000)
        >>> click[1234] = 1.0
        >>> float(peak_envelope(click, 100)[2].max())
        1.0
    """
    edges = np.unique(np.linspace(0, len(samples), min(n_columns, len(samples)) + 1).astype(int))[:-1]
    return edges, np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def mel_spectrogram_db(samples: np.ndarray, sample_rate: int, n_mels: int = 96) -> np.ndarray:
    """Log-mel spectrogram of `[samples]` in dB relative to its peak, `[n_mels, frames]`; −80 for silence."""
    import librosa

    n_fft = 2048 if sample_rate > 16000 else 1024
    power = librosa.feature.melspectrogram(
        y=np.asarray(samples, "float32"), sr=sample_rate, n_fft=n_fft, hop_length=n_fft // 4, n_mels=n_mels
    )
    if power.max() <= 0:
        return np.full(power.shape, FLOOR_DB)
    return np.maximum(10 * np.log10(np.maximum(power / power.max(), 1e-20)), FLOOR_DB)


def spectrograms(
    clips: np.ndarray, sample_rate: int, title: str = "", pieces: Sequence[Notes] | None = None
) -> "Figure":
    """Waveform and mel spectrogram of each clip, and its piano roll where its notes are known.

    Args:
        clips: `[n, samples, channels]`.
        sample_rate: Rate in Hz.
        title: Title of the figure.
        pieces: The `n` pieces of notes of the clips, or `None`.
    """
    from matplotlib.figure import Figure

    n, heights = len(clips), (1, 2) if pieces is None else (2, 1, 2)
    figure = Figure(figsize=(0.6 + 4.2 * n, 4.6 if pieces is None else 6.6), dpi=80)
    # Fixed margins: an automatic layout takes as long as the drawing, which is done at every epoch.
    figure.subplots_adjust(left=0.7 / (0.6 + 4.2 * n), right=0.99, bottom=0.1, top=0.87, hspace=0.08, wspace=0.22)
    axes = figure.subplots(len(heights), n, squeeze=False, sharex=True, height_ratios=heights)
    for column, clip in enumerate(clips):
        samples = mono(clip)
        *_, waveform, spectrogram = axes[:, column]
        if pieces is not None:
            _draw_roll(axes[0, column], pieces[column])
        _draw_waveform(waveform, samples, sample_rate)
        axes[0, column].set_title(f"clip {column + 1}")
        _draw_spectrogram(spectrogram, samples, sample_rate)
        spectrogram.set_xlabel("seconds")
    figure.suptitle(title)
    return figure


def grid(groups: dict[str, np.ndarray], sample_rate: int, columns: int = 4) -> "Figure":
    """Mel spectrograms of groups of clips side by side, each group in rows of `columns`.

    Args:
        groups: Dict from a group's title to clips `[n, samples, channels]`.
        sample_rate: Rate in Hz.
        columns: Clips per row of a group.
    """
    from matplotlib.figure import Figure

    rows = max(-(-len(clips) // columns) for clips in groups.values())
    figure = Figure(figsize=(1.7 * columns * len(groups), 1.5 * rows + 0.4), dpi=100, layout="constrained")
    blocks = figure.subfigures(1, len(groups), squeeze=False)[0]
    for block, (title, clips) in zip(blocks, groups.items(), strict=True):
        block.suptitle(title)
        for axis, clip in zip(block.subplots(rows, columns, squeeze=False).flat, clips, strict=False):
            spectrum = mel_spectrogram_db(mono(clip), sample_rate)
            axis.imshow(spectrum, origin="lower", aspect="auto", cmap="magma", vmin=FLOOR_DB, vmax=0)
            axis.set_axis_off()
    return figure


def comparison(a: np.ndarray, b: np.ndarray, sample_rate: int, name_a: str, name_b: str) -> "Figure":
    """Two waveforms and their difference at one scale, and both spectrograms: the figure of the assignment.

    Args:
        a: `[samples, channels]`.
        b: The same, at the same rate; the shorter one is padded with silence.
        sample_rate: Rate of both in Hz.
        name_a: Title of `a`.
        name_b: Title of `b`.
    """
    from matplotlib.figure import Figure

    a, b = mono(a), mono(b)
    length = max(len(a), len(b))
    a, b = (np.pad(samples, (0, length - len(samples))) for samples in (a, b))
    figure = Figure(figsize=(13, 12), dpi=80, layout="constrained")
    axes = figure.subplots(5, 1, sharex=True, height_ratios=(1, 1, 1, 1.6, 1.6))
    peak = max(np.abs(a).max(), np.abs(b).max(), np.abs(a - b).max(), 1e-6) * 1.05
    for axis, samples, color, title in zip(
        axes,
        (a, b, a - b),
        ("C0", "C2", "C3"),
        (name_a, name_b, f"difference: {name_a} − {name_b}"),
        strict=False,
    ):
        _draw_waveform(axis, samples, sample_rate, color)
        axis.set_ylim(-peak, peak)
        axis.set_ylabel("amplitude")
        axis.set_title(title)
    for axis, samples, title in zip(axes[3:], (a, b), (name_a, name_b), strict=True):
        _draw_spectrogram(axis, samples, sample_rate)
        axis.set_title(title)
    axes[-1].set_xlabel("seconds")
    return figure


def piano_roll(notes: Notes) -> "Figure":
    """The notes of a piece as bars over seconds and MIDI pitches, each track in its colour, without drums."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 2.2), dpi=80, layout="constrained")
    axis = figure.subplots()
    _draw_roll(axis, notes)
    axis.set_xlabel("seconds")
    return figure


def png(figure: "Figure", compress_level: int = 1) -> bytes:
    """The figure as a PNG file, compressed for speed at level 1, for size at level 9."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", pil_kwargs={"compress_level": compress_level})
    return buffer.getvalue()


def _draw_roll(axis, notes):
    """The notes as bars over seconds and MIDI pitches, each track in its colour; drums are left out."""
    start, duration = notes.seconds_of_notes
    for index, track in enumerate(notes.tracks):
        own = notes.track == index
        if not track.is_drum:
            axis.barh(notes.pitch[own], duration[own], left=start[own], height=0.8, color=f"C{index}")
    axis.set_ylabel("pitch")


def _draw_waveform(axis, samples, sample_rate, color="C0"):
    position, low, high = peak_envelope(samples)
    axis.fill_between(position / sample_rate, low, high, color=color, linewidth=0.4)
    axis.set_xlim(0, len(samples) / sample_rate)


def _draw_spectrogram(axis, samples, sample_rate):
    import librosa

    spectrum = mel_spectrogram_db(samples, sample_rate)
    n_mels = len(spectrum)
    extent = (0, len(samples) / sample_rate, 0, n_mels)
    axis.imshow(spectrum, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=FLOOR_DB, vmax=0)
    in_hz = librosa.mel_frequencies(n_mels, fmax=sample_rate / 2)
    ticks = [hz for hz in (125, 250, 500, 1000, 2000, 4000, 8000) if hz < sample_rate / 2]
    axis.set_yticks(np.interp(ticks, in_hz, np.arange(n_mels) + 0.5), [f"{hz}" for hz in ticks])
    axis.set_ylabel("Hz")
