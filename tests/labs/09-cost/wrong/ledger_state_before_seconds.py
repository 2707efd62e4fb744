"""The state of a run is noted before its seconds are looked at, so a refused line changes it.

loses: read-ledger-hidden
"""


# %% read-ledger
def read_ledger(lines, watts, price):
    states, used, refused = {}, {}, {}
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            name, state, seconds = line["id"], line["state"], line["processor_seconds"]
            if not isinstance(name, str) or state not in ("going", "done"):
                raise ValueError("no id, or no state")
            if name in states:
                states[name] = state
            if not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
                raise ValueError("no seconds")
            states[name], used[name] = state, seconds
        except (ValueError, KeyError, TypeError) as error:
            refused[number] = f"this line cannot be used: {error}"
    total = sum(used.values())
    cut_short = sum(state == "going" for state in states.values())
    hours = total / 3600
    return {
        "runs": len(used),
        "cut_short": cut_short,
        "kwh": hours * watts / 1000,
        "dollars": hours * price,
        "refused": refused,
    }
