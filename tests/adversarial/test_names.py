from keras_musicgan.adversarial import names
from keras_musicgan.adversarial.augmentations import AUGMENTATIONS
from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.adversarial.penalties import PENALTIES


def test_listed_names_are_those_of_the_classes():
    assert names.LOSS_NAMES == tuple(LOSSES)
    assert names.PENALTY_NAMES == tuple(PENALTIES)
    assert names.AUGMENTATION_NAMES == tuple(AUGMENTATIONS)
    assert set(names.LOSS_SYNONYMS.values()) <= set(LOSSES)
