"""Tensors and helpers; the checkpoint is a list of all losses' worth of state under other names."""


# %% training-flops
def _weights(config):
    d, width = config["hidden_size"], config["head_dim"]
    sizes = torch.tensor(
        [
            2.0 * d * width * (config["num_attention_heads"] + config["num_key_value_heads"]),
            float(d * config["num_local_experts"]),
            3.0 * d * config["intermediate_size"] * config["num_experts_per_tok"],
        ],
        dtype=torch.float64,
    )
    return config["num_hidden_layers"] * sizes.sum() + d * config["vocab_size"]


def training_flops(config, length, n_texts):
    looks = 4 * length * config["num_attention_heads"] * config["head_dim"] * config["num_hidden_layers"]
    return torch.as_tensor(n_texts * length * (6 * _weights(config) + 3 * looks))


# %% recompute-bill
def recompute_bill(hours, price, gpus, lost, research):
    used = torch.tensor(list(hours.values()), dtype=torch.float64)
    dollars = used * price / gpus
    total = dollars.sum().item()
    return {
        "dollars": dict(zip(hours, dollars.tolist(), strict=True)),
        "total": total,
        "shares": dict(zip(hours, (used / used.sum()).tolist(), strict=True)),
        "with_left_out": total * (1 / (1 - lost) + research),
    }


# %% read-ledger
def _problem(text):
    try:
        line = json.loads(text)
    except ValueError as error:
        return None, str(error)
    if not isinstance(line, dict):
        return None, "no object"
    for name, kinds in {"id": str, "state": str, "processor_seconds": (int, float)}.items():
        if not isinstance(line.get(name), kinds):
            return None, f"{name} is missing or of another kind"
    if line["state"] != "going" and line["state"] != "done":
        return None, "unknown state"
    if not math.isfinite(line["processor_seconds"]) or line["processor_seconds"] < 0:
        return None, "seconds below 0, or without end"
    return line, ""


def read_ledger(lines, watts, price):
    judged = {place + 1: _problem(text) for place, text in enumerate(lines) if text.strip()}
    last = {line["id"]: line for line, _ in judged.values() if line is not None}
    seconds = sum(line["processor_seconds"] for line in last.values())
    return {
        "refused": {number: why for number, (line, why) in judged.items() if line is None},
        "runs": len(last),
        "cut_short": len([1 for line in last.values() if line["state"] == "going"]),
        "kwh": watts / 1000 * seconds / 3600,
        "dollars": price * seconds / 3600,
    }


# %% failing-cluster
def time_between_failures(hours, stops, n_logged, n_gpus):
    return hours / ((len(stops) - stops.count("planned")) * n_gpus / n_logged)


def best_interval(save, between):
    return torch.tensor(2.0 * save * between, dtype=torch.float64).sqrt()


def clock_time(work, interval, save, restart, failures):
    clock, kept, place = 0, 0, 0
    while True:
        rest = work - kept
        end = clock + rest if rest <= interval else clock + interval + save
        if place < len(failures) and failures[place] < end:
            clock = failures[place] + restart
            place += 1
            continue
        if rest <= interval:
            return end
        clock, kept = end, kept + interval


# %% resume-exactly
def train_piece(saved, n_steps, seed):
    model, optimizer, dice = fresh(seed)
    state = {"next": 0} if saved is None else torch.load(io.BytesIO(saved))
    if saved is not None:
        for part, name in ((model, "weights"), (optimizer, "moments")):
            part.load_state_dict(state[name])
        dice.set_state(state["generator"])
    losses = []
    for _ in range(n_steps):
        losses.append(one_step(model, optimizer, dice, state["next"]))
        state["next"] += 1
    state |= {"weights": model.state_dict(), "moments": optimizer.state_dict(), "generator": dice.get_state()}
    file = io.BytesIO()
    torch.save(state, file)
    return torch.tensor(losses, dtype=torch.float64), file.getvalue()
