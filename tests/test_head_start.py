"""The loads of lesson 03's head start: whole, and true."""

from statistics import mean

import pytest

from openexperts import head_start


def test_the_shipped_loads_have_both_halves_of_nine_seeds_for_each_router():
    rows = head_start.shipped()
    found = [(row["router"], row["seed"], row["half"]) for row in rows]
    assert found == [(router, seed, half) for router in head_start.ROUTERS for seed in range(9) for half in (0, 1)]
    assert {len(row["load"]) for row in rows} == {head_start.STEPS // head_start.WINDOW}


def test_the_gift_shows_while_it_lasts_and_is_taken_back():
    loads = [row["load"] for row in head_start.shipped() if row["router"] == "frozen"]
    with_gift, later = (mean(load[window] for load in loads) for window in (0, -1))
    assert with_gift > 1.2 and abs(later - 1) < 0.1


def test_a_lot_gives_its_loads_again(monkeypatch):
    # Trainings drift apart between processors, so only the first windows are compared, and not the last digits.
    monkeypatch.setattr(head_start, "STEPS", 60)
    again = head_start.lot("frozen", 0, 1)
    row = next(row for row in head_start.shipped() if all(row[key] == again[key] for key in ("router", "seed", "half")))
    assert again["load"] == pytest.approx(row["load"][:3], abs=0.1)
