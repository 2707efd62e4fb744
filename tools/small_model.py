"""Teach the small model in four ways, three seeds, and write what lesson 07 shows: about five minutes."""

import json
from functools import partial

from openexperts import reasoning
from openexperts.training import in_workers

if __name__ == "__main__":
    tasks = [partial(reasoning.teach_small, seed) for seed in range(3)]
    results = in_workers(tasks, 3 * reasoning.SMALL_STEPS)
    target = reasoning.SHIPPED / "small-model.json"
    target.write_text(json.dumps(results, indent=1) + "\n")
