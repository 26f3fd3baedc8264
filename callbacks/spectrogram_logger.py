"""Shows what the model sounds like."""

from pathlib import Path

from keras_musicgan.callbacks.sampling import SamplingCallback, epoch_folder

from keras_musicgan import audio, plots
from keras_musicgan.files import replacing


class SpectrogramLogger(SamplingCallback):
    """Logs waveforms, librosa mel spectrograms and the audio itself to TensorBoard, of the same latents.

    `tensorboard --logdir LOG_DIR` shows them under Images and Audio.

    Args:
        log_dir: Folder of the TensorBoard log.
        n: Number of clips.
        every: Epochs from one logging to the next.
        seed: Seed of the latents.
        png_dir: Folder for the same picture as `epoch_0001/spectrograms.png`; none is written if not given.

    Raises:
        ValueError: If a number is not positive.

    Example:
        >>> import keras_musicgan as km
        >>> logger = km.callbacks.SpectrogramLogger("logs", n=2, png_dir="out")
    """

    def __init__(
        self, log_dir: str | Path, n: int = 3, every: int = 1, seed: int = 0, png_dir: str | Path | None = None
    ):
        super().__init__(n, every, seed)
        self.log_dir = Path(log_dir)
        self.png_dir = None if png_dir is None else Path(png_dir)
        self.writer = None

    def on_train_begin(self, logs=None):
        """Opens the log."""
        super().on_train_begin(logs)
        from tensorboardX import FileWriter

        self.writer = FileWriter(str(self.log_dir))

    def on_samples(self, epoch):
        """Logs one epoch."""
        sample_rate = self.model.representation.sample_rate
        clips = self.model.generate(latents=self.latents, batch_size=self.n, **self.conditions)
        figure = plots.spectrograms(clips, sample_rate, title=f"epoch {epoch}")
        png = plots.png(figure)
        if self.png_dir is not None:
            with replacing(epoch_folder(self.png_dir, epoch) / "spectrograms.png") as temporary:
                temporary.write_bytes(png)
        self.writer.add_summary(_summary(png, figure, clips, sample_rate), epoch)
        self.writer.flush()

    def on_train_end(self, logs=None):
        """Closes the log."""
        self.writer.close()


def _summary(png, figure, clips, sample_rate):
    """Picture and clips as one TensorBoard summary, encoded once."""
    from tensorboardX.proto.summary_pb2 import Summary

    width, height = (round(inches * figure.dpi) for inches in figure.get_size_inches())
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
