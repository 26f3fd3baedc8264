import socket

import pytest

from keras_musicgan.utils.ports import listen


def test_a_port_is_the_wanted_one_or_a_free_one():
    with listen("127.0.0.1", 0) as first, listen("localhost", 0) as second:
        ports = [each.getsockname()[1] for each in (first, second)]
        assert all(ports) and ports[0] != ports[1]
        with socket.create_connection(("127.0.0.1", ports[0]), timeout=5):
            pass  # it waits for a server
    with listen("127.0.0.1", ports[0]) as again:
        assert again.getsockname() == ("127.0.0.1", ports[0])


def test_a_port_in_use_has_a_remedy():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match=f"--port {port}, which is in use. Name another, as --port {port + 1}, or"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "nowhere.invalid"])
def test_a_host_elsewhere_has_a_remedy(host):
    with pytest.raises(OSError, match=f"an address of this machine. Received: --host {host}: .* Leave it out"):
        listen(host, 0)
