"""Runs with different hyperparameters, each in a folder of its own."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_musicgan import datasets
from keras_musicgan.experiments.design import choose_settings
from keras_musicgan.experiments.held_out import held_out_diversity
from keras_musicgan.experiments.result import SweepResult, read_sweep
from keras_musicgan.experiments.sweep_folder import SweepFolder
from keras_musicgan.runs.axes import Range, check_axes, format_setting, request_with
from keras_musicgan.runs.folder import RunError, RunFolder
from keras_musicgan.runs.lock import one_process
from keras_musicgan.runs.train import DivergedError, new_model, train
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.console import print_plain

if TYPE_CHECKING:
    from rich.console import Console


def sweep(
    out: str | Path,
    tries: Mapping[str, Sequence | Range] | None = None,
    data: str | Path | None = None,
    *,
    preset: str | None = None,
    runs: int | None = None,
    epochs: int | None = None,
    seeds: int = 2,
    seed: int = 0,
    settings: Mapping[str, Mapping] | None = None,
    resume: bool = False,
    console: "Console | None" = None,
    **fixed,
) -> SweepResult:
    """Trains a model for every setting of some hyperparameters, and estimates their effects.

    Each run has a folder, `run_0001` and so on, that `musicgan` takes like any other. All use the same data with the
    same held-out part. A run that diverges or fails is a result, and the sweep goes on. At the end it writes the tables
    `sweep.csv` and `effects.csv` and the figure `sweep.png`. The effects are those of `estimate_effects`: for each
    value of a hyperparameter the mean of a measure with its 95 % interval.

    Args:
        out: Folder of the sweep.
        tries: Dict from hyperparameter, by its name in `musicgan train` (`"latent_dim"`, `"loss"`,
            `"generator.width"`), to a list of values or a `Range`.
        data: Folder of audio or MIDI files, or `None` for built-in music.
        preset: Architecture; by default one for the data.
        runs: Number of settings, drawn as a Latin hypercube; `None` for the whole grid of lists.
        epochs: Epochs of each run; the preset's if not given.
        seeds: Runs of each setting, with different seeds; more of them make the intervals narrower.
        seed: The first seed; also that of the draws and of the data.
        settings: Options of all runs, as a dict of dicts: `{"generator": {"width": 8}}`.
        resume: Whether to resume the sweep in `out`: finished and diverged runs are kept, an unfinished one is resumed,
            a failed one is tried again. The other arguments must be the first ones; without `tries` they are ignored.
        console: `rich.console.Console` for progress.
        **fixed: Other arguments of `runs.request.TrainingRequest` for all runs, as `condition` and `labels`.

    Returns:
        `SweepResult`.

    Raises:
        ValueError: If a name or a value is wrong, before the first run starts; if the folder holds a sweep that is not
            to be resumed; or if all runs fail.
        OSError: If the data do not exist.

    Example:
        >>> import tempfile
        >>> import keras_musicgan as km
        >>> small = {"generator": {"units": [8]}, "discriminator": {"units": [8]}, "representation": {"length": 16}}
        >>> result = km.experiments.sweep(
        ...     tempfile.mkdtemp(), {"latent_dim": [4, 8]}, preset="lecture", epochs=1, seeds=1,
        ...     settings={**small, "recipe": {"pieces": 2}},
        ... )  # doctest: +SKIP
        >>> [row["latent_dim"] for row in result.rows]  # doctest: +SKIP
        [4, 8]
    """
    from rich.console import Console

    console = console or Console()
    folder = SweepFolder(out)
    arguments = None
    if tries is not None or not resume:
        axes = check_axes(tries or {})
        check_positive_int("seeds", seeds)
        fixed = {
            "preset": preset,
            "data": None if data is None else str(Path(data).expanduser().resolve()),
            "epochs": epochs,
            **fixed,
        }
        arguments = _as_json(axes, runs, seeds, seed, settings or {}, fixed)
    with one_process(folder.path):
        plan = folder.read_plan(arguments) if resume else None
        if plan is None:
            folder.check_available()
            chosen = choose_settings(axes, runs, seed)
            plan = {"asked": arguments, "runs": _plan_runs(chosen, seeds, seed)}
            print_plain(console, f"{len(plan['runs'])} runs: {len(chosen)} settings from {seeds} seeds each")
            plan["held_out_diversity"] = _check_settings(plan)
            folder.write_plan(plan)
        for run in plan["runs"]:
            if run["outcome"] == "failed":
                run["outcome"] = None
                del run["error"]
        _train_all(folder, plan, console)
        result = read_sweep(folder.path)
        result.save()
        return result


def _as_json(axes, runs, seeds, seed, settings, fixed):
    """The arguments of a sweep, as read from JSON."""
    tries = {name: vars(axis) if isinstance(axis, Range) else axis for name, axis in axes.items()}
    arguments = {"tries": tries, "runs": runs, "seeds": seeds, "seed": seed, "settings": settings, "fixed": fixed}
    return json.loads(json.dumps(arguments))


def _plan_runs(chosen, seeds, seed):
    """Seed by seed, so that a sweep that is stopped early has tried every setting."""
    pairs = [(setting, seed + number) for number in range(seeds) for setting in chosen]
    return [
        {"name": f"run_{number:04d}", "setting": setting, "seed": own, "outcome": None}
        for number, (setting, own) in enumerate(pairs, start=1)
    ]


def _request(plan, run):
    arguments = plan["asked"]
    # One seed of the data for all, so that all are measured against the same held-out part.
    settings = {**arguments["settings"], "data": {"seed": arguments["seed"], **arguments["settings"].get("data", {})}}
    return request_with(run["setting"], settings, **{**arguments["fixed"], "seed": run["seed"]})


def _check_settings(plan):
    """Builds every model and opens its data once; the diversity of the first's held-out part in dB, or `None`."""
    diversity, opened = None, set()
    for run in plan["runs"][: len(plan["runs"]) // plan["asked"]["seeds"]]:
        request = _request(plan, run)
        try:
            model = new_model(request)
            overrides = request["overrides"]
            key = json.dumps([request["dataset"], overrides.get("representation"), overrides.get("conditions")])
            if key not in opened:
                data = datasets.for_model(model, request["data"], **{"seed": request["seed"], **request["dataset"]})
                if not opened:
                    diversity = held_out_diversity(data, model)
                opened.add(key)
        except (ValueError, TypeError) as error:
            raise ValueError(
                "Every setting must give a model that can be trained. "
                f"Received: {format_setting(run['setting'])}: {error}"
            ) from error
    return diversity


def _train_all(folder, plan, console):
    for number, run in enumerate(plan["runs"], start=1):
        if run["outcome"] is not None:
            continue
        setting = format_setting(run["setting"])
        print_plain(console, f"\nrun {number} of {len(plan['runs'])}: {setting}, seed {run['seed']}")
        here = RunFolder(folder.path / run["name"])
        request = _request(plan, run)
        began = time.monotonic()
        try:
            train(here, request, console, resume=here.config_file.exists())
            run["outcome"] = "done"
        except DivergedError as error:
            run.update(outcome="diverged", error=str(error))
        except (
            Exception
        ) as error:  # a backend may raise any error, above all out of memory; the other runs may still succeed
            run.update(outcome="failed", error=f"{type(error).__name__}: {error}")
        run["seconds"] = round(run.get("seconds", 0.0) + time.monotonic() - began, 1)
        folder.write_plan(plan)
        if run["outcome"] != "done":
            print_plain(console, f"{run['name']} {run['outcome']}: {run['error']}")
    if all(run["outcome"] == "failed" for run in plan["runs"]):
        raise RunError(
            f"A sweep needs a run that trains. Received: {len(plan['runs'])} runs that failed, the first with "
            f"{plan['runs'][0]['error']}"
        )
