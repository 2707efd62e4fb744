"""A learner's first hour in a real browser: the first page, lesson 02, lab 02, Validate, submit."""

import json
import re
import time

from conftest import answers, nbgrader_menu, open_notebook, picture, serve

LESSON = "notebooks/02-experts.ipynb"
LAB = "02-experts"


def cells(path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def run_all(page, path, seconds: int) -> list[dict]:
    """Run > Run All Cells, wait for the last one, and give the code cells as they were saved."""
    # A kernel that is only being connected counts as idle in the toolbar, and Run All then asks which kernel to take.
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=120_000)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    indicator = page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")
    code, waiting, state = [], [], "unknown"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.wait_for_timeout(5000)
        if page.locator(".jp-Dialog").count():  # a question that nobody will answer
            break
        page.locator(".jp-NotebookPanel:visible [data-jp-item-name=save]").click()
        try:
            code = [cell for cell in cells(path) if cell["cell_type"] == "code"]
        except json.JSONDecodeError:  # the server is half-way through writing it
            continue
        waiting = [cell for cell in code if not cell["execution_count"]]
        state = indicator.get_attribute("data-status")
        if state == "idle" and not waiting:
            return code
    first = "".join(waiting[0]["source"]) if waiting else "(none: every cell has a number)"
    picture(page, "not-done")
    raise AssertionError(
        f"{path.name} was not done within {seconds} s: the kernel is {state}; of {len(code)} cells, {len(waiting)} "
        f"wait, the first of them is\n{first}\nand the page shows\n{page.locator('body').inner_text()}"
    )


def validate(page) -> str:
    """Press Validate and give the words of the answer."""
    page.locator(".jp-NotebookPanel:visible").get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog-content")
    dialog.get_by_text(re.compile("Success|failed|FAILED|changed", re.IGNORECASE)).first.wait_for(timeout=120_000)
    return dialog.inner_text()


def test_a_learners_first_hour(course, page):
    solution = answers(course / "solutions" / LAB / f"{LAB}.ipynb")
    first = next(iter(solution))
    with serve(course, "lab") as address:
        page.goto(address)
        page.get_by_role("heading", name="Open Experts").first.wait_for()
        picture(page, "1-first-page")
        assert nbgrader_menu(page) == ["Assignment List"]
        page.keyboard.press("Escape")
        port = re.search(r":(\d+)/", address)[1]
        assert page.request.get(f"http://127.0.0.1:{port}/formgrader").status == 404

        open_notebook(page, address, LESSON)
        lesson = run_all(page, course / LESSON, seconds=900)
        picture(page, "2-lesson")
        assert not [out for cell in lesson for out in cell["outputs"] if out["output_type"] == "error"]

        # All answers but the first are written into the file; the first is typed in the browser.
        mine = course / "my-labs" / LAB / f"{LAB}.ipynb"
        notebook = json.loads(mine.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if grade_id(cell) != first:
                cell["source"] = solution.get(grade_id(cell), cell["source"])
        mine.write_text(json.dumps(notebook), encoding="utf-8")
        open_notebook(page, address, f"my-labs/{LAB}/{LAB}.ipynb")
        assert re.search("failed", validate(page), re.IGNORECASE)
        picture(page, "3-validate-fails")
        page.locator(".jp-Dialog-button").last.click()
        answer = page.locator(".jp-NotebookPanel:visible .cm-content", has_text="raise NotImplementedError").first
        answer.scroll_into_view_if_needed()
        answer.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(solution[first])
        picture(page, "4-answer")
        said = validate(page)
        picture(page, "5-validate")
        assert "Success" in said, said
        page.locator(".jp-Dialog-button").last.click()
        assert solution[first] in ["".join(cell["source"]) for cell in cells(mine)]

        nbgrader_menu(page)
        page.locator(".lm-Menu-itemLabel", has_text="Assignment List").click()
        row = page.locator(".list_item", has_text=LAB).filter(has=page.get_by_role("button", name="Submit"))
        row.get_by_role("button", name="Submit").click()
        page.locator("#submitted_assignments_list .list_item", has_text=LAB).first.wait_for()
        picture(page, "6-submitted")
    handed_in = list((course / "classroom" / "exchange" / "open-experts" / "inbound").glob(f"*+{LAB}+*/{LAB}.ipynb"))
    assert len(handed_in) == 1
    assert cells(handed_in[0]) == cells(mine)
