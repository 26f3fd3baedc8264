import pytest

from keras_musicgan.runs.engines.per_run import PerRun, check_per_run, parse_per_run


@pytest.mark.parametrize(
    ("per_run", "cpus", "gpus", "times"),
    (
        (PerRun(), 8, 0, 8),
        (PerRun(cpus=3), 8, 0, 2),
        (PerRun(cpus=0.5), 2, 0, 4),
        (PerRun(gpus=0.25), 8, 1, 4),
        (PerRun(gpus=0.75), 8, 2, 2),  # no run takes parts of two
        (PerRun(cpus=2, gpus=0.25), 4, 4, 2),
        (PerRun(gpus=2), 16, 4, 2),
        (PerRun(gpus=1), 16, 0, 0),
        (PerRun(cpus=9), 8, 8, 0),
    ),
)
def test_runs_that_a_machine_takes_at_a_time(per_run, cpus, gpus, times):
    assert per_run.times_in(cpus, gpus) == times


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
def test_what_no_run_can_need(text, message):
    with pytest.raises(ValueError, match=message):
        check_per_run(parse_per_run(text))
