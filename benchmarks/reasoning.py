"""Rollouts and the whole R1 miniature of lesson 07, on one thread: rows for `make bench`, or `--out rows.json`."""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch

from openexperts import arithmetic
from openexperts.reasoning import Reinforcement, load_base, reinforce, roll_out


def tokens_per_second(batch: int) -> float:
    """Sampled tokens for each processor-second; median of five rollouts."""
    model, speeds = load_base("base", 0), []
    for seed in range(5):
        start = time.process_time()
        rollout = roll_out(model, arithmetic.problems(batch, seed), seed=seed)
        speeds.append(int(rollout.lengths.sum()) / (time.process_time() - start))
    return statistics.median(speeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the rows here, as JSON")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = [
        {"what": f"tokens for each processor-second, {batch} prompts at once", "measured": tokens_per_second(batch)}
        for batch in (1, 32, 256, 1024)
    ]
    progress = reinforce(load_base("base", 0), Reinforcement(), 0, lambda: None)
    rows.append({"what": "processor-seconds of 60 steps of GRPO", "measured": progress.seconds})
    rows.append({"what": "share of right samples in the last step", "measured": progress.accuracy[-1]})
    print(json.dumps(rows, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
