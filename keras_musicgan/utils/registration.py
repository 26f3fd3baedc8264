"""The decorator that registers classes for saving."""

import keras

# Saved files name classes as `keras_musicgan>ClassName`; they load once the package is imported.
serializable = keras.saving.register_keras_serializable(package="keras_musicgan")
