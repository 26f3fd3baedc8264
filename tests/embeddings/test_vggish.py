"""VGGish: front end and network against independent references, weights in every format."""

import keras
import numpy as np
import pytest

from keras_musicgan.embeddings import VGGish
from keras_musicgan.embeddings.vggish import front_end as vggish_front_end
from keras_musicgan.embeddings.vggish import network as vggish_network
from keras_musicgan.embeddings.vggish import weights as vggish_weights

PUBLISHED_PARAMETERS = {
    "conv1": 640,
    "conv2": 73_856,
    "conv3_1": 295_168,
    "conv3_2": 590_080,
    "conv4_1": 1_180_160,
    "conv4_2": 2_359_808,
    "fc1_1": 50_335_744,
    "fc1_2": 16_781_312,
    "fc2": 524_416,
}


@pytest.fixture
def narrow(monkeypatch):
    """VGGish with few channels, so that a file takes milliseconds."""
    groups = ({"conv1": 2}, {"conv2": 3}, {"conv3_1": 3, "conv3_2": 4}, {"conv4_1": 4, "conv4_2": 5})
    monkeypatch.setattr(vggish_network, "CONVOLUTIONS", groups)
    monkeypatch.setattr(vggish_network, "DENSE", {"fc1_1": 7, "fc1_2": 6})


@pytest.fixture
def loaded(narrow):
    """A narrow network with random weights."""
    network = vggish_network.vggish_network()
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(0, 0.3, array.shape).astype("float32") for array in network.get_weights()])
    return network


def tensors(network):
    """Weights by the names of the published checkpoint."""
    scopes = {"conv3": "conv3/", "conv4": "conv4/", "fc1": "fc1/"}
    named = {}
    for layer in network.layers:
        for kind, array in zip(("weights", "biases"), layer.get_weights(), strict=False):
            scope = scopes.get(layer.name.split("_")[0], "") if "_" in layer.name else ""
            named[f"vggish/{scope}{layer.name}/{kind}"] = array
    return named


def to_torch(array):
    torch = pytest.importorskip("torch")
    order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[array.ndim]
    return torch.from_numpy(np.ascontiguousarray(array.transpose(order)))


def torch_state(network):
    """The state of torchvggish with the same weights."""
    places = [f"features.{n}" for n in (0, 3, 6, 8, 11, 13)] + [f"embeddings.{n}" for n in (0, 2, 4)]
    state = {}
    for place, name in zip(places, PUBLISHED_PARAMETERS, strict=True):
        kernel, bias = network.get_layer(name).get_weights()
        state |= {f"{place}.weight": to_torch(kernel), f"{place}.bias": to_torch(bias)}
    return state


def write_npz(network, folder):
    np.savez(folder / "vggish.npz", **tensors(network))
    return folder / "vggish.npz"


def write_npz_of_keras_names(network, folder):
    named = {f"{layer.name}/{each.name}": np.asarray(each) for layer in network.layers for each in layer.weights}
    np.savez(folder / "vggish.npz", **named)
    return folder / "vggish.npz"


def write_torch(network, folder):
    torch = pytest.importorskip("torch")
    state = {**torch_state(network), "pproc.pca_means": torch.zeros(128, 1)}
    torch.save(state, folder / "vggish-10086976.pth")
    return folder / "vggish-10086976.pth"


WRITERS = [write_npz, write_npz_of_keras_names, write_torch]


def direct_log_mel(samples):
    """One frame after another by sums, as the paper describes it: slow and independent."""
    mel = lambda hz: 1127 * np.log1p(hz / 700)  # noqa: E731
    edges = [mel(125) + (mel(7500) - mel(125)) * k / 65 for k in range(66)]
    n = np.arange(400)
    window = np.sin(np.pi * n / 400) ** 2
    rows = []
    for start in range(0, len(samples) - 399, 160):
        frame = samples[start : start + 400] * window
        magnitudes = [abs((frame * np.exp(-2j * np.pi * k * n / 512)).sum()) for k in range(257)]
        row = []
        for band in range(64):
            low, centre, high = edges[band : band + 3]
            total = 0.0
            for k in range(1, 257):
                at = mel(k * 16000 / 512)
                if low < at <= centre:
                    total += magnitudes[k] * (at - low) / (centre - low)
                elif centre < at < high:
                    total += magnitudes[k] * (high - at) / (high - centre)
            row.append(np.log(total + 0.01))
        rows.append(row)
    return np.array(rows)


