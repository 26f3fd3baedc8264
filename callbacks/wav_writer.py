"""Writes what the model sounds like."""

from pathlib import Path

from keras_musicgan.callbacks.sampling import SamplingCallback, epoch_folder

from keras_musicgan.samples import write_samples


class WavWriter(SamplingCallback):
    """Writes WAV files (and MIDI in the notes domain) of the same latents at epoch ends.

    Files are `directory/epoch_0001/sample_01.wav` and so on, with the latents and conditions beside them in
    `latents.npz`.

    Args:
        directory: Folder for the files; it is made where it is missing.
        n: Number of clips.
        every: Epochs from one writing to the next.
        seed: Seed of the latents.

    Raises:
        ValueError: If a number is not positive.
        OSError: If the folder cannot be written.

    Example:
        >>> import keras_musicgan as km
        >>> writer = km.callbacks.WavWriter("out", n=2, every=5)
    """

    def __init__(self, directory: str | Path, n: int = 4, every: int = 1, seed: int = 0):
        super().__init__(n, every, seed)
        self.directory = Path(directory)

    def on_samples(self, epoch):
        """Writes the files of one epoch."""
        write_samples(self.model, epoch_folder(self.directory, epoch), self.latents, self.conditions)
