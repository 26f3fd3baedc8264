"""Drums from a folder of one-shots
====================================

A GAN learns drum sounds, sample by sample, and generates new ones: a small WaveGAN, which trains on a CPU.

    python examples/drums_from_a_folder.py my_drums/ --epochs 400
    python examples/drums_from_a_folder.py            # without a folder: on synthetic drums

Reference: Adversarial Audio Synthesis (Donahue, McAuley and Puckette, 2019).
"""

import argparse
from pathlib import Path

import keras

import keras_musicgan as km

parser = argparse.ArgumentParser(description="A GAN for drums.")
parser.add_argument("folder", type=Path, nargs="?", help="WAV, FLAC, OGG or MP3, one sound per file")
parser.add_argument("--epochs", type=int, default=200)
parser.add_argument("--duration", type=float, default=0.55, help="length of a sound in seconds")
parser.add_argument("--width", type=int, default=256, help="channels of the networks; more need more time")
parser.add_argument("--out", type=Path, default=Path("drums"))
options = parser.parse_args()

# ## The model
#
# The generator turns 64 random numbers into the spectrogram of a sound; the discriminator distinguishes generated ones
# from real ones.
gan = km.MusicGAN.from_preset(
    "drums",
    representation={"duration": options.duration},
    generator={"width": options.width},
    discriminator={"width": options.width},
)

# ## The data
#
# Files may have any sample rate and number of channels; unreadable ones are left out, with the reason. The preset cuts
# each sound to begin at its onset and scales it to full level.
if options.folder is None:
    data = km.datasets.synthetic_drums(512, gan, seed=1)
else:
    data = km.datasets.audio_folder(options.folder, gan)
for name, reason in data.skipped.items():
    print(f"left out {name}: {reason}")
gan.compile()

# ## Training
#
# The monitor warns when all sounds become alike or silent. A WAV of the same latents every few epochs makes progress
# audible.
gan.fit(
    data,
    epochs=options.epochs,
    verbose=2,
    callbacks=[
        km.callbacks.CollapseMonitor(every=10),
        km.callbacks.WavWriter(options.out / "progress", every=max(1, options.epochs // 10)),
    ],
)
gan.save(options.out / "drums.keras")

# ## New drums
#
# Any number of them from a seed, and an interpolation from one drum to another in eight steps.
gan = keras.saving.load_model(options.out / "drums.keras")
rate = gan.representation.sample_rate
for number, sound in enumerate(gan.generate(16, seed=1), start=1):
    km.audio.write_wav(options.out / f"drum_{number:02d}.wav", sound, rate)
path = km.latents.interpolate(gan.sample_latents(2, seed=1), 8)
km.audio.write_wav(options.out / "from_one_to_another.wav", gan.generate(latents=path).reshape(-1, 1), rate)

# ## Are they new?
#
# The distance from each generated drum to the nearest one of the training set, in dB of the log-mel spectrogram, beside
# that of held-out drums, which the model has never seen. Far smaller distances of generated drums would mean copies.
training = data.load()
groups = {"generated": gan.generate(64, seed=2)}
if data.held_out is not None:
    groups["held out"] = data.held_out.load()
for name, clips in groups.items():
    distances, _ = km.metrics.nearest_distances(clips, training, rate)
    print(f"{name:>10}: nearest drum of the training set at {distances.mean():.1f} dB on average")
