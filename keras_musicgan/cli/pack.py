"""`musicgan pack`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import ModelArgument, reject_combination, report_errors, with_backend, with_console
from keras_musicgan.cli.parsing import parse_condition_values
from keras_musicgan.cli.startup import load_package


@with_backend
@with_console
def pack(
    console: Console,
    context: typer.Context,
    model: ModelArgument,
    out: Annotated[
        Path, typer.Argument(help="File to write: .sf2 for a SoundFont, .sfz for SFZ with a folder of WAV files.")
    ],
    sounds: Annotated[
        int | None,
        typer.Option(
            min=1, help="Timbres or kits, each a preset; 1. Without pitches and drums the number of keys; 16."
        ),
    ] = None,
    every: Annotated[
        int, typer.Option(min=1, help="Semitones from one recorded pitch to the next: 3 for a file a third as large.")
    ] = 1,
    hits: Annotated[
        int | None, typer.Option(min=1, help="Strokes of each drum, from soft to loud velocities; 3.")
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            help="Other condition: instrument=flute; several presets by instrument=flute,oboe or instrument=all."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the latents and of conditions not given.")] = None,
    latents: Annotated[
        Path | None, typer.Option(help="A latents.npz of `generate`, each a sound, to use instead of a seed.")
    ] = None,
    release: Annotated[float, typer.Option(help="Milliseconds in which a tone fades out after its end.")] = 300.0,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")] = False,
):
    """Write a trained model as an instrument for music programs.

    Models with a pitch condition become melodic instruments, models of drums a kit, others a bank of sounds on keys.
    """
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.runs.given_conditions import check_given_conditions
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_new, check_writable

    with report_errors():
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        if latents is not None:
            reject_combination(context, "latents", "sounds", "truncation")
        check_new(out, overwrite)
        check_writable(out)
        file = find_model(model)
        check_given_conditions(file, {name: [] for name in conditions})  # a value may be `all`
        load_package(console)
        from keras_musicgan.generation.sample_files import read_latents
        from keras_musicgan.runs.models import load_model

        points = None if latents is None else read_latents(latents)[0]
        gan = load_model(file)
        options: dict[str, Any] = {"sounds": sounds, "every": every, "hits": hits, "latents": points}
        options |= {"release_ms": release, "truncation": truncation, "overwrite": overwrite}
        with console.status("recording"):
            written = gan.pack(out, seed, **options, **conditions)
        for path in written:
            print_plain(console, str(path))
