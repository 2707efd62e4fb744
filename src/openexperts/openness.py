"""What real models share, and what licences ask: two tables written for the course, each row with its source.

`data/openness.json`: for each model and each component of the Model Openness Framework (arXiv 2403.13784) the licence
that it carries, drawn from the records of the Model Openness Tool. Volunteers wrote those, so expect gaps.
`data/licences.json`: terms of five licences, in the course's own words. Both are plain files: read them, mend them.
"""

import functools
import importlib.resources
import json

NOT_SHARED = ("not listed", "unknown")  # what a record says of a component that nobody can be shown


@functools.cache
def _table(name: str) -> dict:
    return json.loads((importlib.resources.files("openexperts") / "data" / name).read_text(encoding="utf-8"))


def components() -> list[dict]:
    """The 17 components: `id`, `name`, `class` (3 is the first step, 1 the last), `required`, and some `words`."""
    return [dict(component) for component in _table("openness.json")["components"]]


def models() -> dict[str, dict]:
    """What each model shares: `components` (id: licence, or what stands for none), `source`, `date` and `note`."""
    return {model["name"]: dict(model) for model in _table("openness.json")["models"]}


def open_licences() -> set[str]:
    """The licences among those of the records that count as open."""
    return set(_table("openness.json")["open_licences"]["licences"])


def licences() -> dict[str, dict]:
    """The terms of five licences, with their source and date."""
    return {name: dict(licence) for name, licence in _table("licences.json")["licences"].items()}


def status(licence: str) -> str:
    """What a record says of one component: "open", "shared, not open", "not listed" or "unknown"."""
    if licence in NOT_SHARED:
        return licence
    return "open" if licence in open_licences() else "shared, not open"
