"""Runs with different hyperparameters, each in a folder of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_musicgan.experiments.attempt import attempt
from keras_musicgan.experiments.design import choose_settings
from keras_musicgan.experiments.plan import as_json, check_settings, plan_runs, request_of
from keras_musicgan.experiments.result import SweepResult, read_sweep
from keras_musicgan.experiments.sweep_folder import SweepFolder
from keras_musicgan.runs.axes import Range, check_axes, format_setting
from keras_musicgan.runs.engines import check_engine, open_engine
from keras_musicgan.runs.engines.errors import LostError
from keras_musicgan.runs.engines.share import check_share
from keras_musicgan.runs.folder import RunError
from keras_musicgan.runs.lock import one_process
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
    engine: str = "serial",
    per_run: Mapping[str, float] | None = None,
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
            Only the engine may be another.
        engine: `"serial"` trains one run after the other in this process; `"ray"` trains them at once on the Ray
            cluster that `ray.init` finds, or on the cores of this machine. The table is the same, except for `seconds`.
        per_run: With `"ray"`, what each run needs of a machine, as `{"cpus": 1, "gpus": 0.25}`; one core if not given.
        console: `rich.console.Console` for progress.
        **fixed: Other arguments of `runs.request.TrainingRequest` for all runs, as `condition` and `labels`.

    Returns:
        `SweepResult`.

    Raises:
        ValueError: If a name or a value is wrong, before the first run starts; if the folder holds a sweep that is not
            to be resumed; if all runs fail; or if the machines of a cluster cannot train them.
        OSError: If the data do not exist, or a cluster cannot be reached.
        ImportError: If the engine is not installed.

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
    check_engine(engine, per_run=per_run)
    check_share("per_run", per_run)
    folder = SweepFolder(out)
    arguments = None
    if tries is not None or not resume:
        axes = check_axes(tries or {})
        check_positive_int("seeds", seeds)
        folder_of_data = None if data is None else str(Path(data).expanduser().resolve())
        fixed = {"preset": preset, "data": folder_of_data, "epochs": epochs, **fixed}
        arguments = as_json(axes, runs=runs, seeds=seeds, seed=seed, settings=settings or {}, fixed=fixed)
    with one_process(folder.path):
        plan = folder.read_plan(arguments) if resume else None
        if plan is None:
            folder.check_available()
            chosen = choose_settings(axes, runs, seed)
            plan = {"asked": arguments, "runs": plan_runs(chosen, seeds, seed)}
            print_plain(console, f"{len(plan['runs'])} runs: {len(chosen)} settings from {seeds} seeds each")
        for run in plan["runs"]:
            if run["outcome"] == "failed":
                run["outcome"] = None
                del run["error"]
        if any(run["outcome"] is None for run in plan["runs"]):
            read = [plan["asked"]["fixed"]["data"]] if plan["asked"]["fixed"]["data"] else []
            with open_engine(engine, per_run, folder.path, read, console) as opened:
                if "held_out_diversity" not in plan:
                    plan["held_out_diversity"] = _check_settings(plan, opened)
                    folder.write_plan(plan)
                _train_all(folder, plan, opened, console)
        result = read_sweep(folder.path)
        result.save()
        return result


def _check_settings(plan, engine):
    """As `check_settings`, where the runs are trained, so that this process takes no memory of their GPUs."""
    ((_, diversity),) = engine.call_all(check_settings, [(plan,)])
    if isinstance(diversity, LostError):
        raise diversity
    return diversity


def _train_all(folder, plan, engine, console):
    """Trains all runs that are left, and writes the plan after each."""
    left = [run for run in plan["runs"] if run["outcome"] is None]
    tasks = [_task(folder, plan, run, engine.console) for run in left]
    for number, result in engine.call_all(attempt, tasks):
        run = left[number]
        if isinstance(result, LostError):
            result = {"outcome": "failed", "error": f"LostError: {result}", "seconds": 0.0}
        run.update(result, seconds=round(run.get("seconds", 0.0) + result["seconds"], 1))
        folder.write_plan(plan)
        ended = run.get("error") or f"{_describe(run)}, {run['seconds']:g} s"
        print_plain(console, f"{run['name']} {run['outcome']}: {ended}")
    if all(run["outcome"] == "failed" for run in plan["runs"]):
        raise RunError(
            f"A sweep needs a run that trains. Received: {len(plan['runs'])} runs that failed, the first with "
            f"{plan['runs'][0]['error']}"
        )


def _task(folder, plan, run, console):
    """The arguments of `attempt`."""
    title = f"{run['name']} of {len(plan['runs'])}: {_describe(run)}"
    return folder.path.resolve() / run["name"], request_of(plan, run), title, console


def _describe(run):
    return f"{format_setting(run['setting'])}, seed {run['seed']}"
