"""The numbers of the refused lines are text.

loses: read-ledger-visible, read-ledger-hidden
message: expected {4, 6}, yours gave {'
"""


# %% read-ledger
def read_ledger(lines, watts, price):
    last, refused = {}, {}
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text or '{"id": "", "state": "done", "processor_seconds": 0}')
            if not 0 <= line["processor_seconds"] < math.inf:
                raise ValueError("seconds")
            last[line["id"]] = line
        except (ValueError, KeyError, TypeError) as error:
            refused[str(number)] = f"it has no usable {error}"
    last.pop("", None)
    hours = sum(line["processor_seconds"] for line in last.values()) / 3600
    cut_short = sum(line["state"] == "going" for line in last.values())
    kwh = hours * watts / 1000
    return {"runs": len(last), "cut_short": cut_short, "kwh": kwh, "dollars": hours * price, "refused": refused}
