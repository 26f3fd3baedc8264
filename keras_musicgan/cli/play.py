"""`musicgan play`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import Subtype, report_errors
from keras_musicgan.cli.parsing import parse_condition_values, parse_numbers


class Timbre(StrEnum):
    """Timbres within a piece."""

    held = "held"
    wandering = "wandering"


def play(
    model: Annotated[Path, typer.Argument(help="A .keras file or a run folder of a model with a pitch condition.")],
    song: Annotated[Path, typer.Argument(help="A MIDI file.")],
    out: Annotated[Path, typer.Option(help="The WAV file.")] = Path("song.wav"),
    seed: Annotated[int | None, typer.Option(help="Seed of the timbres and of conditions not given.")] = None,
    timbre: Annotated[
        Timbre, typer.Option(help="A constant timbre for each track, or one that changes through the piece.")
    ] = Timbre.held,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="Other condition: instrument=flute, or a value for each track: instrument=flute,oboe."),
    ] = None,
    attack: Annotated[float, typer.Option(min=0, help="Fade-in of a note in milliseconds.")] = 10.0,
    release: Annotated[float, typer.Option(min=0, help="Fade-out of a note in milliseconds.")] = 300.0,
    pan: Annotated[
        str | None, typer.Option(help="Panning from -1 (left) to 1, one or one for each track: -0.5,0.5.")
    ] = None,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV file.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")] = False,
):
    """Play a MIDI file on a trained model, every note at its pitch."""
    console = Console()
    import warnings

    from keras_musicgan import synth
    from keras_musicgan.music import audio, midi
    from keras_musicgan.runs.folder import load_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_writable

    with report_errors():
        if out.exists() and not overwrite:
            raise ValueError(
                f"The audio needs a new file. Received: --out {out}, which exists. Replace it with --overwrite or name "
                "another."
            )
        check_writable(out)
        notes = midi.read(song)
        gan = load_model(model)
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", synth.PlayWarning)
            samples = synth.play(
                gan,
                notes,
                seed,
                timbre.value,
                attack_ms=attack,
                release_ms=release,
                pan=None if pan is None else parse_numbers("pan", pan),
                truncation=truncation,
                **conditions,
            )
        audio.write_wav(out, samples, gan.representation.sample_rate, subtype.value)
        for warning in caught:
            if issubclass(warning.category, synth.PlayWarning):
                print_plain(console, str(warning.message))
        print_plain(console, str(out))
