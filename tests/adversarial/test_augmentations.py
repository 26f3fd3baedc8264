import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.adversarial.augmentations import AUGMENTATIONS, Gain, Polarity, Shift
from tests.support.harness import check_config_round_trip
from tests.support.models import small_gan, toy_gan

pytestmark = pytest.mark.backend
CHANCE = np.array([0.0, 0.25, 0.4999, 0.5, 0.75, 0.9999], "float32")


def applied(augmentation, clips):
    return ops.convert_to_numpy(augmentation(ops.convert_to_tensor(clips), ops.convert_to_tensor(CHANCE)))


def clips_of(length=32):
    return np.random.default_rng(0).uniform(-1, 1, (len(CHANCE), length, 2)).astype("float32")


def test_shift_moves_by_whole_samples_into_silence():
    clips = clips_of()
    outputs = applied(Shift(share=0.125), clips)  # at most 4 of 32 samples, 9 shifts
    for clip, output, chance in zip(clips, outputs, CHANCE, strict=True):
        shift = int(np.floor(chance * 9)) - 4
        expected = np.zeros_like(clip)
        if shift >= 0:
            expected[shift:] = clip[: 32 - shift]
        else:
            expected[:shift] = clip[-shift:]
        np.testing.assert_array_equal(output, expected)


def test_gain_is_even_in_db_and_polarity_turns_half():
    clips = clips_of()
    factors = applied(Gain(db=6.0), clips)[:, 0, 0] / clips[:, 0, 0]
    np.testing.assert_allclose(20 * np.log10(factors), 12 * CHANCE - 6, atol=1e-3)
    np.testing.assert_allclose(applied(Polarity(), clips)[:, 0, 0] / clips[:, 0, 0], [1, 1, 1, -1, -1, -1])


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_generator_learns_through_them(name):
    from keras_musicgan.backends import input_gradient

    class Seen(keras.Model):
        def call(self, x, training=False):
            changed = AUGMENTATIONS[name]()(x, ops.convert_to_tensor(CHANCE))
            return ops.sum(ops.square(changed), axis=(1, 2))[:, None]

    clips = clips_of()
    gradient = ops.convert_to_numpy(input_gradient(Seen(), ops.convert_to_tensor(clips)))
    kept = applied(AUGMENTATIONS[name](), np.ones_like(clips))[:, ::-1] != 0 if name == "shift" else np.True_
    factor = 10 ** ((12 * CHANCE - 6) / 10) if name == "gain" else np.ones(len(CHANCE))
    np.testing.assert_allclose(gradient, 2 * clips * kept * factor[:, None, None], rtol=1e-3, atol=1e-5)


def test_they_are_part_of_training_and_of_the_saved_model(tmp_path):
    gan = toy_gan(length=64)
    gan.compile(augmentations=["shift", ("gain", {"db": 3.0}), Polarity()], log_gradient_norms=True)
    clips = np.random.default_rng(0).uniform(-1, 1, (8, 64, 1)).astype("float32")
    logs = gan.fit(clips, batch_size=4, verbose=0).history
    assert logs["generator_gradient_norm"][0] > 0 and logs["discriminator_gradient_norm"][0] > 0
    gan.save(tmp_path / "gan.keras")
    copy = keras.saving.load_model(tmp_path / "gan.keras")
    assert [augmentation.get_config() for augmentation in copy.augmentations] == [{"share": 0.125}, {"db": 3.0}, {}]
    assert copy.log_gradient_norms
    for augmentation in gan.augmentations:
        check_config_round_trip(augmentation)


def test_an_augmented_discriminator_no_longer_sees_polarity():
    """Real clips are positive, generated ones negative: with polarity turned at random nothing is left to tell."""
    positive = np.full((1024, 64, 1), 0.5, "float32")
    accuracies = {}
    for augmentations in ([], ["polarity"]):
        gan = toy_gan(length=64)
        gan.generator.get_layer("last").set_weights([np.zeros((4, 64)), np.full(64, -0.55)])
        gan.compile(
            generator_optimizer=keras.optimizers.SGD(0.0),
            discriminator_optimizer=keras.optimizers.Adam(1e-2),
            loss="non_saturating",
            penalties=[],
            augmentations=augmentations,
        )
        history = gan.fit(positive, batch_size=32, epochs=4, verbose=0).history
        accuracies[bool(augmentations)] = (history["real_accuracy"][-1] + history["fake_accuracy"][-1]) / 2
    assert accuracies[False] > 0.99
    assert accuracies[True] < 0.7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shift(0), "share=0"),
        (lambda: Shift(1.0), "share=1.0"),
        (lambda: Gain(-1), "db=-1"),
        (lambda: small_gan("wavegan-small").compile(augmentations=["shfit"]), "Did you mean 'shift'"),
        (lambda: small_gan().compile(augmentations=["shift"]), "PitchSequence. Leave them out"),
    ],
)
def test_wrong_augmentations_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
