"""Mode collapse, silence, clipping and single tones in the output of a generator."""

from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.log_mel_distances import pairwise_distances
from keras_musicgan.music.audio import SILENCE
from keras_musicgan.spectra.log_mel import check_clips, fitting_n_mels
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.deprecation import warn_renamed

SECONDS = 10  # of each clip are measured
FAULTY_SHARE = 0.5  # share of the clips above which a fault is one of the whole set
EQUAL_DB = 1.0  # clips whose log-mel spectrograms differ by less are equal; independent white noise differs by 3 dB
FULL_SCALE = 0.999  # magnitude from which a sample is clipped
CLIPPED_SAMPLES = 0.1  # share of a clip's samples above which it is clipped; a sine of full scale has 0.03
TONE_POWER = 0.99  # share of a clip's power around one frequency above which it is a tone
TONE_WIDTH = 0.03  # half the width of that band, as a share of the frequency: half a semitone
SAME_TONE_CENTS = 50.0
RMS = 0.1  # to which audible clips are scaled before they are compared

MEASURES = ("output_diversity", "output_rms", "equal_share", "silent_share", "clipped_share", "tone_share")
REMEDIES = {
    "equal": (
        "This is mode collapse. Try a loss that compares or bounds scores, "
        'compile(loss="relativistic", penalties=["r1", "r2"]) or '
        'compile(loss="wasserstein", penalties=["gradient_penalty"]), a lower learning rate of the generator, or '
        "`layers.MinibatchDeviation` in the discriminator."
    ),
    "silent": (
        "Listen to the training data: if they are silent or very soft, use `datasets.audio_folder` with "
        'normalize="peak" and trim_db=40. Otherwise the discriminator is too strong: lower its learning rate or add '
        'penalties=["r1"].'
    ),
    "clipped": (
        "The generator's last activation is saturated. Lower the learning rate of the generator, add "
        'penalties=["r1"] to weaken the discriminator\'s gradients, and check that the training data are not clipped.'
    ),
    "tone": (
        "The generator has found one frequency that deceives the discriminator, often an artefact of its strides. "
        'Add penalties=["r1"] or lower the learning rate; in networks for waveforms, shift the phases of the '
        "discriminator's input (phase shuffle)."
    ),
}


@dataclass(frozen=True)
class Finding:
    """A finding about a set of clips or a training run.

    Attributes:
        verdict: From `diagnose`: `"equal"`, `"silent"`, `"clipped"` or `"tone"`; from `experiments.report`: one of
            `runs.stability.VERDICTS`.
        evidence: The measured numbers in words.
        remedy: What to try.
    """

    verdict: str
    evidence: str
    remedy: str

    @property
    def fault(self) -> str:
        """The old name of `verdict`."""
        warn_renamed("Finding.fault", "Finding.verdict")
        return self.verdict


@dataclass(frozen=True)
class Diagnosis:
    """The result of `diagnose`.

    Attributes:
        measures: Dict of the numbers named in `MEASURES`, and of `conditional_diversity` where groups were given.
        findings: `Finding`s, empty for a healthy set.
    """

    measures: dict[str, float]
    findings: tuple[Finding, ...]


