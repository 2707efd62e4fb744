"""A teacher in a real browser: autograde in Formgrader, a mark by hand, feedback that shows it."""

import json
import re
import subprocess
import sys

from conftest import answers, nbgrader_menu, picture, serve

LAB = "02-experts"
MARK = "3"
COMMENT = "Clear; say also what the baseline was."


def hand_in(course) -> None:
    """The solution's answers in the released lab, as if collected from the learner `ada`."""
    folder = course / "classroom" / "submitted" / "ada" / LAB
    folder.mkdir(parents=True)
    notebook = json.loads((course / "labs" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8"))
    solution = answers(course / "solutions" / LAB / f"{LAB}.ipynb")
    for cell in notebook["cells"]:
        cell["source"] = solution.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
    (folder / f"{LAB}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "timestamp.txt").write_text("2026-01-05 09:00:00.000000 UTC")


def test_a_teacher_grades_a_lab(course, page):
    command = [sys.executable, "-m", "openexperts.cli", "release", LAB]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    hand_in(course)
    with serve(course, "teach") as address:
        page.goto(address)
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.get_by_role("heading", name="Open Experts").first.wait_for()
        menu = nbgrader_menu(page)
        assert {"Formgrader", "Create assignment"} <= set(menu), menu
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Formgrader$")).click()
        formgrader = page.frame_locator("iframe")
        formgrader.locator("tr", has_text=LAB).locator(".num-submissions a").click()
        learner = formgrader.locator("tr", has_text="ada")
        learner.get_by_text("needs autograding").wait_for()
        picture(page, "1-submissions")
        learner.locator(".autograde a").click()
        expect_success(page, formgrader, "autograded")

        formgrader.get_by_role("link", name="Manual Grading").click()
        for name in (LAB, LAB, "Submission #1"):  # the lab, its notebook, the learner's
            formgrader.locator("table").get_by_role("link", name=name).click()
        score = formgrader.locator("#in-your-words")
        score.scroll_into_view_if_needed()
        with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
            score.fill(MARK)
            score.blur()
        with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
            formgrader.locator("#in-your-words-comment").fill(COMMENT)
            formgrader.locator("#in-your-words-comment").blur()
        picture(page, "2-mark")

        formgrader.get_by_role("link", name="Manual Grading").click()
        formgrader.get_by_role("link", name="Manage Assignments").click()
        formgrader.locator("tr", has_text=LAB).locator(".num-submissions a").click()
        learner.locator(".status", has_text="graded").wait_for()
        learner.locator(".generate-feedback a").click()
        expect_success(page, formgrader, "feedback")
        picture(page, "3-feedback-made")
        feedback = course / "classroom" / "feedback" / "ada" / LAB / f"{LAB}.html"
        text = feedback.read_text(encoding="utf-8")
        page.goto(feedback.as_uri())
        picture(page, "4-feedback")
    assert COMMENT in text
    assert "<strong>19 of 20 points</strong>" in text
    assert re.search(rf"In your words.*?{MARK} of 4", text, re.DOTALL)


def expect_success(page, formgrader, what: str) -> None:
    """Wait for Formgrader's answer to a button, which must be good, and close it."""
    dialog = formgrader.locator(".modal.in")
    dialog.locator(".modal-title").wait_for(timeout=120_000)
    assert dialog.locator(".modal-title").inner_text() == "Success", dialog.inner_text()
    assert what in dialog.inner_text()
    dialog.get_by_role("button", name="OK").click()
    dialog.wait_for(state="hidden")
