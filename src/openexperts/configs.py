"""Small configurations of transformers' own classes, their dense twins, and how large they are.

`tiny_deepseek` has DeepSeek-V3's parts (Liu et al. 2024, arXiv 2412.19437: sigmoid router with a correction bias,
shared and routed experts, latent attention) at a size that trains in seconds; `tiny_llama` has Llama's. Changes are
given by the names that transformers uses: `tiny_deepseek(n_routed_experts=8)`.
"""

import difflib
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import DeepseekV3Config, DeepseekV3ForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedConfig


def tiny_deepseek(**changes) -> DeepseekV3Config:
    """One layer, width 48: 16 routed experts of which 2 are chosen, and one shared, each 32 wide."""
    values = {
        "vocab_size": 160,
        "hidden_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "first_k_dense_replace": 0,  # how many of the first layers are dense
        "intermediate_size": 96,  # of a dense layer
        "n_routed_experts": 16,
        "num_experts_per_tok": 2,
        "n_shared_experts": 1,
        "moe_intermediate_size": 32,  # of one expert
        "routed_scaling_factor": 1.0,
        "n_group": 1,  # a group needs two experts and more to be scored, so tiny models have one
        "topk_group": 1,
        "q_lora_rank": None,
        "kv_lora_rank": 24,
        "qk_nope_head_dim": 8,
        "qk_rope_head_dim": 8,
        "v_head_dim": 16,
        "max_position_embeddings": 64,
        "initializer_range": 0.1,  # transformers' 0.02 suits widths in the thousands, and learns slowly at 48
        "use_cache": False,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    return _configuration(DeepseekV3Config, values, changes)


def tiny_llama(**changes) -> LlamaConfig:
    """One layer, width 48, feed-forward width 96."""
    values = {
        "vocab_size": 160,
        "hidden_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "intermediate_size": 96,
        "max_position_embeddings": 64,
        "initializer_range": 0.1,
        "use_cache": False,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    return _configuration(LlamaConfig, values, changes)


def _configuration(kind: type, values: dict, changes: dict) -> PreTrainedConfig:
    """`values` with `changes`; transformers itself takes any name, and a misspelt one would change nothing."""
    known = kind().to_dict().keys() | values.keys()
    for name in changes.keys() - known:
        similar = difflib.get_close_matches(name, sorted(known), 1)
        meant = f"; did you mean {similar[0]}?" if similar else ""
        raise ValueError(f"{kind.__name__} has no setting {name}{meant}")
    return kind(**(values | changes))


def dense_twin(config: DeepseekV3Config, equal: str) -> DeepseekV3Config:
    """The same model with a dense feed-forward layer in place of the experts.

    `equal="active"`: as wide as the experts that one token uses, the shared ones included. `equal="total"`: as wide as
    all experts together. The router has no twin; it is what the mixture has on top.
    """
    if equal not in ("active", "total"):
        raise ValueError(f'equal is "{equal}"; it is "active" or "total"')
    experts = {"active": config.num_experts_per_tok, "total": config.n_routed_experts}[equal] + config.n_shared_experts
    return DeepseekV3Config(
        **(
            config.to_diff_dict()
            | {
                "first_k_dense_replace": config.num_hidden_layers,
                "intermediate_size": experts * config.moe_intermediate_size,
            }
        )
    )


def _dice(module: nn.Module, inputs: tuple, output: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Experts drawn by lot for each token anew, with equal weights."""
    logits, weights, indices = output
    drawn = torch.rand(logits.shape).topk(indices.shape[1]).indices
    return logits, torch.full_like(weights, module.routed_scaling_factor / indices.shape[1]), drawn


def build(config: PreTrainedConfig, seed: int, router: str = "learned") -> nn.Module:
    """A model with random weights; the same seed gives the same weights.

    `router="frozen"` never trains the router; `router="dice"` ignores it and draws experts by lot. Both are controls.
    """
    if router not in ("learned", "frozen", "dice"):
        raise ValueError(f'router is "{router}"; it is "learned", "frozen" or "dice"')
    torch.manual_seed(seed)
    if isinstance(config, LlamaConfig):
        return LlamaForCausalLM(config)
    model = DeepseekV3ForCausalLM(config)
    for gate in routers(model):
        if router == "frozen":
            gate.weight.requires_grad_(False)
        elif router == "dice":
            gate.register_forward_hook(_dice)
    if routers(model):
        model.set_experts_implementation("grouped_mm")
    return model


def routers(model: nn.Module) -> list[nn.Module]:
    """The routers of a DeepSeek-V3 model, a layer each; none where it is dense."""
    return [module for module in model.modules() if hasattr(module, "e_score_correction_bias")]


@dataclass(frozen=True)
class Size:
    """Parameters: all of them, and those that one token passes through."""

    total: int
    active: int


def size(model: nn.Module) -> Size:
    """Count `model`'s parameters. Embeddings and routers count as active; of the routed experts, the chosen ones do."""
    total = sum(parameter.numel() for parameter in model.parameters())
    idle = 0
    for module in model.modules():
        if hasattr(module, "gate_up_proj") and hasattr(module, "num_experts"):
            experts = module.gate_up_proj.numel() + module.down_proj.numel()
            share_idle = 1 - model.config.num_experts_per_tok / module.num_experts
            idle += round(experts * share_idle)
    return Size(total, total - idle)
