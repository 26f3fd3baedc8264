"""A trained model as the start of a run: what is asked for, what is refused, and the model itself."""

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.runs import warm_start
from keras_musicgan.runs.parsing import OPTIMIZERS
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.setup import TrainingSetup
from keras_musicgan.runs.warm_start import ALONE, RATE, check_data, start_from
from tests.support.audio_files import write
from tests.support.models import EAGER, small_gan, toy_gan

CONDITIONS = [km.Label(["flute", "oboe"], name="instrument"), km.Pitch(60, 72)]


@pytest.fixture
def saved(tmp_path):
    """The file of a small model, whose averaged generator differs from the trained one."""
    gan = small_gan("lecture", seed=1)
    gan.generator.set_weights([weight + 1 for weight in gan.generator.get_weights()])
    gan.save(tmp_path / "start.keras")
    return tmp_path / "start.keras"


def test_a_whole_model_is_trained_at_gentle_rates(saved):
    config = TrainingRequest(from_model=str(saved), batch_size=4, ema_momentum=0.5).config()
    assert config["from_model"] == str(saved) and config["preset"] is None
    assert config["overrides"] == {"recipe": {"batch_size": 4}, "ema_momentum": 0.5}
    rates = [
        config["compile"][f"{role}_optimizer"]["config"]["learning_rate"] for role in ("generator", "discriminator")
    ]
    assert rates == [RATE * 2e-4] * 2
    assert config["compile"]["generator_optimizer"]["config"]["beta_2"] == 0.9, "of the recipe"


def test_a_generator_waits_for_a_new_discriminator():
    def rates(**options):
        config = TrainingRequest(from_model="orchestra", **options).config()
        assert "new discriminator first learns alone" in config["choice"]
        return [config["compile"][optimizer]["config"]["learning_rate"] for optimizer in OPTIMIZERS]

    waiting, rate = rates()
    assert waiting["config"] == {"boundaries": [ALONE - 1], "values": [0.0, RATE * 5e-4]} and rate == 5e-4
    waiting, rate = rates(learning_rate=0.01)
    assert waiting["config"]["values"] == [0.0, 0.01] and rate == 0.01
    schedule = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 9}}
    assert rates(settings={"generator_optimizer": {"learning_rate": schedule}})[0] == schedule


@pytest.mark.backend
def test_the_generator_moves_only_after_it_has_waited(monkeypatch):
    monkeypatch.setattr(warm_start, "ALONE", 2)
    gan = small_gan("lecture")
    gan.compile(**TrainingRequest(from_model="orchestra", learning_rate=0.5).compile_arguments(), run_eagerly=EAGER)
    data = km.datasets.melodies(2, gan, batch_size=8, held_out=0.0)
    before = gan.generator.get_weights()
    moved = []
    for _ in range(3):
        gan.train_on_batch(*data[0])
        moved.append(not np.array_equal(before[0], gan.generator.get_weights()[0]))
    assert moved == [False, False, True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"from_model": "orchestr"}, "Did you mean 'orchestra'"),
        ({"from_model": __file__}, r"whole .keras or .musicgan file.*test_warm_start.*is none: File is not a zip file"),
        ({"preset": "notes"}, "keeps its networks.*--preset beside --from"),
        ({"latent_dim": 8}, "--latent-dim beside --from"),
        ({"settings": {"generator": {"width": 8}}}, "--set generator.width beside --from"),
        ({"settings": {"discriminator": {"width": 8}}}, "--set discriminator.width"),
        ({"settings": {"representation": {"duration": 2}}}, "--set representation.duration"),
        ({"settings": {"model": {"latent_distribution": "uniform"}}}, "--set model.latent_distribution"),
        ({"condition": ["pitch=60:72"]}, "takes NAME=VALUE.*pitch=60:72"),
        ({"condition": ["instrument=flute,oboe"]}, "takes NAME=VALUE"),
        ({"condition": ["none"]}, "takes NAME=VALUE"),
    ],
)
def test_what_would_change_the_model_is_refused(options, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        TrainingRequest(**{"from_model": "orchestra", **options}).check()


def test_the_model_begins_as_it_generates(saved):
    before = km.MusicGAN.from_pretrained(saved)
    gan = start_from(saved, seed=5, recipe={"batch_size": 3}, ema_momentum=0.5)
    assert (gan.seed, gan.ema_momentum, gan.recipe) == (5, 0.5, {**before.recipe, "batch_size": 3})
    for network in (gan.generator, gan.averaged_generator):
        check_equal(network, before.averaged_generator)
    check_equal(gan.discriminator, before.discriminator)
    np.testing.assert_array_equal(gan.generate(2, seed=1), before.generate(2, seed=1))


def check_equal(network, other):
    for weight, expected in zip(network.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.fixture
def sounds(tmp_path):
    for name in ("kazoo_C4", "kazoo_D4"):
        write(tmp_path / "sounds" / f"{name}.wav", np.sin(np.arange(2000)) / 2)
    return tmp_path / "sounds"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "without instrument and pitch. .*--labels '{instrument}_{pitch}_\\*'.*--condition instrument=VALUE"),
        ({"labels": "*_{pitch}"}, "Received: .*sounds without instrument"),
        ({"labels": "{instrument}_{pitch}"}, "'flute', 'oboe'.*'kazoo'.*no sound in .*--condition NAME=VALUE"),
        ({"shared_labels": {"instrument": "kazoo"}}, "'flute', 'oboe'.*'kazoo'"),
        ({"shared_labels": {"instrumnt": "flute"}}, "instrumnt.*does not know"),
    ],
)
def test_sounds_without_what_the_model_is_conditioned_on_are_refused(options, message, sounds):
    with pytest.raises(ValueError, match=message):
        check_data(toy_gan(conditions=CONDITIONS), sounds, options)


def test_a_label_that_all_sounds_share_takes_the_place_of_their_own(sounds):
    gan = toy_gan(conditions=CONDITIONS)
    options = {"labels": "{instrument}_{pitch}", "shared_labels": {"instrument": "oboe"}}
    check_data(gan, sounds, options)
    data = km.datasets.audio_folder(sounds, gan, held_out=0.0, **options)
    assert {name: values.tolist() for name, values in data.conditions.items()} == {
        "instrument": [1, 1],
        "pitch": [60, 62],
    }


def test_a_model_of_another_domain_is_refused(sounds, midi_files):
    with pytest.raises(ValueError, match="model of MIDI.*with 2 audio files"):
        check_data(toy_gan("notes"), sounds, {})
    with pytest.raises(ValueError, match="model of audio.*MIDI files"):
        check_data(toy_gan("audio"), midi_files, {})
    check_data(toy_gan("notes"), midi_files, {})


def test_no_rate_is_usual_for_a_model_that_is_trained_further(saved):
    gan = start_from(saved)
    facts = {"recipe": gan.recipe, "representation": keras.saving.serialize_keras_object(gan.representation)}
    setup = TrainingSetup.from_request({**TrainingRequest(from_model=str(saved)).config(), **facts})
    assert setup.loss.name == "wasserstein" and setup.augmentations == ()
    assert setup.learning_rates == pytest.approx({"generator": RATE * 2e-4, "discriminator": RATE * 2e-4})
    assert setup.usual_rates == {}
