"""No test writes into a learner's ledger."""

import os
import tempfile

import pytest

from openexperts import cost

_folder = tempfile.TemporaryDirectory()  # for notebooks and workers, which get the environment
os.environ[cost.PLACE] = f"{_folder.name}/ledger.jsonl"


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """Where this test's runs write their lines."""
    monkeypatch.setenv(cost.PLACE, str(tmp_path / "ledger.jsonl"))
    return tmp_path / "ledger.jsonl"
