"""The table of lesson 05's scaling runs: whole, in the order that the lesson relies on, and true."""

import pytest

from openexperts import scaling
from openexperts.training import train


def test_the_shipped_table_has_each_run_for_three_seeds_and_the_held_out_one_first():
    for seed in range(3):
        held_out, *twelve = [row for row in scaling.shipped() if row["seed"] == seed]
        assert len({(row["active"], row["words"]) for row in twelve}) == 12
        assert all(row["active"] < held_out["active"] and row["words"] < held_out["words"] for row in twelve)
    assert len(scaling.shipped()) == 39


def test_a_run_of_the_table_gives_its_loss_again():
    run = scaling.run(16, 90, seed=0)
    loss = train(run.model(), run.documents(), run.validation(), run.settings, lambda: None).loss[-1]
    seed_0 = [row for row in scaling.shipped() if row["seed"] == 0]
    smallest = min(seed_0, key=lambda row: (row["active"], row["words"]))
    assert loss == pytest.approx(smallest["loss"], abs=0.02)
