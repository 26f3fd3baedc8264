"""The folder of a sweep: its plan, runs, tables and figure."""

import json
from pathlib import Path

from keras_musicgan.runs.folder import RunError
from keras_musicgan.utils.files import replacing

PLAN = ("asked", "runs", "held_out_diversity")


class SweepFolder:
    """The files of a sweep.

    - `sweep.json`: the arguments of the sweep, its runs and their outcomes;
    - `run_0001/` and so on: the runs;
    - `sweep.csv`: a row for each run; `effects.csv`: a row for each measure and value of a hyperparameter; `sweep.png`:
      the figure.

    Args:
        path: The folder.
    """

    def __init__(self, path):
        self.path = Path(path).expanduser()
        self.plan_file = self.path / "sweep.json"
        self.table = self.path / "sweep.csv"
        self.effects = self.path / "effects.csv"
        self.figure = self.path / "sweep.png"

    def check_available(self) -> None:
        """Raises RunError if a new sweep would mix with, or overwrite, files in the folder."""
        if self.path.exists() and not self.path.is_dir():
            raise RunError(f"A sweep needs a folder. Received: {self.path}, which is a file. Name another with --out.")
        if self.plan_file.exists():
            raise RunError(
                f"A new sweep needs a folder without one. Received: {self.path}, which holds a sweep. "
                "Resume it with --resume, or name another folder with --out."
            )
        own = (*sorted(self.path.glob("run_*")), self.table, self.effects, self.figure)
        held = [path.name for path in own if path.exists()]
        if held:
            raise RunError(
                f"A new sweep needs a folder without {held[0]}. Received: {self.path}, which holds one but no sweep. "
                "Name another folder with --out."
            )

    def write_plan(self, plan: dict) -> None:
        """Writes `sweep.json`."""
        with replacing(self.plan_file) as temporary:
            temporary.write_text(json.dumps(plan, indent=2) + "\n")

    def read_plan(self, arguments: dict | None = None) -> dict:
        """Reads `sweep.json`.

        Args:
            arguments: The arguments of a resumed sweep, which must be the first ones, or `None`.

        Raises:
            RunError: If there is no sweep, its plan is damaged, or the arguments differ.
        """
        if not self.plan_file.is_file():
            raise RunError(f"A sweep's folder must hold sweep.json. Received: {self.path}, which holds none")
        try:
            plan = json.loads(self.plan_file.read_text())
            missing = set(PLAN) - set(plan)
        except (TypeError, ValueError) as error:
            raise RunError(f"sweep.json must be whole. Received: {self.plan_file}: {error}") from error
        if missing:
            raise RunError(
                f"sweep.json must name {', '.join(PLAN)}. Received: {self.plan_file} without "
                f"{', '.join(sorted(missing))}, which belongs to no sweep. Name another folder with --out."
            )
        given = arguments or {}
        before = {name: plan["asked"].get(name) for name in given}
        changed = [name for name in before if json.dumps(given[name]) != json.dumps(before[name])]
        if changed:
            raise RunError(
                "A resumed sweep keeps its arguments. Received: "
                + ", ".join(f"{name}={given[name]}, before {before[name]}" for name in changed)
                + ". Give the first command again, or --resume and --out alone; start another sweep for other settings."
            )
        return plan
