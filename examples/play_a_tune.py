"""Play a tune on an instrument that never was
==============================================

A GAN learns single notes, conditioned on their pitch. Then it plays a MIDI file, every note at its pitch: a small
GANSynth, which trains on a CPU.

    python examples/play_a_tune.py my_notes/ --labels "{instrument}_{pitch}_*" --tune song.mid --epochs 40
    python examples/play_a_tune.py            # on synthetic notes and a synthetic tune

Reference: GANSynth: Adversarial Neural Audio Synthesis (Engel et al., 2019).
"""

import argparse
from pathlib import Path

import keras

import keras_musicgan as km

parser = argparse.ArgumentParser(description="A GAN that plays tunes.")
parser.add_argument("folder", type=Path, nargs="?", help="WAV, FLAC, OGG or MP3, one note per file")
parser.add_argument("--labels", default="{instrument}_{pitch}_*", help="place of the pitch in file names")
parser.add_argument("--low", default="C4", help="lowest note")
parser.add_argument("--high", default="B5", help="highest note; two octaves suit most tunes")
parser.add_argument("--tune", type=Path, help="a MIDI file; by default a synthetic tune")
parser.add_argument("--epochs", type=int, default=40)
parser.add_argument("--notes", type=int, default=2048, help="number of synthetic notes, without a folder")
parser.add_argument("--width", type=int, default=256, help="channels of the networks; more need more time")
parser.add_argument("--out", type=Path, default=Path("tune"))
options = parser.parse_args()

# ## The model
#
# The generator turns random numbers, which determine the timbre, and a pitch into a note of one second. The
# discriminator distinguishes generated notes from real ones; it takes the pitch too, so notes out of tune do not pass.
pitch = km.Pitch(0, 127)
low, high = int(pitch.number(options.low)), int(pitch.number(options.high))
gan = km.MusicGAN.from_preset(
    "notes",
    conditions=[km.Pitch(low, high)],
    generator={"width": options.width},
    discriminator={"width": options.width},
)

# ## The notes
#
# File names contain the pitch, as in `flute_Fs4_1.mp3`. Notes out of the range are left out, with the reason.
if options.folder is None:
    data = km.datasets.synthetic_notes(options.notes, gan, seed=1, low=low, high=high)
else:
    data = km.datasets.audio_folder(options.folder, gan, labels=options.labels)
print(f"{data.n_clips} notes to learn from, {len(data.skipped)} left out")
for name, reason in list(data.skipped.items())[:5]:
    print(f"  {name}: {reason}")

# ## Training
gan.compile()
gan.fit(data, epochs=options.epochs, verbose=2)
options.out.mkdir(parents=True, exist_ok=True)
gan.save(options.out / "instrument.keras")

# ## Single notes
#
# The same latents at another pitch are the same instrument: a scale on one instrument, then one note on eight.
gan = keras.saving.load_model(options.out / "instrument.keras")
rate = gan.representation.sample_rate
latents = gan.sample_latents(8, seed=1)
scale = [low + step for step in (0, 2, 4, 5, 7, 9, 11, 12) if low + step <= high]
notes = gan.generate(latents=latents[:1].repeat(len(scale), axis=0), pitch=scale)
km.audio.write_wav(options.out / "scale.wav", notes.reshape(-1, notes.shape[-1]), rate)
timbres = gan.generate(latents=latents, pitch=low)
km.audio.write_wav(options.out / "timbres.wav", timbres.reshape(-1, timbres.shape[-1]), rate)

# ## The tune
#
# First melody and chords each have a timbre of their own, drawn from the seed; then the timbre changes along the piece.
# Tracks out of the model's range are played in another octave, with a warning.
tune = km.datasets.compose(1, seed=4, bars=16)[0] if options.tune is None else km.midi.read(options.tune)
km.audio.write_wav(options.out / "tune.wav", km.synth.play(gan, tune, seed=1), rate)
km.audio.write_wav(options.out / "tune_wandering.wav", km.synth.play(gan, tune, seed=1, timbre="wandering"), rate)
print(f"{len(tune)} notes played: {options.out / 'tune.wav'}, and with a changing timbre: tune_wandering.wav")
