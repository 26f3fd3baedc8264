"""`musicgan presets`."""

import json
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors
from keras_musicgan.cli.startup import load_package
from keras_musicgan.presets import PRESETS
from keras_musicgan.utils.checks import check_choice


def presets(
    name: Annotated[str | None, typer.Argument(help="A preset, for all that `--set` can change of it.")] = None,
):
    """List the presets, or what of one can be changed, with its values and how long it trains."""
    from rich.table import Table

    console = Console()
    if name is None:
        table = Table("preset", "domain", "summary", "reference")
        for preset, plan in PRESETS.items():
            table.add_row(preset, plan["domain"], plan["summary"], plan["reference"])
        console.print(table)
        return
    with report_errors():
        check_choice("preset", name, PRESETS)
        load_package(console)
        from keras_musicgan.adversarial.recipe import complete
        from keras_musicgan.runs.settings import settings_of
        from keras_musicgan.utils.console import count

        plan = PRESETS[name]
        recipe = complete(plan["recipe"])
        length = count(recipe["epochs"], "epoch") if recipe["steps"] is None else count(recipe["steps"], "step")
        penalties = ", ".join(kind if isinstance(kind, str) else kind[0] for kind in recipe["penalties"]) or "none"
        console.print(f"{name}: {plan['summary']}\n{plan['reference']}\n", markup=False, highlight=False)
        console.print(
            f"Trains for {length} of batches of {recipe['batch_size']}. Loss {recipe['loss']}, penalties {penalties}, "
            f"{count(recipe['discriminator_steps'], 'discriminator update')} a step.\n",
            markup=False,
            highlight=False,
        )
        table = Table("--set", "value", "meaning")
        for setting in settings_of(name):
            table.add_row(setting.name, json.dumps(setting.value), setting.meaning)
        console.print(table, markup=False, highlight=False)
