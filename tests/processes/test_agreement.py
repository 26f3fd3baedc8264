"""Processes that contradict each other are named."""

import pytest

from keras_musicgan.processes import agreement


def test_a_fact_that_differs_is_named_with_its_process(monkeypatch):
    others = [{"version": "0.2.0", "seed": 1}, {"version": "0.2.0", "seed": 2}]
    monkeypatch.setattr(agreement, "gather", lambda facts: [facts, *others])
    with pytest.raises(ValueError, match="same seed. Received: 2 in process 2, 1 in process 0. Give"):
        agreement.check_agreement({"version": "0.2.0", "seed": 1}, "Give the same seed.")


def test_one_process_agrees_with_itself():
    agreement.check_agreement({"seed": 1}, "")
