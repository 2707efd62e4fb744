"""Training steps of the whole tiny DeepSeek-V3: lab 05's solution against transformers' model and a dense one.

The functions are taken from the cells of the labs' solutions (the experts from lab 02), so that what is measured is
what learners are asked for. The dense one is transformers' Llama with a feed-forward layer of equal active width, the
plain GPT of today. All take turns in one process on one thread: forward, backward and an AdamW step; the median of
their times is compared.

    python benchmarks/tiny_v3.py --out rows.json
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import transformers
from moe_layer import lab_answers
from torch import Tensor
from tqdm import tqdm

from openexperts.configs import build, size, tiny_deepseek, tiny_llama

SHAPES = ((64, 3, 32), (256, 4, 128))  # d_model, layers, tokens of a text
OURS, BASE = "labs 05 and 02, solutions", "transformers, grouped_mm"


def step_of(loss: Callable[[Tensor], Tensor], parameters: list[Tensor]) -> Callable[[Tensor], None]:
    """A training step: forward, backward, update."""
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, fused=True)

    def step(tokens: Tensor) -> None:
        loss(tokens).backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


def rivals(names: dict, d_model: int, layers: int, length: int) -> dict[str, tuple[Callable, int]]:
    """By name: a training step, and the active parameters."""
    config = tiny_deepseek(
        hidden_size=d_model,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=4,
        first_k_dense_replace=1,
        intermediate_size=3 * d_model // 2,
        moe_intermediate_size=d_model // 2,
        n_group=4,
        topk_group=2,
        q_lora_rank=d_model // 2,
        kv_lora_rank=d_model // 2,
        qk_nope_head_dim=d_model // 8,
        qk_rope_head_dim=d_model // 8,
        v_head_dim=d_model // 4,
        max_position_embeddings=length,
    )
    ways = {}
    for kind in ("eager", "grouped_mm"):
        model = build(config, seed=0)
        model.set_experts_implementation(kind)
        step = step_of(lambda tokens, model=model: model(tokens, labels=tokens).loss, list(model.parameters()))
        ways[f"transformers, {kind}"] = step, size(model).active
    ours = build(config, seed=0)
    weights = dict(ours.named_parameters()) | {n: b for n, b in ours.named_buffers() if "correction" in n}

    def loss(tokens):
        return names["next_token_loss"](names["model"](tokens, weights, config)[0], tokens)

    ways[OURS] = step_of(loss, list(ours.parameters())), size(ours).active
    dense = build(
        tiny_llama(
            hidden_size=d_model,
            num_hidden_layers=layers,
            num_attention_heads=4,
            num_key_value_heads=4,
            intermediate_size=3 * d_model // 2,
            max_position_embeddings=length,
        ),
        seed=0,
    )
    step = step_of(lambda tokens: dense(tokens, labels=tokens).loss, list(dense.parameters()))
    ways["dense (Llama), equal active width"] = step, size(dense).active
    return ways


def measure(names: dict, shape: tuple[int, int, int], batch: int, repeats: int, bar: tqdm) -> list[dict]:
    """Rows of tokens a second and ratios for one shape."""
    ways, length = rivals(names, *shape), shape[2]
    tokens = torch.randint(160, (batch, length))
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 2):  # two turns to warm up
        for name, (step, _) in ways.items():
            start = time.perf_counter()
            step(tokens)
            if turn > 1:
                taken[name].append(time.perf_counter() - start)
        bar.update()
    pace = {name: tokens.numel() / statistics.median(seconds) for name, seconds in taken.items()}
    return [
        {
            "model": f"d{shape[0]} L{shape[1]}, {batch} x {length}",
            "way": name,
            "active parameters": active,
            "train tokens/s": round(pace[name]),
            "against transformers, grouped_mm": round(pace[name] / pace[BASE], 2),
        }
        for name, (_, active) in ways.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="also write the rows to this file, as JSON")
    parser.add_argument("--batch", type=int, default=32, help="texts in a batch (default: 32)")
    parser.add_argument("--repeats", type=int, default=9, help="the median is taken of so many (default: 9)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    transformers.utils.logging.set_verbosity_error()
    names, rows = lab_answers("05-tiny-v3"), []
    names["parts"].experts = lab_answers("02-experts")["experts_grouped"]
    with tqdm(total=len(SHAPES) * (arguments.repeats + 2), desc="tiny V3", file=sys.stderr) as bar:
        for shape in SHAPES:
            rows += measure(names, shape, arguments.batch, arguments.repeats, bar)
    for row in rows:
        print("  ".join(f"{value:>18}" if isinstance(value, int | float) else f"{value:34}" for value in row.values()))
    if arguments.out:
        arguments.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
