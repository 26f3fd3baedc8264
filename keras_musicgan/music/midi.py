"""MIDI files to notes and back, with symusic."""

from pathlib import Path

import numpy as np

from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.utils.files import replacing

TICKS_PER_BEAT = 480
LONGEST_BEATS = 50_000  # seven hours at 120 beats per minute


class MidiError(ValueError):
    """A file that is not MIDI, is damaged, or holds no note."""


def read(path: str | Path) -> Notes:
    """Reads a MIDI file.

    Args:
        path: A Standard MIDI File.

    Returns:
        `Notes` with the file's tracks and its first tempo, by default 120 beats per minute; onsets are in beats, so a
        change of tempo keeps the rhythm.

    Raises:
        FileNotFoundError: If there is no such file.
        MidiError: If the file is empty, truncated, not MIDI, or holds no note. The message names the file.
    """
    import symusic

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"A MIDI file must exist to be read. Received: path={str(path)!r}")
    content = path.read_bytes()
    if not content:
        raise MidiError(f"A MIDI file must not be empty. Received: {path}")
    if content[:4] != b"MThd":
        raise MidiError(f"A MIDI file must begin with the bytes 'MThd'. Received: {path}, which does not")
    _check_whole(content, path)
    try:
        score = symusic.Score.from_midi(content)
    except Exception as error:  # symusic raises RuntimeError and others for damaged files
        raise MidiError(f"A MIDI file must be whole. Received: {path}, damaged: {error}") from error
    if score.tpq < 1:
        raise MidiError(f"A MIDI file must count at least one tick a beat. Received: {path}, which counts {score.tpq}")
    if not any(len(track.notes) for track in score.tracks):
        raise MidiError(f"A MIDI file must hold at least one note. Received: {path}")

    parts: list[tuple[np.ndarray, ...]] = []
    tracks: list[Track] = []
    for track in score.tracks:
        table = track.notes.numpy()
        if not len(table["pitch"]):
            continue
        start, duration = table["time"] / score.tpq, np.maximum(table["duration"], 1) / score.tpq
        velocity, index = np.clip(table["velocity"], 1, 127), np.full(len(table["pitch"]), len(tracks))
        parts.append((start, duration, table["pitch"], velocity, index))
        tracks.append(Track(track.name, track.program, track.is_drum))
    marks = {(mark.time / score.tpq, mark.numerator, mark.denominator) for mark in score.time_signatures}
    signatures = sorted(mark for mark in marks if min(mark[1:]) > 0)
    start, duration, pitch, velocity, index = (np.concatenate(column) for column in zip(*parts, strict=True))
    try:
        notes = Notes(
            *(start, duration, pitch, velocity, index),
            tempo=float(score.tempos[0].qpm) if len(score.tempos) else 120.0,
            tracks=tuple(tracks),
            time_signatures=tuple(signatures) or ((0.0, 4, 4),),
        )
    except ValueError as error:
        raise MidiError(f"A MIDI file must hold sensible numbers. Received: {path}: {error}") from error
    if notes.length > LONGEST_BEATS:
        raise MidiError(
            f"A MIDI file must be at most {LONGEST_BEATS:,} beats long. Received: {path} of {notes.length:,.0f} beats, "
            "probably damaged"
        )
    return notes


def write(path: str | Path, notes: Notes) -> None:
    """Writes notes as a MIDI file of 480 ticks a beat, with tempo, metre and track names.

    Args:
        path: The file to write; it appears whole or not at all.
        notes: `Notes`.
    """
    import symusic

    score = symusic.Score(TICKS_PER_BEAT)
    score.tempos.append(symusic.Tempo(0, notes.tempo))
    for beat, numerator, denominator in notes.time_signatures:
        score.time_signatures.append(symusic.TimeSignature(_ticks(beat), numerator, denominator))
    for index, track in enumerate(notes.tracks):
        part = notes.of_track(index)
        written = symusic.Track(track.name, track.program, track.is_drum)
        starts = _ticks(part.start)
        ends = np.maximum(_ticks(part.start + part.duration), starts + 1)
        for start, end, pitch, velocity in zip(starts, ends, part.pitch, part.velocity, strict=True):
            written.notes.append(symusic.Note(int(start), int(end - start), int(pitch), int(velocity)))
        score.tracks.append(written)
    with replacing(path) as temporary:
        temporary.write_bytes(score.dumps_midi())


def _check_whole(content, path):
    """Raises MidiError unless the file holds all tracks that its header announces; symusic may read past the end."""
    announced = int.from_bytes(content[10:12], "big")
    found = position = 0
    while found < announced and position + 8 <= len(content):
        kind, length = content[position : position + 4], int.from_bytes(content[position + 4 : position + 8], "big")
        position += 8 + length
        found += kind == b"MTrk" and position <= len(content)
    if found < announced:
        raise MidiError(
            f"A MIDI file must be whole. Received: {path} with {found} whole track(s) of {announced}; it is cut off"
        )


def _ticks(beats):
    return np.rint(np.asarray(beats) * TICKS_PER_BEAT).astype(int)
