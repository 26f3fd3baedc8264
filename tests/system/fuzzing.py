"""Damaged files of every kind that the package reads, each read in a process that may die, hang or use up its memory.

`python -m tests.system.fuzzing KIND SEED FIRST FOLDER` is such a process: it reads damaged files until it is stopped,
and prints a line for each.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.support.mutations import mutants

MAX_SECONDS = 10  # for one file
MAX_BYTES = 2 * 2**30  # of memory for one file
MUTANTS_AT_A_TIME = 25
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    """A kind of file and the code that reads it.

    Attributes:
        seeds: Function that writes whole files into a folder.
        damaged: Function from those files and a seed to damaged ones, each as a function that writes it to a path.
        read: Function that reads a path; a ValueError or an OSError that names the path is a refusal.
        per_process: Files that one process reads; TensorFlow keeps memory of every model.
    """

    seeds: Callable[[Path], object]
    damaged: Callable[[list[Path], int], Iterator[Callable[[Path], None]]]
    read: Callable[[Path], None]
    per_process: int = 100_000


@dataclass
class Outcome:
    """What became of the damaged files of a kind.

    Attributes:
        counts: Number of files by "read", "refused" and the faults "unclear error", "crash", "hang", "memory".
        faults: A line for each fault, with the path of the file.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz(kind: str, seconds: float, seed: int, folder: Path, least: int = 0) -> Outcome:
    """Reads damaged files of a kind for some time, or until there were `least`.

    Files at which something is wrong stay in the folder, named after kind, seed and number.
    """
    outcome, number = Outcome(), 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or number < least:
        command = [sys.executable, "-m", "tests.system.fuzzing", kind, str(seed), str(number), str(folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            for line in child.stdout:
                if not line.startswith('{"what"'):
                    continue
                said = json.loads(line)
                outcome.counts[said["what"]] += 1
                if said["what"] not in ("read", "refused"):
                    outcome.faults.append(f"{said['what']}: {keep(folder, kind, seed, number)}: {said['error']}")
                number += 1
                if time.monotonic() > deadline and number >= least:
                    child.kill()
                    return outcome
        if child.returncode == 0:
            continue
        what = "hang" if child.returncode == -signal.SIGALRM else "crash"
        outcome.counts[what] += 1
        outcome.faults.append(f"{what}: {keep(folder, kind, seed, number)}: exit status {child.returncode}")
        number += 1
    return outcome


def keep(folder, kind, seed, number):
    """The path of a copy of the present damaged file."""
    (present,) = (folder / kind).glob("present*")
    kept = folder / f"{kind}-{seed}-{number}{present.suffix}"
    (shutil.copytree if present.is_dir() else shutil.copyfile)(present, kept)
    return kept


def serve(kind, seed, first, folder):
    """Reads damaged files from number `first` on, and prints a line for each."""
    target, place = TARGETS[kind], folder / kind
    if not place.is_dir():
        (place / "making").mkdir(parents=True)
        target.seeds(place / "making")
        (place / "making").rename(place / "whole")
    seeds = sorted((place / "whole").iterdir())
    for path in seeds:
        outcome_of(target.read, path)  # what is imported and compiled once costs no file its time
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MAX_BYTES,) * 2)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process, whatever holds it
    for number, write in enumerate(target.damaged(seeds, seed)):
        if number < first:
            continue
        if number == first + target.per_process:
            return
        path = place / f"present{seeds[number % len(seeds)].suffix}"
        for old in place.glob("present*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        write(path)
        signal.alarm(MAX_SECONDS)
        what, error = outcome_of(target.read, path)
        signal.alarm(0)
        print(json.dumps({"what": what, "error": error}), flush=True)


def outcome_of(read, path):
    """What comes of reading a damaged file, and the words of an error."""
    try:
        read(path)
    except MemoryError as error:
        return "memory", str(error)
    except (ValueError, OSError) as error:
        return ("refused" if path.name in str(error) else "unclear error"), f"{type(error).__name__}: {error}"[:500]
    except Exception as error:
        return "unclear error", f"{type(error).__name__}: {error}"[:500]
    return "read", ""


def damaged_bytes(seeds, seed):
    """Damaged bytes of one whole file after the other."""
    contents = [path.read_bytes() for path in seeds]
    for turn in range(10**9):
        copies = [
            mutants(content, contents[:index] + contents[index + 1 :], MUTANTS_AT_A_TIME, [seed, turn, index])
            for index, content in enumerate(contents)
        ]
        for row in zip(*copies, strict=True):
            for content in row:
                yield lambda path, content=content: path.write_bytes(content)


def damaged_archives(seeds, seed):
    """Zip archives that are damaged in turns as a whole, and within one of their files, which are then whole to zip."""
    within = [[(path, name) for name in zipfile.ZipFile(path).namelist()] for path in seeds]
    for turn, write in enumerate(damaged_bytes(seeds, seed)):
        if turn // len(seeds) % 2:
            yield write
            continue
        names = within[turn % len(seeds)]
        path, name = names[turn // (2 * len(seeds)) % len(names)]
        yield lambda target, path=path, name=name, turn=turn: rewrite(path, name, target, [seed, turn])


def rewrite(path, name, target, seed):
    """An archive with one damaged file in it."""
    with zipfile.ZipFile(path) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    (contents[name],) = mutants(contents[name], [], 1, seed)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for each, content in contents.items():
            archive.writestr(each, content)
    target.write_bytes(written.getvalue())


def damaged_folders(seeds, seed):
    """Folders in which one file is damaged, empty or missing."""
    (seed_folder,) = seeds
    files = sorted(file.relative_to(seed_folder) for file in seed_folder.rglob("*") if file.is_file())
    for turn in range(10**9):
        yield lambda target, turn=turn: copy_with_damage(seed_folder, files[turn % len(files)], target, [seed, turn])


def copy_with_damage(folder, name, target, seed):
    shutil.copytree(folder, target)
    file = target / name
    what = np.random.default_rng(seed).integers(8)
    if what == 0:
        file.unlink()
    elif what == 1 or not file.stat().st_size:
        file.write_bytes(b"")
    else:
        (content,) = mutants(file.read_bytes().ljust(16), [], 1, seed)
        file.write_bytes(content)


def audio_seeds(folder):
    import soundfile

    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (3000, 2))
    options = {"opus": {"format": "OGG", "subtype": "OPUS"}, "adpcm.wav": {"format": "WAV", "subtype": "IMA_ADPCM"}}
    for name in ("wav", "flac", "ogg", "mp3", "aiff", "au", "caf", "w64", "rf64", *options):
        soundfile.write(folder / f"x.{name}", sound, 24_000, **options.get(name, {}))


def read_audio(path):
    from keras_musicgan.music import audio

    n_samples = 0
    for block in audio.blocks(path, 16_000, 1):
        n_samples += len(block)
        if not np.isfinite(block).all():
            raise RuntimeError("samples with NaN or infinity")
    part = audio.read_part(path, n_samples // 2, 500, 16_000, 1)
    if len(part) != min(500, n_samples - n_samples // 2) or not np.isfinite(part).all():
        raise RuntimeError("a part that is not as long as promised, or not finite")


def midi_seeds(folder):
    from keras_musicgan import datasets
    from keras_musicgan.music import midi

    for index, tune in enumerate(datasets.compose(2, seed=5, bars=4)):
        midi.write(folder / f"{index}.mid", tune)
    (folder / "channel_16.mid").write_bytes(bytes.fromhex("4d546864000000060001000104004d54726b00000004579fbf70"))


def read_midi(path):
    from keras_musicgan.music import midi

    notes = midi.read(path)
    if not 0 < notes.seconds < 10**5:
        raise RuntimeError(f"a piece of {notes.seconds} seconds")


def table_seeds(folder):
    (folder / "labels.csv").write_text('file,label,pitch\na.wav,flute,60\n"b, c.wav",oboe,C#4\nd/e.wav,ü,7\n')


def read_table(path):
    from keras_musicgan.datasets.labels import find_labels

    find_labels(["a.wav", "b, c.wav", "d/e.wav"], path, path.parent)


def model_seeds(folder):
    from tests.support.models import small_gan

    for preset in ("lecture", "wavegan-small"):
        gan = small_gan(preset)
        gan.compile()
        gan.save(folder / f"{preset}.keras")


def read_model(path):
    from keras_musicgan.runs.models import load_model

    load_model(path).generate(1, seed=0)


def run_seeds(folder):
    from tests.support.command import RUN, musicgan

    status, _, errors = musicgan(*RUN, "--epochs", 2, "--out", folder / "run")
    if status:
        raise RuntimeError(errors)


def read_run(path):
    from keras_musicgan import experiments
    from keras_musicgan.runs.folder import RunFolder
    from keras_musicgan.runs.models import load_model

    RunFolder(path).read_config()
    experiments.report(path).text()
    load_model(path)


TARGETS = {
    "audio": Target(audio_seeds, damaged_bytes, read_audio),
    "MIDI": Target(midi_seeds, damaged_bytes, read_midi),
    "table": Target(table_seeds, damaged_bytes, read_table),
    "model": Target(model_seeds, damaged_archives, read_model, per_process=10),
    "run": Target(run_seeds, damaged_folders, read_run, per_process=10),
}

if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
