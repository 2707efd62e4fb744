"""Plain loops, from one place to the next."""


# %% completeness
def completeness(record, components, open_licences):
    shares = []
    for step in [3, 2, 1]:
        places = 0
        filled = 0
        for one in components:
            if not one["required"] or one["class"] < step:
                continue
            places += 1
            if record.get(one["id"]) in open_licences:
                filled += 1
            elif one["id"] == "technical-report" and record.get("research-paper") in open_licences:
                filled += 1
        shares.append(filled / places)
    return shares


# %% class-and-gap
def class_and_gap(open_parts, components):
    names = {3: "III", 2: "II", 1: "I"}
    reached = "none"
    for step in [3, 2, 1]:
        missing = []
        for one in components:
            if one["required"] and one["class"] >= step and one["id"] not in open_parts:
                if one["id"] != "technical-report" or "research-paper" not in open_parts:
                    missing.append(one["id"])
        if len(missing) > 0:
            missing.sort()
            return reached, missing
        reached = names[step]
    return reached, []


# %% may-i
def may_i(use, terms):
    mine = [term for term in terms if use["thing"] in term["reaches"]]
    limits = [t["term"] for t in mine if t["kind"] == "limit" and t["purpose"] == use["purpose"]]
    if limits:
        return "no", limits
    asks = [t["term"] for t in mine if t["kind"] == "threshold" and use["users"] > t["above"]]
    if asks:
        return "ask first", asks
    unknown = [t["term"] for t in mine if t["kind"] == "unknown" and t["purpose"] == use["purpose"]]
    if unknown:
        return "not known", unknown
    conditions = [t["term"] for t in mine if t["kind"] == "condition"]
    if conditions:
        return "yes, if", conditions
    return "yes", []


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        role, licence = parent["role"], parent["licence"]
        for term in licences[licence]["terms"]:
            if term["kind"] not in ("condition", "limit"):
                continue
            if ("changed" if role == "start" else "student") not in term["reaches"]:
                continue
            if term["term"] not in asked:
                asked[term["term"]] = []
            if licence not in asked[term["term"]]:
                asked[term["term"]].append(licence)
    for names in asked.values():
        names.sort()
    return asked


# %% broken-promises
def broken_promises(asked, student, licences):
    own = [term["term"] for term in licences[student["licence"]]["terms"]]
    broken = []
    for term in sorted(asked):
        if term == "name begins with 'Llama'" and student["name"][:5] != "Llama":
            broken.append(term)
        if term == "show 'Built with Llama'" and student["card"].find("Built with Llama") < 0:
            broken.append(term)
        if term == "give the licence" and any(name not in student["gives"] for name in asked[term]):
            broken.append(term)
        if (term == "pass on the use rules" or term[:3] == "no ") and term not in own:
            broken.append(term)
    return broken


# %% card-figures
def card_figures(lines, name):
    last = {}
    for line in lines:
        if line["name"] == name:
            last[line["id"]] = line
    unfinished = 0
    sums = {"tokens": 0, "processor_seconds": 0, "dollars": 0, "flops_counted": 0}
    for line in last.values():
        if line["state"] == "going":
            unfinished += 1
        for field in sums:
            if sums[field] is None or line.get(field) is None:
                sums[field] = None
            else:
                sums[field] += line[field]
    if not last:
        sums = dict.fromkeys(sums)
    return {"runs": len(last), "unfinished": unfinished, **sums}
