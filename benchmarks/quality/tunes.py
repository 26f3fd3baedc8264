"""Trains a preset of notes on a folder of MIDI for some minutes and shows where its tunes differ from held-out ones.

Without a folder, on built-in tunes. Each seed prints its numbers; with several, the mean follows.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import tables, training
from keras_musicgan.embeddings.musical_statistics import musical_statistics
from keras_musicgan.evaluation import MusicSet

MEASURES = ("precision", "recall", "density", "coverage", "copies")


def shares(pieces: list[km.notes.Notes]) -> dict[str, float]:
    """Shares of notes and melodic intervals of each kind, the mean of all pieces."""
    found = [musical_statistics(piece) for piece in pieces]
    mean = {name: np.mean([each[name] for each in found], axis=0) for name in found[0]}
    return {
        "steps": mean["melodic_intervals"][1],
        "wider than a fifth": mean["melodic_intervals"][4],
        "off-beat sixteenths": mean["onsets_in_bar"][3:].sum(),
        "sixteenth notes": mean["note_lengths"][0],
    }


def numbers(gan, data, n):
    """Dict from measure to (generated, held out, training or NaN)."""
    sets = {
        "generated": MusicSet.from_model(gan, n),
        "held out": MusicSet.from_dataset("held out", data.held_out, gan, n),
        "training": MusicSet.from_dataset("training", data, gan, n),
    }
    
