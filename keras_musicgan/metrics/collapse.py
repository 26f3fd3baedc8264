"""What a broken generator sounds like: equal outputs, silence, clipping, one tone for everything."""

from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.log_mel_distances import pairwise_distances
from keras_musicgan.music.audio import SILENCE
from keras_musicgan.spectra.log_mel import check_clips, fitting_n_mels
from keras_musicgan.utils.checks import check_positive_int

SECONDS = 10  # of each clip are listened to
MOST = 0.5  # a fault is one of the whole set where it holds for more than this share of the clips
EQUAL_DB = 1.0  # clips are equal whose log-mel spectrograms differ by less; independent white noise differs by 3 dB
FULL_SCALE = 0.999  # a sample is clipped from here on
CLIPPED_SAMPLES = 0.1  # share of a clip's samples, above which it is clipped; a sine of full scale has 0.03
TONE_POWER = 0.99  # share of a clip's power around one frequency, above which it is a tone
TONE_WIDTH = 0.03  # half the width of that surrounding, as a share of the frequency: half a semitone
SAME_TONE_CENTS = 50.0
LEVEL = 0.1  # root mean square to which audible clips are brought before they are compared

MEASURES = ("output_diversity", "output_rms", "equal_share", "silent_share", "clipped_share", "tone_share")
REMEDIES = {
    "equal": (
        "This is mode collapse. Try a loss that compares or bounds scores, "
        'compile(loss="relativistic", penalties=["r1", "r2"]) or '
        'compile(loss="wasserstein", penalties=["gradient_penalty"]), a lower learning rate of the generator, or '
        "`layers.MinibatchDeviation` in the discriminator."
    ),
    "silent": (
        "Listen to the training data: they may be silent or very soft, which `datasets.audio_folder` mends with "
        'normalize="peak" and trim_db=40. Otherwise the discriminator has won: lower its learning rate or add '
        'penalties=["r1"].'
    ),
    "clipped": (
        "The generator's last activation is saturated. Lower the learning rate of the generator, add "
        'penalties=["r1"] so that the discriminator pushes less, and see that the training data are not clipped too.'
    ),
    "tone": (
        "The generator has found one frequency that deceives the discriminator, often an artefact of its strides. "
        'Add penalties=["r1"] or take a lower learning rate; in networks for waveforms, shift the phases that the '
        "discriminator sees (phase shuffle)."
    ),
}


