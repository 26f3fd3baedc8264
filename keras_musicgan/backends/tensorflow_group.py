"""Several processes under TensorFlow: there are none, since its strategy for them does not work with Keras 3."""

PACKAGE = "tensorflow"


def has_a_store():
    """`False`."""
    return False


def join(launch, connect_s):
    """Raises ValueError: one process trains."""
    raise ValueError(
        "TensorFlow trains on the devices of one host: its strategy for several does not work with Keras 3. Received: "
        f"{launch.size} processes by {launch.source}. Take --backend jax or --backend torch (KERAS_BACKEND)."
    )


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
