"""`musicgan play`."""

import functools
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import Subtype, report_errors, with_backend, with_console
from keras_musicgan.cli.parsing import parse_condition_values, parse_numbers, parse_tracks
from keras_musicgan.cli.startup import load_package


class Timbre(StrEnum):
    """Timbres within a piece."""

    held = "held"
    wandering = "wandering"


@with_backend
@with_console
def play(
    console: Console,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MODEL] SONG",
            help="A .keras file or a run folder of a model with a pitch condition, which plays all tracks of tones "
            "without a model of their own; and a MIDI file.",
        ),
    ],
    track: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TRACK=MODEL",
            help="Model of one track, by its number from 0 or its name: 0=flute_run, bass=cello_run. May be repeated.",
        ),
    ] = None,
    drums: Annotated[
        Path | None,
        typer.Option(
            help="Model of the drums, a .keras file or a run folder. If its labels are kinds of drums (kick, snare, "
            "hat …), each drum of the song is played by the nearest."
        ),
    ] = None,
    transpose: Annotated[int, typer.Option(min=-127, max=127, help="Semitones by which all tones move.")] = 0,
    out: Annotated[Path, typer.Option(help="The WAV file.")] = Path("song.wav"),
    seed: Annotated[int | None, typer.Option(help="Seed of the timbres and of conditions not given.")] = None,
    timbre: Annotated[
        Timbre, typer.Option(help="A constant timbre for each track, or one that changes through the piece.")
    ] = Timbre.held,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="Other condition: instrument=flute, or a value for each track: instrument=flute,oboe."),
    ] = None,
    attack: Annotated[float, typer.Option(min=0, help="Fade-in of a tone in milliseconds.")] = 10.0,
    release: Annotated[float, typer.Option(min=0, help="Fade-out of a tone in milliseconds.")] = 300.0,
    pan: Annotated[
        str | None, typer.Option(help="Panning from -1 (left) to 1, one or one for each track: -0.5,0.5.")
    ] = None,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV file.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")] = False,
):
    """Play a MIDI file on trained models, every note at its pitch and on its beat.

    Tracks move by octaves into the range of their model. Tracks and drums without a model are left out.
    """
    import warnings

    from keras_musicgan.music import midi
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_new, check_writable

    with report_errors():
        *main, song = files
        if len(main) > 1 or not (main or track or drums):
            raise ValueError(
                "`play` takes a model and a MIDI file, or a MIDI file with --track or --drums. Received: "
                f"{' '.join(map(str, files))}"
            )
        notes = midi.read(song)
        paths = [*parse_tracks(track or []).items(), *((None, path) for path in main)]
        models = {key: find_model(path) for key, path in paths}
        drum_model = None if drums is None else find_model(drums)
        panning = None if pan is None else parse_numbers("pan", pan)
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        check_new(out, overwrite)
        check_writable(out)
        load_package(console)
        from keras_musicgan import synth
        from keras_musicgan.generation.track_models import highest_rate
        from keras_musicgan.music import audio
        from keras_musicgan.runs.models import load_model

        load = functools.cache(load_model)  # one model may play several tracks
        gan = {key: load(path) for key, path in models.items()}
        kit = None if drum_model is None else load(drum_model)
        with console.status("playing"), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", synth.PlayWarning)
            samples = synth.play(
                gan,
                notes,
                seed,
                timbre.value,
                drums=kit,
                transpose=transpose,
                attack_ms=attack,
                release_ms=release,
                pan=panning,
                truncation=truncation,
                **conditions,
            )
        audio.write_wav(out, samples, highest_rate(gan, kit), subtype.value)
        for warning in caught:
            if issubclass(warning.category, synth.PlayWarning):
                print_plain(console, str(warning.message))
        print_plain(console, str(out))
