"""The plan of a sweep: its arguments and its runs, as `sweep.json` keeps them."""

import json
from collections.abc import Mapping, Sequence

from keras_musicgan.experiments.held_out import held_out_diversity
from keras_musicgan.runs.axes import Range, format_setting, request_with
from keras_musicgan.runs.train import new_model, open_data


def as_json(tries: Mapping[str, Sequence | Range], **arguments) -> dict:
    """The arguments of a sweep, as read from JSON."""
    written = {name: vars(axis) if isinstance(axis, Range) else axis for name, axis in tries.items()}
    return json.loads(json.dumps({"tries": written, **arguments}))


def plan_runs(settings: Sequence[Mapping], seeds: int, seed: int) -> list[dict]:
    """The runs, seed by seed, so that a sweep that is stopped early has tried every setting."""
    pairs = [(setting, seed + number) for number in range(seeds) for setting in settings]
    return [
        {"name": f"run_{number:04d}", "setting": setting, "seed": own, "outcome": None}
        for number, (setting, own) in enumerate(pairs, start=1)
    ]


def request_of(plan: dict, run: dict) -> dict:
    """The request of a run, by `TrainingRequest.config`."""
    arguments = plan["asked"]
    # One seed of the data for all, so that all are measured against the same held-out part.
    settings = {**arguments["settings"], "data": {"seed": arguments["seed"], **arguments["settings"].get("data", {})}}
    return request_with(run["setting"], settings, **{**arguments["fixed"], "seed": run["seed"]})


def check_settings(plan: dict) -> float | None:
    """Builds every model and opens its data once; the diversity of the first's held-out part in dB, or `None`.

    Raises:
        ValueError: If a setting gives no model that can be trained.
    """
    diversity, opened = None, set[str]()
    for run in plan["runs"][: len(plan["runs"]) // plan["asked"]["seeds"]]:
        request = request_of(plan, run)
        try:
            model = new_model(request)
            overrides = request["overrides"]
            key = json.dumps([request["dataset"], overrides.get("representation"), overrides.get("conditions")])
            if key not in opened:
                data, _ = open_data(model, request)
                if not opened:
                    diversity = held_out_diversity(data, model)
                opened.add(key)
        except (ValueError, TypeError) as error:
            raise ValueError(
                "Every setting must give a model that can be trained. "
                f"Received: {format_setting(run['setting'])}: {error}"
            ) from error
    return diversity
