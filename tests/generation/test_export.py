"""An exported model runs without this package and without Keras, and gives what `generate` gives."""

import json
import sys

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.conditions import Conditions, Pitch
from keras_musicgan.generation import export as export_module
from keras_musicgan.generation.export import audio_model, describe, export_model, facts_file
from keras_musicgan.generation.export import export as export_audio
from keras_musicgan.networks.spectrogram import spectrogram_generator
from tests.support.harness import at_night_under_jax
from tests.support.interpreter import Interpreter

pytestmark = pytest.mark.backend
BACKEND = keras.backend.backend()
HERE = {
    "tensorflow": ["tf_saved_model", "onnx", "litert"],
    "jax": ["tf_saved_model", "onnx"],
    "torch": ["onnx", "torch"],
}[BACKEND]
NAMES = {"tf_saved_model": "audio", "onnx": "audio.onnx", "litert": "audio.tflite", "torch": "audio.pt2"}
PRIVATE = HERE[0] if BACKEND != "torch" else "torch"  # the format that needs no package beyond the backend
CONVERTER = {"tensorflow": "tf2onnx", "jax": "jax2onnx", "torch": "onnxscript"}[BACKEND]

RELOAD = """
import sys
for name in ("keras_musicgan", "keras"):
    sys.modules[name] = None
import numpy as np

def saved_model(path):
    import tensorflow as tf
    model = tf.saved_model.load(path)
    return lambda inputs: model.serve(inputs if len(inputs) > 1 else inputs["latents"])["waveform"].numpy()

def onnx(path):
    import onnxruntime
    session = onnxruntime.InferenceSession(path)
    return lambda inputs: session.run(["waveform"], inputs)[0]

def litert(path):
    from ai_edge_litert.interpreter import Interpreter
    run = Interpreter(path).get_signature_runner()
    return lambda inputs: run(**inputs)["waveform"]

def torch(path):
    import torch
    module = torch.export.load(path).module()
    def run(inputs):
        tensors = {name: torch.from_numpy(value) for name, value in inputs.items()}
        return module(tensors if len(tensors) > 1 else tensors["latents"])["waveform"].detach().numpy()
    return run

generate = {"tf_saved_model": saved_model, "onnx": onnx, "litert": litert, "torch": torch}[format](path)
inputs = dict(np.load("inputs.npz"))
np.savez("out.npz", *[generate({name: value[:n] for name, value in inputs.items()}) for n in (1, 2, 5)])
"""


def need(format):
    if format == "onnx":
        pytest.importorskip(CONVERTER)
        pytest.importorskip("onnxruntime")
    if format == "litert":
        pytest.importorskip("ai_edge_litert")


@pytest.fixture(scope="module")
def check_reloaded():
    """Runs the file of a folder in another process on 1, 2 and 5 clips, and compares."""
    elsewhere = Interpreter()

    def check(format, folder, inputs, expected):
        np.savez(folder / "inputs.npz", **inputs)
        elsewhere.run(RELOAD, folder, format=format, path=NAMES[format])
        assert np.abs(expected).max() > 0.3, "silence would compare with anything"
        for n, audio in zip((1, 2, 5), np.load(folder / "out.npz").values(), strict=True):
            assert (audio.dtype, audio.shape) == (np.float32, expected[:n].shape)
            np.testing.assert_allclose(audio, expected[:n], atol=1e-4)

    yield check
    elsewhere.close()


def plain_gan(**options):
    """Networks of plain Keras layers; the averaged generator is not the generator, and neither is silent."""
    layers = keras.layers
    block = keras.Sequential([layers.UpSampling1D(2), layers.Conv1D(8, 5, padding="same"), layers.LeakyReLU(0.2)])
    latents = keras.Input((8,))
    x = layers.BatchNormalization()(layers.Reshape((16, 8))(layers.Dense(128)(latents)))
    x = layers.LayerNormalization()(block(layers.ReLU()(x)))
    x = layers.ReLU()(layers.Conv1DTranspose(8, 25, strides=4, padding="same")(x))
    # Twice the range, so that the clipping at the end is seen.
    x = 2.0 * layers.Conv1DTranspose(1, 8, strides=2, padding="same", activation="tanh")(x)
    discriminator = [keras.Input((256, 1)), layers.Conv1D(4, 9, strides=4), layers.Flatten(), layers.Dense(1)]
    gan = km.MusicGAN(
        generator=keras.Model(latents, x),
        discriminator=keras.Sequential(discriminator),
        representation=km.representations.Waveform(length=256, sample_rate=8000),
        latent_dim=8,
        **options,
    )
    return louder(gan)


