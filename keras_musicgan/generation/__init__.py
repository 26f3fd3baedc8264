"""Music from a trained model.

- `sampling`: clips, notes and encoded clips from latents and conditions; the methods `generate…` of `MusicGAN`
- `latents`: drawn latents and paths between them
- `continuous`: music of any length along such a path
- `play`: a piece of notes on a model with `Pitch`, from the generator's inputs for each note (`note_inputs`), and clips
  held for any time (`sustain`)
- `crossfade`: alignment and crossfades, for `continuous` and `sustain`
- `projection`: the latents nearest to a given sound, by gradient descent (`latent_descent`)
- `sample_files`: generated clips and their latents in a folder
- `export`: the generator and the representation as one file for other runtimes
"""
