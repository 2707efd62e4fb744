"""The layer's number is taken to be one digit: layer 10's experts overwrite layer 1's.

loses: checkpoint-hidden
"""


# %% checkpoint
def checkpoint(weights):
    files = {}
    for name, tensor in weights.items():
        if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            files[name] = tensor
            continue
        layer = name[len("model.layers.")]
        for number, matrix in enumerate(tensor):
            prefix = f"model.layers.{layer}.mlp.experts.{number}"
            if name.endswith("down_proj"):
                files[f"{prefix}.down_proj.weight"] = matrix
            else:
                gate, up = matrix.chunk(2)
                files[f"{prefix}.gate_proj.weight"], files[f"{prefix}.up_proj.weight"] = gate, up
    return files
