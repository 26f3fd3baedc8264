import pytest

from keras_musicgan.experiments import Range
from keras_musicgan.runs.axes import check_axes, parse_try, request_with
from tests.support.command import SWEEP, musicgan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latent_dim=16,64", ("latent_dim", [16, 64])),
        ("loss=hinge", ("loss", ["hinge"])),
        ("penalty=none,r1=2,r1+r2", ("penalty", ["none", "r1=2", "r1+r2"])),
        ("batch_size=16..64", ("batch_size", Range(16, 64))),
        ("model.ema_momentum=0.9..0.999", ("model.ema_momentum", Range(0.9, 0.999))),
        ('data.clip="a,b",c', ("data.clip", ["a,b", "c"])),
    ],
)
def test_values_to_try_are_parsed(text, expected):
    assert parse_try(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latent_dims=1,2", "Did you mean 'latent_dim'"),
        ("generatr.width=1,2", "Did you mean 'generator'"),
        ("generator.=1", "PART.NAME"),
        ("latent_dim", "NAME=VALUE"),
        ("latent_dim=", "must not be empty"),
        ("latent_dim=1,,2", "must not be empty"),
        ("latent_dim=1,1", "tried once"),
        ("learning_rate=1e-3..1e-4", "smaller to its larger"),
        ("learning_rate=a..b", "two numbers"),
        ("loss=1..2", "chosen by name"),
    ],
)
def test_wrong_values_to_try_are_named(text, message, tmp_path):
    status, _, errors = musicgan(*SWEEP, "--out", tmp_path / "s", "--try", text)
    assert status == 2 and message in errors and not (tmp_path / "s").exists()


def test_one_name_is_varied_once():
    with pytest.raises(ValueError, match="twice"):
        check_axes({"generator.learning_rate": [1], "generator_optimizer.learning_rate": [2]})
    with pytest.raises(ValueError, match="Received: none"):
        check_axes({})
    with pytest.raises(TypeError, match="must be a list"):
        check_axes({"loss": "hinge"})


def test_a_setting_becomes_the_request_of_train():
    setting = {
        "latent_dim": 16,
        "penalty": "r1=2+r2",
        "batch_size": 4,
        "optimizer": "rmsprop",
        "generator_optimizer.learning_rate": 0.5,
        "generator.units": [4],
    }
    request = request_with(setting, {"generator": {"alpha": 1}}, preset="lecture", seed=3)
    assert request["overrides"] == {
        "generator": {"alpha": 1, "units": [4]},
        "latent_dim": 16,
        "recipe": {"batch_size": 4},
    }
    assert request["compile"]["penalties"] == [["r1", {"weight": 2.0}], "r2"]
    assert request["compile"]["generator_optimizer"] == {"class_name": "rmsprop", "config": {"learning_rate": 0.5}}
    assert request["compile"]["discriminator_optimizer"] == {"class_name": "rmsprop", "config": {}}
    assert request["seed"] == 3 and request["preset"] == "lecture"
