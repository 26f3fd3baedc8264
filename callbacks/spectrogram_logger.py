"""Logs generated clips and their spectrograms to TensorBoard."""

from pathlib import Path

from keras_musicgan.callbacks.event_log import EventLog
from keras_musicgan.callbacks.sampling import SamplingCallback

from keras_musicgan.music import audio, plots
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.utils.epoch_files import epoch_folder
from keras_musicgan.utils.files import replacing


class SpectrogramLogger(SamplingCallback):
    """Logs waveforms, librosa mel spectrograms and the audio itself to TensorBoard, of the same latents.

    Of a model of notes, piano rolls stand above them.

    `tensorboard --logdir LOG_DIR` shows them under Images and Audio. Steps are epochs, counted from 1; steps that are
    logged again, as by a resumed run, replace the earlier ones from the first of them on.

    Args:
        log_dir: Folder of the TensorBoard log.
        n: Number of clips.
        every: Epochs from one logging to the next.
        seed: Seed of the latents.
        png_dir: Folder for the same picture as `epoch_0001/spectrograms.png`, or `None`.

    Raises:
        ValueError: If a number is not positive.

    Example:
        >>> import keras_musicgan as km
        >>> logger = km.callbacks.SpectrogramLogger("logs", n=2, png_dir="out")
    """

    def __init__(
        self, log_dir: str | Path, n: int = 4, every: int = 1, seed: int = 0, png_dir: str | Path | None = None
    ):
        super().__init__(n, every, seed)
        self.log_dir = Path(log_dir).expanduser()
        self.png_dir = None if png_dir is None else Path(png_dir).expanduser()
        self.log = None
        self._drawn = (None, None)

    def on_train_begin(self, logs=None):
        """Draws the latents and resets the callback."""
        super().on_train_begin(logs)
        self._drawn = (None, None)
        self.on_train_end()

    def on_epoch_begin(self, epoch, logs=None):
        """Opens the log before the first epoch."""
        if self.log is None:
            self.log = EventLog(self.log_dir, first_step=epoch + 1)

    def draw(self, epoch: int) -> bytes:
        """The picture of the model after epoch number `epoch`, as PNG; drawn once."""
        return self._draw(epoch)[0]

    def on_samples(self, epoch):
        """Logs one epoch."""
        png, size, clips = self._draw(epoch)
        if self.png_dir is not None:
            with replacing(epoch_folder(self.png_dir, epoch) / "spectrograms.png") as temporary:
                temporary.write_bytes(png)
        self.log.add(_summary(png, size, clips, self.model.representation.sample_rate), epoch)
        self.log.flush()

    def on_train_end(self, logs=None):
        """Closes the log."""
        if self.log is not None:
            self.log.close()
            self.log = None

    def _draw(self, epoch):
        """The picture as PNG, its (width, height) and the clips in it."""
        if self._drawn[0] != epoch:
            options = {"latents": self.latents, "batch_size": self.n, **self.conditions}
            representation, pieces = self.model.representation, None
            clips = self.model.generate(**options)
            if isinstance(representation, NotesRepresentation):
                pieces = self.model.generate_notes(**options)
            figure = plots.spectrograms(clips, representation.sample_rate, f"epoch {epoch}", pieces)
            size = tuple(round(inches * figure.dpi) for inches in figure.get_size_inches())
            self._drawn = (epoch, (plots.png(figure), size, clips))
        return self._drawn[1]


def _summary(png, size, clips, sample_rate):
    """Picture and clips as one TensorBoard summary, encoded once."""
    from tensorboardX.proto.summary_pb2 import Summary

    width, height = size
    image = Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=png)
    values = [Summary.Value(tag="spectrograms", image=image)]
    for number, clip in enumerate(clips, start=1):
        sound = Summary.Audio(
            sample_rate=sample_rate,
            num_channels=clip.shape[1],
            length_frames=len(clip),
            encoded_audio_string=audio.wav(clip, sample_rate),
            content_type="audio/wav",
        )
        values.append(Summary.Value(tag=f"clip_{number}", audio=sound))
    return Summary(value=values)