@pytest.fixture(scope="module")
def plain():
    """A `plain_gan` to be read only."""
    return plain_gan()


def louder(gan):
    """Larger weights, as training makes them, in the network that generates."""
    network = gan.inference_generator
    while np.abs(gan.generate(5, seed=1)).max() < 0.9:
        network.set_weights([1.2 * w + 0.01 for w in network.get_weights()])
    return gan


def wavegan():
    return louder(km.MusicGAN.from_preset("wavegan-small", generator={"width": 4}, discriminator={"width": 4}))


@pytest.mark.parametrize("make", [plain_gan, wavegan])
@pytest.mark.parametrize("format", HERE)
def test_reloads_without_this_package_as_generate_sounds(check_reloaded, format, make, tmp_path):
    need(format)
    gan = make()
    latents = gan.sample_latents(5, seed=1)
    before = gan.generate(latents=latents)
    export_audio(gan, tmp_path / NAMES[format], format)
    target = tmp_path / NAMES[format]
    assert set(tmp_path.iterdir()) <= {target, facts_file(target)}
    np.testing.assert_array_equal(gan.generate(latents=latents), before)
    check_reloaded(format, tmp_path, {"latents": latents}, before)


@pytest.mark.parametrize("format", HERE)
def test_models_of_several_named_inputs_are_written_too(check_reloaded, format, tmp_path):
    need(format)
    inputs = {"latents": keras.Input((4,), name="latents"), "pitch": keras.Input((2,), name="pitch")}
    audio = keras.layers.Reshape((3, 1))(
        keras.layers.Dense(3)(inputs["latents"]) * keras.ops.sum(inputs["pitch"], 1, keepdims=True)
    )
    model = keras.Model(inputs, {"waveform": audio})
    export_model(model, tmp_path / NAMES[format], format)
    rng = np.random.default_rng(0)
    values = {"latents": rng.normal(size=(5, 4)).astype("float32"), "pitch": rng.normal(size=(5, 2)).astype("float32")}
    check_reloaded(format, tmp_path, values, keras.ops.convert_to_numpy(model(values)["waveform"]))


@pytest.mark.parametrize("format", HERE)
def test_a_generator_of_spectrograms_is_written_with_all_its_parts(check_reloaded, format, tmp_path):
    need(format)
    inputs, representation = (
        keras.Input((6,), name="latents"),
        km.representations.LogMagnitude(length=256, n_fft=64, hop_length=16),
    )
    conditions = Conditions([Pitch(60, 61)])
    parts = {"gate": "cumulative", "kernel_size": (3, 9), "noise_floor": True, "noise_width": 2}
    parts |= {"conditions": conditions, "amplify_conditions": True}
    spectra = spectrogram_generator(representation, 6, width=8, **parts)(inputs)
    model = keras.Model(inputs, {"waveform": spectra})
    export_model(model, tmp_path / NAMES[format], format)
    values = {"latents": np.random.default_rng(0).normal(size=(5, 6)).astype("float32")}
    check_reloaded(format, tmp_path, values, keras.ops.convert_to_numpy(model(values)["waveform"]))


def test_onnx_files_name_their_input_output_and_batch(plain, tmp_path):
    need("onnx")
    import onnx
    import onnxruntime

    export_audio(plain, tmp_path / "a.onnx", "onnx", opset_version=18)
    assert onnx.load(tmp_path / "a.onnx").opset_import[0].version == 18
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx")
    (latents,), (waveform,) = session.get_inputs(), session.get_outputs()
    assert (latents.name, latents.shape) == ("latents", ["batch", 8])
    assert (waveform.name, waveform.shape) == ("waveform", ["batch", 256, 1])


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "bfloat16"])
def test_networks_of_half_precision_are_written_in_float32(policy):
    whole = plain_gan()
    keras.config.set_dtype_policy(policy)
    try:
        half = plain_gan()
    finally:
        keras.config.set_dtype_policy("float32")
    whole.averaged_generator.set_weights([w.astype("float32") for w in half.averaged_generator.get_weights()])
    model = audio_model(half)
    assert {variable.dtype for variable in model.variables} == {"float32"}
    latents = half.sample_latents(3, seed=1)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model(latents)["waveform"]), whole.generate(latents=latents), atol=1e-5
    )


def test_without_an_averaged_generator_the_generator_is_written():
    gan = plain_gan(ema_momentum=None)
    latents = gan.sample_latents(3, seed=1)
    audio = keras.ops.convert_to_numpy(audio_model(gan)(latents)["waveform"])
    np.testing.assert_allclose(audio, gan.generate(latents=latents), atol=1e-6)


