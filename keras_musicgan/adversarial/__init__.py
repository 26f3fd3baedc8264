"""How two networks are trained against each other: losses, penalties, augmentations, optimizers, recipes."""
