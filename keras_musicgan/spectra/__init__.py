"""From audio to spectrograms and back: pure functions on tensors of the backend, and on NumPy arrays on the host."""
