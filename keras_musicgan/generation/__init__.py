"""Music from a trained model.

- `sampling`: clips, notes and encoded clips from latents and conditions; the methods `generate…` of `MusicGAN`
- `latents`: drawn latents and paths between them
- `continuous`: music of any length along such a path
- `play`: a piece of notes on models with `Pitch` and on models of drums: the model of each track (`track_models`), its
  part with the generator's inputs for each note (`parts`, `note_inputs`), in the model's range (`octaves`), and clips
  held for any time (`sustain`) with their `attack` on the beat
- `crossfade`: alignment and crossfades, for `continuous` and `sustain`
- `projection`: the latents nearest to a given sound, by gradient descent (`latent_descent`)
- `sample_files`: generated clips and their latents in a folder
- `pack`: an instrument for music programs: which clips make it (`recordings`), and each as a `zone` of keys (`zones`)
- `export`: the generator and the representation as one file for other runtimes
"""
