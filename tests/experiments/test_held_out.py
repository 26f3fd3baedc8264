import pytest

import keras_musicgan as km


def test_held_out_diversity_is_measured_as_the_monitor_does():
    from keras_musicgan.experiments.held_out import held_out_diversity

    gan = km.MusicGAN.from_preset("wavegan-small", generator={"width": 2}, representation={"length": 1024})
    data = km.datasets.synthetic_drums(16, gan, held_out=0.5, seed=1)
    expected = km.metrics.diagnose(data.held_out.load(), 8000).measures["output_diversity"]
    assert held_out_diversity(data, gan) == pytest.approx(expected, rel=1e-3)
    assert held_out_diversity(km.datasets.synthetic_drums(16, gan, held_out=0.0, seed=1), gan) is None
