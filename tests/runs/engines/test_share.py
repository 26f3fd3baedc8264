import pytest

from keras_musicgan.runs.engines.share import Share, check_share, parse_share


@pytest.mark.parametrize(
    ("share", "cpus", "gpus", "times"),
    (
        (Share(), 8, 0, 8),
        (Share(cpus=3), 8, 0, 2),
        (Share(cpus=0.5), 2, 0, 4),
        (Share(gpus=0.25), 8, 1, 4),
        (Share(gpus=0.75), 8, 2, 2),  # none takes parts of two
        (Share(cpus=2, gpus=0.25), 4, 4, 2),
        (Share(gpus=2), 16, 4, 2),
        (Share(gpus=1), 16, 0, 0),
        (Share(cpus=9), 8, 8, 0),
    ),
)
def test_processes_that_a_machine_takes_at_a_time(share, cpus, gpus, times):
    assert share.times_in(cpus, gpus) == times


@pytest.mark.parametrize(
    ("text", "message"),
    (
        ("cpus", "cpus=1,gpus=0.25"),
        ("cpus=", "cpus=1,gpus=0.25"),
        ("cpus=one", "cpus=1,gpus=0.25"),
        ("cpus=1,cpus=2", "each once"),
        ("gpu=1", "Did you mean 'gpus'"),
        ("cpus=0", "above 0"),
        ("cpus=nan", "above 0"),
        ("gpus=-1", "at least 0"),
        ("gpus=1.5", "gpus=1, or for less than 1"),
    ),
)
def test_what_no_process_can_need(text, message):
    with pytest.raises(ValueError, match=message):
        check_share("--per-run", parse_share("--per-run", text))
