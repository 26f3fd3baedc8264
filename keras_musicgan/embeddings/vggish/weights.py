"""VGGish's weights from NumPy and PyTorch files."""

import re
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.embeddings.vggish.network import LAYERS

KINDS = {"weights": "kernel", "biases": "bias", "weight": "kernel"}  # names that mean the same
# The PyTorch port numbers its layers, including those without weights.
TORCH_LAYERS = dict(zip((f"features.{number}" for number in (0, 3, 6, 8, 11, 13)), LAYERS[:6], strict=True))
TORCH_LAYERS |= dict(zip((f"embeddings.{number}" for number in (0, 2, 4)), LAYERS[6:], strict=True))


def load_weights(network: keras.Model, path: str | Path) -> None:
    """Loads the weights of a file into a network, once all of them fit.

    Args:
        network: From `vggish_network`.
        path: File as for `read_weights`.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the file needs PyTorch and it is not installed.
        ValueError: If the file is of another kind or damaged, or a tensor is missing, of another shape or not finite.
            The message names file and tensor.
    """
    found = read_weights(path)
    fitting = []
    for name in LAYERS:
        for variable in network.get_layer(name).weights:
            tensor = f"{name}/{variable.name}"
            if tensor not in found:
                raise ValueError(
                    f"A file of VGGish weights must hold all its tensors. Received: {path} without {tensor!r}, with "
                    f"{', '.join(sorted(found)[:6]) or 'no known tensor'}"
                )
            values = np.asarray(found[tensor])
            if values.shape != tuple(variable.shape):
                raise ValueError(
                    f"{tensor!r} of VGGish weights must have the shape {tuple(variable.shape)}. Received: {path} with "
                    f"the shape {values.shape}"
                )
            if not np.isfinite(values).all():
                raise ValueError(f"{tensor!r} of VGGish weights must be finite. Received: {path} with NaN or infinity")
            fitting.append((variable, values))
    for variable, values in fitting:
        variable.assign(values)


def read_weights(path: str | Path) -> dict[str, np.ndarray]:
    """The tensors of a file by layer and kind, as `conv1/kernel`, in the order of Keras and TensorFlow.

    Prefixes and tensors of other models are ignored. The published TensorFlow checkpoint becomes an `.npz` by

        reader = tf.train.load_checkpoint("vggish_model.ckpt")
        np.savez("vggish.npz", **{name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()})

    Args:
        path: One of:

            - `.npz`, NumPy arrays named as in the published checkpoint, `vggish/conv1/weights`, or as here;
            - `.pth` or `.pt`, the state of the PyTorch port torchvggish, release 0.1 (needs PyTorch). No code in the
              file is run.

    Returns:
        Dict from name to array, neither complete nor fitting for certain.

    Raises: as `load_weights` does, for files.
    """
    path = Path(path).expanduser()
    read = {".npz": _read_npz, ".pth": _read_torch, ".pt": _read_torch}.get(path.suffix)
    if read is None:
        raise ValueError(
            "A file of VGGish weights must be .npz, or .pth or .pt of the PyTorch port. Received: "
            f"{path}. Convert the arrays of other formats by np.savez, under names such as 'vggish/conv1/weights'."
        )
    if not path.is_file():
        raise FileNotFoundError(f"A file of VGGish weights must exist. Received: {path}")
    try:
        named = read(path)
    except ImportError:
        raise
    except Exception as error:  # each library raises its own
        raise ValueError(f"A file of VGGish weights must be whole. Received: {path}: {error}") from error
    tensors = {_known_name(name): values for name, values in named.items()}
    return {name: values for name, values in tensors.items() if name}


def _known_name(name: str) -> str | None:
    """`conv1/kernel` for `vggish/conv1/weights:0` and the like; `None` for tensors that are not VGGish's."""
    *_, layer, kind = ["", *name.split(":")[0].split("/")]
    return f"{layer}/{KINDS.get(kind, kind)}" if layer in LAYERS else None


def _read_npz(path):
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def _read_torch(path):
    try:
        import torch
    except ImportError as error:
        raise ImportError(f"PyTorch must be installed to read {path}: pip install torch") from error
    named = {}
    for name, values in torch.load(path, map_location="cpu", weights_only=True).items():
        found = re.fullmatch(r"(?:.*\.)?((?:features|embeddings)\.\d+)\.(weight|bias)", name)
        if found and found[1] in TORCH_LAYERS:
            # Kernels [out, in, time, bands] and [out, in] here end with [in, out].
            order = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[values.ndim]
            named[f"{TORCH_LAYERS[found[1]]}/{found[2]}"] = values.detach().numpy().transpose(order)
    return named
