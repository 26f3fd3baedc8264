"""A trained model as one file that runs without this package: latents in, audio out."""

import contextlib
import importlib.util
import json
import os
from pathlib import Path

import keras

from keras_musicgan.conditions.conditions import condition_vector
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.utils.checks import check_choice
from keras_musicgan.utils.files import replacing, replacing_folder

FACTS = "keras_musicgan.json"
OUTPUT = "waveform"
ENDINGS = {"tf_saved_model": "", "onnx": ".onnx", "litert": ".tflite", "torch": ".pt2"}
BACKENDS = {
    "tf_saved_model": ("tensorflow", "jax"),
    "onnx": ("tensorflow", "jax", "torch"),
    "litert": ("tensorflow",),
    "torch": ("torch",),
}
# Packages that Keras needs beyond the backend, and our extra that installs them.
PACKAGES = {
    ("onnx", "tensorflow"): (("tf2onnx", "onnx"), "export"),
    ("onnx", "jax"): (("jax2onnx", "onnx"), "export-jax"),
    ("onnx", "torch"): (("onnxscript", "onnx"), "export"),
}


def export(
    gan: keras.Model,
    filepath: str | Path,
    format: str = "tf_saved_model",
    overwrite: bool = False,
    **options,
) -> None:
    """Writes one function from latents `[batch, latent_dim]` to audio `[batch, samples, channels]`, and what it needs.

    The function is `gan.inference_generator` and the inverse of the representation, in float32 also for networks of
    mixed precision. Its input is named `latents`, its output `waveform`, in every format: it returns a dict, except in
    ONNX, whose outputs are named anyway. The batch may have any size, and the audio lies in [−1, 1] at
    `gan.representation.sample_rate` Hz. For a model with conditions it takes a dict of `latents` and of each condition
    by its name, as numbers `[batch]`: MIDI pitches, beats per minute, the index of a label. A number out of range makes
    the clip NaN.

    Sample rate, latents, the name of the output, and conditions with their ranges and labels stand in a JSON file, as
    `describe` gives them: in a folder as `keras_musicgan.json`, beside a file under its name and `.json`; in ONNX also
    as its metadata.

    | `format` | file | backends | loaded with |
    |---|---|---|---|
    | `"tf_saved_model"` | a folder | TensorFlow, JAX | `tf.saved_model.load(filepath)`, its `serve(latents)` |
    | `"onnx"` | `.onnx` | TensorFlow, JAX, PyTorch | `onnxruntime.InferenceSession(filepath)` |
    | `"litert"` | `.tflite` | TensorFlow | `ai_edge_litert.interpreter.Interpreter(filepath)` |
    | `"torch"` | `.pt2` | PyTorch | `torch.export.load(filepath).module()(latents)` |

    Args:
        gan: `MusicGAN` of the audio domain.
        filepath: The file or folder to write; it appears whole or not at all.
        format: One of the above.
        overwrite: Whether to replace an earlier export.
        **options: Options of `keras.Model.export` for the format, such as `opset_version` for `"onnx"` (under PyTorch
            nothing else) or `optimizations` for `"litert"`; for `"tf_saved_model"` of `ExportArchive.add_endpoint`.

    Raises:
        TypeError: If the model is not of the audio domain.
        ValueError: If the backend lacks the format, or `filepath` has another ending.
        ImportError: If a package that the format needs is missing.
        FileExistsError: If `filepath` exists and must not or cannot be replaced.
        RuntimeError: If the format lacks an operation of the network.

    Example:
        >>> import tempfile
        >>> import numpy as np, tensorflow as tf
        >>> import keras_musicgan as km
        >>> representation = km.representations.Waveform(length=64)
        >>> generator = keras.Sequential([keras.Input((8,)), keras.layers.Dense(64), keras.layers.Reshape((64, 1))])
        >>> discriminator = keras.Sequential([keras.Input((64, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
        >>> gan = km.MusicGAN(generator, discriminator, representation, latent_dim=8)
        >>> folder = tempfile.mkdtemp() + "/tunes"
        >>> export(gan, folder)
        >>> model = tf.saved_model.load(folder)
        >>> tuple(model.serve(np.zeros((3, 8), "float32"))["waveform"].shape)
        (3, 64, 1)
    """
    if not isinstance(gan.representation, AudioRepresentation):
        raise TypeError(
            "`export` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(gan.representation).__name__}. Save it with `save`, or write the network alone, from latents to "
            "encoded clips, with `inference_generator.export`."
        )
    path = Path(filepath).expanduser()
    _check_format(format)
    _check_path(path, format, overwrite)
    # PyTorch would load a function traced on a GPU only on that GPU.
    device = keras.device("cpu") if keras.backend.backend() == "torch" else contextlib.nullcontext()
    facts = describe(gan)
    with device:
        export_model(audio_model(gan), path, format, facts, **options)
    if ENDINGS[format]:
        with replacing(facts_file(path)) as temporary:
            temporary.write_text(json.dumps(facts, indent=2) + "\n")


