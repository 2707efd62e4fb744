"""Tiny Shakespeare beside nanoGPT and makeMoE: `make bench ARGS="--shakespeare FILE"`.

Peers state what validation loss they reach on this text at a context of 64 and of 32 characters; here a budget of
seconds is given and the loss is measured. The first nine tenths of the text train, the rest validates, as theirs do.
A matrix inside a layer is stepped by Muon, all else by AdamW; the learning rates follow the share of the budget that is
spent, so that a run ends with its budget on any machine, and on a slower one has seen fewer characters.

    python benchmarks/shakespeare.py tinyshakespeare.txt --out rows.json
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
import transformers
from torch import Tensor, nn
from tqdm import tqdm

from openexperts.configs import build, size, tiny_deepseek, tiny_llama
from openexperts.training import evaluate, next_token_loss

SEEDS = (0, 1, 2)
CONTESTS = {  # context: seconds, of which kind, by which clock, threads, texts in a step, peer's figure
    64: (30, "processor-seconds", time.process_time, 1, 12, "nanoGPT's CPU recipe: 1.886 in 122, 0.80M"),
    32: (60, "seconds on two cores", time.perf_counter, 2, 32, "makeMoE: 1.7508 on an A100, 9.0M"),
}
LAYERS = {64: dict(hidden_size=64, num_hidden_layers=2), 32: dict(hidden_size=96, num_hidden_layers=3)}


def read(path: Path) -> tuple[Tensor, Tensor, int]:
    """The text's characters as numbers, to train and to validate, and how many different ones there are."""
    text = path.read_text(encoding="utf-8")
    number = {character: i for i, character in enumerate(sorted(set(text)))}
    data = torch.tensor([number[character] for character in text])
    train = len(data) * 9 // 10
    return data[:train], data[train:], len(number)


def configurations(context: int, characters: int) -> dict[str, transformers.PretrainedConfig]:
    """A dense model, and one in the manner of DeepSeek-V3 that is as wide where a token passes."""
    width = LAYERS[context]["hidden_size"]
    common = LAYERS[context] | dict(
        vocab_size=characters, num_attention_heads=4, num_key_value_heads=4, initializer_range=0.02
    )
    latent = common | dict(
        kv_lora_rank=width // 2, qk_nope_head_dim=width // 8, qk_rope_head_dim=width // 8, v_head_dim=width // 4
    )
    experts = dict(n_routed_experts=8, num_experts_per_tok=2, moe_intermediate_size=width, first_k_dense_replace=0)
    return {
        "dense (Llama)": tiny_llama(**common, intermediate_size=3 * width),
        "DeepSeek-V3, 8 experts": tiny_deepseek(**latent, **experts, routed_scaling_factor=1.0),
    }


class Muon(torch.optim.Optimizer):
    """Steps along the nearest orthogonal matrix to the momentum (Jordan 2024), for matrices and stacks of them.

    torch.optim.Muon takes one matrix after the other, in bfloat16: several times slower where the processor lacks it.
    """

    def __init__(self, parameters: list[Tensor], lr: float = 0.0, momentum: float = 0.95):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})
        self.shapes: dict[tuple[int, int], list[Tensor]] = {}
        for parameter in parameters:
            self.shapes.setdefault(tuple(parameter.shape[-2:]), []).append(parameter)
            self.state[parameter]["mean"] = torch.zeros_like(parameter)

    @torch.no_grad()
    def step(self, closure=None) -> None:
        group = self.param_groups[0]
        for (rows, columns), alike in self.shapes.items():
            ahead = []
            for parameter in alike:
                mean = self.state[parameter]["mean"].lerp_(parameter.grad, 1 - group["momentum"])
                ahead.append(parameter.grad.lerp(mean, group["momentum"]).view(-1, rows, columns))
            ways = orthogonal(torch.cat(ahead)).split([len(part) for part in ahead])
            for parameter, way in zip(alike, ways, strict=True):
                parameter.sub_(way.view_as(parameter), alpha=group["lr"] * max(1, rows / columns) ** 0.5)


def orthogonal(matrices: Tensor) -> Tensor:
    """For each matrix, of shape [n, rows, columns], all singular values near 1, by five Newton-Schulz steps."""
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (2.0315 * square @ square - 4.7750 * square) @ x
    return x.mT if tall else x


def optimizers(model: nn.Module) -> dict[torch.optim.Optimizer, float]:
    """Muon for the layers' matrices, AdamW for the rest; each with its largest learning rate."""
    inside = [p for name, p in model.named_parameters() if p.ndim > 1 and ".layers." in name and ".gate." not in name]
    chosen = {id(p) for p in inside}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return {Muon(inside): 0.015, torch.optim.AdamW(rest, betas=(0.9, 0.99), weight_decay=0.0, fused=True): 0.01}


def pace(share: float) -> float:
    """The learning rate's share of its largest, when this share of the budget is spent: up, along, and down."""
    return min(share / 0.03 + 0.05, 1.0) if share < 0.5 else 1.0 - 0.95 * (share - 0.5) / 0.5


def train(config: transformers.PretrainedConfig, data: Tensor, context: int, seed: int) -> tuple[nn.Module, int]:
    """A model trained until the contest's seconds are spent, and how many characters it has seen."""
    seconds, _, clock, threads, batch, _ = CONTESTS[context]
    torch.set_num_threads(threads)
    model = build(config, seed)
    steppers = optimizers(model)
    draw = torch.Generator().manual_seed(seed)
    window = torch.arange(context + 1)
    steps, start = 0, clock()
    while (share := (clock() - start) / seconds) < 1:
        first = torch.randint(len(data) - context, (batch, 1), generator=draw)
        next_token_loss(model, data[first + window]).backward()
        for optimizer, most in steppers.items():
            for group in optimizer.param_groups:
                group["lr"] = most * pace(share)
            optimizer.step()
            optimizer.zero_grad()
        steps += 1
    return model, steps * batch * context


def validate(model: nn.Module, data: Tensor, context: int) -> float:
    """The loss over the whole of `data`, in windows beside each other."""
    windows = data.unfold(0, context + 1, context)
    parts = windows.split(256)
    return sum(evaluate(model, part) * len(part) for part in parts) / len(windows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path, help="the text, as karpathy/char-rnn collected it")
    parser.add_argument("--out", type=Path, required=True, help="where to write the rows, as JSON")
    arguments = parser.parse_args()
    transformers.utils.logging.set_verbosity_error()
    training, validation, characters = read(arguments.text)
    rows = []
    progress = tqdm(total=len(CONTESTS) * len(SEEDS) * 2, unit="run")
    for context, (seconds, kind, *_, peer) in CONTESTS.items():
        for name, config in configurations(context, characters).items():
            progress.set_description(f"{name}, {context} characters")
            losses, seen = [], []
            for seed in SEEDS:
                model, read_characters = train(config, training, context, seed)
                losses.append(validate(model, validation, context))
                seen.append(read_characters)
                progress.update()
            rows.append(
                {
                    "context": context,
                    "model": name,
                    "M parameters": round(size(model).total / 1e6, 3),
                    "budget": f"{seconds} {kind}",
                    "M characters": round(statistics.mean(seen) / 1e6, 2),
                    "validation loss, three seeds": ", ".join(f"{loss:.3f}" for loss in losses),
                    "peer": peer,
                }
            )
    progress.close()
    arguments.out.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
