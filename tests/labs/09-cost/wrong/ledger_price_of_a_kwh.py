"""The price of an hour is taken for that of a kilowatt-hour.

loses: read-ledger-visible, read-ledger-hidden
message: taken for a kilowatt-hour
"""


# %% read-ledger
def read_ledger(lines: list[str], watts: float, price: float) -> dict:
    runs, refused = {}, {}
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError:
            refused[number] = "this is no JSON"
            continue
        seconds = line.get("processor_seconds") if isinstance(line, dict) else None
        if not isinstance(line, dict) or not isinstance(line.get("id"), str):
            refused[number] = "this is no run: it has no id"
        elif line.get("state") not in ("going", "done"):
            refused[number] = "the state is neither going nor done"
        elif isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            refused[number] = "processor_seconds is no number"
        elif not math.isfinite(seconds) or seconds < 0:
            refused[number] = "processor_seconds is not a finite number from 0 on"
        else:
            runs[line["id"]] = line
    total = sum(line["processor_seconds"] for line in runs.values())
    return {
        "runs": len(runs),
        "cut_short": sum(line["state"] == "going" for line in runs.values()),
        "kwh": total * watts / 3.6e6,
        "dollars": total * watts / 3.6e6 * price,
        "refused": refused,
    }
