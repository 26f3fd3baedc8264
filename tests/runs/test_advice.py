import re

import pytest

from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.adversarial.penalties import PENALTIES
from keras_musicgan.networks.compatibility import check_augmentable
from keras_musicgan.presets import PRESETS
from keras_musicgan.representations import REPRESENTATIONS
from keras_musicgan.runs.advice import advice
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.setup import TrainingSetup
from keras_musicgan.runs.stability import VERDICTS


def setup_of(preset=None, **options):
    return TrainingSetup.from_request(TrainingRequest(preset, **options).config())


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_no_preset_refuses_the_advice_or_has_followed_it_already(preset, verdict):
    setup = setup_of(preset)
    text = advice(verdict, setup, 3)
    kind, options = PRESETS[preset]["representation"]
    for names in re.findall(r"augmentation for few clips \((.*?)\)", text):
        check_augmentable(REPRESENTATIONS[kind](**options), names.split(", "))
    if "augmentation" in text:
        assert setup.augmentations
    used = {penalty.name for penalty in setup.penalties}
    for name in re.findall(r"(?<!weight of )penalty (\w+)", text):
        assert name in PENALTIES and name not in used
    for name in re.findall(r"weight of penalty (\w+)", text):
        assert name in used
    for name in re.findall(r"loss (\w+)", text):
        assert name in LOSSES and name != setup.loss.name


def test_what_was_set_far_from_the_recipe_is_the_first_thing_to_put_right():
    setup = setup_of("lecture", discriminator_steps=20, settings={"generator_optimizer": {"learning_rate": 0.05}})
    assert advice("discriminator won", setup, 100) == (
        "the recipe's discriminator_steps, 1 (now 20), then a learning rate of the generator nearer to the recipe's "
        "0.0002 (now 0.05)."
    )
    assert advice("collapsed", setup, 40).endswith(
        "then train longer: 100 epochs in all, as is usual for this model (--resume)."
    )
    assert "recipe's" not in advice("discriminator won", setup_of("lecture"), 40)
    assert "recipe's" not in advice("past its best", setup, 40)


def test_a_run_that_ended_early_is_told_how_long_others_take():
    setup = setup_of("gansynth-small", condition=["pitch=60:71"])
    for verdict in ("too short to tell", "out of tune", "labels ignored", "still improving", "balanced"):
        assert advice(verdict, setup, 20).startswith("train longer: 60 epochs in all")
    assert advice("out of tune", setup, 60, rising=True).startswith("train longer: 120 epochs")
    assert "more clips of each pitch" in advice("out of tune", setup, 60)
    assert advice("balanced", setup, 60).startswith("nothing is wrong")
    assert advice("balanced", TrainingSetup(), 5).startswith("nothing is wrong")


def test_a_critic_is_given_what_it_takes():
    text = advice("discriminator won", setup_of("lecture"), 20)
    assert "larger weight of penalty gradient_penalty (now 10)" in text
    assert "r1" not in text and "augmentation" not in text
    assert "penalty gradient_penalty" in advice("diverged", setup_of("lecture", penalty=["none"]), 20)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_there_is_advice_where_nothing_is_known(verdict):
    text = advice(verdict, TrainingSetup(), 10)
    assert len(text) > 20 and text.endswith(".") and "augmentation" not in text and "None" not in text
