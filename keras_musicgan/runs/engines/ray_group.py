"""Workers of a Ray cluster that train one model together, and start again after one is lost."""

import io
import os
from pathlib import Path
from typing import IO, Any, cast

import ray
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy
from rich.console import Console

from keras_musicgan import processes
from keras_musicgan.backends import group
from keras_musicgan.processes.launch import Launch
from keras_musicgan.processes.rows import check_divides
from keras_musicgan.runs.engines.errors import LostError
from keras_musicgan.runs.engines.ray_cluster import RETRIES, RayCluster, threads
from keras_musicgan.runs.engines.ray_worker import make_messenger
from keras_musicgan.runs.engines.share import Share
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.lock import one_process
from keras_musicgan.runs.setup import recipe_of
from keras_musicgan.runs.train import train_in_held
from keras_musicgan.utils.console import count, print_plain

PLACE_SECONDS = 30.0  # in which a busy cluster may become free, and so a command ends within a minute
ANSWER_SECONDS = 30.0
LOOK_SECONDS = 0.2  # from one look at the workers to the next


def train_on_workers(
    run: RunFolder,
    request: dict,
    n_workers: int,
    per_worker: Share,
    console: Console,
    resume: bool = False,
    overwrite: bool = False,
) -> None:
    """Trains as `runs.train.train`, in workers of the Ray cluster that `RayCluster` finds.

    Each worker is a process that `processes.start` joins with the others. What the first one prints is printed here.
    When a worker is lost, all of them start again from the newest checkpoint, up to three times.

    Args:
        run: As for `train`, on a file system that all machines mount.
        request: As for `train`; its folder of data likewise.
        n_workers: Number of workers, which divides the size of a batch.
        per_worker: What each worker needs.
        console: Where the first one's progress is printed.
        resume: As for `train`.
        overwrite: As for `train`.

    Raises:
        ValueError: If the workers cannot divide a batch, the backend is TensorFlow and there are several, a worker is
            to have several GPUs or a part of one, the cluster has no room for them, or a machine lacks this package or
            a folder; and as `train` does.
        ConnectionError: If the cluster, or one worker from another, cannot be reached.
        LostError: If a worker was lost four times.
    """
    batch_size = request["dataset"].get("batch_size") or recipe_of(request)["batch_size"]
    check_divides(batch_size, n_workers, "workers")
    if n_workers > 1:
        group.check_supported(Launch(0, n_workers, "first-worker:1", None, "--workers"))
    if per_worker.gpus not in (0, 1):
        raise ValueError(
            f"A worker trains on one GPU, or on none. Received: --per-worker {per_worker}. Ask for gpus=1 and as many "
            "workers as GPUs."
        )
    read = [request["data"]] if request["data"] else []
    with one_process(run.path), RayCluster(per_worker, run.path, read) as cluster:
        for n_lost in range(RETRIES + 1):
            before = _state(run.config_file)
            try:
                _train_once(cluster, n_workers, run, request, console, resume, overwrite)
                return
            except (LostError, processes.LostProcessError) as error:
                reason = str(error).rstrip(".")
            if _state(run.config_file) != before:  # a run that had begun
                resume, request = True, run.read_config()
            done, _ = run.newest_checkpoint() if resume else (0, None)
            if n_lost < RETRIES:
                again = f"All start again after {count(done, 'whole epoch')} ({n_lost + 1} of {RETRIES} times)"
                print_plain(console, f"a worker was lost: {reason}. {again}.")
        raise LostError(
            f"All {n_workers} workers must run until the training run ends. Received: one that was lost, "
            f"{RETRIES + 1} times: {reason}. Look at `ray status` and at the memory of the machines; --resume goes on "
            f"after {count(done, 'whole epoch')}."
        )


