"""Encoding and decoding: what is kept, what is learnt from data, what is refused."""

import keras
import librosa
import numpy as np
import pytest
from keras import ops

from keras_musicgan import backends
from keras_musicgan.datasets import make_notes
from keras_musicgan.metrics import log_mel_spectrograms
from keras_musicgan.representations import ComplexSpectrum, InstantaneousFrequency, LogMagnitude
from keras_musicgan.spectra.stft import host_stft
from tests.support.harness import check_layer
from tests.support.spectral_clips import real_notes

CLASSES = [InstantaneousFrequency, ComplexSpectrum, LogMagnitude]
VARIANTS = {
    "instantaneous frequency": lambda **options: InstantaneousFrequency(**options),
    "instantaneous frequency, mel": lambda **options: InstantaneousFrequency(n_mels=128, **options),
    "complex": lambda **options: ComplexSpectrum(**options),
    "complex, compressed": lambda **options: ComplexSpectrum(compression=0.3, **options),
    "log magnitude, pghi": lambda **options: LogMagnitude(iterations=0, **options),
    "log magnitude, pghi refined": lambda **options: LogMagnitude(iterations=8, **options),
    "log magnitude, griffin-lim": lambda **options: LogMagnitude(inversion="griffin_lim", **options),
    "log magnitude, range": lambda **options: LogMagnitude(normalization="range", **options),
    "log magnitude, mel": lambda **options: LogMagnitude(n_mels=256, **options),
}
variants = pytest.mark.parametrize("make", VARIANTS.values(), ids=VARIANTS)
classes = pytest.mark.parametrize("cls", CLASSES)


def encode(representation, clips):
    return ops.convert_to_numpy(representation(clips))


def adapted(representation, clips):
    representation.adapt(clips)
    return representation


def round_trip(representation, clips):
    return representation.decode(encode(representation, clips))


def snr_db(clips, decoded):
    return 10 * np.log10(np.square(clips).sum(axis=(1, 2)) / np.square(clips - decoded).sum(axis=(1, 2)))


def pitch(clip):
    """Median MIDI pitch of where a note sounds, by YIN."""
    samples = clip[:, 0].astype("float64")
    hertz = librosa.yin(samples, fmin=90, fmax=1200, sr=16000, frame_length=1024, hop_length=256)
    loud = librosa.feature.rms(y=samples, frame_length=1024, hop_length=256)[0]
    return np.median(librosa.hz_to_midi(hertz)[loud > 0.3 * loud.max()])


@pytest.mark.backend
@classes
@pytest.mark.parametrize("channels", [1, 2])
def test_layers_keep_their_promises(cls, channels):
    clips = make_notes(3, length=1000, sample_rate=8000, channels=channels)[0]
    representation = cls(length=1000, sample_rate=8000, channels=channels, n_fft=64, hop_length=24)
    n_components = 1 if cls is LogMagnitude else 2
    encoded = check_layer(representation, clips, (3, 42, 32, n_components * channels))
    assert np.abs(encoded).max() <= 1.0
    tensor = ops.convert_to_numpy(representation.waveform(encoded))
    assert tensor.dtype == np.float32 and tensor.shape == clips.shape and np.abs(tensor).max() <= 1.0