@dataclass(frozen=True)
class Finding:
    """One fault of a set of clips.

    Attributes:
        fault: `"equal"`, `"silent"`, `"clipped"` or `"tone"`.
        evidence: What was measured.
        remedy: What to try.
    """

    fault: str
    evidence: str
    remedy: str


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found.

    Attributes:
        measures: Dict of the numbers named in `MEASURES`.
        findings: `Finding`s, none for a healthy set.
    """

    measures: dict[str, float]
    findings: tuple[Finding, ...]


def diagnose(clips: np.ndarray, sample_rate: int) -> Diagnosis:
    """Judges whether clips that a generator made of different latents show that it is broken.

    The limits are absolute; a fault is found where it holds for more than half of the clips:

    - `equal`: audible clips within 1 dB (root mean square difference of their log-mel spectrograms, as in
      `nearest_distances`) of one of them, levels made equal before: clips that differ in loudness alone are equal.
      White noise from different seeds is not: it differs by about 3 dB. So may one sound under a hiss; compare the
      `output_diversity` of training clips.
    - `silent`: no sample exceeds −60 dB of full scale, offset aside.
    - `clipped`: more than 10 % of the samples are at full scale, above 0.999.
    - `tone`: 99 % of the power lie within half a semitone of one frequency, the same for all to 50 cents. Tones at
      different pitches are no fault, nor are sounds with partials at one pitch. Clips shorter than 64 ms are no tones.

    Only the first ten seconds of clips are listened to.

    Args:
        clips: Floating-point `[n, samples, channels]`, n at least 2, full scale ±1.
        sample_rate: Rate in Hz.

    Returns:
        `Diagnosis`. Its measures are `output_diversity`, the mean pairwise distance in dB, levels made equal;
        `output_rms`, the root mean square of all samples, 1 for full scale; and the shares in [0, 1] of clips that
        are `equal_share`, `silent_share`, `clipped_share` and `tone_share` (the largest number of clips that are
        equal, or one tone).

    Raises:
        ValueError: If there are fewer than two clips, or they have another shape or type or are not finite.

    Example:
        >>> noise = np.random.default_rng(0).uniform(-0.5, 0.5, (4, 8000, 1))
        >>> diagnose(noise, 8000).findings
        ()
        >>> diagnose(noise[[0, 0, 0, 1]], 8000).findings[0].evidence
        '3 of 4 outputs are equal to within 1 dB, level aside; the mean difference of any two is 1.9 dB'
    """
    clips = check_clips("clips", clips)
    check_positive_int("sample_rate", sample_rate)
    if len(clips) < 2:
        raise ValueError("`clips` must hold at least two clips, to be compared. Received: 1 clip")
    heard = clips[:, : SECONDS * sample_rate].astype("float64")
    n = len(heard)
    rms = np.sqrt((heard**2).mean())
    clipped = (np.abs(heard) >= FULL_SCALE).mean(axis=(1, 2)) > CLIPPED_SAMPLES
    heard -= heard.mean(axis=1, keepdims=True)
    silent = np.abs(heard).max(axis=(1, 2)) < SILENCE
    tone_hz = np.array([_tone_hz(clip, sample_rate) for clip in heard])
    tone_hz[silent] = np.nan
    n_tones, of_most_hz = _largest_group(_same_tone(tone_hz, sample_rate / heard.shape[1]), tone_hz)
    distances = pairwise_distances(_at_one_level(heard, silent), sample_rate, fitting_n_mels(sample_rate))
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
            f"{n_equal} of {n} outputs are equal to within {EQUAL_DB:g} dB, level aside; "
            f"the mean difference of any two is {measures['output_diversity']:.1f} dB"
        ),
        "silent": f"{silent.sum()} of {n} outputs stay below {20 * np.log10(SILENCE):.0f} dB of full scale",
        "clipped": f"{clipped.sum()} of {n} outputs have over {CLIPPED_SAMPLES:.0%} of their samples at full scale",
        "tone": f"{n_tones} of {n} outputs are one sine at {of_most_hz:.0f} Hz",
    }
    faults = [fault for fault in REMEDIES if measures[f"{fault}_share"] > MOST]
    return Diagnosis(measures, tuple(Finding(fault, evidence[fault], REMEDIES[fault]) for fault in faults))


def _at_one_level(clips, silent):
    """Audible clips at one root mean square, the others at none."""
    rms = np.sqrt((clips**2).mean(axis=(1, 2), keepdims=True))
    return np.where(silent[:, None, None], 0.0, clips * (LEVEL / np.maximum(rms, 1e-12)))


def _tone_hz(clip, sample_rate):
    """The frequency of a clip `[samples, channels]` that is nothing but a sine, or NaN."""
    if len(clip) < 0.064 * sample_rate:
        return np.nan
    spectra = np.fft.rfft(clip * np.hanning(len(clip))[:, None], axis=0)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=1)
    peak = int(power.argmax())
    width = max(round(TONE_WIDTH * peak), 3)  # bins; the main lobe of the window is two to either side
    around = power[max(peak - width, 0) : peak + width + 1].sum()
    return peak * sample_rate / len(clip) if around > TONE_POWER * power.sum() else np.nan


def _same_tone(tone_hz, resolution_hz):
    """Which tones are the same `[n, n]`."""
    limit_hz = np.maximum(tone_hz * (2 ** (SAME_TONE_CENTS / 1200) - 1), 2 * resolution_hz)
    return np.abs(tone_hz - tone_hz[:, None]) <= limit_hz  # false for NaN


def _largest_group(alike, values):
    """How many clips are like the one that most are like, 0 where no two are alike; and the value of that one."""
    counts = alike.sum(axis=1)
    most = int(counts.argmax())
    return int(counts[most]) if counts[most] > 1 else 0, values[most]