def diagnose(clips: np.ndarray, sample_rate: int, groups: np.ndarray | None = None) -> Diagnosis:
    """Finds faults of a generator in clips generated from different latents.

    The limits are absolute; a fault is found where more than half of the clips have it:

    - `equal`: audible clips within 1 dB (root mean square difference of their log-mel spectrograms, as in
      `nearest_distances`) of one of them, after scaling to one level: clips that differ only in loudness are equal.
      White noise from different seeds differs by about 3 dB and is not equal. One sound under different noise may
      differ as much: compare with the `output_diversity` of training clips.
    - `silent`: no sample exceeds −60 dB of full scale, offset removed.
    - `clipped`: more than 10 % of the samples are at full scale, above 0.999.
    - `tone`: 99 % of the power lie within half a semitone of one frequency, the same for all to 50 cents. Tones of
      different pitches are no fault, nor are sounds with partials at one pitch. Clips shorter than 64 ms are not
      tested.

    Only the first ten seconds of each clip are measured.

    Args:
        clips: Floating-point `[n, samples, channels]`, n at least 2, full scale ±1.
        sample_rate: Rate in Hz.
        groups: Which clips have the same conditions: a number for each, equal for these, `[n]`; or `None`.

    Returns:
        `Diagnosis`. Its measures are `output_diversity`, the mean pairwise distance in dB at one level; `output_rms`,
        the root mean square of all samples, 1 for full scale; and, in [0, 1], `equal_share` and `tone_share`, the
        largest share of clips that are equal or one tone, `silent_share` and `clipped_share`. With `groups` also
        `conditional_diversity`, the mean distance in dB of two clips of one group, NaN if no two are.

    Raises:
        ValueError: If there are fewer than two clips, or they have another shape or type or are not finite.

    Example:
        >>> noise = np.random.default_rng(0).uniform(-0.5, 0.5, (4, 8000, 1))
        >>> diagnose(noise, 8000).findings
        ()
        >>> diagnose(noise[[0, 0, 0, 1]], 8000).findings[0].evidence
        '3 of 4 outputs are equal to within 1 dB at the same level; the mean difference of two outputs is 1.9 dB'
    """
    clips = check_clips("clips", clips)
    check_positive_int("sample_rate", sample_rate)
    if len(clips) < 2:
        raise ValueError("`clips` must hold at least two clips, to be compared. Received: 1 clip")
    clips = clips[:, : SECONDS * sample_rate].astype("float64")
    n = len(clips)
    rms = np.sqrt((clips**2).mean())
    clipped = (np.abs(clips) >= FULL_SCALE).mean(axis=(1, 2)) > CLIPPED_SAMPLES
    clips -= clips.mean(axis=1, keepdims=True)
    silent = np.abs(clips).max(axis=(1, 2)) < SILENCE
    tone_hz = np.array([_tone_hz(clip, sample_rate) for clip in clips])
    tone_hz[silent] = np.nan
    n_tones, common_hz = _largest_group(_same_tone(tone_hz, sample_rate / clips.shape[1]), tone_hz)
    distances = pairwise_distances(_at_one_level(clips, silent), sample_rate, fitting_n_mels(sample_rate))
    n_equal, _ = _largest_group((distances < EQUAL_DB) & ~silent & ~silent[:, None], tone_hz)
    measures = {
        "output_diversity": float(distances[np.triu_indices(n, k=1)].mean()),
        "output_rms": float(rms),
        "equal_share": n_equal / n,
        "silent_share": float(silent.mean()),
        "clipped_share": float(clipped.mean()),
        "tone_share": n_tones / n,
    }
    evidence = {
        "equal": (
            f"{n_equal} of {n} outputs are equal to within {EQUAL_DB:g} dB at the same level; "
            f"the mean difference of two outputs is {measures['output_diversity']:.1f} dB"
        ),
        "silent": f"{silent.sum()} of {n} outputs stay below {20 * np.log10(SILENCE):.0f} dB of full scale",
        "clipped": f"{clipped.sum()} of {n} outputs have over {CLIPPED_SAMPLES:.0%} of their samples at full scale",
        "tone": f"{n_tones} of {n} outputs are one sine at {common_hz:.0f} Hz",
    }
    if groups is not None:
        alike = np.triu(np.equal.outer(groups, groups), k=1)
        measures["conditional_diversity"] = float(distances[alike].mean()) if alike.any() else float("nan")
    faults = [fault for fault in REMEDIES if measures[f"{fault}_share"] > FAULTY_SHARE]
    return Diagnosis(measures, tuple(Finding(fault, evidence[fault], REMEDIES[fault]) for fault in faults))


def _at_one_level(clips, silent):
    """Audible clips scaled to one root mean square, silent ones to zeros."""
    rms = np.sqrt((clips**2).mean(axis=(1, 2), keepdims=True))
    return np.where(silent[:, None, None], 0.0, clips * (RMS / np.maximum(rms, 1e-12)))


def _tone_hz(clip, sample_rate):
    """Frequency of a clip `[samples, channels]` that is a sine; NaN for any other."""
    if len(clip) < 0.064 * sample_rate:
        return np.nan
    spectra = np.fft.rfft(clip * np.hanning(len(clip))[:, None], axis=0)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=1)
    peak = int(power.argmax())
    width = max(round(TONE_WIDTH * peak), 3)  # bins; the main lobe of the window is two to either side
    around = power[max(peak - width, 0) : peak + width + 1].sum()
    return peak * sample_rate / len(clip) if around > TONE_POWER * power.sum() else np.nan


def _same_tone(tone_hz, resolution_hz):
    """Which pairs of tones are the same, bool `[n, n]`."""
    limit_hz = np.maximum(tone_hz * (2 ** (SAME_TONE_CENTS / 1200) - 1), 2 * resolution_hz)
    return np.abs(tone_hz - tone_hz[:, None]) <= limit_hz  # false for NaN


def _largest_group(alike, values):
    """Size of the largest group of clips alike to one of them, 0 if no two are alike, and the value of that one."""
    counts = alike.sum(axis=1)
    most = int(counts.argmax())
    return int(counts[most]) if counts[most] > 1 else 0, values[most]
