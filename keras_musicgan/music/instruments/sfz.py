"""Sampled instruments to SFZ files, with a folder of WAV files beside them."""

import re
import struct
from collections.abc import Sequence
from pathlib import Path

from keras_musicgan.music import audio
from keras_musicgan.music.instruments.instrument import Instrument, unique_names
from keras_musicgan.utils.files import replacing, replacing_folder

LONGEST_NAME = 60
RELEASE_DB = 60.0  # by which a note falls in the release of an `Instrument`
FULL_FALL_DB = 78.0  # by which an envelope falls in its time; players take exp(−9)
CUT_SECONDS = 0.02  # in which a recording that is cut off fades out


def write_sfz(path: str | Path, instruments: Sequence[Instrument], sample_rate: int) -> list[Path]:
    """Writes instruments as SFZ files and their recordings as 16-bit WAV files, with root key and loop in each.

    One instrument is the file itself; of several each has a file whose name ends in that of the instrument. The WAV
    files lie in a folder beside them, which replaces an earlier one.

    Args:
        path: The file (.sfz); each file appears whole or not at all.
        instruments: The instruments.
        sample_rate: Rate of all recordings in Hz.

    Returns:
        Paths of the SFZ files.

    Raises:
        ValueError: If the folder for the recordings holds something else than WAV files.

    Reference: The SFZ format (rgc:audio, 2004), with `off_time` of its second version.
    """
    names = [instrument.name for instrument in instruments]
    paths, folder = files_of_sfz(path, names)
    foreign = [each.name for each in folder.iterdir() if each.suffix != ".wav"] if folder.is_dir() else []
    if foreign:
        raise ValueError(
            f"The recordings need a folder of their own. Received: {folder}, which holds {foreign[0]}. Move it, or "
            "name another file."
        )
    texts = []
    with replacing_folder(folder) as temporary:
        temporary.mkdir()
        files: dict[tuple, str] = {}  # names by array and loop; zones with the same array share a recording
        for instrument, slug in zip(instruments, _slugs(names), strict=True):
            lines = [f"<group> {_opcodes(_of_all(instrument))}"]
            for zone in instrument.zones:
                recording = (id(zone.samples), zone.loop)
                if recording not in files:
                    key = zone.keys[0] if zone.root is None else zone.root
                    files[recording] = f"{len(files) + 1:05d}_{slug}_{key}.wav"
                    (temporary / files[recording]).write_bytes(_wav(zone, sample_rate))
                options = {**_of_zone(zone, sample_rate), "sample": f"{folder.name}/{files[recording]}"}
                lines.append(f"<region> {_opcodes(options)}")
            texts.append("\n".join([*lines, ""]))
    for file, text in zip(paths, texts, strict=True):
        with replacing(file) as temporary:
            temporary.write_text(text, encoding="ascii")
    return paths


def files_of_sfz(path: str | Path, names: Sequence[str]) -> tuple[list[Path], Path]:
    """The SFZ files of instruments with these names, and the folder of their recordings.

    Example:
        >>> files, folder = files_of_sfz("winds.sfz", ["flute", "oboe"])
        >>> [file.name for file in files], folder.name
        (['winds_flute.sfz', 'winds_oboe.sfz'], 'winds_samples')
    """
    path = Path(path).expanduser()
    folder = path.with_name(f"{_slugs([path.stem])[0]}_samples")
    if len(names) == 1:
        return [path], folder
    return [path.with_name(f"{path.stem}_{slug}.sfz") for slug in _slugs(names)], folder


def _slugs(names):
    """Different names of letters, digits and underscores, which are safe in paths and in SFZ files."""
    plain = [re.sub("[^A-Za-z0-9-]+", "_", name).strip("_") for name in unique_names(names, LONGEST_NAME)]
    return [name.replace(" ", "_") for name in unique_names(plain, LONGEST_NAME)]


def _opcodes(options):
    return " ".join(f"{name}={value}" for name, value in options.items())


def _of_all(instrument):
    """Opcodes of all zones of an instrument."""
    if instrument.release_seconds is None:
        return {"loop_mode": "one_shot"}
    return {"ampeg_release": f"{instrument.release_seconds * FULL_FALL_DB / RELEASE_DB:.4f}"}


def _of_zone(zone, sample_rate):
    """Opcodes of a zone; `sample` comes last, as a path may hold spaces."""
    options: dict[str, object] = {"lokey": zone.keys[0], "hikey": zone.keys[1]}
    if zone.root is None:
        options["pitch_keytrack"] = 0
    else:
        options["pitch_keycenter"] = zone.root
    if zone.velocities != (1, 127):
        options |= {"lovel": zone.velocities[0], "hivel": zone.velocities[1]}
    if zone.loop:
        options |= {"loop_mode": "loop_continuous", "loop_start": zone.loop[0], "loop_end": zone.loop[1] - 1}
    if zone.loop and zone.decay_db > 0:
        hold, fall = zone.loop[0] / sample_rate, FULL_FALL_DB / zone.decay_db
        options |= {"ampeg_hold": f"{hold:.4f}", "ampeg_decay": f"{fall:.4f}", "ampeg_sustain": 0}
    if zone.cut_group:
        options |= {"group": zone.cut_group, "off_by": zone.cut_group, "off_mode": "time", "off_time": CUT_SECONDS}
    return options


def _wav(zone, sample_rate):
    """The content of a WAV file with a `smpl` chunk: the root key, and the loop with its last sample."""
    content = audio.wav(zone.samples, sample_rate)
    root = 60 if zone.root is None else zone.root
    loops = struct.pack("<6I", 0, 0, zone.loop[0], zone.loop[1] - 1, 0, 0) if zone.loop else b""
    header = struct.pack("<9I", 0, 0, round(1e9 / sample_rate), root, 0, 0, 0, len(loops) // 24, 0)
    content += b"smpl" + struct.pack("<I", len(header + loops)) + header + loops
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]
