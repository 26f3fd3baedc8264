"""Processes meet, or say who is missing."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from keras_musicgan.processes.launch import Launch
from keras_musicgan.processes.meeting import meet
from tests.support.addresses import free_address


def all_meet(launches, seconds):
    """What each raises, or `None`."""

    def attempt(launch):
        try:
            meet(launch, seconds)
        except (ConnectionError, ValueError) as error:
            return str(error)

    with ThreadPoolExecutor(len(launches)) as threads:
        return list(threads.map(attempt, launches))


def test_all_go_once_all_are_there():
    address = free_address()
    assert all_meet([Launch(rank, 3, address, None, "RANK") for rank in (2, 0, 1)], 20) == [None] * 3


def test_the_missing_one_is_named():
    address = free_address()
    of_first, of_third = all_meet([Launch(rank, 3, address, None, "RANK") for rank in (0, 2)], 0.5)
    assert f"{address} within 0.5 seconds. Received: none of process 1." in of_first
    assert "Received: a connection that process 0 closed" in of_third or "timeout" in of_third


def test_an_address_without_answer():
    address = free_address()
    with pytest.raises(ConnectionError, match=f"Process 1 must reach process 0 at {address} within 0.3 seconds"):
        meet(Launch(1, 2, address, None, "RANK"), 0.3)


def test_a_port_in_use():
    with socket.create_server(("", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ConnectionError, match=f"Received: {address} by RANK, which cannot be opened"):
            meet(Launch(0, 2, address, None, "RANK"), 0.3)


@pytest.mark.parametrize("others", [[(1, 3), (1, 3)], [(1, 2)]])
def test_numbers_that_contradict_each_other(others):
    address = free_address()
    launches = [Launch(0, 3, address, None, "RANK"), *(Launch(*other, address, None, "RANK") for other in others)]
    of_first, *_ = all_meet(launches, 5)
    assert "a number of their own" in of_first