def describe(gan: keras.Model) -> dict:
    """What a program needs to know to use an exported model, as plain data.

    Returns:
        Dict of `output`, the name of the output, `sample_rate` in Hz, `samples` and `channels` of a clip, `latent_dim`,
        `latent_distribution`, and `conditions`: a list of dicts with `name`, and `low` and `high`, or `labels` in the
        order of their numbers.
    """
    representation = gan.representation
    return {
        "output": OUTPUT,
        "sample_rate": representation.sample_rate,
        "samples": representation.length,
        "channels": representation.channels,
        "latent_dim": gan.latent_dim,
        "latent_distribution": gan.latent_distribution,
        "conditions": [_describe_condition(condition) for condition in gan.conditions],
    }


def _describe_condition(condition):
    names = getattr(condition, "names", None)
    values = {"labels": list(names)} if names else {"low": condition.low, "high": condition.high}
    return {"name": condition.name, **values}


def facts_file(path: Path) -> Path:
    """The JSON file of an export: in its folder, or beside its file."""
    is_file = path.suffix in {ending for ending in ENDINGS.values() if ending}
    return path.with_name(f"{path.name}.json") if is_file else path / FACTS


def audio_model(gan: keras.Model) -> keras.Model:
    """A functional model with weights of its own, all float32, from latents and conditions to audio.

    Returns:
        Model from latents `[batch, latent_dim]`, or a dict of them and of each condition `[batch]`, to a dict of
        `waveform`, audio `[batch, samples, channels]` in [−1, 1].
    """
    network = gan.inference_generator
    latents = keras.Input((gan.latent_dim,), dtype="float32", name="latents")
    copy = _in_float32(network)
    inputs = combined = latents
    if len(gan.conditions):
        numbers = {each.name: keras.Input((), dtype="float32", name=each.name) for each in gan.conditions}
        inputs = {"latents": latents, **numbers}
        combined = keras.layers.Concatenate(dtype="float32")([latents, _ToVector(gan.conditions)(numbers)])
    encoded = copy(combined)
    copy.set_weights(network.get_weights())
    return keras.Model(inputs, {OUTPUT: _ToWaveform(gan.representation)(encoded)}, name="audio")


def export_model(model: keras.Model, path: Path, format: str, facts: dict | None = None, **options) -> None:
    """Writes a functional model with named inputs, a dict of one output and a batch of any size; all or nothing."""
    backend = keras.backend.backend()
    # Some of Keras's converters need a model that was called.
    model(_structured(model, {tensor.name: keras.ops.zeros((1, *tensor.shape[1:])) for tensor in model.inputs}))
    with (replacing if ENDINGS[format] else replacing_folder)(path) as temporary:
        try:
            _write(model, temporary, format, **options)
            if format == "onnx":
                _name_onnx(temporary, model, facts or {})
            if not ENDINGS[format] and facts:
                (temporary / FACTS).write_text(json.dumps(facts, indent=2) + "\n")
        except (OSError, MemoryError):
            raise
        except Exception as error:
            raise RuntimeError(
                f"Keras could not write this network as {format!r} under {backend}. Received: "
                f"{type(error).__name__}: {error}\nThis backend has {_formats(backend)}; other backends have others."
            ) from error


def _write(model, path, format, **options):
    """Writes a model by the converter of its format, with the options that all our models need."""
    backend = keras.backend.backend()
    if format == "tf_saved_model":
        return _write_saved_model(model, path, **options)
    if (format, backend) == ("onnx", "torch"):
        return _torch_to_onnx(model, path, **options)
    if format == "torch":
        options = {"dynamic_shapes": _torch_dynamic_shapes(model), **options}
    if format == "litert":
        import tensorflow as tf

        # TensorFlow's operations would need its library at run time.
        options = {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}, **options}
    return model.export(str(path), format=format, **{"verbose": False, **options})


def _write_saved_model(model, path, **options):
    """As `keras.Model.export`, which under TensorFlow writes every weight twice: as the model's and the function's."""
    archive = keras.export.ExportArchive()
    if keras.backend.backend() == "jax":
        archive.track(model)
        # By default the function runs only on the kind of device on which JAX traced it.
        platforms = {"native_serialization": True, "native_serialization_platforms": ("cpu", "cuda", "tpu")}
        options = {"jax2tf_kwargs": platforms, **options}
    specs = {
        tensor.name: keras.InputSpec(shape=(None, *tensor.shape[1:]), dtype=tensor.dtype, name=tensor.name)
        for tensor in model.inputs
    }
    archive.add_endpoint("serve", model.__call__, [_structured(model, specs)], **options)
    archive.write_out(str(path), verbose=False)


class _ToVector(keras.layers.Layer):
    """The vector of conditions, without the training data that `Conditions` remembers."""

    def __init__(self, conditions):
        super().__init__(dtype="float32", name="conditions")
        self.conditions = tuple(conditions)
        self.width = conditions.width

    def call(self, numbers):
        return condition_vector(self.conditions, numbers)

    def compute_output_shape(self, input_shape):
        return (*next(iter(input_shape.values())), self.width)


