"""Writes generated clips as WAV files."""

from pathlib import Path

from keras_musicgan.callbacks.sampling import SamplingCallback
from keras_musicgan.callbacks.spectrogram_logger import SpectrogramLogger

from keras_musicgan.generation.sample_files import write_samples
from keras_musicgan.utils.epoch_files import epoch_folder
from keras_musicgan.utils.files import replacing_folder


class WavWriter(SamplingCallback):
    """Writes WAV files (and MIDI in the notes domain) from the same latents at epoch ends.

    Files are `directory/epoch_0001/sample_01.wav` and so on, with the latents and conditions beside them in
    `latents.npz`. The folder of an epoch is written under a temporary name and renamed, so that it is always whole.

    Args:
        directory: Folder for the files; created if missing.
        n: Number of clips.
        every: Epochs from one writing to the next.
        seed: Seed of the latents.
        pictures: A `SpectrogramLogger` among the callbacks of the same `fit`; its picture is written into the folder
            too, as `spectrograms.png`. `None` for none.

    Raises:
        ValueError: If a number is not positive.
        OSError: If the folder cannot be written.

    Example:
        >>> import keras_musicgan as km
        >>> writer = km.callbacks.WavWriter("out", n=2, every=5)
    """

    def __init__(
        self,
        directory: str | Path,
        n: int = 4,
        every: int = 1,
        seed: int = 0,
        pictures: SpectrogramLogger | None = None,
    ):
        super().__init__(n, every, seed)
        self.directory = Path(directory).expanduser()
        self.pictures = pictures

    def on_samples(self, epoch):
        """Writes the files of one epoch."""
        with replacing_folder(epoch_folder(self.directory, epoch)) as temporary:
            write_samples(self.model, temporary, self.latents, self.conditions)
            if self.pictures is not None:
                (temporary / "spectrograms.png").write_bytes(self.pictures.draw(epoch))
