"""The names of losses, penalties and augmentations, where they are listed or checked without Keras."""

LOSS_NAMES = ("non_saturating", "least_squares", "hinge", "wasserstein", "relativistic")
PENALTY_NAMES = ("gradient_penalty", "r1", "r2", "drift")
AUGMENTATION_NAMES = ("shift", "gain", "polarity")
LOSS_SYNONYMS = {  # names of the same losses elsewhere
    "bce": "non_saturating",
    "binary_crossentropy": "non_saturating",
    "binarycrossentropy": "non_saturating",
    "gan": "non_saturating",
    "vanilla": "non_saturating",
    "minimax": "non_saturating",
    "mse": "least_squares",
    "mean_squared_error": "least_squares",
    "l2": "least_squares",
    "lsgan": "least_squares",
    "wgan": "wasserstein",
    "wgan-gp": "wasserstein",
    "wgan_gp": "wasserstein",
    "rpgan": "relativistic",
    "r3gan": "relativistic",
}
