"""`musicgan evaluate`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors, with_backend
from keras_musicgan.cli.startup import load_package


class EmbeddingName(StrEnum):
    """Embeddings of audio."""

    log_mel = "log-mel"
    vggish = "vggish"
    classifier = "classifier"


@with_backend
def evaluate(
    model: Annotated[Path, typer.Argument(help="A run folder, a .keras file, or a folder of audio.")],
    data: Annotated[
        Path | None, typer.Argument(help="Folder of real music; without it the training data of the run.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Another run, model or folder of audio to compare the first with.")
    ] = None,
    n: Annotated[int, typer.Option("-n", min=8, help="Largest number of clips in a set.")] = 1000,
    embedding: Annotated[
        EmbeddingName, typer.Option(help="Embedding for distances between clips of audio.")
    ] = EmbeddingName.log_mel,
    weights: Annotated[
        Path | None, typer.Option(help="File with VGGish's published weights, or a saved classifier.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Classify this label; the classifier is trained if missing.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Labels of audio: folder, {instrument}_{pitch}_* for file names, or a CSV.")
    ] = None,
    held_out: Annotated[
        float | None,
        typer.Option(help="Share of held-out files; by default that of the run, else 0.1, or 0.5 without a model."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="data.NAME=VALUE, as for `musicgan train`. May be repeated.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.05, help="Length of clips if there is no model.")] = 1.0,
    resamples: Annotated[int, typer.Option(min=20, help="Half-samples for the intervals.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of latents and choices.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for numbers (JSON) and pictures.")] = Path("evaluation"),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier evaluation.")] = False,
):
    """Measure generated music against held-out real music: a table, a picture, JSON."""
    console = Console()
    from keras_musicgan.pretrained import catalogue
    from keras_musicgan.runs.folder import RunFolder, find_model
    from keras_musicgan.runs.parsing import parse_settings
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_writable, replacing

    with report_errors():
        held = [*out.glob("*.json"), *out.glob("*.png")] if out.is_dir() else []
        if held and not overwrite:
            raise ValueError(
                f"An evaluation needs a folder without one. Received: {out}, which holds {held[0].name}. Replace it "
                "with --overwrite or name another with --out."
            )
        check_writable(out)
        given = dict(parse_settings(setting or []).get("data", {}))
        if held_out is not None:
            given["held_out"] = held_out
        for path in (model, data, against):
            if path is not None and not path.exists() and (path == data or catalogue.find(path) is None):
                raise FileNotFoundError(
                    "`evaluate` takes run folders, .keras files and folders of music. Received: "
                    f"path={str(path)!r}, which does not exist"
                )
        for path in (model, against):
            if path is not None and path.is_file():
                find_model(path)
        load_package(console)
        from keras_musicgan.evaluation import comparison_text, differences
        from keras_musicgan.runs.evaluate import evaluate_paths

        with console.status("evaluating"):
            evaluations = evaluate_paths(
                model,
                data,
                against,
                n=n,
                embedding=embedding.value,
                weights=weights,
                label=label,
                labels=labels,
                classifiers=None if RunFolder(model).config_file.is_file() else out / "classifiers",
                seconds=seconds,
                resamples=resamples,
                seed=seed,
                **given,
            )
        for evaluation in evaluations:
            print_plain(console, evaluation.text(), "")
        written = [path for evaluation in evaluations for path in evaluation.save(out / evaluation.name)]
        if against is not None:
            print_plain(console, comparison_text(*evaluations), "")
            written.append(out / "differences.json")
            with replacing(written[-1]) as temporary:
                rows = [vars(each) for each in differences(*evaluations)]
                temporary.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        for path in written:
            print_plain(console, str(path))
