"""Writes a table of labels with the estimated pitch of each note, for folders whose file names are wrong.

Notes are left out that have no pitch, lie between two semitones, or are neither near the pitch of their name nor an
octave below it. The table serves as `labels` of `datasets.audio_folder` and as `--labels` of `musicgan train` and the
other scripts.
"""

import argparse
import collections
import csv
from pathlib import Path

import numpy as np

from benchmarks.shared.tables import print_head, print_row
from keras_musicgan import Pitch, audio
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import find_labels
from keras_musicgan.metrics import estimate_pitch

RATE = 16000
SECONDS = 1.0
OUT_OF_TUNE = 0.4  # semitones from the nearest one, beyond which a note could as well be the next
VERDICTS = ("as named", "renamed", "out of tune", "far from the name", "without a pitch")


def pitch_in_file(path):
    """The estimated pitch of the beginning of a file; NaN if it has none."""
    samples, rate = audio.read(path)
    clip = audio.resample(audio.to_channels(samples, 1), rate, RATE)[: round(SECONDS * RATE)]
    return estimate_pitch(np.pad(clip, ((0, round(SECONDS * RATE) - len(clip)), (0, 0)))[None], RATE, low=24)[0]


def verdict(named, estimated):
    """The one of `VERDICTS` on a note; the first two keep it."""
    if np.isnan(estimated):
        return "without a pitch"
    if abs(estimated - round(estimated)) > OUT_OF_TUNE:
        return "out of tune"
    if min(abs(estimated - named), abs(estimated - named + 12)) > 1.5:
        return "far from the name"
    return "as named" if round(estimated) == named else "renamed"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", default="{instrument}_{pitch}_{length}_{dynamic}_*", help="pattern with {pitch}")
    parser.add_argument("--out", type=Path, required=True, help="file for the table (.csv)")
    arguments = parser.parse_args()
    files = {name: file for name, file in files_below(arguments.folder, "audio").items() if file.stat().st_size}
    labels, _ = find_labels(files, arguments.labels, arguments.folder)
    counts, rows = collections.defaultdict(collections.Counter), []
    for name, found in labels.items():
        estimated = pitch_in_file(files[name])
        kind = verdict(Pitch(0, 127).number(found["pitch"]), estimated)
        counts[" ".join(found[label] for label in ("instrument", "dynamic") if label in found)][kind] += 1
        if kind in VERDICTS[:2]:
            rows.append({"file": name, **found, "pitch": round(estimated)})
    with open(arguments.out, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    print_head(["notes", *VERDICTS])
    counts["all"] = sum(counts.values(), collections.Counter())
    for group, count in counts.items():
        print_row([group, *(count[kind] for kind in VERDICTS)])


if __name__ == "__main__":
    main()