@classes
@pytest.mark.parametrize("length", [512, 767, 768, 769, 16000, 16384])
def test_frames_are_right_at_every_length(cls, length):
    representation = cls(length=length)
    assert representation.encoded_shape[:2] == (-(-length // 256), 256)
    clips = make_notes(1, length=length)[0]
    assert encode(representation, clips).shape == (1, *representation.encoded_shape)
    assert round_trip(representation, clips).shape == clips.shape


def test_length_follows_from_the_duration():
    assert InstantaneousFrequency(duration=1.0).encoded_shape == (64, 256, 2)
    assert ComplexSpectrum(4.0, 16000, 2, n_fft=1024).encoded_shape == (256, 512, 4)


@pytest.mark.parametrize("options", [{}, {"n_fft": 1024}, {"hop_length": 128, "window": "gaussian"}], ids=str)
def test_notes_come_back(options):
    clips = make_notes(8, seed=2, channels=2)[0]
    representation = adapted(InstantaneousFrequency(channels=2, **options), clips)
    assert snr_db(clips, round_trip(representation, clips)).min() > 50
    for compression in (1.0, 0.3):
        representation = adapted(ComplexSpectrum(channels=2, compression=compression, **options), clips)
        assert snr_db(clips, round_trip(representation, clips)).min() > 110


def test_complex_spectra_lose_nothing_of_noise():
    clips = np.random.default_rng(0).uniform(-1, 1, (2, 5000, 1)).astype("float32")
    assert snr_db(clips, round_trip(ComplexSpectrum(length=5000), clips)).min() > 110


@pytest.mark.data
def test_real_notes_come_back(philharmonia):
    clips = real_notes(philharmonia, 32)
    representation = adapted(InstantaneousFrequency(), clips)
    assert snr_db(clips, round_trip(representation, clips)).min() > 30
    assert snr_db(clips, round_trip(adapted(ComplexSpectrum(), clips), clips)).min() > 60


@variants
def test_pitch_is_kept(make):
    clips, labels = make_notes(12, seed=4)
    decoded = round_trip(adapted(make(), clips), clips)
    assert len(set(labels["instrument"])) == 4
    assert max(abs(pitch(clip) - target) for clip, target in zip(decoded, labels["pitch"], strict=True)) < 0.3


@variants
def test_sound_is_kept(make):
    """Root mean square difference of log-mel spectrograms, which ignore phase; random clips are about 25 dB apart."""
    clips = make_notes(8, seed=5)[0]
    decoded = round_trip(adapted(make(), clips), clips)
    difference = log_mel_spectrograms(clips, 16000) - log_mel_spectrograms(decoded, 16000)
    assert np.sqrt(np.square(difference).mean()) < 8.0


@pytest.mark.backend
@variants
def test_waveform_is_decode_as_a_tensor(make):
    clips = make_notes(4, length=6000, channels=2)[0]
    representation = adapted(make(length=6000, channels=2), clips)
    encoded = encode(representation, clips)
    tensor = ops.convert_to_numpy(representation.waveform(encoded))
    if isinstance(representation, LogMagnitude) and representation.inversion == "pghi":  # other phases, same sound
        difference = log_mel_spectrograms(clips, 16000) - log_mel_spectrograms(tensor, 16000)
        assert np.sqrt(np.square(difference).mean()) < 10.0
    else:
        np.testing.assert_allclose(tensor, representation.decode(encoded), atol=5e-3)  # iterations amplify rounding


@classes
@pytest.mark.parametrize("channels", [1, 2])
def test_power_is_that_of_the_spectra(cls, channels):
    clips = make_notes(3, length=4096, sample_rate=16000, channels=channels)[0]
    representation = adapted(cls(length=4096, channels=channels), clips)
    power = ops.convert_to_numpy(representation.power(representation(clips)))
    spectra = [
        host_stft(np.ascontiguousarray(clips[..., channel]), representation.framing) for channel in range(channels)
    ]
    expected = np.mean([np.abs(spectrum[..., :-1]) ** 2 for spectrum in spectra], axis=0)
    loud = expected > 1e-5 * expected.max()
    inner = loud[..., 1:]  # the complex spectrum keeps its last bin with the first
    assert loud.sum() > 500
    clipped = 0.05 if cls is LogMagnitude else 0.0  # three deviations from the mean
    close = np.isclose(power[..., 1:][inner], expected[..., 1:][inner], rtol=2e-3)
    assert (~close).mean() <= clipped


@variants
def test_a_clip_alone_equals_the_clip_in_a_batch(make):
    clips = make_notes(9, length=6000, channels=2)[0]
    representation = adapted(make(length=6000, channels=2), clips)
    encoded = encode(representation, clips)
    np.testing.assert_allclose(encode(representation, clips[3:4]), encoded[3:4], atol=1e-5)
    np.testing.assert_allclose(representation.decode(encoded[8:]), representation.decode(encoded)[8:], atol=1e-6)


@variants
def test_channels_do_not_mix(make):
    clips = make_notes(2, length=6000, channels=2)[0]
    stereo, mono = make(length=6000, channels=2), make(length=6000)
    encoded = encode(stereo, clips)
    decoded = stereo.decode(encoded)
    for channel in (0, 1):
        alone = encode(mono, clips[..., channel : channel + 1])
        np.testing.assert_allclose(encoded[..., channel::2], alone, atol=1e-5)
        np.testing.assert_allclose(decoded[..., channel : channel + 1], mono.decode(alone), atol=1e-4)


class Batched(keras.utils.PyDataset):
    """Clips with labels, as datasets of this package give them."""

    def __init__(self, clips, batch_size):
        super().__init__()
        self.clips, self.batch_size = clips, batch_size

    def __len__(self):
        return -(-len(self.clips) // self.batch_size)

    def __getitem__(self, index):
        batch = self.clips[index * self.batch_size : (index + 1) * self.batch_size]
        return batch, {"pitch": np.zeros(len(batch))}


@classes
def test_statistics_do_not_depend_on_batches(cls):
    clips = make_notes(10, length=4096, channels=2)[0]
    expected = adapted(cls(length=4096, channels=2), clips).get_weights()
    batches = [Batched(clips, 1), Batched(clips, 7), [clips[:4], clips[4:]], iter([(clips,)])]
    for data in [*batches, ops.convert_to_tensor(clips)]:
        for mine, wanted in zip(adapted(cls(length=4096, channels=2), data).get_weights(), expected, strict=True):
            np.testing.assert_array_equal(mine, wanted)


@pytest.mark.backend
@classes
def test_adapted_values_fill_the_range(cls):
    clips = 0.05 * make_notes(16, length=4096)[0]
    representation = cls(length=4096)
    before = np.abs(encode(representation, clips)).max()
    assert not representation.adapted
    representation.adapt(clips)
    assert representation.adapted
    encoded = encode(representation, clips)
    if cls is LogMagnitude:
        level = np.log(np.abs(_spectra(clips)) + 1e-4)
        deviation = np.maximum(level.std(axis=(0, 1)), 0.1)
        expected = np.clip((level - level.mean(axis=(0, 1))) / (3 * deviation), -1, 1)
        np.testing.assert_allclose(encoded[..., 0], expected, atol=2e-3)
    elif cls is InstantaneousFrequency:
        level = np.log(np.abs(_spectra(clips)) + 1e-4)
        expected = 2 * (level - np.log(1e-4)) / (level.max() - np.log(1e-4)) - 1
        np.testing.assert_allclose(encoded[..., 0], expected, atol=2e-3)
    else:
        assert before < 0.1 and np.abs(encoded).max() == pytest.approx(1, abs=1e-5)


@pytest.mark.backend
def test_by_range_silence_is_the_lowest_value_and_the_largest_of_each_bin_the_highest():
    clips = 0.05 * make_notes(16, length=4096)[0]
    encoded = encode(adapted(LogMagnitude(length=4096, normalization="range"), clips), clips)[..., 0]
    level = np.log(np.abs(_spectra(clips)) + 1e-4) - np.log(1e-4)
    largest = level.max(axis=(0, 1))
    largest = np.maximum(largest, largest.max() / 4)
    np.testing.assert_allclose(encoded, 2 * level / largest - 1, atol=2e-3)
    silent = encode(adapted(LogMagnitude(length=4096, normalization="range"), clips), np.zeros_like(clips))
    np.testing.assert_allclose(silent, -1, atol=1e-5)
    assert encoded.max() == pytest.approx(1, abs=1e-5)


def _spectra(clips):
    """By librosa, relative to full scale, without the last bin; `[n, frames, bins]`."""
    padded = np.pad(clips[..., 0], ((0, 0), (128, 128)))
    return librosa.stft(padded, n_fft=512, hop_length=256, center=False).swapaxes(1, 2)[..., :-1] * 2 / 256


@classes
def test_statistics_are_saved(cls, tmp_path):
    clips = 0.1 * make_notes(4, length=2048)[0]
    representation = adapted(cls(length=2048), clips)
    model = keras.Sequential([keras.Input((2048, 1)), representation])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True).layers[-1]
    assert loaded.adapted and loaded.get_config() == representation.get_config()
    encoded = encode(representation, clips)
    np.testing.assert_allclose(encode(loaded, clips), encoded, atol=1e-6)
    np.testing.assert_array_equal(loaded.decode(encoded), representation.decode(encoded))
    assert len(representation.trainable_variables) == 0


@pytest.mark.backend
@classes
def test_half_precision_rounds_only_the_result(cls):
    clips = make_notes(3, length=4096)[0]
    whole, half = (adapted(cls(length=4096, dtype=dtype), clips) for dtype in ("float32", "mixed_bfloat16"))
    expected = encode(whole, clips)
    rounded = ops.cast(half(clips), "float32")
    np.testing.assert_allclose(ops.convert_to_numpy(rounded), expected, atol=2**-8)
    np.testing.assert_allclose(half.decode(expected), whole.decode(expected), atol=1e-6)
    for mine, wanted in zip(half.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, wanted)


@variants
def test_silence_is_one_value_and_decodes_to_silence(make):
    clips = make_notes(4)[0]
    clips[:, 8192:] = 0.0
    representation = adapted(make(), clips)
    silence = encode(representation, np.zeros((1, 16384, 1), "float32"))
    np.testing.assert_allclose(np.ptp(silence, axis=1), 0.0, atol=1e-6)
    quiet = encode(representation, clips)[:, 34:]
    np.testing.assert_allclose(quiet, np.broadcast_to(silence[:, 34:], quiet.shape), atol=1e-5)
    tail = round_trip(representation, clips)[:, 8192 + 512 :]
    assert np.abs(tail).max() < 2e-3


@pytest.mark.backend
@variants
def test_gradients_are_numbers_also_in_silence(make):
    clips = make_notes(2, length=2048)[0]
    clips[:, 1024:] = 0.0
    representation = adapted(make(length=2048), clips)
    to_encoded, to_audio = keras.Input((2048, 1)), keras.Input(representation.encoded_shape)
    encoder = keras.Model(to_encoded, _Total(lambda x: ops.square(representation(x) + 0.5))(to_encoded))
    decoder = keras.Model(to_audio, _Total(lambda x: ops.square(representation.waveform(x)))(to_audio))
    for model, inputs in ((encoder, clips), (decoder, encode(representation, clips))):
        gradient = ops.convert_to_numpy(backends.input_gradient(model, ops.convert_to_tensor(inputs)))
        assert gradient.shape == inputs.shape and np.isfinite(gradient).all()
        assert np.abs(gradient[:, : inputs.shape[1] // 4]).max() > 0


class _Total(keras.layers.Layer):
    """The sum of a function's values for each clip, `[batch, 1]`."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        values = self.function(x)
        return ops.sum(values, axis=tuple(range(1, len(values.shape))))[:, None]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 400}, "`n_fft` must not exceed the 400 samples of a clip. Received: n_fft=512"),
        ({"hop_length": 0}, "hop_length=0"),
        ({"hop_length": 600}, "hop_length=600"),
        ({"window": "square"}, "window='square'"),
        ({"duration": -1}, "duration=-1"),
        ({"sample_rate": 0}, "sample_rate=0"),
        ({"channels": 3}, "channels=3"),
    ],
)
@classes
def test_wrong_options_are_named(cls, options, message):
    with pytest.raises(ValueError, match=message):
        cls(**options)


@pytest.mark.parametrize(
    ("cls", "options", "message"),
    [
        (LogMagnitude, {"inversion": "phgi"}, "Did you mean 'pghi'"),
        (LogMagnitude, {"inversion": "griffin_lim", "iterations": 0}, "iterations=0"),
        (LogMagnitude, {"iterations": -1}, "iterations=-1"),
        (LogMagnitude, {"n_mels": 257}, "n_mels=257"),
        (LogMagnitude, {"floor_db": 0}, "floor_db=0"),
        (InstantaneousFrequency, {"floor_db": 3}, "floor_db=3"),
        (InstantaneousFrequency, {"n_mels": 0}, "n_mels=0"),
        (ComplexSpectrum, {"compression": 0}, "compression=0"),
        (ComplexSpectrum, {"compression": 1.5}, "compression=1.5"),
    ],
)
def test_wrong_options_of_one_class_are_named(cls, options, message):
    with pytest.raises(ValueError, match=message):
        cls(**options)


@classes
def test_unusable_clips_are_refused(cls):
    representation = cls(length=2048)
    with pytest.raises(ValueError, match="floating-point"):
        representation(np.zeros((1, 2048, 1), "int16"))
    with pytest.raises(ValueError, match=r"shape \[n, 2048, 1\]"):
        representation(np.zeros((1, 2047, 1), "float32"))
    clips = np.zeros((2, 2048, 1), "float32")
    for data, message in [
        ([], "at least one clip. Received: data without any"),
        (clips, "clips that sound. Received: 2 clip\\(s\\) of silence"),
        (np.full_like(clips, np.nan), "NaN"),
        (clips.astype("int16"), "floating-point"),
        (clips[:, :100], "shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            representation.adapt(data)
    assert not representation.adapted
    with pytest.raises(ValueError, match=r"Received: shape \(2, 8, 255, 1\)"):
        representation.decode(np.zeros((2, 8, 255, 1), "float32"))
