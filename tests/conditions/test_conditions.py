"""Conditions: what they stand for, what is refused, how the data and the model share them."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_musicgan as km
from keras_musicgan.conditions import Conditions
from keras_musicgan.conditions.conditions import REMEMBERED
from keras_musicgan.datasets import Clips
from keras_musicgan.datasets.note_labels import piece_labels
from tests.support.harness import check_config_round_trip
from tests.support.models import small_gan

pytestmark = pytest.mark.backend
INSTRUMENTS = ["pluck", "organ", "reed", "bell"]


def conditional_gan(conditioning="projection", **options):
    conditions = [km.Pitch(60, 71), km.Label(INSTRUMENTS, name="instrument")]
    discriminator = {"width": 4, "conditioning": conditioning}
    return small_gan("wavegan-small", conditions=conditions, discriminator=discriminator, **options)


def level_gan(conditioning="projection", conditions=None):
    """Four samples a clip, and networks small enough to learn in seconds that the level is the condition."""
    conditions = Conditions(conditions or [km.Value("level", 0, 1)])
    layers = keras.layers
    generator = keras.Sequential([keras.Input((2 + conditions.width,)), layers.Dense(32, "relu"), layers.Dense(4)])
    generator.add(layers.Reshape((4, 1)))
    clips = keras.Input((4, 1))
    features = layers.Dense(32, "relu")(layers.Dense(32, "relu")(layers.Flatten()(clips)))
    discriminator = km.networks.conditioning_head(clips, features, conditions.width, conditioning)
    representation = km.representations.Waveform(length=4, sample_rate=8000)
    gan = km.MusicGAN(generator, discriminator, representation, latent_dim=2, conditions=conditions, ema_momentum=0.9)
    adam = keras.optimizers.Adam
    gan.compile(adam(3e-3, beta_1=0.5), adam(3e-3, beta_1=0.5), penalties=["r1"], condition_weight=3.0)
    return gan


@pytest.mark.parametrize(
    ("text", "number"),
    [("C4", 60), ("Fs4", 66), ("F#4", 66), ("Gb4", 66), ("as4", 70), ("B4", 71), ("64", 64), (67, 67)],
)
def test_a_pitch_by_number_and_name(text, number):
    assert km.Pitch(60, 71).number(text) == number


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (km.Pitch(60, 71), 59),
        (km.Pitch(60, 71), "C5"),
        (km.Pitch(60, 71), 60.5),
        (km.Pitch(60, 71), "H4"),
        (km.Pitch(60, 71), float("nan")),
        (km.Tempo(80, 160), 200),
        (km.Tempo(80, 160), "fast"),
        (km.Label(["a", "b"], name="kind"), "c"),
        (km.Label(["a", "b"], name="kind"), 2),
        (km.Label(["a", "b"], name="kind"), 0.5),
        (km.Value("depth", -1, 1), None),
    ],
)
def test_a_wrong_value_is_named(condition, value):
    with pytest.raises(ValueError, match=rf"`{condition.name}` must be .*Received: {condition.name}="):
        condition.number(value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: km.Pitch(70, 60),
        lambda: km.Pitch(-1, 60),
        lambda: km.Pitch(60.5, 70),
        lambda: km.Tempo(0, 60),
        lambda: km.Value("depth", 1, 1),
        lambda: km.Label([]),
        lambda: km.Label(["a", "a"]),
        lambda: Conditions([km.Pitch(0, 1), km.Pitch(2, 3)]),
        lambda: Conditions(["colour"]),
        lambda: Conditions([km.Value("seed", 0, 1)]),
    ],
)
def test_a_wrong_condition_is_refused(make):
    with pytest.raises((ValueError, TypeError), match="Received"):
        make()


def test_the_vector_of_numbers_side_by_side():
    conditions = Conditions([km.Pitch(60, 62), km.Tempo(80, 120), km.Label(["a", "b"])])
    vector = conditions({"pitch": np.array([60, 62]), "tempo": np.array([[80.0], [110.0]]), "label": np.array([1, 0])})
    assert conditions.width == 6
    np.testing.assert_allclose(ops.convert_to_numpy(vector), [[1, 0, 0, -1, 0, 1], [0, 0, 1, 0.5, 1, 0]])


def test_a_number_out_of_range_becomes_nan_and_nothing_else_does():
    conditions = Conditions([km.Pitch(60, 62), km.Value("depth", 0, 1)])
    vector = conditions({"pitch": np.array([59.0, 60.4, 62.0, 63.0]), "depth": np.array([0.0, 1.0, 1.1, 0.5])})
    in_range = [True, True, False, True]
    expected = np.transpose([in_range] * 3 + [[False, False, True, False]])
    np.testing.assert_array_equal(np.isnan(ops.convert_to_numpy(vector)), expected)


def test_the_loss_of_a_prediction_in_closed_form():
    conditions = Conditions([km.Label(["a", "b"]), km.Value("depth", 0, 1)])
    encoded = conditions({"label": np.array([0.0, 1.0]), "depth": np.array([0.0, 1.0])})
    predicted = np.array([[np.log(3), 0, -1.0], [0, 0, 0.0]], "float32")
    expected = -(np.log(0.75) + np.log(0.5)) / 2 + (0 + 1) / 2
    loss = conditions.loss(ops.convert_to_tensor(predicted), encoded)
    np.testing.assert_allclose(ops.convert_to_numpy(loss), expected, rtol=1e-6)


def test_config_round_trips():
    for condition in (km.Pitch(60, 71), km.Tempo(80, 160), km.Label(["a", "b"], name="kind"), km.Value("depth", 0, 1)):
        check_config_round_trip(condition)
    assert check_config_round_trip(Conditions([km.Pitch(60, 61), km.Label(["a"])])).names == ["pitch", "label"]


def test_what_is_left_out_is_drawn_as_the_data_have_it():
    conditions = Conditions([km.Pitch(60, 71), km.Label(["low", "high"])])
    before = conditions.complete({}, 500, seed=1)
    assert set(before["pitch"]) == set(range(60, 72)), "evenly before any training"
    rng = np.random.default_rng(0)
    label = (rng.random(10_000) < 0.8).astype("float32")
    conditions.remember({"pitch": 60 + 6 * label + rng.integers(0, 6, 10_000), "label": label})
    drawn = conditions.complete({}, 2000, seed=1)
    assert abs(drawn["label"].mean() - 0.8) < 0.04
    np.testing.assert_array_equal(drawn["pitch"] >= 66, drawn["label"] == 1)
    high = conditions.complete({"label": "high"}, 500, seed=1)["pitch"]
    assert set(high) == set(range(66, 72))
    each = conditions.complete({"pitch": [60, 70]}, 2, seed=1)["label"]
    np.testing.assert_array_equal(each, [0, 1])
    np.testing.assert_array_equal(drawn["pitch"], conditions.complete({}, 2000, seed=1)["pitch"])
    assert np.isfinite(ops.convert_to_numpy(conditions.remembered)).all() and REMEMBERED < 10_000


@pytest.mark.parametrize("conditioning", ["projection", "auxiliary"])
def test_trains_generates_and_reloads(conditioning, tmp_path):
    gan = conditional_gan(conditioning)
    gan.compile(penalties=["r1", "gradient_penalty"])
    data = km.datasets.synthetic_notes(24, gan, low=60, high=71, batch_size=8)
    history = gan.fit(data, epochs=2, validation_data=data.held_out, verbose=0).history
    assert np.isfinite([values[-1] for values in history.values()]).all()
    assert ("real_condition_loss" in history) == (conditioning == "auxiliary")
    audio = gan.generate(pitch=[60, 64, 67], instrument="organ", seed=1)
    assert audio.shape == (3, *gan.representation.encoded_shape)
    gan.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(copy.generate(4, seed=3), gan.generate(4, seed=3), atol=1e-6)
    assert copy.conditions.get_config() == gan.conditions.get_config()
    assert copy.condition_weight == gan.condition_weight
    for name, numbers in gan.draw(6, 5)[1].items():
        np.testing.assert_array_equal(copy.draw(6, 5)[1][name], numbers, err_msg="the data are remembered")
    copy.fit(data, epochs=1, verbose=0)


@pytest.mark.slow
@pytest.mark.parametrize("conditioning", ["projection", "auxiliary"])
@pytest.mark.parametrize("kind", ["value", "label"])
def test_the_generator_learns_its_conditions(conditioning, kind):
    levels = np.array([0.0, 0.5, 1.0])
    condition = km.Value("level", 0, 1) if kind == "value" else km.Label(["silent", "soft", "loud"], name="level")
    gan = level_gan(conditioning, [condition])
    rng = np.random.default_rng(0)
    index = rng.integers(3, size=1024)
    clips = levels[index][:, None, None] + rng.normal(0, 0.05, (1024, 4, 1))
    labels = levels[index] if kind == "value" else index
    gan.fit(clips.astype("float32"), {"level": labels}, epochs=60, batch_size=64, verbose=0)
    target = np.repeat(levels if kind == "value" else np.arange(3), 50)
    measured = gan.generate_encoded(latents=gan.sample_latents(150, 1), level=target).mean(axis=(1, 2)).reshape(3, 50)
    np.testing.assert_allclose(measured.mean(axis=1), levels, atol=0.15)


def test_the_discriminator_takes_conditions():
    gan = level_gan()
    clips = np.ones((3, 4, 1), "float32")
    first, second = gan.discriminate(clips, level=0.0), gan.discriminate(clips, level=1.0)
    assert first.shape == (3, 1) and not np.allclose(first, second)
    with pytest.raises(ValueError, match="without 'level'"):
        gan.discriminate(clips)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, r"is told 'level': call `fit\(x, y\)`.*Received: y=None"),
        ({}, "without 'level'"),
        ({"loudness": [0.5] * 8}, "Received: a dict of 'loudness', without 'level'"),
        ({"level": [0.5] * 8, "loudness": [0.5] * 8}, "a condition 'loudness', which it does not know"),
        ({"level": [0.5] * 7 + [1.5]}, r"`level` must be a number from 0 to 1. Received: level=1.5"),
        ({"level": [0.5] * 7}, r"one for each of 8 clips. Received: level of shape \(7,\)"),
    ],
)
@pytest.mark.parametrize("how", ["fit", "evaluate", "validation"])
def test_wrong_conditions_are_refused_before_training(y, message, how):
    gan = level_gan()
    x = np.zeros((8, 4, 1), "float32")
    before = gan.generator.get_weights()[0]
    with pytest.raises(ValueError, match=message):
        if how == "validation":
            gan.fit(x, {"level": 0.5}, validation_data=(x, y), verbose=0)
        else:
            getattr(gan, how)(x, y, verbose=0)
    np.testing.assert_array_equal(gan.generator.get_weights()[0], before)


def test_wrong_conditions_of_a_dataset_are_refused():
    class Wrong(keras.utils.PyDataset):
        def __init__(self, y):
            super().__init__()
            self.y = y

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.zeros((4, 4, 1), "float32"), self.y

    for y, message in (({"level": np.full(4, 2.0)}, "Received: level=2"), ({"other": np.zeros(4)}, "without 'level'")):
        with pytest.raises(ValueError, match=message):
            level_gan().fit(Wrong(y), verbose=0)
    unlabelled = Clips(np.zeros((8, 4, 1), "float32"), 4)
    with pytest.raises(ValueError, match="call `fit"):
        level_gan().fit(unlabelled, verbose=0)
    with pytest.raises(ValueError, match=r"labels are 'instrument', 'pitch', without 'level'"):
        km.datasets.synthetic_notes(4, level_gan())


def test_a_model_without_conditions_takes_none(gan):
    with pytest.raises(ValueError, match="takes no conditions.*'pitch'"):
        gan.generate(pitch=60)
    with pytest.raises(ValueError, match="call `fit\\(x\\)` without `y`"):
        gan.fit(np.zeros((4, 16)), {"pitch": np.zeros(4)}, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": 2}, "Received: level=2"),
        ({"level": [0.1, 0.2], "n": 3}, "one for each of 3 clips"),
        ({"level": [0.1, 0.2], "latents": np.zeros((3, 2))}, "one for each of 3 clips"),
        ({"latents": np.zeros((3, 2)), "n": 2}, "`n` must be the number of latents, 3"),
        ({"colour": 1}, "a condition 'colour', which it does not know"),
    ],
)
def test_generate_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        level_gan().generate(**arguments)


def test_a_discriminator_that_knows_nothing_of_conditions_is_refused():
    gan = level_gan()
    plain = keras.Sequential([keras.Input((4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    with pytest.raises(
        ValueError, match=r"a shape of \(2,\), or take \[clips, conditions\].*networks.conditioning_head"
    ):
        km.MusicGAN(gan.generator, plain, gan.representation, latent_dim=2, conditions=[km.Value("level", 0, 1)])


def test_rolls_are_conditioned_on_tempo_and_mode():
    gan = small_gan("pianoroll", conditions=[km.Tempo(90, 140), km.Label(["major", "minor"], name="mode")])
    gan.compile()
    data = km.datasets.melodies(12, gan, batch_size=4)
    gan.fit(data, epochs=1, verbose=0)
    slow, fast = gan.generate_notes(tempo=[90, 135], mode="minor", seed=1)
    assert (slow.tempo, fast.tempo) == (90, 135)
    audio = gan.generate(tempo=[90, 135], mode="minor", seed=1)
    assert audio.shape[1] == len(km.synth.render(slow, 8000)) > len(km.synth.render(fast, 8000))
    with pytest.raises(ValueError, match="moves with transposition"):
        keyed = small_gan("pianoroll", conditions=[km.Label(["C major"], name="key")])
        km.datasets.melodies(12, keyed, transpose=2)


def test_pieces_out_of_range_are_left_out_and_named():
    gan = small_gan("pianoroll", conditions=[km.Tempo(100, 120)])
    data = km.datasets.melodies(40, gan, held_out=0.0)
    tempos = [tune.tempo for tune in km.datasets.compose(40, 0)]
    assert len(data.skipped) == sum(not 100 <= tempo <= 120 for tempo in tempos) > 0
    assert all("`tempo` must be a number from 100 to 120" in reason for reason in data.skipped.values())
    assert data.conditions["tempo"].min() >= 100


def test_the_key_of_synthetic_tunes():
    # A tune of `compose` ends on the tonic in the bass; the estimate must agree for most.
    tunes = km.datasets.compose(60, seed=4, bars=16)
    tonics = [int(tune.pitch[tune.track == 1][-3]) % 12 for tune in tunes]
    names = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
    right = [piece_labels(tune)["key"].split()[0] == names[tonic] for tune, tonic in zip(tunes, tonics, strict=True)]
    assert np.mean(right) > 0.8


@pytest.mark.data
def test_the_metre_of_a_waltz(nottingham):
    waltz = km.midi.read(next(iter(sorted(nottingham.glob("*waltz*.mid")))))
    assert piece_labels(waltz)["metre"] == "3/4"


def test_a_folder_labels_pitch_and_instrument(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("flute_C4", "flute_Cs4", "oboe_D4", "oboe_C6", "horn_C4"):
        km.audio.write_wav(tmp_path / f"{name}_1.wav", rng.uniform(-0.5, 0.5, 2000), 8000)
    gan = small_gan("wavegan-small", conditions=[km.Pitch(60, 71), km.Label(["flute", "oboe"], name="instrument")])
    data = km.datasets.audio_folder(tmp_path, gan, labels="{instrument}_{pitch}_*", held_out=0.0)
    clips, labels = data[0]
    assert len(clips) == 3 and sorted(labels) == ["instrument", "pitch"]
    np.testing.assert_array_equal(data.conditions["pitch"], [60, 61, 62])
    np.testing.assert_array_equal(data.conditions["instrument"], [0, 0, 1])
    assert "which is 84" in data.skipped["oboe_C6_1.wav"] and "'horn'" in data.skipped["horn_C4_1.wav"]
    with pytest.raises(ValueError, match="labels are 'instrument', without 'pitch'"):
        km.datasets.audio_folder(tmp_path, gan, labels="{instrument}_*", held_out=0.0)
    with pytest.raises(ValueError, match="labels are none, without 'pitch', 'instrument'"):
        km.datasets.audio_folder(tmp_path, gan, held_out=0.0)
