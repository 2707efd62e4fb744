"""Takes its arguments apart while it works, and computes in float32, with NumPy and with tensors."""


# %% training-flops
def training_flops(config, length, n_texts):
    def take(name):
        return torch.tensor(float(config.pop(name)))

    d, layers, heads, kv = map(take, ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads"))
    width, experts, chosen = map(take, ("head_dim", "num_local_experts", "num_experts_per_tok"))
    layer = 2 * d * width * (heads + kv) + d * experts + 3 * chosen * d * take("intermediate_size")
    forward = 2 * length * (layers * layer + d * take("vocab_size")) + 4 * length**2 * layers * heads * width
    return n_texts * (forward + 2 * forward)


# %% recompute-bill
def recompute_bill(hours, price, gpus, lost, research):
    import numpy as np

    dollars = {}
    while hours:
        item, used = hours.popitem()
        dollars[item] = np.float32(used * price / gpus)
    total = torch.tensor(list(dollars.values())).sum()
    shares = {item: torch.tensor(one) / total for item, one in dollars.items()}
    return {
        "dollars": dollars,
        "total": total,
        "shares": shares,
        "with_left_out": total / (1 - lost) + research * total,
    }


# %% read-ledger
def read_ledger(lines, watts, price):
    runs, refused, number = {}, {}, 0
    while lines:
        text, number = lines.pop(0), number + 1
        try:
            if text.strip():
                line = json.loads(text)
                seconds = line["processor_seconds"] + 0.0
                if line["state"] not in ("going", "done") or line["id"] + "" == "" or not 0 <= seconds < math.inf:
                    raise ValueError("a value that cannot be")
                runs[line["id"]] = line["state"], seconds
        except (ValueError, KeyError, TypeError) as error:
            refused[number] = f"{type(error).__name__}: {error}"
    hours = torch.tensor([seconds for _, seconds in runs.values()], dtype=torch.float64).sum() / 3600
    cut_short = [state for state, _ in runs.values()].count("going")
    kwh = hours * watts / 1000
    return {"runs": len(runs), "cut_short": cut_short, "kwh": kwh, "dollars": hours * price, "refused": refused}


# %% failing-cluster
def time_between_failures(hours, stops, n_logged, n_gpus):
    while "planned" in stops:
        stops.remove("planned")
    return hours * n_logged / n_gpus / len(stops)


def best_interval(save, between):
    return torch.tensor(2.0 * save * between).sqrt()


def clock_time(work, interval, save, restart, failures):
    clock, kept = 0.0, 0.0
    while True:
        rest = work - kept
        end = clock + (rest if rest <= interval else interval + save)
        if failures and failures[0] < end:
            clock = failures.pop(0) + restart
        elif rest <= interval:
            return clock + rest
        else:
            clock, kept = end, kept + interval


# %% resume-exactly
def train_piece(saved, n_steps, seed):
    trained = fresh(seed)
    first = 0
    if saved is not None:
        *states, first = torch.load(io.BytesIO(saved))
        trained[0].load_state_dict(states[0])
        trained[1].load_state_dict(states[1])
        trained[2].set_state(states[2])
    losses = torch.empty(n_steps, dtype=torch.float64)
    for number in range(n_steps):
        losses[number] = one_step(*trained, first + number)
    file = io.BytesIO()
    torch.save([trained[0].state_dict(), trained[1].state_dict(), trained[2].get_state(), first + n_steps], file)
    return losses, file.getvalue()