def test_generators_that_are_no_functional_model_are_written():
    @keras.saving.register_keras_serializable("test_export")
    class Tones(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.dense = keras.layers.Dense(units, dtype=self.dtype_policy)

        def build(self, input_shape):
            self.dense.build(input_shape)

        def call(self, latents):
            return self.dense(latents)[..., None]

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    discriminator = keras.Sequential([keras.Input((64, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    representation = km.representations.Waveform(length=64)
    gan = km.MusicGAN(Tones(64, dtype="mixed_bfloat16"), discriminator, representation, 8, ema_momentum=None)
    latents = gan.sample_latents(3, seed=1)
    (kernel, bias) = gan.generator.get_weights()
    audio = keras.ops.convert_to_numpy(audio_model(gan)(latents)["waveform"])
    np.testing.assert_allclose(audio[..., 0], np.clip(latents @ kernel + bias, -1, 1), atol=1e-5)


@pytest.mark.parametrize("format", sorted(set(NAMES) - set(HERE)))
def test_formats_that_the_backend_lacks_name_those_it_has(plain, format, tmp_path):
    with pytest.raises(ValueError, match=rf"under {BACKEND}: .*Received: format='{format}'.*KERAS_BACKEND") as error:
        export_audio(plain, tmp_path / NAMES[format], format)
    assert all(repr(there) in str(error.value) for there in HERE)


def test_unknown_formats_name_the_nearest(plain, tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'tf_saved_model'.*Received: format='saved_model'"):
        export_audio(plain, tmp_path / "audio", "saved_model")


def test_missing_packages_name_what_installs_them(plain, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, CONVERTER, None)
    extra = "export-jax" if BACKEND == "jax" else "export"
    with pytest.raises(ImportError, match=rf'{CONVERTER}.*pip install "keras_musicgan\[{extra}\]"'):
        export_audio(plain, tmp_path / "a.onnx", "onnx")


def test_models_of_notes_say_what_to_do_instead(gan, tmp_path):
    with pytest.raises(TypeError, match="PitchSequence.*`inference_generator.export`"):
        gan.export(tmp_path / "audio")


@pytest.mark.parametrize(
    ("name", "format", "remedy"),
    [("a.onnx", PRIVATE, "format='onnx'"), ("a.wav", "onnx", "Change the ending"), ("a", "onnx", "Change the ending")],
)
def test_endings_that_are_another_formats_are_refused(plain, name, format, remedy, tmp_path):
    pytest.importorskip(CONVERTER)
    with pytest.raises(ValueError, match=f"`filepath`.*Received: .*{name}.*{remedy}"):
        export_audio(plain, tmp_path / name, format)


def test_what_is_there_is_replaced_only_when_asked(check_reloaded, tmp_path):
    target = tmp_path / "new_folder" / NAMES[PRIVATE]
    gan = plain_gan()
    latents = gan.sample_latents(5, seed=1)
    export_audio(gan, target, PRIVATE)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        export_audio(gan, target, PRIVATE)
    gan.averaged_generator.set_weights([0.9 * w for w in gan.averaged_generator.get_weights()])
    export_audio(gan, target, PRIVATE, overwrite=True)
    assert set(target.parent.iterdir()) <= {target, facts_file(target)}
    check_reloaded(PRIVATE, target.parent, {"latents": latents}, gan.generate(latents=latents))


def test_what_no_export_wrote_is_never_replaced(plain, tmp_path):
    target = tmp_path / NAMES[PRIVATE]
    target.mkdir()
    (target / "tune.wav").write_bytes(b"dear")
    with pytest.raises(FileExistsError, match="only what an export wrote"):
        export_audio(plain, target, PRIVATE, overwrite=True)
    assert (target / "tune.wav").read_bytes() == b"dear"


def test_a_failed_export_says_why_and_leaves_what_was_there(monkeypatch, tmp_path):
    target = tmp_path / NAMES[PRIVATE]
    gan = plain_gan()
    export_audio(gan, target, PRIVATE)
    before = {path: path.read_bytes() for path in [target, *target.rglob("*")] if path.is_file()}

    def half_written(*arguments, **options):
        write(*arguments, **options)
        raise KeyError("an operation that has no name there")

    write = export_module._write
    monkeypatch.setattr(export_module, "_write", half_written)
    with pytest.raises(RuntimeError, match=f"as '{PRIVATE}' under {BACKEND}. Received: KeyError.*no name there"):
        export_audio(gan, target, PRIVATE, overwrite=True)
    assert set(tmp_path.iterdir()) <= {target, facts_file(target)}
    assert {path: path.read_bytes() for path in [target, *target.rglob("*")] if path.is_file()} == before


@pytest.mark.skipif(BACKEND != "tensorflow", reason="only TensorFlow writes LiteRT")
def test_litert_files_that_would_need_tensorflow_are_not_written(tmp_path):
    latents = keras.Input((99,), name="latents")
    spectrum = keras.layers.Reshape((3, 33))(latents)
    model = keras.Model(latents, keras.ops.istft((spectrum, spectrum), 64, 16, 64, length=64)[..., None])
    with pytest.raises(RuntimeError, match="as 'litert' under tensorflow.*Complex"):
        export_model(model, tmp_path / "a.tflite", "litert")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif("tf_saved_model" not in HERE, reason="PyTorch writes no SavedModel")
@pytest.mark.parametrize("preset", ["notes", "wavegan-small"])
@at_night_under_jax
def test_a_saved_model_is_hardly_larger_than_its_weights(preset, tmp_path):
    gan = km.MusicGAN.from_preset(preset)
    gan.export(tmp_path / "audio")
    written = sum(file.stat().st_size for file in (tmp_path / "audio").rglob("*") if file.is_file())
    assert written < 1.5 * sum(weight.nbytes for weight in gan.inference_generator.get_weights())


@pytest.mark.parametrize("form", ["InstantaneousFrequency", "ComplexSpectrum"])
def test_spectrograms_become_sound_in_the_file(check_reloaded, form, tmp_path):
    format = HERE[-1] if BACKEND != "jax" else HERE[0]
    need(format)
    representation = getattr(km.representations, form)(length=512, sample_rate=8000, n_fft=64, hop_length=32)
    layers = keras.layers
    shape = representation.encoded_shape
    generator = keras.Sequential([keras.Input((8,)), layers.Dense(16 * 32 * 2, "tanh"), layers.Reshape(shape)])
    discriminator = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(1)])
    gan = louder(km.MusicGAN(generator, discriminator, representation, latent_dim=8))
    gan.export(tmp_path / NAMES[format], format=format)
    latents = gan.sample_latents(5, seed=1)
    check_reloaded(format, tmp_path, {"latents": latents}, gan.generate(latents=latents))


@pytest.mark.parametrize("format", HERE)
def test_conditions_are_inputs_by_name(check_reloaded, format, tmp_path):
    need(format)
    gan = plain_gan()
    layers = keras.layers
    inputs = keras.Input((8 + 3 + 1,))
    generator = keras.Model(inputs, gan.generator(layers.Dense(8)(inputs)))
    clips = keras.Input((256, 1))
    discriminator = km.networks.conditioning_head(clips, layers.Flatten()(clips), 4)
    conditions = [km.Pitch(60, 62), km.Value("brightness", 0, 10)]
    conditioned = louder(km.MusicGAN(generator, discriminator, gan.representation, latent_dim=8, conditions=conditions))
    conditioned.export(tmp_path / NAMES[format], format=format)
    latents = conditioned.sample_latents(5, seed=1)
    numbers = {"pitch": np.float32([60, 61, 62, 60, 61]), "brightness": np.float32([0, 2, 4, 8, 10])}
    expected = conditioned.generate(latents=latents, **numbers)
    assert np.abs(expected - conditioned.generate(latents=latents, pitch=60, brightness=0)).max() > 0.1
    check_reloaded(format, tmp_path, {"latents": latents, **numbers}, expected)
    facts = json.loads(facts_file(tmp_path / NAMES[format]).read_text())
    rate = gan.representation.sample_rate
    assert facts["output"] == "waveform"
    assert (facts["sample_rate"], facts["samples"], facts["channels"], facts["latent_dim"]) == (rate, 256, 1, 8)
    ranges = [{"name": "pitch", "low": 60, "high": 62}, {"name": "brightness", "low": 0.0, "high": 10.0}]
    assert facts["conditions"] == ranges
    if format == "onnx":
        import onnx

        model = onnx.load(tmp_path / NAMES[format])
        assert {each.key: json.loads(each.value) for each in model.metadata_props} == facts


def test_facts_beside_a_file_are_replaced_only_when_asked(plain, tmp_path):
    need("onnx")
    (tmp_path / "audio.onnx.json").write_text("mine")
    with pytest.raises(FileExistsError, match=r"audio\.onnx\.json"):
        export_audio(plain, tmp_path / "audio.onnx", "onnx")
    assert (tmp_path / "audio.onnx.json").read_text() == "mine"


def test_labels_stand_in_the_order_of_their_numbers():
    gan = km.MusicGAN.from_preset("wavegan-small", conditions=[km.Label(["snare", "kick"], name="kind")])
    assert describe(gan)["conditions"] == [{"name": "kind", "labels": ["snare", "kick"]}]
