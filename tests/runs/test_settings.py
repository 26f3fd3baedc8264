import pytest

from keras_musicgan.presets import PRESETS
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.settings import settings_of


@pytest.mark.parametrize("preset", PRESETS)
def test_every_setting_of_a_preset_has_a_meaning_and_can_be_set(preset):
    found = {setting.name: setting for setting in settings_of(preset)}
    assert all(len(setting.meaning) > 3 for setting in found.values())
    assert not any(words in setting.meaning for words in ("as above", "as for") for setting in found.values())
    parts = {name.partition(".")[0] for name in found}
    assert parts == {"model", "data", "generator", "discriminator", "representation", "recipe", *_optimizers()}
    assert found["recipe.batch_size"].value == PRESETS[preset]["recipe"]["batch_size"]
    texts = [f"{name}=1" for name in found]
    assert TrainingRequest(preset, settings=parse_settings(texts)).dataset_options()


def test_values_are_those_of_the_preset():
    values = {setting.name: setting.value for setting in settings_of("drums")}
    assert values["generator.gate"] == "cumulative" and values["data.trim"] == "onset"
    assert values["discriminator_optimizer.learning_rate"] == 2e-4
    assert values["representation.floor_db"] == -80.0  # a default of the class
    assert values["model.latent_distribution"] == "normal"  # a default of `MusicGAN`


def _optimizers():
    return {"generator_optimizer", "discriminator_optimizer"}
