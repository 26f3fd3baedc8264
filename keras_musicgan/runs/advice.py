"""What to try after each verdict, built from what the run used and its model can take."""

from keras_musicgan.adversarial.diversity import ADAPTIVE
from keras_musicgan.adversarial.losses import Relativistic
from keras_musicgan.runs.setup import TrainingSetup

FAR = 2.0  # ratio to the recipe's learning rate from which it is the first thing to put right
FAILURES = (
    *("diverged", "collapsed", "generator won", "discriminator won", "far from real"),
    *("out of tune", "labels ignored"),
)


def advice(verdict: str, setup: TrainingSetup, epochs: int, rising: bool = False) -> str:
    """The remedy of a verdict, in words.

    It names no option that the model refuses, nor one that the run already uses. For a failed run whose learning rates
    or discriminator steps are far from the recipe's, these come first and alone.

    Args:
        verdict: One of `runs.stability.VERDICTS`.
        setup: `TrainingSetup` of the run; an empty one where it is unknown.
        epochs: Epochs done.
        rising: Whether more epochs help, since what is missed still improves.
    """
    found = _from_recipe(setup) if verdict in FAILURES else []
    if not found:
        found = _ADVICE[verdict](setup, epochs, rising)
    elif _ended_early(setup, epochs):
        found.append(_longer(setup, epochs))
    return ", then ".join(part for part in found if part) + "."


def _diverged(setup, epochs, rising):
    return "a lower learning rate (a tenth)", _penalty(setup)


def _too_short(setup, epochs, rising):
    return (_longer(setup, epochs),)


def _collapsed(setup, epochs, rising):
    names = {penalty.name for penalty in setup.penalties}
    losses = []
    if not (isinstance(setup.loss, Relativistic) and {"r1", "r2"} <= names):
        losses.append("loss relativistic with penalties r1 and r2")
    if setup.classifies:
        losses.append("loss wasserstein with penalty gradient_penalty")
    return (
        _longer(setup, epochs) if rising or _ended_early(setup, epochs) else None,
        None if setup.diversity_weight == ADAPTIVE else f"diversity_weight {ADAPTIVE} (now {setup.diversity_weight:g})",
        " or ".join(losses),
        "a lower learning rate of the generator",
        "more, and more different, training music",
    )


def _generator_won(setup, epochs, rising):
    return (
        "a higher learning rate of the discriminator (check that it is not 0)",
        f"more discriminator_steps (now {setup.discriminator_steps})" if setup.loss else "more discriminator_steps",
        "a wider discriminator",
    )


def _discriminator_won(setup, epochs, rising):
    return (
        "a lower learning rate of the discriminator or a higher one of the generator (check that it is not 0)",
        _penalty(setup),
        f"augmentation for few clips ({', '.join(setup.augmentations)})" if setup.augmentations else None,
        "a wider generator",
    )


def _standing_still(setup, epochs, rising):
    return ("a learning rate above 0 for the generator, and a momentum of its average below 1",)


def _far_from_real(setup, epochs, rising):
    longer = _longer(setup, epochs) if _ended_early(setup, epochs) else None
    return longer, _penalty(setup), "more, or more similar, training music"


def _out_of_tune(setup, epochs, rising):
    if rising or _ended_early(setup, epochs):
        return (_longer(setup, epochs),)
    return "more clips of each pitch, or a narrower range of pitches", "twice the epochs"


def _labels_ignored(setup, epochs, rising):
    if rising or _ended_early(setup, epochs):
        return (_longer(setup, epochs),)
    return "more clips of each label, or fewer labels", "twice the epochs"


def _labels_unheard(setup, epochs, rising):
    return ("other labels: check that each file has its own; a label that cannot be heard is better left out",)


def _past_its_best(setup, epochs, rising):
    return ("checkpoints/best.keras, from the best epoch; then a lower learning rate or fewer epochs",)


def _still_improving(setup, epochs, rising):
    return (_longer(setup, epochs),)


def _balanced(setup, epochs, rising):
    if _ended_early(setup, epochs):
        return (f"{_longer(setup, epochs)}; so far nothing is wrong",)
    return ("nothing is wrong; for better music, more or cleaner training music or a wider generator",)


_ADVICE = {
    "diverged": _diverged,
    "too short to tell": _too_short,
    "collapsed": _collapsed,
    "generator won": _generator_won,
    "discriminator won": _discriminator_won,
    "standing still": _standing_still,
    "far from real": _far_from_real,
    "labels unheard": _labels_unheard,
    "out of tune": _out_of_tune,
    "labels ignored": _labels_ignored,
    "past its best": _past_its_best,
    "still improving": _still_improving,
    "balanced": _balanced,
}


def _ended_early(setup, epochs):
    return setup.usual_epochs is not None and epochs < setup.usual_epochs


def _longer(setup, epochs):
    if _ended_early(setup, epochs):
        return f"train longer: {setup.usual_epochs} epochs in all, as is usual for this model (--resume)"
    return f"train longer: {2 * epochs} epochs in all (--resume)"


def _from_recipe(setup):
    """What the run does otherwise than its recipe, in words: learning rates and discriminator steps."""
    found = []
    if setup.discriminator_steps != setup.usual_steps:
        found.append(f"the recipe's discriminator_steps, {setup.usual_steps} (now {setup.discriminator_steps})")
    for role, rate in setup.learning_rates.items():
        usual = setup.usual_rates.get(role)
        if usual and not 1 / FAR <= rate / usual <= FAR:
            found.append(f"a learning rate of the {role} nearer to the recipe's {usual:.4g} (now {rate:.4g})")
    return found


def _penalty(setup):
    """A penalty that the run does not have and its loss takes, or more of the one it has."""
    if setup.loss is None:
        return "penalty r1 (gradient_penalty for loss wasserstein)"
    if setup.penalties:
        strongest = max(setup.penalties, key=lambda penalty: penalty.weight)
        return f"a larger weight of penalty {strongest.name} (now {strongest.weight:g})"
    return "penalty r1" if setup.loss.classifies else "penalty gradient_penalty"
