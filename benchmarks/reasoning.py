"""Rollouts and the whole R1 miniature of lesson 07, on one thread: rows for `make bench`, or `--out rows.json`."""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import torch

from openexperts import arithmetic
from openexperts.reasoning import Reinforcement, load_base, reinforce, roll_out, train_base


def tokens_per_second(name: str, answers: int) -> float:
    """Sampled tokens for each processor-second, with eight answers a problem as in GRPO; median of nine rollouts."""
    model, speeds = load_base(name, 0), []
    for seed in range(9):
        problems = arithmetic.problems(answers // Reinforcement().group, seed)
        start = time.process_time()
        rollout = roll_out(model, problems, Reinforcement().group, seed=seed)
        speeds.append(int(rollout.lengths.sum()) / (time.process_time() - start))
    return statistics.median(speeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the rows here, as JSON")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = [
        {
            "what": f"tokens for each processor-second, {answers} answers at once, {name} model",
            "measured": tokens_per_second(name, answers),
        }
        for name in ("base", "rewarded")
        for answers in (8, 256, 1024, 4096)
    ]
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        train_base("base", 0, Path(folder), lambda: None)
        base = load_base("base", 0, Path(folder))
    rows.append({"what": "processor-seconds of training the base model", "measured": time.process_time() - start})
    progress = reinforce(base, Reinforcement(), 0, lambda: None)
    rows.append({"what": "processor-seconds of 60 steps of GRPO from there", "measured": progress.seconds})
    rows.append({"what": "share of right samples in the last step", "measured": progress.accuracy[-1]})
    print(json.dumps(rows, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
