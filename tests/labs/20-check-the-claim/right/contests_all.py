"""Other functions; and a dossier that contests what the course sees otherwise, and is sure of it: no point is lost.

Its reasons are in Chinese, which puts no spaces between words.
"""


# %% brier
def brier(chosen, confidence, truth):
    rest = (1 - confidence) / 4
    right = (1 - confidence) ** 2 + 4 * rest**2
    wrong = confidence**2 + (1 - rest) ** 2 + 3 * rest**2
    return torch.where(chosen == truth, right, wrong)


# %% calibration
def calibration(confidence, right):
    table = (confidence[:, None] == confidence.unique()).double()
    counts = table.sum(0)
    hits = right.double()
    share, levels = table.T @ hits / counts, confidence.unique().double()
    weights = counts / counts.sum()
    spread = (weights * (share - hits.mean()) ** 2).sum()
    return (weights * (levels - share) ** 2).sum(), spread, hits.var(unbiased=False)


# %% expected-brier
def expected_brier(know, say):
    def score(forecast, outcome):
        return ((forecast - outcome) ** 2).sum(-1)

    def table(confidence):
        rest = (1 - confidence)[:, None] / 4
        return torch.cat([confidence[:, None], rest.repeat(1, 4)], dim=1)

    def mean(confidence):
        forecast, outcomes = table(confidence), torch.eye(5, dtype=confidence.dtype)
        return sum(table(know)[:, status] * score(forecast, outcomes[status]) for status in range(5))

    return mean(say), mean(say) - mean(know)


# %% name-gap
def name_gap(named, blinded):
    difference = named.double() - blinded.double()
    sums = torch.zeros(1, dtype=torch.double)
    for one in difference:
        sums = torch.cat([sums + one, sums - one])
    gap = difference.sum()
    return gap / len(difference), (sums.abs() > gap.abs() - 1e-9).double().mean()


# %% sheets
found = {}
for sheet in SHEETS:
    found[sheet] = {"E03": "sum", "E15": "sum", "E07": "scope", "E09": "date"}.get(sheet, "none")
recomputed = {"E15": 71 / 15.6, "E03": 0.006 * 30}

# %% dossier
dossier = {}
for claim in CLAIMS:
    sheets = [sheet for sheet, (about, _) in SHEETS.items() if about == claim]
    dossier[claim] = {
        "status": "mixed",
        "confidence": 1.0,
        "sheets": sheets,
        "reason": f"表{sheets[0]}说明这个说法一部分成立，另一部分不成立。",
        "change_my_mind": "一个没有利益关系并且注明日期的来源。",
        "contest": f"在{sheets[0]}里，这个说法一部分成立，另一部分不成立。",
    }
