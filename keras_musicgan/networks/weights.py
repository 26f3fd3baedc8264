"""The memory that a network's weights need, known before they are made."""

from keras_musicgan.utils.checks import check_memory

BYTES = 16  # a weight, its gradient and the two averages of Adam, float32


def check_weights(*layers: tuple[int, int]) -> None:
    """Raises ValueError if dense layers or convolutions do not fit into the machine's memory in training.

    Args:
        *layers: The largest layers, as inputs of a unit (of a convolution, kernel size times channels) and units.
    """
    n_weights = sum(n_inputs * n_units for n_inputs, n_units in layers)
    remedy = "Take fewer units or channels, a smaller `latent_dim`, or shorter clips."
    check_memory(f"a network of at least {n_weights:,} weights", float(BYTES * n_weights), remedy)