class _ToWaveform(keras.layers.Layer):
    """The inverse of a representation as the last layer of a model."""

    def __init__(self, representation):
        super().__init__(dtype="float32", name="waveform")
        self.representation = representation

    def call(self, encoded):
        return self.representation.waveform(encoded)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.representation.length, self.representation.channels)


def _in_float32(network):
    """A copy of the network that computes in float32, with weights of its own after building."""

    def whole(config):
        if isinstance(config, (list, tuple)):
            return [whole(item) for item in config]
        if not isinstance(config, dict):
            return config
        if config.get("class_name") == "DTypePolicy":
            return "float32"
        return {
            key: "float32" if key == "dtype" and value in ("float16", "bfloat16") else whole(value)
            for key, value in config.items()
        }

    config = keras.saving.serialize_keras_object(network)
    # Safe: the code of the layers is already in use.
    return keras.saving.deserialize_keras_object(whole(config), safe_mode=False)


def _structured(model, by_name):
    """Values by the name of the input as the model takes them: the dict, or the only value."""
    return by_name if isinstance(model.input, dict) else by_name[model.inputs[0].name]


def _torch_dynamic_shapes(model):
    import torch

    batch = torch.export.Dim("batch")
    return [(_structured(model, {tensor.name: {0: batch} for tensor in model.inputs}),)]


def _torch_to_onnx(model, path, opset_version=None):
    """Writes ONNX with PyTorch's newer converter; Keras's choice, the older one, fails for normalization."""
    import torch

    # A batch of one would become a constant.
    example = _structured(model, {tensor.name: torch.zeros((2, *tensor.shape[1:])) for tensor in model.inputs})
    program = torch.export.export(model, (example,), dynamic_shapes=_torch_dynamic_shapes(model), strict=False)
    names = [tensor.name for tensor in model.inputs]
    torch.onnx.export(program, dynamo=True, input_names=names, opset_version=opset_version, verbose=False).save(path)


def _name_onnx(path, model, facts):
    """Names the output and the batch, which each converter names differently, and adds the facts as metadata."""
    import onnx

    network = onnx.load(path)
    graph = network.graph
    ((name, tensor),) = model.output.items()
    (output,) = graph.output
    if output.name != name:
        graph.node.append(onnx.helper.make_node("Identity", [output.name], [name]))
    shape = ["batch", *tensor.shape[1:]]
    output.CopyFrom(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
    for tensor in graph.input:
        tensor.type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.helper.set_model_props(network, {name: json.dumps(value) for name, value in facts.items()})
    onnx.checker.check_model(network, full_check=True)
    onnx.save(network, path)


def _formats(backend):
    return ", ".join(repr(format) for format, backends in BACKENDS.items() if backend in backends)


def _check_format(format):
    """Raises unless the backend has the format and its packages are installed."""
    backend = keras.backend.backend()
    check_choice("format", format, BACKENDS)
    if backend not in BACKENDS[format]:
        raise ValueError(
            f"`format` must be one that Keras writes under {backend}: {_formats(backend)}. Received: "
            f"format={format!r}, which it writes under {' and '.join(BACKENDS[format])}. Save the model, and load it "
            f"where the environment variable KERAS_BACKEND is {BACKENDS[format][0]!r}."
        )
    packages, extra = PACKAGES.get((format, backend), ((), None))
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise ImportError(
            f"format={format!r} needs the package {' and '.join(missing)} under {backend}. Received: an environment "
            f'without it. Run `pip install "keras_musicgan[{extra}]"`.'
        )


def _check_path(path, format, overwrite):
    """Raises unless the path has the ending of the format and is free, or holds an export to replace."""
    wrong = path.suffix != ENDINGS[format] if ENDINGS[format] else path.suffix in set(ENDINGS.values()) - {""}
    if wrong:
        other = next((name for name, ending in ENDINGS.items() if ending and ending == path.suffix), None)
        raise ValueError(
            f"`filepath` must be {f'a file name in {ENDINGS[format]}' if ENDINGS[format] else 'a folder'} for "
            f"format={format!r}. Received: {str(path)!r}. "
            + (f"Pass format={other!r}, or change the ending." if other else "Change the ending.")
        )
    beside = facts_file(path)
    if ENDINGS[format] and beside.exists() and not overwrite:
        raise FileExistsError(f"{beside} exists. Pass `overwrite=True` to replace it, or choose another name.")
    if not os.path.lexists(path):
        return
    if not overwrite:
        raise FileExistsError(f"{path} exists. Pass `overwrite=True` to replace it, or choose another name.")
    replaceable = path.is_file() if ENDINGS[format] else (path / "saved_model.pb").is_file() and not path.is_symlink()
    if not replaceable:
        raise FileExistsError(
            f"`overwrite` replaces only what an export wrote. Received: {path}, which is no export in {format!r}. "
            "Choose another name."
        )
