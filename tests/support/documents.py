"""What documents tell people to run, made small, and a folder of the files that they speak of."""

import re
import shlex
import shutil
from pathlib import Path

from keras_musicgan import datasets, midi
from keras_musicgan.datasets.synthetic.backbeat import with_backbeat
from keras_musicgan.music import audio
from keras_musicgan.presets import PRESETS
from keras_musicgan.runs import choice

ROOT = Path(__file__).parents[2]
RATE = 8000
MODELS = {  # names of runs in the documents, and what kind of music each has learned
    "drums_run": "drums",
    "my_run": "drums",
    "other_run": "drums",
    "notes_run": "notes",
    "lecture_run": "lecture",
    "plain_run": "lecture",
}
SMALL_SPECTRA = {"duration": 0.256, "sample_rate": RATE, "n_fft": 128, "hop_length": 64}
SMALL_PRESETS = {  # what makes each preset small where a document names no size of its own
    "lecture": {
        "generator": {"units": [16, 16]},
        "discriminator": {"units": [16]},
        "representation": {"length": 16, "sample_rate": RATE},
    },
    "pianoroll": {
        "generator": {"width": 8},
        "discriminator": {"width": 8},
        "representation": {"n_codes": 8, "width": 8, "steps": 2},
    },
    "drums": {"generator": {"width": 8}, "discriminator": {"width": 8}, "representation": SMALL_SPECTRA},
    "wavegan-small": {
        "generator": {"width": 4},
        "discriminator": {"width": 4},
        "representation": {"duration": 0.256, "sample_rate": RATE},
    },
}
SMALL_PRESETS["lecture-plain"] = SMALL_PRESETS["lecture"]
SMALL_PRESETS.update(dict.fromkeys(("notes", "sounds", "gansynth-small"), SMALL_PRESETS["drums"]))
FEWER = (  # in code and commands
    (r"epochs=\d+", "epochs=1"),
    (r"--epochs \d+", "--epochs 2"),
    (r"\b(melodies|synthetic_notes|synthetic_drums)\(\d+", r"\1(24"),
    (r"generator.width=\d+", "generator.width=8"),
    (r"held_out=0\.\d+", "held_out=0.4"),
    (r"evaluate\(gan, data(, n=\d+)?\)", "evaluate(gan, data, n=8, resamples=20)"),
    (r"^(\s*\w+ = km\.datasets\.(audio_folder|synthetic_\w+|melodies)\((?!.*held_out).*)\)$", r"\1, held_out=0.4)"),
    (r"musicgan train (?!--resume)", "musicgan train --set data.held_out=0.4 "),
    (r"musicgan app ", "musicgan app --port 0 "),
    (r"musicgan evaluate ", "musicgan evaluate -n 16 --resamples 20 --held-out 0.4 "),
    (r"musicgan sweep (.*--seeds \d+)?", r"musicgan sweep \1 --seeds 1 --set recipe.pieces=12 "),
)


def make_small(text):
    """Code or a command with fewer epochs, clips and seeds."""
    for pattern, replacement in FEWER:
        text = re.sub(pattern, replacement, text, flags=re.M)
    return text


def make_presets_small(patch):
    """Replaces the presets by small ones that train for an epoch, through a `monkeypatch`."""
    for name, sizes in SMALL_PRESETS.items():
        plan = PRESETS[name]
        kind, options = plan["representation"]
        small = {part: {**plan[part], **sizes[part]} for part in ("generator", "discriminator")}
        small["representation"] = (kind, {**options, **sizes.get("representation", {})})
        small["recipe"] = {**plan["recipe"], "epochs": 1, "steps": None, "pieces": 24, "batch_size": 8}
        patch.setitem(PRESETS, name, {**plan, **small})
    patch.setattr(choice, "BUILT_IN", choice.Choice(choice.BUILT_IN.preset))
    patch.setattr(choice, "TUNES_STEPS", 2)


def blocks(text, language):
    """The blocks of code of a document in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.S | re.M)


def commands(text):
    """The `musicgan` commands of a document, each as a list of arguments after the name."""
    found = []
    for line in "".join(blocks(text, "bash")).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)  # a variable of the environment
        if words[:1] == ["musicgan"]:
            found.append(words[1:])
    return found


def steps(text):
    """The commands and the Python blocks of a document in its order: lists of arguments, and strings."""
    pattern = re.compile(r"^```(bash|python)\n.*?^```", flags=re.S | re.M)
    return [
        step
        for match in pattern.finditer(text)
        for step in (blocks(match[0], "python") if match[1] == "python" else commands(match[0]))
    ]


def write_data(folder):
    """The folders and files of which the documents speak."""
    drums, labels = datasets.make_drums(48, 1, RATE, 2048)
    for number, (drum, kind) in enumerate(zip(drums, labels["drum"], strict=True)):
        kind = {"hat": "hihat"}.get(kind, kind)  # as the model drum-machine calls it
        for name in ("my_drums", "my_sounds", "real_sounds"):
            audio.write_wav(folder / name / f"{kind}_{number}.wav", drum, RATE)
    notes, labels = datasets.make_notes(48, 1, RATE, 2048, 1, 60, 71)
    for number, (note, pitch) in enumerate(zip(notes, labels["pitch"], strict=True)):
        audio.write_wav(folder / "my_notes" / f"{('flute', 'oboe')[number % 2]}_{pitch}_{number}.wav", note, RATE)
    for number, tune in enumerate(datasets.compose(12, seed=5, bars=8)):
        midi.write(folder / "tunes" / f"{number}.mid", tune)
    midi.write(folder / "song.mid", with_backbeat(datasets.compose(1, seed=3, bars=2)[0]))


def copy_models(words, folder, trained):
    """Copies the runs that a command reads and nothing has trained yet; `trained` holds one of each kind."""
    out = words[words.index("--out") + 1] if "--out" in words else None
    for name, kind in MODELS.items():
        named = any(word == name or word.endswith(f"={name}") for word in words)
        if named and (name != out or "--resume" in words) and not (folder / name).exists():
            shutil.copytree(trained / kind, folder / name)


PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
WITH_STEPS = [name for name, path in PAGES.items() if steps(path.read_text()) and not name.startswith("docs/results/")]
