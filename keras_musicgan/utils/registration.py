"""The one decorator by which classes become part of saved models."""

import keras

# Files name classes as `keras_musicgan>ClassName`; loading them needs nothing but the package imported.
serializable = keras.saving.register_keras_serializable(package="keras_musicgan")
