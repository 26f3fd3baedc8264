"""What a folder of music holds, so that a model can be made that fits it."""
