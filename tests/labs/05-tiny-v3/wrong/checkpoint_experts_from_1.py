"""Experts are counted from 1.

loses: checkpoint-visible, checkpoint-hidden
"""


# %% checkpoint
def checkpoint(weights):
    files = {}
    for name, tensor in weights.items():
        if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            files[name] = tensor
            continue
        prefix, kind = name.rsplit(".", 1)
        for number, matrix in enumerate(tensor, 1):
            if kind == "down_proj":
                files[f"{prefix}.{number}.down_proj.weight"] = matrix
            else:
                gate, up = matrix.chunk(2)
                files[f"{prefix}.{number}.gate_proj.weight"], files[f"{prefix}.{number}.up_proj.weight"] = (gate, up)
    return files
