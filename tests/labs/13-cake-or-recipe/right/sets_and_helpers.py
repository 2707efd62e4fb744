"""Sets, helpers of its own, and answers as other containers."""


# %% completeness
def places_of(components, step):
    return {one["id"] for one in components if one["required"] and one["class"] >= step}


def completeness(record, components, open_licences):
    open_parts = {part for part in record if record[part] in set(open_licences)}
    open_parts |= {"technical-report"} if "research-paper" in open_parts else set()
    places = [places_of(components, step) for step in (3, 2, 1)]
    return tuple(len(asked & open_parts) / len(asked) for asked in places)


# %% class-and-gap
def class_and_gap(open_parts, components):
    have = set(open_parts) | (
        {"technical-report"} & {"technical-report" for part in open_parts if part == "research-paper"}
    )
    gaps = []
    for step in (3, 2, 1):
        gaps.append({one["id"] for one in components if one["class"] >= step and one["required"]} - have)
    whole = [not gap for gap in gaps] + [False]
    steps = whole.index(False)
    return ["none", "III", "II", "I"][steps], sorted(gaps[steps]) if steps < 3 else []


# %% may-i
def may_i(use, terms):
    def speaks(term):
        if use["thing"] not in term["reaches"]:
            return False
        if "purpose" in term:
            return term["purpose"] == use["purpose"]
        return use["users"] > term.get("above", -1)

    answers = {"limit": "no", "threshold": "ask first", "unknown": "not known", "condition": "yes, if"}
    spoken = [term for term in terms if speaks(term)]
    kind = min((term["kind"] for term in spoken), key=list(answers).index, default=None)
    return answers.get(kind, "yes"), tuple(term["term"] for term in spoken if term["kind"] == kind)


# %% obligations
def obligations(chain, licences):
    asked = {}
    roles = {"start": "changed", "teacher": "student", "data": "student"}
    pairs = sorted({(parent["licence"], roles[parent["role"]]) for parent in chain})
    for licence, reach in pairs:
        for term in licences[licence]["terms"]:
            if reach in term["reaches"] and term["kind"] not in ("threshold", "unknown"):
                asked[term["term"]] = asked.get(term["term"], []) + [licence]
    return {name: tuple(sorted(set(who))) for name, who in asked.items()}


# %% broken-promises
def broken_promises(asked, student, licences):
    own = {term["term"] for term in licences[student["licence"]]["terms"]}
    tests = {
        "name begins with 'Llama'": lambda who: student["name"].startswith("Llama"),
        "show 'Built with Llama'": lambda who: "Built with Llama" in student["card"],
        "give the licence": lambda who: all(one in student["gives"] for one in who),
        "pass on the use rules": lambda who: "pass on the use rules" in own,
    }
    broken = {term for term, who in asked.items() if term in tests and not tests[term](who)}
    broken |= {term for term in asked if term.startswith("no ") and term not in own}
    return sorted(broken)


# %% card-figures
def card_figures(lines, name):
    ids = list(dict.fromkeys(line["id"] for line in lines if line["name"] == name))
    runs = [[line for line in lines if line["id"] == one][-1] for one in ids]

    def total(field):
        values = [run.get(field) for run in runs]
        return None if not values or any(value is None for value in values) else sum(values)

    sums = {field: total(field) for field in ("tokens", "processor_seconds", "dollars", "flops_counted")}
    return sums | {"runs": len(runs), "unfinished": len([run for run in runs if run["state"] != "done"])}
