"""Ways to compute a mixture-of-experts layer, as ratios to a dense layer of the same active size.

The lab's best implementation is taken from the cells of its solution, so that what is measured is what
learners are asked for. All ways take turns in one process on one thread, and the median of their times is compared.

    python benchmarks/moe_layer.py --out rows.json
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import nbformat
import torch
import transformers
from torch import nn
from tqdm import tqdm
from transformers import DeepseekV3Config
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3MLP, DeepseekV3MoE

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
SHAPES = (  # d_model, experts, top_k, width of an expert
    (64, 16, 2, 32),
    (128, 32, 4, 64),
    (256, 32, 4, 128),
)
DENSE, OURS = "dense, same active size", "lab 02, best implementation"
SCALE = 2.5


def lab_answers(lab: str) -> dict:
    """The names that the solution's cells define."""
    names: dict = {}
    for cell in nbformat.read(SOLUTIONS / lab / f"{lab}.ipynb", as_version=4).cells:  # answers and set-up; no check
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and about and not about.grade:
            exec(compile(cell.source, f"{lab}:{about.grade_id}", "exec"), names)
    return names


def rivals(moe_layer, d_model: int, n_experts: int, top_k: int, width: int) -> dict[str, tuple]:
    """By name: a function of the hidden state, and the parameters that it uses."""
    torch.manual_seed(0)
    config = DeepseekV3Config(
        hidden_size=d_model,
        n_routed_experts=n_experts,
        num_experts_per_tok=top_k,
        moe_intermediate_size=width,
        n_shared_experts=1,
        routed_scaling_factor=SCALE,
        n_group=1,
        topk_group=1,
    )
    layer, dense = DeepseekV3MoE(config), DeepseekV3MLP(config, intermediate_size=(top_k + 1) * width)
    for parameter in (*layer.parameters(), *dense.parameters()):
        nn.init.normal_(parameter, std=d_model**-0.5)
    names = dict(layer.named_parameters()) | dict(layer.named_buffers())

    def transformers_way(kind):
        def compute(hidden):
            config._experts_implementation = kind
            return layer(hidden)

        return compute

    mixture = list(layer.parameters())
    return {
        DENSE: (dense, list(dense.parameters())),
        OURS: (lambda hidden: moe_layer(hidden, names, top_k, SCALE), mixture),
        "transformers, grouped_mm": (transformers_way("grouped_mm"), mixture),
        "transformers, eager": (transformers_way("eager"), mixture),
    }


def measure(shape: tuple[int, int, int, int], moe_layer, tokens: int, repeats: int, bar: tqdm) -> list[dict]:
    """Rows of seconds and ratios for one shape."""
    d_model, n_experts, top_k, width = shape
    ways = rivals(moe_layer, *shape)
    hidden = torch.randn(1, tokens, d_model, requires_grad=True)
    slope = torch.randn_like(hidden)
    expected = ways["transformers, eager"][0](hidden)
    difference = float((ways[OURS][0](hidden) - expected).abs().max() / expected.abs().max())
    if difference > 1e-4:
        raise RuntimeError(f"d{d_model} E{n_experts}: the lab's output differs from transformers' by {difference:.1e}")
    seconds: dict = {(name, kind): [] for name in ways for kind in ("forward", "forward+backward")}
    for repeat in range(repeats + 2):  # the first two warm up
        for name, (way, parameters) in ways.items():
            start = time.perf_counter()
            with torch.no_grad():
                way(hidden)
            middle = time.perf_counter()
            torch.autograd.grad(way(hidden), [hidden, *parameters], slope)
            end = time.perf_counter()
            if repeat >= 2:
                seconds[name, "forward"].append(middle - start)
                seconds[name, "forward+backward"].append(end - middle)
        bar.update()
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    return [
        {
            "layer": f"d{d_model} E{n_experts} top {top_k}",
            "way": name,
            "forward": round(medians[name, "forward"] / medians[DENSE, "forward"], 2),
            "forward+backward": round(medians[name, "forward+backward"] / medians[DENSE, "forward+backward"], 2),
            "ms, forward+backward": round(1000 * medians[name, "forward+backward"], 1),
        }
        for name in ways
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="also write the rows to this file, as JSON")
    parser.add_argument("--tokens", type=int, default=2048, help="tokens in a batch (default: 2048)")
    parser.add_argument("--repeats", type=int, default=9, help="the median is taken of so many (default: 9)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.utils.logging.set_verbosity_error()
    moe_layer = lab_answers("02-experts")["moe_layer"]
    rows = []
    with tqdm(total=len(SHAPES) * (arguments.repeats + 2), desc="layers", file=sys.stderr) as bar:
        for shape in SHAPES:
            rows += measure(shape, moe_layer, arguments.tokens, arguments.repeats, bar)
    print(f"{'layer':16} {'way':28} {'forward':>8} {'forward+backward':>17}   (dense = 1)")
    for row in rows:
        print(f"{row['layer']:16} {row['way']:28} {row['forward']:8.2f} {row['forward+backward']:17.2f}")
    if arguments.out:
        arguments.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
