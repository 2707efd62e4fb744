"""Everything in loops, step by step, with other names."""


# %% training-flops
def training_flops(config, length, n_texts):
    d = config["hidden_size"]
    products = []
    for _ in range(config["num_hidden_layers"]):
        for _ in range(config["num_attention_heads"]):
            products += [d * config["head_dim"]] * 2
        for _ in range(config["num_key_value_heads"]):
            products += [d * config["head_dim"]] * 2
        products.append(d * config["num_local_experts"])
        for _ in range(config["num_experts_per_tok"]):
            products += [d * config["intermediate_size"]] * 3
    products.append(d * config["vocab_size"])
    forward = 2 * length * sum(products)
    for _ in range(config["num_hidden_layers"] * config["num_attention_heads"]):
        forward += 2 * length * length * config["head_dim"]
        forward += 2 * length * length * config["head_dim"]
    return n_texts * (forward + 2 * forward)


# %% recompute-bill
def recompute_bill(hours, price, gpus, lost, research):
    one = price / gpus
    dollars, total = {}, 0.0
    for item in hours:
        dollars[item] = hours[item] * one
        total += dollars[item]
    shares = {}
    for item in hours:
        shares[item] = hours[item] / sum(hours.values())
    failed = total * lost / (1 - lost)
    return dict(shares=shares, dollars=dollars, with_left_out=total + failed + research * total, total=total, extra=0)


# %% read-ledger
def read_ledger(lines, watts, price):
    seconds, states, refused = {}, {}, {}
    number = 0
    for text in lines:
        number += 1
        if text.strip() == "":
            continue
        try:
            line = json.loads(text)
            name, state, used = line["id"], line["state"], line["processor_seconds"]
            assert type(name) is str, "the id is no text"
            assert state in ["going", "done"], "the state is unknown"
            assert type(used) in (int, float) and 0 <= used < float("inf"), "these are no seconds"
        except Exception as error:
            refused[number] = f"line {number} cannot be used: {error!r}"
            continue
        seconds[name], states[name] = used, state
    hours = sum(seconds.values()) / 3600
    return {
        "runs": len(seconds),
        "cut_short": list(states.values()).count("going"),
        "kwh": hours * watts / 1000,
        "dollars": hours * price,
        "refused": refused,
    }


# %% failing-cluster
def time_between_failures(hours, stops, n_logged, n_gpus):
    failures = 0
    for why in stops:
        if why != "planned":
            failures += 1
    of_one_gpu = hours * n_logged / failures
    return of_one_gpu / n_gpus


def best_interval(save, between):
    return (2 * between * save) ** 0.5


def clock_time(work, interval, save, restart, failures):
    clock, left, waiting = 0.0, work, list(failures)
    while left > 0:
        piece = min(interval, left)
        ends = clock + piece
        if piece < left:
            ends += save
        if waiting and waiting[0] < ends:
            clock = waiting.pop(0) + restart
        else:
            clock, left = ends, left - piece
    return clock


# %% resume-exactly
def train_piece(saved, n_steps, seed):
    model, optimizer, dice = fresh(seed)
    done = 0
    if saved:
        weights, memory, throws, done = torch.load(io.BytesIO(saved))
        model.load_state_dict(weights)
        optimizer.load_state_dict(memory)
        dice = torch.Generator()
        dice.set_state(throws)
    losses = []
    while len(losses) < n_steps:
        losses.append(one_step(model, optimizer, dice, done))
        done += 1
    buffer = io.BytesIO()
    torch.save([model.state_dict(), optimizer.state_dict(), dice.get_state(), done], buffer)
    return losses, buffer.getvalue()
