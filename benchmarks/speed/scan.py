"""Processor time of the scan of a folder of audio or MIDI, of this checkout and of another one, in turns.

`python -m benchmarks.speed.scan FOLDER --against ../old`, where `git worktree add ../old COMMIT` has made `../old`.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.shared.timing import in_turns, median_ratio

ROOT = Path(__file__).parents[2]
SERVER = """
import importlib.util, json, sys, time
from pathlib import Path

root, folder = map(Path, sys.argv[1:])

class Callbacks:  # which lie beside the package
    def find_spec(name, path=None, target=None):
        if name == "keras_musicgan.callbacks":
            place = root / "callbacks"
            return importlib.util.spec_from_file_location(
                name, place / "__init__.py", submodule_search_locations=[str(place)]
            )

sys.meta_path.insert(0, Callbacks)
sys.path.insert(0, str(root))
import keras_musicgan as km
assert Path(km.__file__).is_relative_to(root.resolve()), km.__file__
midi = any(path.suffix.lower() in (".mid", ".midi") for path in folder.rglob("*"))
gan = km.MusicGAN.from_preset("pianoroll" if midi else "wavegan-small")
scan = km.datasets.midi_folder if midi else km.datasets.audio_folder
for _ in sys.stdin:
    began = time.process_time()
    data = scan(folder, gan, held_out=0)
    print(json.dumps([time.process_time() - began, data.n_clips, len(data.skipped)]), flush=True)
"""


class Scanner:
    """A process that scans a folder whenever it is asked to, by the code of a checkout."""

    def __init__(self, root: Path, folder: Path):
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(root), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def scan(self) -> list[float]:
        """Seconds of processor time of a scan, number of clips and number of skipped files."""
        print(file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def close(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    roots = {"this checkout": ROOT}
    if options.against:
        roots = {str(options.against): options.against.resolve(), **roots}
    scanners = {name: Scanner(root, options.folder.resolve()) for name, root in roots.items()}
    for name, scanner in scanners.items():  # the first scan also imports what it needs
        _, n_clips, n_skipped = scanner.scan()
        print(f"{name}: {n_clips} clips, {n_skipped} entries skipped")
    times = in_turns({name: each.scan for name, each in scanners.items()}, options.rounds, lambda scan: scan()[0])
    for name, values in times.items():
        print(f"{name:<32} median {statistics.median(values):6.2f} s, least {min(values):6.2f} s")
    if options.against:
        theirs, ours = times.values()
        print(f"ratio, median of pairs {median_ratio(ours, theirs):5.2f}, of the least {min(ours) / min(theirs):5.2f}")
    for scanner in scanners.values():
        scanner.close()


if __name__ == "__main__":
    main()
