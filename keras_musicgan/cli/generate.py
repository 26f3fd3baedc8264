"""`musicgan generate`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import (
    ModelArgument,
    Subtype,
    reject_combination,
    report_errors,
    with_backend,
    with_console,
)
from keras_musicgan.cli.parsing import parse_condition_values
from keras_musicgan.cli.startup import load_package

DEFAULT_FOLDER = Path("generated")


class Method(StrEnum):
    """Paths between latents."""

    spherical = "spherical"
    linear = "linear"


@with_backend
@with_console
def generate(
    console: Console,
    context: typer.Context,
    model: ModelArgument,
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="Number of clips; 4, or as many as a condition has values.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the latents and of conditions not given.")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="Condition: pitch=60, pitch=C4,E4,G4, instrument=flute. May be repeated."),
    ] = None,
    latents: Annotated[Path | None, typer.Option(help="A latents.npz to use instead of a seed.")] = None,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    interpolate: Annotated[
        int | None, typer.Option(min=1, help="Steps of a path from each latent to the next.")
    ] = None,
    method: Annotated[
        Method | None, typer.Option(help="Kind of that path; by default the one for the model's latents.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Generate one seamless piece of this length instead of clips.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; by default generated, or generated_2 … if it exists.")
    ] = None,
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV files.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into a folder with samples.")] = False,
):
    """Generate music with a trained model: WAV (and MIDI), with the latents."""
    from keras_musicgan.runs.folder import RunError, find_model
    from keras_musicgan.runs.given_conditions import check_given_conditions
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_writable, next_free

    with report_errors():
        if seconds is not None:
            reject_combination(context, "seconds", "n", "latents", "interpolate", "method")
        if latents is not None:
            reject_combination(context, "latents", "n", "seed", "truncation", "condition")
        if interpolate is None:
            reject_combination(context, "method", needs="interpolate")
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        file = find_model(model)
        check_given_conditions(file, conditions)
        if out is None:
            out = DEFAULT_FOLDER if overwrite else next_free(DEFAULT_FOLDER)
        held = [
            path for name in ("sample_*.wav", "sample_*.mid", "continuous.*", "latents.npz") for path in out.glob(name)
        ]
        if held and not overwrite:
            raise RunError(
                f"Samples need a folder without any. Received: {out}, which holds {held[0].name}. "
                "Replace all of them with --overwrite or name another folder with --out."
            )
        check_writable(out)
        load_package(console)
        import numpy as np

        from keras_musicgan.generation import latents as latent_vectors
        from keras_musicgan.generation.sample_files import read_latents, write_continuous, write_samples
        from keras_musicgan.runs.models import load_model

        gan = load_model(file)
        if seconds is not None:
            written = write_continuous(gan, out, seconds, seed, truncation, conditions, subtype.value)
            for path in set(held) - set(written):
                path.unlink()
            for path in written:
                print_plain(console, str(path))
            return
        if latents is not None:
            points, saved = read_latents(latents)
            conditions.update(saved)
            points, conditions = gan.draw(latents=points, **conditions)
        else:
            several = any(isinstance(values, list) for values in conditions.values())
            points, conditions = gan.draw(n or (None if several else 4), seed, truncation=truncation, **conditions)
        if interpolate is not None:
            kind = latent_vectors.METHOD_OF[gan.latent_distribution] if method is None else method.value
            points = latent_vectors.interpolate(points, interpolate, kind)
            conditions = {name: np.append(np.repeat(v[:-1], interpolate), v[-1:]) for name, v in conditions.items()}
        for path in held:
            path.unlink()
        for path in write_samples(gan, out, points, conditions, subtype.value):
            print_plain(console, str(path))
