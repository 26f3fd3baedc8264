"""Notes of any length from clips of one length: the steady part of a clip is looped while the note is held."""

from dataclasses import dataclass

import numpy as np

from keras_musicgan.generation.attack import attack_sample
from keras_musicgan.generation.crossfade import best_match, crossfade
from keras_musicgan.music.audio import SILENCE

SOUNDING_DB = -40.0  # relative to the loudest moment of a clip; softer ends count as silence
HOP_SECONDS = 0.005
FRAME_SECONDS = 0.02
MIN_STEADY_SECONDS = 0.06
HELD_DB_PER_SECOND, STRUCK_DB_PER_SECOND = 8.0, 20.0  # slower: held at one level; faster: keeps falling
LENGTH_BONUS_DB = 3.0  # roughness allowed in a steady part as long as the whole sound, relative to a short one
MAX_FADE_SECONDS = 0.1
MAX_LEAD_SECONDS = 0.03  # of a sound before its onset: longer ones are heard as early notes


@dataclass(frozen=True)
class SustainedSound:
    """A sound that can be held for any time.

    Attributes:
        begin: The sound to the end of the steady part, played once, float32 `[samples, channels]`.
        cycle: The loop that follows, `[samples, channels]`; `None` for a sound without a steady part.
        decay: Gain of the loop from sample to sample, 1 for a constant level.
        loudness: Root mean square of the loudest moment; of a drum, its peak.
        onset: Sample of `begin` that belongs on the beat.
        lead: Sample of the clip with which `begin` begins.
        n_joint: Samples at the start of `cycle` that are crossfaded. The others are the last ones of `begin` times
            exp(`growth` · samples to its end), so that whoever has the clip needs no copy of them.
        growth: Natural logarithm of the gain of the steady part from sample to sample.
    """

    begin: np.ndarray
    cycle: np.ndarray | None
    decay: float
    loudness: float
    onset: int = 0
    lead: int = 0
    n_joint: int = 0
    growth: float = 0.0

    def held(self, n_samples: int) -> np.ndarray:
        """The first `n_samples` of the held sound, float32 `[n_samples, channels]`."""
        samples = np.zeros((n_samples, self.begin.shape[1]), "float32")
        begin = self.begin[:n_samples]
        samples[: len(begin)] = begin
        n_more = n_samples - len(begin)
        if n_more and self.cycle is not None:
            samples[len(begin) :] = np.resize(self.cycle, (n_more, samples.shape[1]))
            if self.decay < 1.0:
                samples[len(begin) :] *= self.decay ** np.arange(1, n_more + 1, dtype="float64")[:, None]
        return samples


def sustained_sound(clip: np.ndarray, sample_rate: int, f0_hz: float) -> SustainedSound:
    """A clip of one note as a sound that can be held.

    Silence before the sound is cut, and all but the last 30 ms before its onset. After the onset, the longest part
    whose level is constant or falls evenly becomes a loop at a constant level, its ends crossfaded in phase. A sound
    that falls by more than 20 dB in a second, as struck and plucked ones do, keeps falling as fast as the clip; one
    that falls by less than 8 dB in a second stays at its level.

    Args:
        clip: float32 `[samples, channels]` in [−1, 1].
        sample_rate: Rate in Hz.
        f0_hz: Pitch in Hz; a loop lasts some periods at least.

    Returns:
        A `SustainedSound`; the `loudness` of a silent clip is 0.

    Example:
        >>> sine = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)[:, None]
        >>> sustained_sound(sine, 8000, 440.0).held(80_000).shape
        (80000, 1)
    """
    period = sample_rate / f0_hz
    hop = max(round(HOP_SECONDS * sample_rate), 1)
    frame = max(round(FRAME_SECONDS * sample_rate), round(2 * period), 2)
    lead, onset, last = _begin_onset_end(clip, sample_rate)
    if lead == last:
        return SustainedSound(clip[:0], None, 1.0, 0.0)
    levels = _levels(clip[onset:last], frame, hop)
    loudness = float(levels.max())
    shortest = max(round(max(MIN_STEADY_SECONDS * sample_rate, 8 * period) / hop), 3)
    steady = _steady_part(20 * np.log10(levels + 1e-9), shortest)
    if steady is None:
        return SustainedSound(_faded(clip[lead:last], hop), None, 1.0, loudness, onset - lead, lead)
    start, stop, slope_db = steady
    start, stop = onset + start * hop + frame // 2, onset + stop * hop + frame // 2
    growth = slope_db / hop * np.log(10) / 20  # natural logarithm of the level, per sample
    end, cycle, n_joint = _cycle(np.asarray(clip, "float64"), start, min(stop, last), growth, period, sample_rate)
    share = np.interp(-slope_db / hop * sample_rate, [HELD_DB_PER_SECOND, STRUCK_DB_PER_SECOND], [0.0, 1.0])
    decay = float(np.exp(min(growth, 0.0) * share))
    begin = np.array(clip[lead:end], "float32")
    cycle = cycle.astype("float32")
    return SustainedSound(begin, cycle, decay, loudness, onset - lead, lead, int(n_joint), float(growth))


