"""Four instruments and four drums, as functions from a random generator to samples of any level.

Instruments take `(rng, f0, length, sample_rate)` with `f0` in Hz, drums `(rng, length, sample_rate)`. Both return
float64 `[length]` that begins at 0.
"""

import numpy as np

MAX_PARTIAL = 0.45  # of the sample rate; higher partials are left out
MAX_TREBLE = 16000  # Hz; drums sound the same at all rates above, and are squeezed below half of a lower rate
# Bars of a vibraphone: cut so that the second mode is two octaves above the first, the third more than three.
BAR_RATIOS = np.array([1.0, 4.0, 10.0])
BAR_LEVELS = np.array([1.0, 0.8, 0.4])
# Six detuned oscillators sound like beaten metal; the ratios are those of the TR-808's cymbals.
METAL_RATIOS = np.array([1.0, 1.304, 1.466, 1.787, 1.932, 2.535])


def _rise(seconds, length, sample_rate):
    """A factor over time that rises from 0 to 1."""
    return np.sin(0.5 * np.pi * np.minimum(np.arange(length) / (seconds * sample_rate), 1.0)) ** 2


def _harmonic(rng, f0, amplitudes, length, sample_rate):
    """The sum of harmonics, number k with `amplitudes[k - 1]`, without those above `MAX_PARTIAL`."""
    amplitudes = np.asarray(amplitudes)[: int(MAX_PARTIAL * sample_rate / f0)]
    phases = rng.uniform(-0.5, 0.5, len(amplitudes))
    turns = np.exp(2j * np.pi * f0 / sample_rate * np.arange(length))
    total = np.zeros(length, complex)
    for coefficient in (amplitudes * np.exp(1j * phases))[::-1]:  # Horner's scheme: one sine for all of them
        total += coefficient
        total *= turns
    return total.imag


