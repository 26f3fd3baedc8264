"""Several processes under TensorFlow: there are none, since its strategy for them does not work with Keras 3."""

PACKAGE = "tensorflow"


def check_supported(launch):
    """Raises ValueError: one process alone can train."""
    raise ValueError(
        "TensorFlow trains on the devices of one host: its strategy for several does not work with Keras 3. Received: "
        f"{launch.size} processes by {launch.source}. Take --backend jax or --backend torch (KERAS_BACKEND)."
    )


def has_a_store():
    """`False`: no launcher starts several processes."""
    return False


def join(launch):
    """Does nothing: `check_supported` has refused it."""


def size():
    """1."""
    return 1


def rank():
    """0."""
    return 0


def exchange(payload):
    """The bytes of this process."""
    return [payload]


def is_lost_connection(error):
    """`False`."""
    return False


def copy_from_first(variables):
    """Does nothing."""
