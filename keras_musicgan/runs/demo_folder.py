"""The folder of a demo: whether one may be written there. Needs no Keras."""

from pathlib import Path, PurePath

ORCHESTRA, DRUM_MACHINE = "orchestra", "drum-machine"
OWN_FILES = (
    *("index.html", "song.wav", "song.mid", "drums/sample_*.wav", "drums/latents.npz"),
    *(f"{name}/{file}" for name in (ORCHESTRA, DRUM_MACHINE) for file in ("index.html", "sounds/*.js")),
)


def check_demo_folder(folder: str | Path, overwrite: bool = False) -> Path:
    """The folder with `~` expanded, where a demo may be written; raises FileExistsError otherwise, as `demo`."""
    folder = Path(folder).expanduser()
    if not folder.exists():
        return folder
    if not (folder / "song.mid").is_file():
        raise FileExistsError(f"The demo needs a new folder. Received: {folder}, which holds no demo. Name another.")
    others = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_ours(path.relative_to(folder))]
    if others:
        raise FileExistsError(
            f"A demo is replaced only where nothing else lies. Received: {folder}, which also holds {others[0].name}. "
            "Move it, or name another folder."
        )
    if not overwrite:
        raise FileExistsError(
            f"The demo needs a new folder. Received: {folder}, which holds a demo. Replace it with --overwrite."
        )
    return folder


def _is_ours(path: PurePath) -> bool:
    """Whether a file of the folder is one that a demo writes."""
    return any(path.match(pattern) for pattern in OWN_FILES) and len(path.parts) <= 3
