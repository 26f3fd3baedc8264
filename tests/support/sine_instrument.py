"""A model without training whose clips have a closed form."""

import numpy as np

from keras_musicgan import latents as latent_vectors
from keras_musicgan.conditions import Conditions, Label, Pitch
from keras_musicgan.representations import Waveform
from keras_musicgan.synth import frequency


class SineInstrument:
    """Sines at the pitch of the condition, with partials of the amplitudes |latents|.

    Args:
        low, high: Range of `Pitch`; `None` for a model without conditions.
        seconds: Length of a clip.
        onset: Seconds of silence before the tone.
        attack: Seconds in which the tone rises to its level.
        end: Seconds after which a clip fades out within 50 ms, as a released note.
        decay: Gain of the tone over a second, as of a struck note.
        vibrato: Depth of a slow vibrato in semitones.
        noise: Whether clips are noise, of a seed from the latents, instead of tones.
        channels: 1 or 2.
        distribution: Distribution of the latents.
    """

    latent_dim = 4

    def __init__(
        self,
        low=60,
        high=71,
        seconds=1.0,
        onset=0.0,
        attack=0.0,
        end=None,
        decay=1.0,
        vibrato=0.0,
        noise=False,
        channels=1,
        sample_rate=16000,
        distribution="normal",
    ):
        self.latent_distribution = distribution
        self.representation = Waveform(length=round(seconds * sample_rate), sample_rate=sample_rate, channels=channels)
        label = Label(["soft", "loud"], "colour")
        self.conditions = Conditions([] if low is None else [Pitch(low, high), label])
        self.onset, self.attack, self.end = onset, attack, end
        self.decay, self.vibrato, self.noise = decay, vibrato, noise
        self.requests = []  # (pitch, colour, latents) of each clip, in order
        self.batches = []

    def sample_latents(self, n, seed=None, truncation=None):
        return latent_vectors.draw(n, self.latent_dim, self.latent_distribution, seed, truncation)

    def check_latents(self, latents):
        latents = np.asarray(latents, "float32")
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim:
            raise ValueError(f"`latents` must have shape (n, {self.latent_dim}). Received: shape {latents.shape}")
        return latents

    def generate(self, n=1, seed=None, latents=None, batch_size=32, truncation=None, **conditions):
        latents = self.sample_latents(n, seed, truncation) if latents is None else latents
        numbers = self.conditions.complete(conditions, len(latents), seed)
        self.batches.append(len(latents))
        rows = zip(
            *(numbers.get(name, np.full(len(latents), 69.0)) for name in ("pitch", "colour")), latents, strict=True
        )
        clips = []
        for pitch, colour, timbre in rows:
            self.requests.append((float(pitch), float(colour), tuple(timbre.tolist())))
            clips.append(self._clip(pitch, timbre))
        return np.stack(clips).astype("float32")

    def _clip(self, pitch, timbre):
        rate, length = self.representation.sample_rate, self.representation.length
        time = np.arange(length) / rate - self.onset
        if self.noise:
            seed = np.frombuffer(np.asarray(timbre, "float32").tobytes(), "uint32")
            tone = 0.3 * np.clip(np.random.default_rng(seed).standard_normal(length), -3, 3)
        else:
            bend = 2 ** (self.vibrato / 12 * np.sin(2 * np.pi * 5 * time))
            angle = 2 * np.pi * np.cumsum(float(frequency(pitch)) * bend) / rate
            amplitudes = np.abs(timbre) / np.abs(timbre).sum()
            tone = sum(a * np.sin((k + 1) * angle + timbre[k]) for k, a in enumerate(amplitudes))
        tone = tone * self.decay ** np.maximum(time, 0) * (time >= 0)
        if self.attack:
            tone = tone * np.clip(time / self.attack, 0, 1)
        if self.end is not None:
            tone = tone * np.cos(0.5 * np.pi * np.clip((time + self.onset - self.end) / 0.05, 0, 1)) ** 2
        return np.repeat(0.5 * tone[:, None], self.representation.channels, axis=1)
