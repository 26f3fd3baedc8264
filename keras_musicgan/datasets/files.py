"""The audio and MIDI files below a folder."""

from pathlib import Path

from keras_musicgan.datasets.splits import NoUsableDataError

ENDINGS = {
    "audio": (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"),
    "MIDI": (".mid", ".midi"),
}


def files_below(folder: str | Path, *kinds: str, required: bool = True) -> dict[str, Path]:
    """The files of some kinds below a folder, by their endings in upper or lower case.

    Args:
        folder: The folder; its sub-folders are searched too.
        *kinds: Keys of `ENDINGS`.
        required: Whether there must be at least one.

    Returns:
        Dict from the name relative to the folder, with `/` between the parts, to the path; sorted by name.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If a file is required and there is none.
    """
    folder = Path(folder)
    described = " or ".join(kinds)
    if not folder.is_dir():
        raise NotADirectoryError(f"A folder of {described} files must exist. Received: path={str(folder)!r}")
    endings = tuple(ending for kind in kinds for ending in ENDINGS[kind])
    files = (file for file in folder.rglob("*") if file.suffix.lower() in endings and not file.is_dir())
    names = {file.relative_to(folder).as_posix(): file for file in files}
    if required and not names:
        raise NoUsableDataError(
            f"A folder must hold {described} files ({', '.join(endings)}). Received: {folder}, which holds none"
        )
    return dict(sorted(names.items()))