def test_front_end_equals_direct_sums():
    rng = np.random.default_rng(1)
    samples = rng.normal(0, 0.2, 15600) * np.linspace(0, 1, 15600)
    (example,) = vggish_front_end.log_mel_examples(samples[None])[0]
    expected = direct_log_mel(samples[: 400 + 9 * 160])
    assert example.shape == (96, 64) and expected.shape == (10, 64)
    np.testing.assert_allclose(example[:10], expected, atol=1e-5)


def test_mel_matrix_is_tensorflows():
    tf = pytest.importorskip("tensorflow")
    expected = tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125.0, 7500.0, tf.float64).numpy()
    np.testing.assert_allclose(vggish_front_end.mel_matrix(), expected, atol=1e-9)


@pytest.mark.parametrize(("n_samples", "expected"), [(15_600, 1), (30_959, 1), (30_960, 2), (64_000, 4)])
def test_examples_lie_wholly_inside_a_clip(n_samples, expected):
    samples = np.random.default_rng(0).normal(0, 0.1, (2, n_samples))
    examples = vggish_front_end.log_mel_examples(samples)
    assert examples.shape == (2, expected, 96, 64) and examples.dtype == "float32"
    last = (expected - 1) * 96 * 160
    alone = vggish_front_end.log_mel_examples(samples[:1, last : last + 15_600])
    np.testing.assert_array_equal(alone[0, 0], examples[0, -1])


def test_short_clips_are_filled_up_with_silence():
    samples = np.random.default_rng(0).normal(0, 0.1, (1, 8000))
    (example,) = vggish_front_end.log_mel_examples(samples)[0]
    filled = vggish_front_end.log_mel_examples(np.pad(samples, ((0, 0), (0, 7600))))
    np.testing.assert_array_equal(example, filled[0, 0])
    assert (example[50:] == np.float32(np.log(0.01))).all() and example[:49].min() > np.log(0.01)


@pytest.mark.backend
def test_network_has_the_published_parameters():
    network = vggish_network.vggish_network()
    found = {layer.name: layer.count_params() for layer in network.layers if layer.weights}
    assert found == PUBLISHED_PARAMETERS
    assert network.count_params() == 72_141_184
    shapes = {layer.name: tuple(layer.output.shape[1:]) for layer in network.layers}
    assert shapes["conv1"] == (96, 64, 64) and shapes["conv4_2"] == (12, 8, 512)
    assert network.output_shape == (None, 128)
    assert network.get_layer("fc2").activation is keras.activations.linear


@pytest.mark.backend
@pytest.mark.parametrize("write", WRITERS)
def test_weights_of_every_format(loaded, tmp_path, write):
    path = write(loaded, tmp_path)
    network = vggish_network.vggish_network()
    vggish_weights.load_weights(network, path)
    for found, expected in zip(network.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.backend
def test_torch_weights_make_the_same_embeddings_as_the_port(loaded, tmp_path):
    torch = pytest.importorskip("torch")
    state = torch_state(loaded)
    examples = np.random.default_rng(3).normal(0, 1, (2, 96, 64)).astype("float32")
    x = torch.from_numpy(examples)[:, None]
    functional = torch.nn.functional
    for number, pooled in ((0, True), (3, True), (6, False), (8, True), (11, False), (13, True)):
        x = functional.conv2d(x, state[f"features.{number}.weight"], state[f"features.{number}.bias"], padding=1)
        x = functional.max_pool2d(x.relu(), 2) if pooled else x.relu()
    x = x.permute(0, 2, 3, 1).reshape(2, -1)
    for number in (0, 2, 4):
        x = functional.linear(x, state[f"embeddings.{number}.weight"], state[f"embeddings.{number}.bias"])
        x = x.relu() if number < 4 else x
    network = vggish_network.vggish_network()
    vggish_weights.load_weights(network, write_torch(loaded, tmp_path))
    np.testing.assert_allclose(network.predict_on_batch(examples), x.numpy(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("vggish/conv2/weights", lambda array: None, r"without 'conv2/kernel'"),
        ("vggish/fc1/fc1_1/weights", lambda array: array.T, r"'fc1_1/kernel'.* shape \(120, 7\).*\(7, 120\)"),
        ("vggish/fc2/biases", lambda array: array * np.nan, r"'fc2/bias'.* must be finite"),
    ],
)
def test_wrong_tensors_are_named_and_nothing_is_loaded(loaded, tmp_path, name, change, message):
    named = tensors(loaded)
    changed = change(named.pop(name))
    np.savez(tmp_path / "wrong.npz", **named, **({} if changed is None else {name: changed}))
    network = vggish_network.vggish_network()
    with pytest.raises(ValueError, match=message) as error:
        vggish_weights.load_weights(network, tmp_path / "wrong.npz")
    assert "wrong.npz" in str(error.value)
    assert not any(array.any() for array in network.get_weights())


@pytest.mark.parametrize("ending", ["npz", "pth"])
def test_damaged_files_are_named(narrow, tmp_path, ending):
    if ending == "pth":
        pytest.importorskip("torch")
    path = tmp_path / f"broken.{ending}"
    path.write_bytes(b"these are no weights at all")
    with pytest.raises(ValueError, match=rf"must be whole. Received: .*broken.{ending}"):
        VGGish(path)


def test_cut_off_file_is_named(loaded, tmp_path):
    path = write_npz(loaded, tmp_path)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ValueError, match=r"must be whole. Received: .*vggish.npz"):
        VGGish(path)


