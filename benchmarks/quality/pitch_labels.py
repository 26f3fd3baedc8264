"""Writes a table of labels in which the pitch of each note is the one that is heard, for folders whose names are wrong.

Notes are left out that have no pitch, lie between two semitones, or are neither near the pitch of their name nor an
octave below it. The table serves as `labels` of `datasets.audio_folder` and as `--labels` of `musicgan train` and the
other scripts.
"""

import argparse
import collections
import csv
from pathlib import Path

import numpy as np

from keras_musicgan import Pitch, audio
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import labels_of_files
from keras_musicgan.metrics import estimate_pitch

RATE = 16000
SECONDS = 1.0
OUT_OF_TUNE = 0.4  # semitones from the nearest one, beyond which a note could as well be the next


def pitch_in(path):
    """The pitch heard in the beginning of a file; NaN where there is none."""
    samples, rate = audio.read(path)
    clip = audio.resample(audio.to_channels(samples, 1), rate, RATE)[: round(SECONDS * RATE)]
    return estimate_pitch(np.pad(clip, ((0, round(SECONDS * RATE) - len(clip)), (0, 0)))[None], RATE, low=24)[0]


def verdict(named, heard):
    """What to make of a note: `"as named"`, `"renamed"`, or why it is left out."""
    if np.isnan(heard):
        return "without a pitch"
    if abs(heard - round(heard)) > OUT_OF_TUNE:
        return "out of tune"
    if min(abs(heard - named), abs(heard - named + 12)) > 1.5:
        return "far from the name"
    return "as named" if round(heard) == named else "renamed"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", default="{instrument}_{pitch}_{length}_{dynamic}_*", help="pattern with {pitch}")
    parser.add_argument("--out", type=Path, required=True, help="where to write the table (.csv)")
    arguments = parser.parse_args()
    files = {name: file for name, file in files_below(arguments.folder, "audio").items() if file.stat().st_size}
    labels, _ = labels_of_files(files, arguments.labels, arguments.folder)
    counts, rows = collections.defaultdict(collections.Counter), []
    for name, found in labels.items():
        heard = pitch_in(files[name])
        judged = verdict(Pitch(0, 127).number(found["pitch"]), heard)
        counts[" ".join(found[label] for label in ("instrument", "dynamic") if label in found)][judged] += 1
        if judged in ("as named", "renamed"):
            rows.append({"file": name, **found, "pitch": round(heard)})
    with open(arguments.out, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    kinds = ("as named", "renamed", "out of tune", "far from the name", "without a pitch")
    print("| notes | " + " | ".join(kinds) + " |\n" + "|---" * (len(kinds) + 1) + "|")
    counts["all"] = sum(counts.values(), collections.Counter())
    for group, judged in counts.items():
        print(f"| {group} | " + " | ".join(str(judged[kind]) for kind in kinds) + " |")


if __name__ == "__main__":
    main()
