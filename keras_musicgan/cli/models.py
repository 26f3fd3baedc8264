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

    from keras_musicgan.utils.console import print_plain

    console = Console()
    with report_errors():
        cards = catalogue.cards()
        if name is not None:
            check_choice("model", name, cards)
            console.print(Markdown(cards[name].as_markdown()))
            return
        for each, card in cards.items():
            size = (catalogue.FOLDER / f"{each}{catalogue.ENDING}").stat().st_size / 1e6
            facts = {
                "conditions": ", ".join(card.conditions) or "none",
                "data": card.data,
                "trained": card.training,
                "quality": ", ".join(card.quality),
                "licence": f"{card.licence}, {size:.1f} MB",
            }
            print_plain(
                console, f"{each}: {card.summary}", *(f"  {name + ':':<12}{text}" for name, text in facts.items())
            )
        print_plain(console, "\nAll measures of one: musicgan models NAME. Its sounds: musicgan generate NAME")
