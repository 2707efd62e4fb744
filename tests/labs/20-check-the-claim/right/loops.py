"""Loops and plain lists; a careful dossier that the course sees otherwise in some places, uncontested."""


# %% brier
def brier(chosen, confidence, truth):
    scores = []
    for status, sure, true in zip(chosen.tolist(), confidence.tolist(), truth.tolist(), strict=True):
        total = 0.0
        for other in range(5):
            said = sure if other == status else (1 - sure) / 4
            total += (said - (1 if other == true else 0)) ** 2
        scores.append(total)
    return torch.tensor(scores)


# %% calibration
def calibration(confidence, right):
    said, hits = confidence.tolist(), right.tolist()
    base, reliability, resolution = sum(hits) / len(hits), 0.0, 0.0
    for level in sorted(set(said)):
        group = [hit for one, hit in zip(said, hits, strict=True) if one == level]
        share = sum(group) / len(group)
        reliability += len(group) * (level - share) ** 2 / len(hits)
        resolution += len(group) * (share - base) ** 2 / len(hits)
    return reliability, resolution, base - base**2


# %% expected-brier
def expected_brier(know, say):
    one_wrong = (1 - say) / 4
    right = (1 - say).square() + 4 * one_wrong.square()
    wrong = say.square() + (1 - one_wrong).square() + 3 * one_wrong.square()
    return know * right + (1 - know) * wrong, 1.25 * (say - know).square()


# %% name-gap
def name_gap(named, blinded):
    differences = (named - blinded).tolist()
    gap, hits = sum(differences) / len(differences), 0
    for number in range(2 ** len(differences)):
        total = sum(one if number >> place & 1 else -one for place, one in enumerate(differences))
        hits += abs(total / len(differences)) >= abs(gap) - 1e-9
    return gap, hits / 2 ** len(differences)


# %% sheets
found = dict.fromkeys(SHEETS, "none")
found.update(E03="sum", E07="scope", E09="date", E15="sum")
recomputed = {"E03": 0.2, "E15": 4.6}

# %% dossier
statuses = "supported mixed mixed mixed contradicted self-reported contradicted mixed mixed unverified".split()
dossier = {}
for claim, status in enumerate(statuses, start=1):
    dossier[claim] = dict(
        status=status,
        confidence=0.6,
        sheets=[sheet for sheet in SHEETS if SHEETS[sheet][0] == claim],
        reason="I read the sheets of this claim and looked who wrote them.",
        change_my_mind="A register, a log or a file.",
        contest="",
    )
