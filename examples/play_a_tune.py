"""Play a tune on an instrument that never was
==============================================

A GAN learns single notes and is told their pitch. Then it sings a MIDI file, every note at its pitch: GANSynth in
small, which trains on a CPU.

    python examples/play_a_tune.py my_notes/ --labels "{instrument}_{pitch}_*" --tune song.mid --epochs 40
    python examples/play_a_tune.py            # on notes and a tune that the package makes itself

Reference: GANSynth: Adversarial Neural Audio Synthesis (Engel et al., 2019).
"""

import argparse
from pathlib import Path

import keras

import keras_musicgan as km

parser = argparse.ArgumentParser(description="A GAN that sings tunes.")
parser.add_argument("folder", type=Path, nargs="?", help="WAV, FLAC, OGG or MP3, one note a file")
parser.add_argument("--labels", default="{instrument}_{pitch}_*", help="where the files' names tell the pitch")
parser.add_argument("--low", default="C4", help="lowest note")
parser.add_argument("--high", default="B5", help="highest note; two octaves suit most tunes")
parser.add_argument("--tune", type=Path, help="a MIDI file; without one the package composes a tune")
parser.add_argument("--epochs", type=int, default=40)
parser.add_argument("--notes", type=int, default=2048, help="how many notes the package makes where no folder is given")
parser.add_argument("--width", type=int, default=256, help="channels of the networks; more need more time")
parser.add_argument("--out", type=Path, default=Path("tune"))
options = parser.parse_args()

# ## The model
#
# The generator turns random numbers, which decide the timbre, and a pitch into a note of a second. The discriminator
# tells generated notes from real ones and is told the pitch as well: a note that is out of tune gives itself away.
pitch = km.Pitch(0, 127)
low, high = int(pitch.number(options.low)), int(pitch.number(options.high))
gan = km.MusicGAN.from_preset(
    "gansynth-small",
    conditions=[km.Pitch(low, high)],
    generator={"width": options.width},
    discriminator={"width": options.width},
)

# ## The notes
#
# The names of the files tell their pitch, as `flute_Fs4_1.mp3` does. Notes out of the range are left out, with the
# reason.
if options.folder is None:
    data = km.datasets.synthetic_notes(options.notes, gan, seed=1, low=low, high=high)
else:
    data = km.datasets.audio_folder(options.folder, gan, labels=options.labels, normalize="peak", trim_db=60)
print(f"{data.n_clips} notes to learn from, {len(data.skipped)} left out")
for name, reason in list(data.skipped.items())[:5]:
    print(f"  {name}: {reason}")

# ## The training
gan.compile()
gan.fit(data, epochs=options.epochs, verbose=2)
options.out.mkdir(parents=True, exist_ok=True)
gan.save(options.out / "instrument.keras")

# ## Single notes
#
# The same latents at other pitches are the same instrument: a scale of it, and the same note of eight instruments.
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
# Melody and chords each have a timbre of their own, drawn from the seed; then one that wanders through the piece. What
# lies out of the model's range is sung in another octave, and a warning tells so.
tune = km.datasets.compose(1, seed=4, bars=16)[0] if options.tune is None else km.midi.read(options.tune)
km.audio.write_wav(options.out / "tune.wav", km.synth.play(gan, tune, seed=1), rate)
km.audio.write_wav(options.out / "tune_wandering.wav", km.synth.play(gan, tune, seed=1, timbre="wandering"), rate)
print(f"{len(tune)} notes sung: {options.out / 'tune.wav'}, and with a timbre that changes: tune_wandering.wav")
