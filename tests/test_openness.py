"""What must stay true of the two tables on openness and licences."""

import pytest

from notebooks import ROOT
from openexperts import openness

KNOWN_LICENCES = {"arXiv licence", "Llama-3.1-Community", "DeepSeek-Model-License", "Gemma-Terms"}
KINDS = {"condition", "limit", "threshold", "unknown"}
REACHES = {"use", "copy", "changed", "student"}


def test_components_are_the_frameworks_in_three_classes():
    components = openness.components()
    assert len({one["id"] for one in components}) == 17
    required = [sum(one["required"] and one["class"] == step for one in components) for step in (3, 2, 1)]
    assert required == [6, 4, 4]


@pytest.mark.parametrize("name", openness.models())
def test_a_model_says_all_components_and_where_that_is_from(name):
    model = openness.models()[name]
    assert list(model["components"]) == [one["id"] for one in openness.components()]
    assert model["source"] and model["date"]
    said = KNOWN_LICENCES | openness.open_licences() | {"unlicensed", *openness.NOT_SHARED}
    assert set(model["components"].values()) <= said, "a word that nobody explains"


@pytest.mark.parametrize("name", openness.licences())
def test_a_licence_has_a_source_a_date_a_scope_and_terms_that_a_program_can_read(name):
    licence = openness.licences()[name]
    assert all(licence[field] for field in ("name", "date", "source", "scope", "terms"))
    assert licence["confidence"] in ("P", "S", "C", "?")
    assert licence["open"] == (name in openness.open_licences())
    for term in licence["terms"]:
        assert term["kind"] in KINDS and set(term["reaches"]) <= REACHES and term["words"] and term["where"]
        assert ("purpose" in term) == (term["kind"] in ("limit", "unknown"))
        assert ("above" in term) == (term["kind"] == "threshold")


def test_a_status_tells_open_from_shared_and_from_what_nobody_knows():
    said = [openness.status(word) for word in ("MIT", "Llama-3.1-Community", "unlicensed", "not listed", "unknown")]
    assert said == ["open", "shared, not open", "shared, not open", "not listed", "unknown"]


def test_the_counts_on_the_workshops_sheets_are_those_of_the_table():
    models = {name: model["components"] for name, model in openness.models().items() if name != "SmolLM2-135M"}

    def count(component, status="open"):
        return sum(openness.status(parts[component]) == status for parts in models.values())

    folder = ROOT / "workshops" / "13-cake-or-recipe"
    sheet = (folder / "evidence" / "02-eleven-records.md").read_text(encoding="utf-8")
    shared = "shared, not open"
    for sentence in (
        f"Weights under an open licence: {count('parameters')} of {len(models)}.",
        f"Shared under another licence or none: {count('parameters', shared)}.",
        f"Texts under an open licence: {count('datasets')} of {len(models)}; "
        f"shared without a named licence: {count('datasets', shared)}.",
        f"Training code under an open licence: {count('training-code')}.",
        f"Data card under an open licence: {count('data-card')}; "
        f"shared without a licence: {count('data-card', shared)}.",
    ):
        assert sentence in sheet
    key = (folder / "guide.md").read_text(encoding="utf-8")
    pluses = {name: [openness.status(part) for part in parts.values()].count("open") for name, parts in models.items()}
    least = {part for part in models["Phi-2"] if count(part) + count(part, shared) == 2}
    for sentence in (
        f"(a) {count('datasets')} of {len(models)} share texts under an open licence",
        f"(b) {count('parameters')} of {len(models)} share weights under one",
        f"Fullest: Pythia, {pluses['Pythia-160M']} of 17 places with a plus",
    ):
        assert sentence in key
    assert least == {"training-code", "evaluation-code", "preprocessing-code"}
    assert max(pluses, key=pluses.get) == "Pythia-160M" and pluses["Llama-3.1-8B"] == 0