def one_shot(clip: np.ndarray, sample_rate: int) -> SustainedSound:
    """A clip of a drum as a sound that ends by itself, without the silence at its ends.

    Args:
        clip: float32 `[samples, channels]` in [−1, 1].
        sample_rate: Rate in Hz.

    Returns:
        A `SustainedSound` without a loop; the `loudness` of a silent clip is 0.

    Example:
        >>> clip = np.repeat([[0.0], [0.5], [0.0]], 800, axis=0)
        >>> one_shot(clip, 8000).held(8000)[[0, 700, 900], 0].tolist()
        [0.5, 0.5, 0.0]
    """
    lead, onset, last = _begin_onset_end(clip, sample_rate)
    if lead == last:
        return SustainedSound(clip[:0], None, 1.0, 0.0)
    sound = _faded(clip[lead:last], max(round(HOP_SECONDS * sample_rate), 1))
    return SustainedSound(sound, None, 1.0, float(np.abs(sound).max()), onset - lead, lead)


def sounding_part(clip: np.ndarray, sample_rate: int) -> tuple[int, int]:
    """The sounding part of a clip as (first sample, sample after the last): (0, 0) for silence.

    Args:
        clip: `[samples, channels]` in [−1, 1].
        sample_rate: Rate in Hz.

    Example:
        >>> clip = np.concatenate([np.zeros((800, 1)), np.ones((1600, 1)), np.zeros((800, 1))])
        >>> sounding_part(clip, 8000)
        (800, 2400)
    """
    hop = max(round(HOP_SECONDS * sample_rate), 1)
    levels = _levels(clip, hop, hop)
    if levels.max(initial=0.0) < SILENCE:
        return 0, 0
    (sounding,) = np.nonzero(levels >= levels.max() * 10 ** (SOUNDING_DB / 20))
    return int(sounding[0]) * hop, min(int(sounding[-1] + 1) * hop, len(clip))


def _begin_onset_end(clip, sample_rate):
    """Samples at which a note of the clip begins, has its onset, and ends; three times 0 for silence."""
    first, last = sounding_part(clip, sample_rate)
    if first == last:
        return 0, 0, 0
    onset = attack_sample(clip, sample_rate)
    return max(first, onset - round(MAX_LEAD_SECONDS * sample_rate)), onset, last


def _faded(sound, n_end):
    """A float32 copy that fades out in its last samples."""
    sound = np.array(sound, "float32")
    n_end = min(n_end, len(sound))
    sound[len(sound) - n_end :] *= np.linspace(1.0, 0.0, n_end, dtype="float32")[:, None]
    return sound


def _levels(clip, frame, hop):
    """Root mean square of each frame `[frames]` over all channels; a clip shorter than a frame is one frame."""
    power = np.square(clip, dtype="float64").mean(axis=1)
    energy = np.concatenate([[0.0], np.cumsum(power)])
    firsts = np.arange(0, max(len(power) - frame, 0) + 1, hop)
    lasts = np.minimum(firsts + frame, len(power))
    return np.sqrt(np.maximum(energy[lasts] - energy[firsts], 0.0) / np.maximum(lasts - firsts, 1))


def _steady_part(levels_db, shortest):
    """First and last frame of the part whose level is nearest to a straight line, and its slope in dB per frame.

    The roughness of a part is the root mean square distance of its levels from that line; longer parts may be rougher.
    `None` for fewer frames than `shortest`.
    """
    n_frames = len(levels_db)
    if n_frames <= shortest:
        return None
    sums = np.cumsum(np.stack([levels_db, levels_db * np.arange(n_frames), levels_db**2]), axis=1)
    sums = np.concatenate([np.zeros((3, 1)), sums], axis=1)
    best = None
    for length in np.unique(np.geomspace(shortest, n_frames, 24).astype(int)):
        total, moment, squares = sums[:, length:] - sums[:, : n_frames - length + 1]
        moment = moment - np.arange(len(total)) * total  # relative to the first frame of each part
        centre, spread = (length - 1) / 2, length * (length**2 - 1) / 12
        slopes = (moment - centre * total) / spread
        variances = (squares - total**2 / length - slopes**2 * spread) / length
        costs = np.sqrt(np.maximum(variances, 0.0)) - LENGTH_BONUS_DB * length / n_frames
        index = int(np.argmin(costs))
        if best is None or costs[index] < best[0]:
            best = costs[index], index, index + length - 1, slopes[index]
    return best[1:]


def _cycle(clip, start, stop, growth, period, sample_rate):
    """The sample at which the steady part ends, the cycle that follows, at the level of that moment, and its joint."""
    length = stop - start
    n_fade = min(length // 4, round(MAX_FADE_SECONDS * sample_rate))
    n_search = min(max(length // 8, round(1.5 * period)), length // 3)
    even = clip[start:stop] * np.exp(-growth * np.arange(length))[:, None]
    peak = max(np.abs(even).max(), 1e-9)
    even /= peak
    offset, correlation = best_match(even[:n_fade], even[length - n_fade - n_search :])
    left = length - n_fade - n_search + offset
    joint = crossfade(even[left : left + n_fade], even[:n_fade], correlation)
    return start + left, np.concatenate([joint, even[n_fade:left]]) * (peak * np.exp(growth * left)), n_fade
