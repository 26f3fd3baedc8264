import pytest

from tests.support.models import small_gan


@pytest.mark.parametrize(
    ("role", "old", "new"),
    [
        ("generator", {"taps": 3}, {"kernel_size": 3}),
        ("discriminator", {"taps": 3, "judge": "auxiliary"}, {"kernel_size": 3, "conditioning": "auxiliary"}),
    ],
)
def test_old_options_of_networks_build_the_same_and_warn(role, old, new):
    conditions = [("pitch", {"low": 60, "high": 62})]
    with pytest.warns(DeprecationWarning) as warned:
        gan = small_gan("gansynth-small", conditions=conditions, **{role: {"width": 8, **old}})
    messages = [str(warning.message) for warning in warned if "is called" in str(warning.message)]
    assert len(messages) == len(old)
    for before, after in zip(old, new, strict=True):
        assert any(message.startswith(f"`{role} {before}` is called `{after}`") for message in messages)
    same = small_gan("gansynth-small", conditions=conditions, **{role: {"width": 8, **new}})
    for name in ("generator", "discriminator"):
        shapes, expected = ([w.shape for w in getattr(model, name).weights] for model in (gan, same))
        assert shapes == expected
    assert gan.has_auxiliary_head == same.has_auxiliary_head == ("judge" in old)


def test_an_option_under_both_names_is_rejected():
    with pytest.raises(ValueError, match="generator takes `kernel_size`, formerly `taps`. Received: both"):
        small_gan("gansynth-small", generator={"taps": 3, "kernel_size": 3})


@pytest.mark.parametrize("role", ["generator", "discriminator"])
def test_an_unknown_option_of_a_network_is_named(role):
    with pytest.raises(
        ValueError, match=f"{role} takes the options .*'width'.*Did you mean 'width'. Received: widht=8"
    ):
        small_gan("gansynth-small", **{role: {"widht": 8}})


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        ({"representation": {"sample_rat": 1}}, ValueError, "representation takes .*Did you mean 'sample_rate'"),
        ({"representation": {"tempo": "fast"}}, TypeError, "options of representation .*'tempo': 'fast'"),
        ({"representation": "waveform"}, TypeError, "`representation` must be an object of its kind, or a dict"),
        ({"generator": {"units": 5}}, TypeError, "options of generator .*'units': 5"),
        ({"generator": {"activation": "rleu"}}, ValueError, "options of generator .*rleu"),
        ({"generator": 5}, TypeError, "`generator` must be"),
        ({"recipe": 5}, TypeError, "`recipe` must be"),
        ({"conditions": "pitch"}, TypeError, "`conditions` must be a list"),
        ({"conditions": [("pitch", {"lo": 1})]}, ValueError, "condition 'pitch' takes .*Did you mean 'low'"),
        ({"conditions": [("label", {})]}, TypeError, "options of condition 'label' .*missing"),
    ],
)
def test_options_of_parts_are_named(overrides, error, message):
    with pytest.raises(error, match=message):
        small_gan("lecture", **overrides)


def test_options_that_a_class_passes_on_are_known():
    options = {"length": 512, "n_fft": 64, "hop_length": 32, "n_mels": 16}
    assert small_gan("gansynth-small", representation=options).representation.n_mels == 16