def _train_once(cluster, n_workers, run, request, console, resume, overwrite):
    """Trains in workers that start now; raises what one of them raises, or a LostError."""
    bundles = _reserve(cluster, n_workers, console)
    try:
        first = PlacementGroupSchedulingStrategy(bundles, placement_group_bundle_index=0)
        messenger = ray.remote(num_cpus=0)(make_messenger()).options(scheduling_strategy=first).remote()
        address = _ask(messenger.address)
        arguments = run.path.resolve(), request, resume, overwrite, messenger, console.width, console.quiet
        left = [
            cluster.start(
                train_as_worker,
                arguments,
                {
                    "KERAS_DISTRIBUTION_NUM_PROCESSES": str(n_workers),
                    "KERAS_DISTRIBUTION_PROCESS_ID": str(number),
                    "KERAS_DISTRIBUTION_JOB_ADDRESSES": address,
                    **threads(max(1, int(cluster.share.cpus))),
                },
                scheduling_strategy=PlacementGroupSchedulingStrategy(bundles, placement_group_bundle_index=number),
                max_retries=0,
                max_calls=1,  # a process that has joined others joins no more
            )
            for number in range(n_workers)
        ]
        try:
            while left:
                ended, left = ray.wait(left, num_returns=len(left), timeout=LOOK_SECONDS)
                print_plain(console, _ask(messenger.read), end="")
                _raise_first(cluster, ended)
        finally:
            cluster.stop()
    finally:
        remove_placement_group(bundles)


def _reserve(cluster, n_workers, console):
    """A placement group with a bundle for each worker.

    Raises:
        ValueError: If the machines are too few or too small, or stay busy.
    """
    share, place = cluster.share, cluster.describe_place()
    asked = f"--workers {n_workers} --per-worker {share}, where the machines have {cluster.describe()}"
    if cluster.n_places() < n_workers:
        raise ValueError(
            f"All workers must fit on the Ray cluster at once. Received: {asked}, room for {cluster.n_places()}. Ask "
            "for less, or add machines."
        )
    bundle = {"CPU": share.cpus, **({"GPU": share.gpus} if share.gpus else {})}
    bundles = placement_group([bundle] * n_workers, strategy="PACK")
    try:
        print_plain(console, f"{place}: {count(n_workers, 'worker')}")
        if not bundles.wait(PLACE_SECONDS):
            free = ray.available_resources()
            raise ValueError(
                f"All workers must fit on the Ray cluster at once. Received: {asked}, of which cpus="
                f"{free.get('CPU', 0):g},gpus={free.get('GPU', 0):g} are free after {PLACE_SECONDS:g} s. Wait until "
                "other work there ends, or ask for less."
            )
    except BaseException:
        remove_placement_group(bundles)
        raise
    return bundles


def train_as_worker(
    folder: Path, request: dict, resume: bool, overwrite: bool, messenger: Any, width: int, quiet: bool
) -> None:
    """Trains as one of several processes, by the variables of this one; the first prints through a messenger.

    Args:
        folder: Folder of the run, held by the process that started this one.
        request: As for `train`.
        resume: As for `train`.
        overwrite: As for `train`.
        messenger: Actor by `make_messenger`.
        width: Columns of what is printed.
        quiet: Whether nothing is printed.
    """
    processes.start()
    printed = cast(IO[str], _Passed(messenger))
    console = Console(file=printed, width=width, quiet=quiet or not processes.is_first())
    train_in_held(RunFolder(folder), request, console, resume, overwrite)


class _Passed(io.TextIOBase):
    """Text for a messenger, which has it when `write` returns."""

    def __init__(self, messenger):
        super().__init__()
        self._messenger = messenger

    def write(self, text):
        ray.get(self._messenger.write.remote(text))
        return len(text)


def _ask(method):
    """The answer of a messenger; raises LostError where none comes."""
    try:
        return ray.get(method.remote(), timeout=ANSWER_SECONDS)
    except ray.exceptions.RayError as error:
        raise LostError(str(error).partition("\n")[0]) from error


def _raise_first(cluster, ended):
    """Raises what explains most, if workers that have ended did not do so well: an error of their own, then a loss."""
    lost = []
    for each in ended:
        try:
            result = cluster.result(each)
        except processes.LostProcessError as error:  # of another one
            lost.append(error)
        else:
            lost[:0] = [result] if isinstance(result, LostError) else []
    if lost:
        raise lost[0]


def _state(file):
    """What changes when a file is replaced; `None` if there is none."""
    try:
        with file.open() as stream:  # a network file system shows others' changes to who opens the file
            found = os.fstat(stream.fileno())
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
