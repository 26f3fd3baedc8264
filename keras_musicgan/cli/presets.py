"""`musicgan presets`."""

from rich.console import Console


def presets():
    """List the architectures."""
    console = Console()
    from rich.table import Table

    from keras_musicgan.presets import PRESETS

    table = Table("preset", "domain", "summary", "reference")
    for name, plan in PRESETS.items():
        table.add_row(name, plan["domain"], plan["summary"], plan["reference"])
    console.print(table)
