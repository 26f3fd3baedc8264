import keras
import numpy as np
import pytest
import typer

import keras_musicgan as km
from keras_musicgan.cli import app
from keras_musicgan.runs.axes import check_axes, request_with
from keras_musicgan.runs.request import TrainingRequest
from tests.support.models import small_gan

NETWORKS = ("generator", "discriminator")


@pytest.mark.backend
@pytest.mark.parametrize("clip_norm", [None, 1e-3])
def test_clip_norm_bounds_the_step_of_each_network(clip_norm):
    request = TrainingRequest("lecture", optimizer="SGD", learning_rate=1.0, clip_norm=clip_norm, gradient_norms=True)
    gan = small_gan()
    gan.compile(**request.compile_arguments())
    before = {name: [np.array(weight) for weight in getattr(gan, name).get_weights()] for name in NETWORKS}
    data = km.datasets.melodies(1, gan).clips[:4]
    logs = gan.fit(data, batch_size=4, verbose=0).history
    for name in NETWORKS:
        steps = [new - old for new, old in zip(getattr(gan, name).get_weights(), before[name], strict=True)]
        norm = logs[f"{name}_gradient_norm"][0]
        assert norm > 1e-2, "the gradient as it is, larger than the bound"
        step = np.sqrt(sum((each**2).sum() for each in steps))
        assert step == pytest.approx(clip_norm or norm, rel=1e-3)


def test_clip_norm_is_an_option_of_train_and_of_sweeps():
    assert "clip_norm" in {option.name for option in typer.main.get_command(app).commands["train"].params}
    check_axes({"clip_norm": [0.1, 1.0]})
    arguments = request_with({"clip_norm": 0.1}, {"generator_optimizer": {"global_clipnorm": 2}}, preset="lecture")
    for name, expected in zip(NETWORKS, (2, 0.1), strict=True):
        optimizer = keras.optimizers.get(arguments["compile"][f"{name}_optimizer"])
        assert optimizer.global_clipnorm == expected
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match=f"global_clipnorm` must be a number above 0.*{wrong}"):
            small_gan().compile(**TrainingRequest("lecture", clip_norm=wrong).compile_arguments())
