import os

import numpy as np
import pytest
from keras_musicgan.callbacks.event_log import EventLog
from tensorboardX.summary import scalar

from tests.support.tensorboard_log import logged


def write(folder, steps, first_step=None, value=0.0):
    """Logs a scalar `a` and leaves the file open, as a killed process does."""
    log = EventLog(folder, steps[0] if first_step is None else first_step)
    for step in steps:
        log.add(scalar("a", value), step)
        log.flush()
    return log


def shown(folder):
    return [(event.step, event.value) for event in logged(folder).Scalars("a")]


def test_what_is_flushed_can_be_read_at_once(tmp_path):
    log = write(tmp_path / "logs", [1, 2])
    assert shown(tmp_path / "logs") == [(1, 0.0), (2, 0.0)]
    log.add(scalar("a", 1.0), 3)
    log.close()
    assert shown(tmp_path / "logs")[2:] == [(3, 1.0)]


def test_logs_of_one_second_are_kept_and_steps_are_shown_once(tmp_path):
    for number, steps in enumerate(([1, 2, 3, 4], [3], [3, 4, 5])):
        write(tmp_path, steps, value=number).close()
    assert len(list(tmp_path.iterdir())) == 3
    assert shown(tmp_path) == [(1, 0.0), (2, 0.0), (3, 2.0), (4, 2.0), (5, 2.0)]


@pytest.mark.parametrize("cut", [1, 4, 12, 20])
def test_a_torn_event_is_cut_off(cut, tmp_path):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

    log = write(tmp_path, [1, 2])
    log.close()
    (file,) = tmp_path.iterdir()
    whole = file.stat().st_size
    log = EventLog(tmp_path / "one", 1)
    log.close()
    (started,) = (tmp_path / "one").iterdir()
    event = (whole - started.stat().st_size) // 2
    os.truncate(file, whole - cut)
    foreign = tmp_path / "events.out.tfevents.1.other"
    foreign.write_bytes(b"half")
    write(tmp_path, [2], value=1.0).close()
    assert file.stat().st_size == whole - event and foreign.read_bytes() == b"half"
    foreign.unlink()
    reader, steps = PyRecordReader_New(str(file)), []
    while True:
        try:
            reader.GetNext()
        except Exception as error:
            assert type(error).__name__ == "OutOfRangeError"
            break
        steps.append(Event.FromString(reader.record()).step)
    np.testing.assert_array_equal(steps, [0, 1, 1])
    assert shown(tmp_path) == [(1, 0.0), (2, 1.0)]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full, which is always full, is not there")
def test_a_full_disk_names_the_folder(tmp_path, monkeypatch):
    log = write(tmp_path, [1])
    full = open("/dev/full", "wb")
    monkeypatch.setattr(log._writer._py_recordio_writer, "_writer", full)
    with pytest.raises(OSError, match=f"disk is full.*{tmp_path}"):
        log.add(scalar("a", 0.0), 2)
        log.flush()
    with pytest.raises(OSError, match=f"disk is full.*{tmp_path}"):
        log.close()
