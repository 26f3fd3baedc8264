"""`musicgan models`."""

from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors
from keras_musicgan.pretrained import catalogue
from keras_musicgan.utils.checks import check_choice


def models(
    name: Annotated[str | None, typer.Argument(help="A model, for its card.")] = None,
):
    """List the trained models that come with the package, or show the card of one."""
    from rich.markdown import Markdown
    from rich.table import Table

    console = Console()
    with report_errors():
        cards = catalogue.cards()
        if name is not None:
            check_choice("model", name, cards)
            console.print(Markdown(cards[name].as_markdown()))
            return
        table = Table("model", "summary", "conditions", "licence", "size")
        for each, card in cards.items():
            size = (catalogue.FOLDER / f"{each}{catalogue.ENDING}").stat().st_size / 1e6
            table.add_row(each, card.summary, ", ".join(card.conditions) or "none", card.licence, f"{size:.1f} MB")
        console.print(table)
