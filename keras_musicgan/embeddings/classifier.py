"""A classifier of the user's own labels, which is an embedding too."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.embeddings.base import Embedding, at_rate
from keras_musicgan.embeddings.label_network import WIDTHS, LabelNetwork
from keras_musicgan.spectra.log_mel import check_clips, fitting_n_mels, log_mel_spectrograms
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_number, check_positive_int
from keras_musicgan.utils.files import replacing

MIN_CLIPS = 5  # of a label, so that one can be held out
BATCH_SIZE = 64


class Classifier(Embedding):
    """Predicts labels of clips, as the instrument, the drum or the pitch of a sound; made by `Classifier.train`.

    As an embedding it returns the 128 activations before the last layer, which are alike for clips alike in their
    labels. Clips are resampled to the rate of the training clips; a clip of any length is one patch.

    Args:
        network: The trained network.

    Attributes:
        labels: The labels, in the order of the probabilities.
        held_out_accuracy: Accuracy on clips held out from training, in [0, 1]. Results for generated clips are no
            more reliable than that.

    Example:
        >>> import keras_musicgan as km
        >>> clips, labels = km.datasets.make_drums(40, seed=1, sample_rate=8000, length=2048)
        >>> classifier = Classifier.train(clips, labels["drum"], 8000, label="drum", epochs=2)
        >>> classifier.name, classifier.labels
        ('classifier-drum', ('hat', 'kick', 'snare', 'tom'))
        >>> classifier.probabilities(clips[:3], 8000).shape
        (3, 4)

    Reference: GANSynth: adversarial neural audio synthesis (Engel et al., 2019), whose inception score and pitch
    accuracy come from a classifier of the training data.
    """

    dims = WIDTHS[-1]

    def __init__(self, network: LabelNetwork):
        self.network = network
        self.name = f"classifier-{network.label}"
        self.labels = network.labels
        self.held_out_accuracy = network.held_out_accuracy

    @classmethod
    def train(
        cls,
        clips: np.ndarray,
        labels: Sequence[str],
        sample_rate: int,
        label: str = "label",
        held_out: float | tuple[np.ndarray, Sequence[str]] = 0.2,
        epochs: int = 20,
        seed: int = 0,
    ) -> "Classifier":
        """Trains a classifier and measures its accuracy.

        Args:
            clips: Floating-point `[n, samples, channels]`, full scale ±1.
            labels: One for each clip; numbers are taken as their text.
            sample_rate: Rate of the clips in Hz.
            label: Name of the labels, as `"instrument"`.
            held_out: Share of the clips of each label, above 0 and below 1, drawn at random and held out from
                training; or held-out clips and their labels. Give these where several clips come from one file: with
                clips of one file on both sides the accuracy would be too high.
            epochs: Number of epochs.
            seed: Seed of weights, order and held-out clips. On one machine and backend the same seed gives the same
                classifier.

        Raises:
            ValueError: If there are fewer than two labels, fewer than five clips of one of them, another number of
                labels than of clips, held-out labels that are not trained, or a number is out of range; as
                `metrics.log_mel_spectrograms` does for clips.
        """
        clips, labels = check_clips("clips", clips), _checked_labels("labels", labels, clips)
        check_positive_int("sample_rate", sample_rate)
        check_positive_int("epochs", epochs)
        names, counts = np.unique(labels, return_counts=True)
        if len(names) < 2:
            raise ValueError(f"A classifier needs at least two labels. Received: only {str(names[0])!r}")
        if counts.min() < MIN_CLIPS:
            raise ValueError(
                f"A classifier needs at least {MIN_CLIPS} clips of each label. Received: {counts.min()} of "
                f"{str(names[counts.argmin()])!r}. Leave that label out or find more of it."
            )
        rng = np.random.default_rng(seed)
        if isinstance(held_out, (tuple, list)):
            held_out_clips = check_clips("held_out", held_out[0])
            held_out_labels = _checked_labels("held_out", held_out[1], held_out_clips)
        else:
            rest = _drawn_of_each(labels, held_out, rng)
            held_out_clips, held_out_labels = clips[rest], labels[rest]
            clips, labels = clips[~rest], labels[~rest]
        network = LabelNetwork(names.tolist(), label, sample_rate, seed=seed)
        targets = cls(network).indices(labels)
        cls(network).indices(held_out_labels)  # rejects unknown labels before training, not after it
        _fit(network, _scaled(clips, sample_rate), targets, epochs, rng)
        accuracy = cls(network).accuracy(held_out_clips, held_out_labels, sample_rate)
        # A new network, so that saved files hold no optimizer.
        kept = LabelNetwork(names.tolist(), label, sample_rate, accuracy, seed)
        kept.set_weights(network.get_weights())
        return cls(kept)

    def probabilities(self, clips: np.ndarray, sample_rate: int) -> np.ndarray:
        """Probability of each label, float32 `[n, labels]` in [0, 1]; rows sum to 1.

        Args:
            clips: Floating-point `[n, samples, channels]`, full scale ±1.
            sample_rate: Rate in Hz.

        Raises:
            ValueError: As `metrics.log_mel_spectrograms` does.
        """
        return in_batches(self.network.predict_on_batch, self._inputs(self._checked(clips, sample_rate), sample_rate))

    def accuracy(self, clips: np.ndarray, labels: Sequence[str], sample_rate: int) -> float:
        """Share of clips whose most probable label is the target, in [0, 1].

        Args:
            clips: Floating-point `[n, samples, channels]`, full scale ±1.
            labels: Target label of each clip, as the conditions of generated clips.
            sample_rate: Rate in Hz.

        Raises:
            ValueError: If a label is unknown or their number differs, and as `probabilities` does.
        """
        indices = self.indices(_checked_labels("labels", labels, clips))
        return float(np.mean(self.probabilities(clips, sample_rate).argmax(axis=1) == indices))

    def indices(self, labels: Sequence[str]) -> np.ndarray:
        """Index of each label in `self.labels`, int `[n]`.

        Raises:
            ValueError: If one is unknown.
        """
        names = np.asarray(labels).astype(str)
        unknown = sorted(set(names.tolist()) - set(self.labels))
        if unknown:
            raise ValueError(
                f"Labels of {self.name!r} must be among those it was trained on, {', '.join(self.labels)}. Received: "
                f"{unknown[0]!r}"
            )
        return np.searchsorted(self.labels, names)

    def save(self, path: str | Path) -> None:
        """Writes the classifier to one file, whole or not at all.

        Raises:
            ValueError: If the name does not end in `.keras`.
        """
        if Path(path).suffix != ".keras":
            raise ValueError(f"A classifier must be saved with the ending .keras. Received: path={str(path)!r}")
        with replacing(path) as temporary:
            self.network.save(temporary)

    @classmethod
    def load(cls, path: str | Path) -> "Classifier":
        """Reads a classifier written by `save`, under any backend.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If the file is damaged or not a classifier. The message names it.
        """
        path = Path(path).expanduser()
        if not path.is_file():
            raise FileNotFoundError(f"A classifier must be a .keras file. Received: path={str(path)!r}")
        try:
            network = keras.saving.load_model(path, compile=False)
        except Exception as error:  # Keras raises whatever the broken part of an archive happens to cause
            raise ValueError(f"A classifier must be a .keras file that loads. Received: {path}: {error}") from error
        if not isinstance(network, LabelNetwork):
            raise ValueError(f"A classifier must hold a LabelNetwork. Received: {path} with {type(network).__name__}")
        return cls(network)

    def _embed(self, music, sample_rate):
        return in_batches(self.network.body.predict_on_batch, self._inputs(music, sample_rate))[:, None]

    def _inputs(self, clips, sample_rate):
        return _scaled(at_rate(clips, sample_rate, self.network.sample_rate), self.network.sample_rate)


def _scaled(clips, sample_rate):
    """Inputs of the network float32 `[n, frames, n_mels]`, from −1 for silence to about 1."""
    return log_mel_spectrograms(clips, sample_rate, fitting_n_mels(sample_rate)) / 40 + 1


def _checked_labels(name, labels, clips):
    labels = np.asarray(labels).astype(str)
    if labels.shape != (len(clips),):
        raise ValueError(f"`{name}` must have one label for each of {len(clips)} clips. Received: shape {labels.shape}")
    return labels


def _drawn_of_each(labels, share, rng):
    """Mask `[n]` of a share of each label's clips, at least one and not all."""
    check_number("held_out", share, above=0, below=1)
    drawn = np.zeros(len(labels), bool)
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        drawn[members[: min(max(round(share * len(members)), 1), len(members) - 1)]] = True
    return drawn


def _fit(network, inputs, targets, epochs, rng):
    """Trains with batches of one size, in an order drawn from `rng`, not from global seeds."""
    network.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
    size = min(BATCH_SIZE, len(inputs))
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        order = np.resize(order, -(-len(inputs) // size) * size).reshape(-1, size)
        for batch in order:
            network.train_on_batch(inputs[batch], targets[batch])