def pluck(rng, f0, length, sample_rate):
    """Karplus-Strong: a burst of one period circulates in a loop that delays, damps and dulls it."""
    period = sample_rate / f0
    decay_s = rng.uniform(1.0, 3.0) * (220.0 / f0) ** 0.5  # to −60 dB
    treble_decay_s = decay_s * rng.uniform(0.1, 0.4)  # the same at a quarter of the sample rate
    gain = 10 ** (-3 / (f0 * decay_s))
    dulling = min(1 - 10 ** (-3 / (f0 * treble_decay_s)) / gain, 0.5)
    lag, fractional_delay = _delay(period, f0 / sample_rate)
    loop = gain * np.convolve([dulling / 2, 1 - dulling, dulling / 2], fractional_delay)
    n_burst = max(round(period), 2)
    number = np.arange(1, int(MAX_PARTIAL * n_burst) + 1)
    place, darkness = rng.uniform(0.1, 0.4), rng.uniform(0.5, 1.2)
    spectrum = np.zeros(n_burst // 2 + 1, complex)
    spectrum[number] = np.abs(np.sin(np.pi * place * number)) / number**darkness
    spectrum *= np.exp(2j * np.pi * rng.random(len(spectrum)))
    burst = np.fft.irfft(spectrum, n_burst)
    # The loop damps an offset least of all, so the burst must not excite it.
    burst -= np.average(burst, weights=gain ** (-np.arange(n_burst) / period))
    reach = lag + len(loop) - 1
    string = np.zeros(reach + length)
    string[reach : reach + n_burst] += burst[:length]
    for first in range(reach, len(string), lag):
        new = string[first : first + lag]
        new += np.convolve(string[first - reach : first], loop, "valid")[: len(new)]
    return string[reach:] * _rise(0.002, length, sample_rate)


def _delay(period, cycles_per_sample):
    """Whole samples and a filter (Lagrange, `[4]`) that, with a symmetric one of three, delay a `period`."""
    lag = int(period) - 2
    target = period - 1 - lag  # between 1 and 2 samples, the best range of this filter
    delay = target
    for _ in range(4):  # the filter's delay of a high note deviates a little from its nominal one
        kernel = np.array(
            [np.prod([(delay - other) / (k - other) for other in range(4) if other != k]) for k in range(4)]
        )
        angle = -np.angle(kernel @ np.exp(-2j * np.pi * cycles_per_sample * np.arange(4)))
        delay += target - angle / (2 * np.pi * cycles_per_sample)
    return lag, kernel


def organ(rng, f0, length, sample_rate):
    """Steady drawbars at octaves and fifths."""
    drawbars = np.zeros(8)
    drawbars[[0, 1, 2, 3, 5, 7]] = rng.uniform(0.3, 1.0, 6) * rng.uniform(0.5, 0.9) ** np.arange(6)
    drawbars[0] = 1.0
    attack_s = rng.uniform(0.005, 0.03)
    return _harmonic(rng, f0, drawbars, length, sample_rate) * _rise(attack_s, length, sample_rate)


def reed(rng, f0, length, sample_rate):
    """Odd partials, as of a closed pipe, with a slow attack."""
    number = np.arange(1, 32)
    amplitudes = np.where(number % 2, number ** -rng.uniform(0.7, 1.5), 0.0)
    attack_s = rng.uniform(0.03, 0.08)
    fading = np.exp(-np.arange(length) / sample_rate * rng.uniform(0.0, 0.7))
    return _harmonic(rng, f0, amplitudes, length, sample_rate) * fading * _rise(attack_s, length, sample_rate)


def bell(rng, f0, length, sample_rate):
    """A struck bar, as of a vibraphone: few partials; higher ones decay faster."""
    time = np.arange(length) / sample_rate
    decay = rng.uniform(1.5, 4.0)
    ratios = BAR_RATIOS * np.append(1.0, rng.normal(1.0, 0.002, len(BAR_RATIOS) - 1))
    levels = BAR_LEVELS * np.append(1.0, rng.uniform(0.3, 1.0, len(BAR_RATIOS) - 1))
    phases = rng.uniform(-0.5, 0.5, len(ratios))
    sound = _modes(time, f0 * ratios, levels, decay * ratios**0.5, phases, sample_rate)
    return sound * _rise(0.002, length, sample_rate)


def _modes(time, frequencies, levels, decays, phases, sample_rate):
    """The sum of sines that decay by exp(−decay · time), without those above `MAX_PARTIAL`."""
    total = np.zeros(len(time))
    for hz, level, decay, phase in zip(frequencies, levels, decays, phases, strict=True):
        if hz <= MAX_PARTIAL * sample_rate:
            total += level * np.sin(2 * np.pi * hz * time + phase) * np.exp(-decay * time)
    return total


def _hiss(rng, length, sample_rate, low):
    """Noise of unit level above a frequency, `low`, as a share of the sample rate."""
    hz = np.fft.rfftfreq(length, 1 / sample_rate)
    ratio = np.minimum(hz / (low * min(sample_rate, MAX_TREBLE)), 1.0)
    spectrum = np.fft.rfft(rng.standard_normal(length)) * ratio**4
    spectrum[hz > MAX_PARTIAL * sample_rate] = 0.0
    hiss = np.fft.irfft(spectrum, length)
    return hiss / max(hiss.std(), 1e-12)


def _falling_tone(time, hz, rise, fall_s):
    """A sine that falls from (1 + rise) · hz to hz with the time constant `fall_s`."""
    return np.sin(2 * np.pi * hz * (time + rise * fall_s * (1 - np.exp(-time / fall_s))))


def kick(rng, length, sample_rate):
    """A sine of falling frequency, with a click."""
    time = np.arange(length) / sample_rate
    tone = _falling_tone(time, rng.uniform(42, 65), rng.uniform(2, 5), rng.uniform(0.015, 0.035))
    body = np.tanh(rng.uniform(1.0, 2.0) * tone) * np.exp(-time / rng.uniform(0.08, 0.2))
    click = _hiss(rng, length, sample_rate, 0.1) * np.exp(-time / 0.002)
    return (body + rng.uniform(0.02, 0.1) * click) * _rise(0.001, length, sample_rate)


def tom(rng, length, sample_rate):
    """The modes of a membrane, sharper at the stroke, and the stick."""
    time = np.arange(length) / sample_rate
    hz, decay = rng.uniform(90, 220), 1 / rng.uniform(0.1, 0.25)
    bend_s = rng.uniform(0.03, 0.08)
    bent = time + rng.uniform(0.1, 0.4) * bend_s * (1 - np.exp(-time / bend_s))
    # The first three modes of an ideal membrane that a stroke off its centre excites.
    ratios, levels = np.array([1.0, 1.594, 2.136]), np.array([1.0, *rng.uniform(0.1, 0.4, 2)])
    body = _modes(bent, hz * ratios, levels, decay * ratios, np.zeros(3), sample_rate)
    stick = _hiss(rng, length, sample_rate, 0.05) * np.exp(-time / 0.004)
    return (body + rng.uniform(0.02, 0.08) * stick) * _rise(0.001, length, sample_rate)


def snare(rng, length, sample_rate):
    """Two modes and the rattle of the wires."""
    time = np.arange(length) / sample_rate
    hz, decay = rng.uniform(160, 240), 1 / rng.uniform(0.03, 0.07)
    body = _modes(time, hz * np.array([1.0, 1.8]), (1.0, 0.6), (decay, 1.3 * decay), (0.0, 0.0), sample_rate)
    rattle = _hiss(rng, length, sample_rate, rng.uniform(0.08, 0.15)) * np.exp(-time / rng.uniform(0.05, 0.14))
    return (body + rng.uniform(0.25, 0.5) * rattle) * _rise(0.001, length, sample_rate)


def hat(rng, length, sample_rate):
    """Beaten metal and a hiss above it, from closed to open."""
    time = np.arange(length) / sample_rate
    low, treble = rng.uniform(0.28, 0.36), min(sample_rate, MAX_TREBLE)
    width = (MAX_PARTIAL - low) * rng.uniform(0.7, 1.0)
    frequencies = treble * (low + width * (METAL_RATIOS - 1) / (METAL_RATIOS[-1] - 1))
    metal = _modes(time, frequencies, np.ones(6), np.zeros(6), rng.uniform(-np.pi, np.pi, 6), sample_rate)
    hiss = _hiss(rng, length, sample_rate, low)
    decay_s = np.exp(rng.uniform(np.log(0.015), np.log(0.15)))
    return (rng.uniform(0.1, 0.4) * metal + hiss) * np.exp(-time / decay_s) * _rise(0.0005, length, sample_rate)


INSTRUMENTS = {"pluck": pluck, "organ": organ, "reed": reed, "bell": bell}
DRUMS = {"kick": kick, "tom": tom, "snare": snare, "hat": hat}
