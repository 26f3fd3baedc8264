import json

import pytest

from keras_musicgan.presets import PRESETS
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.setup import TrainingSetup, read_setup
from tests.support.models import small_gan


@pytest.mark.parametrize("preset", PRESETS)
def test_a_request_says_what_its_model_takes(preset):
    setup = TrainingSetup.from_request(TrainingRequest(preset).config())
    recipe = PRESETS[preset]["recipe"]
    assert setup.loss.name == recipe["loss"]
    assert setup.usual_epochs == (None if "steps" in recipe else recipe["epochs"])
    assert setup.learning_rates == setup.usual_rates and set(setup.usual_rates) == {"generator", "discriminator"}
    assert setup.classifies == (recipe["loss"] != "wasserstein")


def test_options_of_the_run_stand_beside_those_of_the_recipe():
    request = TrainingRequest(
        "wavegan-small",
        loss="wasserstein",
        penalty=["gradient_penalty=5"],
        augment=["gain"],
        discriminator_steps=20,
        settings={"generator_optimizer": {"learning_rate": 0.05}, "recipe": {"epochs": 7}},
    )
    setup = TrainingSetup.from_request(json.loads(json.dumps(request.config())))
    assert (setup.loss.name, setup.classifies) == ("wasserstein", False)
    assert [(each.name, each.weight) for each in setup.penalties] == [("gradient_penalty", 5.0)]
    assert setup.augmentations == ("shift", "polarity")
    assert (setup.discriminator_steps, setup.usual_steps, setup.usual_epochs) == (20, 1, 7)
    assert setup.learning_rates == pytest.approx({"generator": 0.05, "discriminator": 2e-4})
    assert setup.usual_rates == pytest.approx({"generator": 2e-4, "discriminator": 2e-4})


def test_a_model_and_its_request_have_one_setup():
    gan = small_gan("wavegan-small")
    gan.compile(loss="hinge", penalties=["r1"])
    of_model = TrainingSetup.from_model(gan)
    assert (of_model.loss.name, [each.name for each in of_model.penalties]) == ("hinge", ["r1"])
    assert of_model.augmentations == ("shift", "gain", "polarity") and of_model.usual_epochs == 50
    assert of_model.learning_rates == pytest.approx(of_model.usual_rates)
    with_schedule = {"class_name": "Adam", "config": {"learning_rate": schedule()}}
    gan.compile(generator_optimizer=with_schedule)
    assert TrainingSetup.from_model(gan).learning_rates["generator"] == 1e-3


def schedule():
    import keras

    return keras.optimizers.schedules.serialize(keras.optimizers.schedules.CosineDecay(1e-3, 100))


def test_without_a_configuration_that_can_be_read_nothing_is_known(tmp_path):
    assert read_setup({"loss": [1.0]}) == TrainingSetup() and TrainingSetup().classifies
    assert read_setup(tmp_path) == TrainingSetup()
    for text in ("{", "[]", '{"preset": "of_another_version"}', '{"preset": "lecture"}'):
        (tmp_path / "config.json").write_text(text)
        assert read_setup(tmp_path / "history.csv") == TrainingSetup()
    (tmp_path / "config.json").write_text(json.dumps(TrainingRequest("lecture").config()))
    assert read_setup(tmp_path).usual_epochs == read_setup(str(tmp_path / "history.csv")).usual_epochs == 100


def test_representations_given_as_objects_are_taken_from_the_model():
    gan = small_gan("lecture")
    gan.compile()
    assert TrainingSetup.from_model(gan).augmentations == ()
