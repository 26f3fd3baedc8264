"""A process is found in the variables of each launcher."""

import pytest

from keras_musicgan.processes.launch import Launch, find_launch, first_host

KERAS = {
    "KERAS_DISTRIBUTION_NUM_PROCESSES": "2",
    "KERAS_DISTRIBUTION_PROCESS_ID": "1",
    "KERAS_DISTRIBUTION_JOB_ADDRESSES": "10.0.0.1:1234,10.0.0.2:2345",
}
TORCHRUN = {"WORLD_SIZE": "4", "RANK": "3", "LOCAL_RANK": "1", "MASTER_ADDR": "node1", "MASTER_PORT": "29500"}
SLURM = {
    "SLURM_STEP_NUM_TASKS": "8",
    "SLURM_PROCID": "5",
    "SLURM_LOCALID": "1",
    "SLURM_JOB_ID": "20007",
    "SLURM_STEP_NODELIST": "gpu[07-10]",
}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (KERAS, (1, 2, "10.0.0.1:1234", None)),
        (TORCHRUN, (3, 4, "node1:29500", 1)),
        (SLURM, (5, 8, "gpu07:12007", 1)),
        ({**SLURM, **TORCHRUN}, (3, 4, "node1:29500", 1)),  # torchrun within a step of SLURM
        ({**TORCHRUN, **KERAS}, (1, 2, "10.0.0.1:1234", None)),
    ],
)
def test_each_launcher(environment, expected):
    launch = find_launch(environment)
    assert (launch.rank, launch.size, launch.address, launch.local_rank) == expected


@pytest.mark.parametrize("environment", [{}, {"SLURM_NTASKS": "8", "SLURM_PROCID": "0", "SLURM_JOB_ID": "1"}])
def test_a_process_without_a_launcher_or_in_a_batch_script_is_alone(environment):
    assert find_launch(environment) is None


@pytest.mark.parametrize(
    ("nodes", "host"), [("a", "a"), ("a1,a2", "a1"), ("a[3-5,7]", "a3"), ("a[03],b", "a03"), ("b,a[03]", "b")]
)
def test_the_first_host_of_a_list(nodes, host):
    assert first_host(nodes) == host


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"RANK": "4"}, "Received: 4 of 4 by RANK"),
        ({"RANK": "x"}, "RANK='x'"),
        ({"MASTER_PORT": "none"}, "'node1:none'"),
    ],
)
def test_wrong_variables_are_named(change, words):
    with pytest.raises(ValueError, match=words):
        find_launch({**TORCHRUN, **change})


def test_missing_variables_are_named():
    with pytest.raises(ValueError, match="variable MASTER_ADDR"):
        find_launch({"WORLD_SIZE": "2", "RANK": "0"})
    with pytest.raises(ValueError, match="2 addresses for 3 processes"):
        find_launch({**KERAS, "KERAS_DISTRIBUTION_NUM_PROCESSES": "3"})


def test_one_process_needs_no_address():
    assert Launch(0, 1, "", None, "RANK").size == 1
