"""`musicgan report`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors
from keras_musicgan.cli.startup import load_package


def report(
    run: Annotated[Path, typer.Argument(help="A run folder or its history.csv.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print findings and numbers as JSON.")] = False,
):
    """Report from a run's logs whether training was sound, with a remedy."""
    import dataclasses

    from keras_musicgan.utils.console import print_plain

    with report_errors():
        if not run.exists():
            raise FileNotFoundError(f"A run must be a folder or its history.csv. Received: path={str(run)!r}")
        load_package()
        from keras_musicgan import experiments

        found = experiments.report(run)
        if as_json:
            findings = [dataclasses.asdict(finding) for finding in found.findings]
            measures = {name: value if value == value else None for name, value in found.measures.items()}
            typer.echo(json.dumps({"verdict": found.verdict, "findings": findings, "measures": measures}, indent=2))
        else:
            print_plain(Console(), found.text())
