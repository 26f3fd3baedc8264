"""Options of the commands that make a page: the same for one that is written and one that is served."""

from typing import Annotated

import typer

TruncationOption = Annotated[float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")]
ConditionOption = Annotated[
    list[str] | None,
    typer.Option(help="Values to choose from instead of all: instrument=flute,oboe. May be repeated."),
]
PitchesOption = Annotated[
    str | None, typer.Option(metavar="LOW:HIGH", help="Range of the keyboard instead of the model's: C3:C5.")
]
TitleOption = Annotated[str | None, typer.Option(help="Title of the page; by default the model's file name.")]
