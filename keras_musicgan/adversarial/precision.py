"""The precisions in which a model trains, by the names of Keras's dtype policies."""

PRECISION_NAMES = ("float32", "mixed_bfloat16", "mixed_float16")
