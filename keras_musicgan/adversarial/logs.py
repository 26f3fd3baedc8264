"""The numbers that training logs, and whether each is better low or high."""

from typing import Any

import keras

LOG_KEYS = (
    "loss",
    "discriminator_loss",
    "generator_loss",
    "penalty",
    "real_score",
    "fake_score",
    "real_accuracy",
    "fake_accuracy",
)
CONDITION_KEYS = ("real_condition_loss", "fake_condition_loss")
GRADIENT_KEYS = ("discriminator_gradient_norm", "generator_gradient_norm")
# Ends of names, also of those that callbacks log, and behind `val_`.
LOWER_IS_BETTER = ("loss", "penalty", "silence_rate", "quality_kernel")
HIGHER_IS_BETTER = (
    *("accuracy", "quality_coverage", "quality_density", "output_diversity", "conditional_diversity"),
    *("target_pitch_rate", "target_label_rate"),
)
GROUPS = {  # by the ends of names, for logs that show them in groups
    "loss": ("loss", "penalty", "gradient_norm"),
    "score": ("score", "accuracy"),
    "quality": ("kernel", "coverage", "density", "diversity", "pitch_rate", "label_rate"),
}


def log_group(name: str) -> str:
    """The group of a number in the logs: `"loss"`, `"score"`, `"quality"`, or `"sound"` for any other.

    Example:
        >>> log_group("generator_loss"), log_group("val_quality_kernel"), log_group("output_rms")
        ('loss', 'quality', 'sound')
    """
    return next((group for group, ends in GROUPS.items() if name.endswith(ends)), "sound")


def resolve_modes(callbacks: Any) -> None:
    """Sets the `mode` of Keras's callbacks that monitor a number with `mode="auto"`.

    Keras knows whether its own metrics and `loss` are better low or high. Numbers that have no better side keep "auto".

    Args:
        callbacks: A callback, a list of them or a `keras.callbacks.CallbackList`, or `None`.
    """
    for callback in keras.tree.flatten(getattr(callbacks, "callbacks", callbacks)):
        monitor = getattr(callback, "monitor", None)
        if getattr(callback, "mode", None) != "auto" or not isinstance(monitor, str):
            continue
        if monitor.endswith(LOWER_IS_BETTER):
            callback.mode = "min"
        elif monitor.endswith(HIGHER_IS_BETTER):
            callback.mode = "max"
