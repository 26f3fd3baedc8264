"""What `fit`, `evaluate` and `discriminate` refuse before anything is compiled, and what they let pass."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_musicgan as km
from keras_musicgan.fit_inputs import _forks
from tests.support.models import toy_gan

SHAPES = {"audio": (4, 1), "notes": (4,), "rolls": (16, 60, 2)}


@pytest.fixture(scope="module")
def models():
    """A model of each domain, four samples or notes a clip, to be read only."""
    made = {"audio": toy_gan("audio", length=4), "notes": toy_gan("notes", length=4), "rolls": toy_gan("rolls")}
    for gan in made.values():
        gan.compile()
    return made


def clips(domain, n=8):
    return np.full((n, *SHAPES[domain]), {"audio": 0.5, "notes": 60, "rolls": 1}[domain], "float32")


def with_number(domain, number, dtype="float32"):
    changed = clips(domain).astype(dtype)
    changed.reshape(-1)[5] = number
    return changed


WRONG = [
    ("audio", clips("audio")[:0], r"at least one clip. Received: 0 clips"),
    ("audio", with_number("audio", np.nan), r"audio in \[−1, 1\]. Received: x\[1, 1, 0\]=nan"),
    ("audio", with_number("audio", -np.inf), r"Received: x\[1, 1, 0\]=-inf. Leave such clips out"),
    ("audio", 20_000 * clips("audio"), r"Received: x\[0, 0, 0\]=10000. Divide by the full scale"),
    ("audio", np.full((8, 4, 1), 100, "int16"), "floating-point numbers. Received: dtype int16.*as_audio"),
    ("audio", np.zeros((8, 5, 1), "float32"), r"\[n, 4, 1\] \(clips, samples, channels\). Received: shape \(8, 5, 1\)"),
    ("audio", np.zeros((8, 4), "float32"), r"Received: shape \(8, 4\). Add the axis of channels: `x\[..., None\]`"),
    ("audio", np.zeros((4, 1), "float32"), r"Add an axis for the clips: `x\[None\]`"),
    (
        "audio",
        list(clips("audio")),
        r"one array of audio.*Received: a list of 8. Join its clips with `np.stack`",
    ),
    ("audio", {"clips": clips("audio")}, r"must be one array of audio.*Received: a dict"),
    ("audio", np.full((8, 4, 1), "a"), "Received: dtype <U1"),
    ("audio", np.full((8, 4, 1), None), "Received: dtype object"),
    ("audio", "clips.npy", "Received: a str"),
    ("audio", None, "Received: a NoneType"),
    ("notes", with_number("notes", 128), r"MIDI pitches from 0 to 127. Received: x\[1, 1\]=128"),
    ("notes", with_number("notes", -1, "int64"), r"Received: x\[1, 1\]=-1. Pass the pitches as they are"),
    ("notes", with_number("notes", np.nan), r"Received: x\[1, 1\]=nan"),
    ("notes", np.zeros((64, 64)), r"\[n, 4\] \(clips, notes\). Received: shape \(64, 64\).*midi_folder"),
    ("rolls", 100 * clips("rolls"), r"piano rolls of 0 and 1. Received: x\[0, 0, 0, 0\]=100. For velocities"),
    ("rolls", clips("rolls")[..., 0], r"\(clips, steps, pitches, tracks\). Received: shape \(8, 16, 60\)"),
]


@pytest.mark.parametrize("case", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("how", ["fit", "evaluate", "discriminate", "train_on_batch", "validation"])
def test_wrong_clips_are_refused_before_training(models, case, how):
    domain, x, message = case
    gan = models[domain]
    message = message.replace("x\\[", "validation_data\\[") if how == "validation" and x is not None else message
    with pytest.raises(ValueError, match=message):
        if how == "validation":
            gan.fit(clips(domain), validation_data=(x, None), verbose=0)
        else:
            getattr(gan, how)(x)
    assert gan.train_function is None or how == "train_on_batch"


class Data(keras.utils.PyDataset):
    """A batch as often as it is asked for."""

    def __init__(self, *batch, n=2, **options):
        super().__init__(**options)
        self.batch, self.n = batch, n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return self.batch


@pytest.mark.parametrize("kind", [Data, lambda x: ((x,) for _ in range(2)), tf.data.Dataset.from_tensors])
@pytest.mark.parametrize("how", ["fit", "evaluate", "validation"])
def test_the_first_batch_of_a_dataset_is_looked_at(models, kind, how):
    for x, message in ((with_number("audio", np.nan), "first batch.*=nan"), (np.zeros((8, 5, 1)), r"\(8, 5, 1\)")):
        with pytest.raises(ValueError, match=message):
            if how == "validation":
                models["audio"].fit(clips("audio"), validation_data=kind(x), verbose=0)
            else:
                getattr(models["audio"], how)(kind(x), verbose=0)


def test_empty_datasets_and_weights_are_refused(models):
    gan = models["audio"]
    for x, message in (
        (Data(n=0), "0 batches"),
        ((each for each in ()), "0 batches"),
        (tf.data.Dataset.from_tensors((clips("audio"),)).take(0), "0 batches"),
        (Data(clips("audio"), None, np.ones(8)), "weighs all clips alike.* Received: sample_weight of type ndarray"),
        (Data(clips("audio"), np.ones(8)), "takes no conditions"),
    ):
        with pytest.raises(ValueError, match=message):
            gan.fit(x, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"class_weight": {0: 1.0}}, "A GAN has no classes: call without `class_weight`"),
        ({"sample_weight": np.ones(8)}, "A GAN weighs all clips alike: call without `sample_weight`"),
        ({"validation_data": (clips("audio"), None, np.ones(8))}, "without `sample_weight`"),
        ({"batch_size": 0}, "`batch_size` must be a positive integer"),
        ({"steps_per_epoch": -1}, "`steps_per_epoch` must be"),
        ({"validation_split": 1.5}, "`validation_split` must be"),
        ({"validation_split": "a"}, "`validation_split` must be"),
        ({"epochs": -1}, "`epochs` must be an integer of at least 0"),
        ({"epochs": "3"}, "`epochs` must be an integer of at least 0"),
        ({"y": np.ones(8)}, "takes no conditions"),
        ({"validation_data": (clips("audio"), np.ones(8))}, "takes no conditions"),
    ],
)
def test_arguments_without_a_meaning_are_refused(models, arguments, message):
    with pytest.raises(ValueError, match=message):
        models["audio"].fit(clips("audio"), **arguments)


def test_an_unknown_argument_names_the_nearest(models):
    with pytest.raises(TypeError, match="`fit` has no argument `epoch`. Did you mean 'epochs'"):
        models["audio"].fit(clips("audio"), epoch=3)


@pytest.mark.parametrize(
    "kind", [Data, lambda *batch: (batch for _ in range(2)), lambda *b: tf.data.Dataset.from_tensors(b)]
)
@pytest.mark.parametrize("how", ["fit", "validation"])
def test_conditions_of_the_first_batch_are_looked_at(kind, how):
    gan = toy_gan("audio", [km.Label(["a", "b"], "kind")], length=4)
    gan.compile()
    good, wrong = ((clips("audio"), {"kind": np.full(8, number, "float32")}) for number in (1, 2))
    with pytest.raises(ValueError, match="`kind` must be one of 'a', 'b'.*Received: kind=2.0"):
        gan.fit(kind(*(wrong if how == "fit" else good)), validation_data=kind(*wrong), verbose=0)
    assert gan.train_function is None


@pytest.mark.backend
def test_good_clips_of_every_kind_pass():
    gan = toy_gan("notes", length=4)
    gan.compile(run_eagerly=True)
    x = clips("notes")
    data = [x, x.astype("int64"), x.astype("uint8"), keras.ops.convert_to_tensor(x), Data(x), ((x,) for _ in range(3))]
    for each in (*data, tf.data.Dataset.from_tensors((x,))):
        gan.fit(each, shuffle=False, verbose=0, validation_data=(x,))
    gan.fit(x, None, 4, 1, 0)  # arguments by position
    # 1 step of each array in batches of 32 clips, the batches of the others, and 2 of the last.
    assert int(gan.optimizer.iterations) == 4 + 2 + 3 + 1 + 2
    assert gan.discriminate(x).shape == (8, 1)


def test_all_of_an_array_is_looked_at(models, monkeypatch):
    monkeypatch.setattr("keras_musicgan.representations.clips.NUMBERS_AT_A_TIME", 8)
    x = clips("audio", 7)
    x[6, 3] = np.nan
    with pytest.raises(ValueError, match=r"x\[6, 3, 0\]=nan"):
        models["audio"].evaluate(x, verbose=0)


@pytest.mark.skipif(not _forks(), reason="no process is forked")
def test_datasets_that_fork_say_what_may_happen():
    gan = toy_gan("audio", length=4)
    gan.compile(run_eagerly=True)
    with pytest.warns(UserWarning, match="forked processes.*threads.*'spawn'"):
        gan.evaluate(Data(clips("audio"), workers=1, use_multiprocessing=True), verbose=0)
