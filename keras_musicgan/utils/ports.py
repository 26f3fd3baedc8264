"""Ports of this machine."""

import errno
import ipaddress
import socket


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; connections wait until a server accepts them.

    Args:
        host: An address or name of this machine.
        port: From 1 to 65,535, or 0 for any that is free.

    Raises:
        OSError: If the port is in use or reserved, or the host is none of this machine; the message has the remedy.

    Example:
        >>> with listen("127.0.0.1", 0) as listening:
        ...     listening.getsockname()[1] > 0
        True
    """
    try:
        (family, *_, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            words = f"is in use. Name another, as --port {port + 1}, or --port 0 for any that is free."
            raise OSError(f"A port must be free. Received: --port {port}, which {words}") from error
        if error.errno == errno.EACCES:
            words = "is reserved. Name one from 1024 on, or --port 0 for any that is free."
            raise OSError(f"A port must be free. Received: --port {port}, which {words}") from error
        raise OSError(
            f"The host must be an address of this machine. Received: --host {host}: {error.strerror or error}. "
            "Leave it out to be reached by this machine alone."
        ) from error


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach an address or name.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
        (True, True, True, False)
    """
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def in_address(host: str) -> str:
    """A host as it stands in the address of a page on this machine.

    Example:
        >>> in_address("localhost"), in_address("::1"), in_address("0.0.0.0")
        ('localhost', '[::1]', '127.0.0.1')
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def is_address(host: str) -> bool:
    """Whether a host is an address of the internet protocol, not a name.

    Example:
        >>> is_address("192.168.0.5"), is_address("::1"), is_address("localhost")
        (True, True, False)
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
