"""Which names a check asks of the learner."""

from openexperts.grading.names import asked


def test_what_a_star_import_binds_is_the_examiners():
    set_up, answer, check = "from some.checks import *", "def f():\n    ...", "check.equal(f(), 1)"
    assert asked([set_up, check], [answer]) == [set(), {"f"}]


def test_an_answer_may_have_the_name_of_a_builtin():
    assert asked(["sum([1]) + len([])"], ["def sum(x):\n    ..."]) == [{"sum"}]


def test_a_helper_that_no_locked_cell_binds_is_the_learners():
    assert asked(["import torch", "torch.ones(helper(1))"], []) == [set(), {"helper"}]
