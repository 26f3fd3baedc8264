import io

from rich.console import Console

import keras_musicgan as km


def test_epochs_and_time_left_are_printed(gan, data):
    plain, terminal = io.StringIO(), io.StringIO()
    gan.fit(data, epochs=3, initial_epoch=1, verbose=0, callbacks=[km.callbacks.Progress(Console(file=plain))])
    lines = [line for line in plain.getvalue().splitlines() if line.startswith("epoch")]
    assert [line.split(":")[0] for line in lines] == ["epoch 2/3", "epoch 3/3"]
    assert "0 s left" in plain.getvalue() and "generator_loss" in plain.getvalue()
    rare = io.StringIO()
    gan.fit(data, epochs=5, verbose=0, callbacks=[km.callbacks.Progress(Console(file=rare), every=2)])
    assert [line[:9] for line in rare.getvalue().splitlines() if "/5" in line] == [
        "epoch 2/5",
        "epoch 4/5",
        "epoch 5/5",
    ]
    console = Console(file=terminal, force_terminal=True, width=160)
    gan.fit(data, epochs=2, verbose=0, callbacks=[km.callbacks.Progress(console)])
    assert f"{2 * len(data)}/{2 * len(data)}" in terminal.getvalue()


def test_the_first_step_is_timed_apart(gan, data, monkeypatch):
    plain, terminal = io.StringIO(), io.StringIO()
    clock = iter([100.0, 107.0, *range(110, 200, 4)])  # begin, first step, end of each epoch
    monkeypatch.setattr("keras_musicgan.callbacks.progress.time.monotonic", lambda: float(next(clock)))
    gan.fit(data, epochs=2, verbose=0, callbacks=[km.callbacks.Progress(Console(file=plain, width=200))])
    lines = plain.getvalue().splitlines()
    assert lines[0] == "first step compiled in 7 s" and lines[1].endswith(", 3 s left") and len(lines) == 3
    monkeypatch.undo()
    console = Console(file=terminal, force_terminal=True, width=160)
    gan.fit(data, epochs=1, verbose=0, callbacks=[km.callbacks.Progress(console)])
    assert "compiling the first step" in terminal.getvalue()
