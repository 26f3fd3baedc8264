import numpy as np

import keras_musicgan as km
from tests.support.tensorboard_log import logged


def test_what_fit_reports_is_logged(gan, data, tmp_path):
    history = gan.fit(data, epochs=3, verbose=0, callbacks=[km.callbacks.ScalarLogger(tmp_path)]).history
    log = logged(tmp_path)
    assert set(log.Tags()["scalars"]) == set(history)
    np.testing.assert_allclose([event.value for event in log.Scalars("loss")], history["loss"], rtol=1e-5)
    assert [event.step for event in log.Scalars("loss")] == [1, 2, 3]
