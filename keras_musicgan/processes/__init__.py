"""Several processes that train one model, each on its own rows of every batch.

`start` joins the processes that `torchrun`, `srun` or the variables `KERAS_DISTRIBUTION_*` have started. `fit` then
divides batches, and lets the first process alone write files.
"""

from keras_musicgan.processes.group import LostProcessError, from_first, is_first, on_first, rank, size
from keras_musicgan.processes.start import ending_at_once, start

__all__ = ["LostProcessError", "ending_at_once", "from_first", "is_first", "on_first", "rank", "size", "start"]
