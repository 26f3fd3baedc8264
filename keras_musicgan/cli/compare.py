"""`musicgan compare`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors
from keras_musicgan.cli.startup import load_package


def compare(
    a: Annotated[Path, typer.Argument(help="An audio or MIDI file.")],
    b: Annotated[Path, typer.Argument(help="Another one, of any sample rate and length.")],
    out: Annotated[Path, typer.Option(help="The figure.")] = Path("comparison.png"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing figure.")] = False,
):
    """Compare two pieces: waveforms, difference, spectrograms and numbers; for two MIDI files also of their notes."""
    console = Console()
    from keras_musicgan.music.pieces import read_pieces
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_new, check_writable, replacing

    with report_errors():
        if out.suffix.lower() not in (".png", ".pdf", ".svg"):
            raise ValueError(f"The figure must be a .png, .pdf or .svg file. Received: --out {out}")
        check_new(out, overwrite)
        check_writable(out)
        (samples_a, rate_a), (samples_b, rate_b) = read_pieces(a, b)
        load_package(console)
        from keras_musicgan.metrics.note_measures import compare_notes
        from keras_musicgan.music import compare as comparison
        from keras_musicgan.music import midi, plots
        from keras_musicgan.music.pieces import is_midi

        numbers = comparison.compare(samples_a, rate_a, samples_b, rate_b)
        if is_midi(a) and is_midi(b):
            numbers["notes"] = compare_notes(midi.read(a), midi.read(b))
        rate = max(rate_a, rate_b)
        figure = plots.comparison(
            comparison.resampled(samples_a, rate_a, rate),
            comparison.resampled(samples_b, rate_b, rate),
            rate,
            a.name,
            b.name,
        )
        with replacing(out) as temporary:
            figure.savefig(temporary)
        if as_json:
            typer.echo(json.dumps({"files": {"a": str(a), "b": str(b)}, "figure": str(out), **numbers}, indent=2))
        else:
            _print_comparison(console, numbers, a.name, b.name)
            print_plain(console, f"figure: {out}")


def _print_comparison(console, numbers, name_a, name_b):
    from rich.table import Table

    from keras_musicgan.metrics import note_measures
    from keras_musicgan.music import compare

    table = Table("", name_a, name_b, "unit")
    _add_rows(table, numbers, compare.UNITS)
    if "notes" in numbers:
        table.add_section()
        _add_rows(table, numbers["notes"], note_measures.UNITS)
    console.print(table)


def _add_rows(table, numbers, units):
    """Adds a row for each number of both pieces, and for each that they have together."""

    def format_number(value):
        return "–" if value is None else f"{value:.4g}"

    for name, unit in units.items():
        values = [numbers["a"][name], numbers["b"][name]] if name in numbers["a"] else [numbers[name]]
        first, second = [format_number(value) for value in values] + [""] * (2 - len(values))
        table.add_row(name.replace("_", " "), first, second, unit)
