"""VGGish's weights from the files in which they are handed out."""

import re
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.embeddings.vggish.network import LAYERS

TENSORS = {"weights": "kernel", "biases": "bias", "weight": "kernel"}  # names that mean the same
# The PyTorch port numbers its layers, those without weights too.
TORCH_LAYERS = dict(
    zip(("features.0", "features.3", "features.6", "features.8", "features.11", "features.13"), LAYERS, strict=False)
)
TORCH_LAYERS |= dict(zip(("embeddings.0", "embeddings.2", "embeddings.4"), LAYERS[6:], strict=True))


def load_weights(network: keras.Model, path: str | Path) -> None:
    """Gives a network the weights of a file, once all of them are found to fit.

    Args:
        network: As `vggish_network` makes it.
        path: `read_weights` says which files.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the file needs PyTorch or TensorFlow and it is not installed.
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
                    f"{', '.join(sorted(found)[:6]) or 'none that is known'}"
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

    Args:
        path: One of:

            - `.ckpt`, the published TensorFlow checkpoint `vggish_model.ckpt` (needs TensorFlow);
            - `.npz`, NumPy arrays named as in it, `vggish/conv1/weights`, or as here;
            - `.h5`, weights of a Keras model with these layers: `.weights.h5` of Keras 3, or a file of Keras 2;
            - `.pth` or `.pt`, the state of the PyTorch port torchvggish (needs PyTorch). Its layers are those of
              release 0.1, which flattens as TensorFlow does; kernels are transposed. No code in the file is run.

            Prefixes are ignored, and so is what is not of VGGish.

    Returns:
        Dict from name to array; whether they are complete and fit is not looked at.

    Raises: as `load_weights` does, for files.
    """
    path = Path(path)
    read = {
        ".npz": _read_npz,
        ".h5": _read_h5,
        ".hdf5": _read_h5,
        ".pth": _read_torch,
        ".pt": _read_torch,
        ".ckpt": _read_checkpoint,
    }.get(path.suffix)
    if read is None:
        raise ValueError(
            "A file of VGGish weights must end in .ckpt, .npz, .h5, .pth or .pt. Received: "
            f"{path}. Rename it if it is one of these."
        )
    if not path.is_file() and not (read is _read_checkpoint and Path(f"{path}.index").is_file()):
        raise FileNotFoundError(f"A file of VGGish weights must exist. Received: {path}")
    try:
        named = read(path)
    except ImportError:
        raise
    except Exception as error:  # each library raises its own
        raise ValueError(f"A file of VGGish weights must be whole. Received: {path}: {error}") from error
    tensors = {_known_name(name): values for name, values in named.items()}
    return {name: values for name, values in tensors.items() if name}


def _known_name(name):
    """`conv1/kernel` for `vggish/conv1/weights:0` and the like; `None` for what is not of VGGish."""
    *_, layer, tensor = ("", *name.split(":")[0].split("/"))
    layer = layer.removeprefix("vggish_")
    return f"{layer}/{TENSORS.get(tensor, tensor)}" if layer in LAYERS else None


def _read_npz(path):
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def _read_h5(path):
    import h5py

    named = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset):
            named[_name_in_keras_3(name)] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(keep)
    return named


def _name_in_keras_3(name):
    """Keras 3 counts layers of a kind: `layers/conv2d_1/vars/0` is the kernel of the second convolution."""
    match = re.fullmatch(r"(?:.*/)?(conv2d|dense)(?:_(\d+))?/vars/([01])", name)
    if match is None:
        return name
    kind, number, tensor = match.groups()
    of_kind = [layer for layer in LAYERS if layer.startswith("conv" if kind == "conv2d" else "fc")]
    number = int(number or 0)
    return f"{of_kind[number]}/{('kernel', 'bias')[int(tensor)]}" if number < len(of_kind) else name


def _read_torch(path):
    try:
        import torch
    except ImportError as error:
        raise ImportError(f"PyTorch must be installed to read {path}: pip install torch") from error
    named = {}
    for name, values in torch.load(path, map_location="cpu", weights_only=True).items():
        for number, layer in TORCH_LAYERS.items():
            if re.fullmatch(rf"(?:.*\.)?{re.escape(number)}\.(weight|bias)", name):
                # Kernels [out, in, time, bands] and [out, in] here end with [in, out].
                order = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[values.ndim]
                named[f"{layer}/{name.split('.')[-1]}"] = values.detach().numpy().transpose(order)
    return named


def _read_checkpoint(path):
    try:
        import tensorflow as tf
    except ImportError as error:
        raise ImportError(f"TensorFlow must be installed to read {path}: pip install tensorflow") from error
    reader = tf.train.load_checkpoint(str(path))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map() if _known_name(name)}