def test_no_code_of_a_torch_file_is_run(narrow, tmp_path):
    torch = pytest.importorskip("torch")

    class Touch:
        def __reduce__(self):
            return (open, (str(tmp_path / "touched"), "w"))

    torch.save({"features.0.weight": Touch()}, tmp_path / "bad.pth")
    with pytest.raises(ValueError, match="must be whole"):
        VGGish(tmp_path / "bad.pth")
    assert not (tmp_path / "touched").exists()


def test_other_and_missing_files_are_named(narrow, tmp_path):
    for name in ("weights.txt", "vggish_model.ckpt", "vggish.h5"):
        with pytest.raises(ValueError, match=rf"must be .npz, or .pth or .pt .*Received: .*{name}. Convert .*np.savez"):
            VGGish(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="none.npz"):
        VGGish(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", embedding=np.zeros(3))
    with pytest.raises(ValueError, match=r"without 'conv1/kernel', with no known tensor"):
        VGGish(tmp_path / "other.npz")


@pytest.mark.backend
def test_embedding_is_front_end_and_network(loaded, tmp_path):
    path = write_npz(loaded, tmp_path)
    embedding = VGGish(path)
    clips = np.random.default_rng(2).uniform(-0.5, 0.5, (35, 31_000, 2)).astype("float32")
    vectors = embedding.fit(clips[:1], 16_000)(clips, 16_000)
    assert embedding.name == "vggish" and embedding.dims == 128
    assert vectors.shape == (35, 2, 128) and vectors.dtype == "float32"
    examples = vggish_front_end.log_mel_examples(clips[[34]].mean(axis=2))
    expected = keras.ops.convert_to_numpy(loaded(examples[0]))
    np.testing.assert_allclose(vectors[34], expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(embedding(clips[34:], 16_000)[0], vectors[34], rtol=1e-3, atol=1e-3)
    published = VGGish(path, relu=True, hop_seconds=0.5)
    assert published.name == "vggish-relu-hop0.5"
    halves = published(clips[:2], 16_000)
    assert halves.shape == (2, 2, 128) and vectors.min() < 0
    np.testing.assert_allclose(halves[:, 0], np.maximum(vectors[:2, 0], 0), rtol=1e-3, atol=1e-3)
    with pytest.raises(ValueError, match="`hop_seconds` must be a number of at least 0.01"):
        VGGish(path, hop_seconds=0)


@pytest.mark.backend
def test_clips_of_any_rate_are_resampled(loaded, tmp_path):
    embedding = VGGish(write_npz(loaded, tmp_path))
    # A chord below 3.5 kHz, so that the rate of 8 kHz loses nothing.
    vectors = []
    for rate in (16_000, 44_100, 8_000):
        time_s = np.arange(rate) / rate
        chord = sum(0.2 * np.sin(2 * np.pi * hz * time_s) for hz in (220, 880, 3000))
        vectors.append(embedding(chord[None, :, None], rate))
    scale = np.abs(vectors[0]).max()
    for vector in vectors[1:]:
        assert vector.shape == (1, 1, 128)
        assert np.abs(vector - vectors[0]).max() < 0.05 * scale
