"""Seconds that several processes take to sum their gradients, as PyTorch's do once for each update of a network.

KERAS_BACKEND=torch torchrun --nproc-per-node 2 -m benchmarks.speed.all_reduce
"""

import os
import statistics
import time

import torch

from benchmarks.shared.tables import print_head, print_row
from keras_musicgan import backends, processes
from keras_musicgan.backends.torch_group import mean
from keras_musicgan.presets.build import build

PRESETS = ("lecture", "pianoroll", "drums", "gansynth-small", "wavegan-small", "wavegan")
ROUNDS = 9


def main():
    processes.start()
    if processes.is_first():
        where = f"{processes.size()} processes, {os.environ.get('GROUP_WORLD_SIZE', '1')} host(s)"
        print(where)
        print_head(("preset", "gradients of both networks, MB", "their mean, ms", "MB/s"))
    for preset in PRESETS:
        parts = build(preset, {})
        shapes = [tuple(w.shape) for role in ("generator", "discriminator") for w in parts[role].trainable_variables]
        gradients = [torch.ones(shape) for shape in shapes]
        megabytes = sum(gradient.numel() for gradient in gradients) * 4e-6
        times = []
        with backends.group.step():
            for _ in range(ROUNDS):
                began = time.perf_counter()
                mean(gradients)
                times.append(time.perf_counter() - began)
        seconds = statistics.median(times[1:])
        if processes.is_first():
            print_row((preset, f"{megabytes:.1f}", f"{1000 * seconds:.1f}", f"{megabytes / seconds:.0f}"))


if __name__ == "__main__":
    main()
