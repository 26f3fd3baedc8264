import numpy as np

import keras_musicgan as km
from tests.support.tensorboard_log import logged


def test_what_fit_reports_is_logged(gan, data, tmp_path):
    history = gan.fit(data, epochs=3, verbose=0, callbacks=[km.callbacks.ScalarLogger(tmp_path)]).history
    log = logged(tmp_path)
    tags = log.Tags()["scalars"]
    assert {tag.partition("/")[2] for tag in tags} == set(history)
    assert {"loss/loss", "loss/penalty", "score/real_score", "score/fake_accuracy"} <= set(tags)
    np.testing.assert_allclose([event.value for event in log.Scalars("loss/loss")], history["loss"], rtol=1e-5)
    assert [event.step for event in log.Scalars("loss/loss")] == [1, 2, 3]


def test_texts_stand_before_the_first_epoch(gan, data, tmp_path):
    texts = {"data": "| a | b |\n|---|---|\n| 1 | ♯ |"}
    gan.fit(data, epochs=2, verbose=0, callbacks=[km.callbacks.ScalarLogger(tmp_path, texts)])
    log = logged(tmp_path)
    (event,) = log.Tensors("data/text_summary")
    assert (event.step, event.tensor_proto.string_val[0].decode()) == (0, texts["data"])
    assert log.SummaryMetadata("data/text_summary").plugin_data.plugin_name == "text", (
        "TensorBoard shows it as Markdown"
    )
    assert [event.step for event in log.Scalars("loss/loss")] == [1, 2]
