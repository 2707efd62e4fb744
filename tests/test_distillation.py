"""What must stay true of the students of the open model."""

import pytest
import torch
import torch.nn.functional as F

from openexperts import distillation, written
from openexperts.configs import size
from openexperts.distillation import LENGTH, VOCABULARY, continue_texts, documents, loss_of, student
from openexperts.training import Settings, evaluate, next_token_loss, train
from openexperts.written import repeated


@pytest.fixture(scope="module")
def model():
    return student("dense", 0)


@pytest.fixture(scope="module")
def places():
    return documents(4, 800, seed=3)


def dense_targets(corpus, places):
    """The stored distribution of each place to be forecast, number by number, in the students' vocabulary."""
    targets = torch.zeros(places[:, 1:].numel(), VOCABULARY)
    for row, place in enumerate(places[:, 1:].flatten().tolist()):
        for token, share in zip(corpus.top_ids[place].tolist(), corpus.top_shares[place].tolist(), strict=True):
            targets[row, token if token < VOCABULARY else written.UNKNOWN] += share
    return targets


def test_the_ways_are_what_they_say(model, places):
    corpus = written.load()
    ids = corpus.ids[places]
    ids[ids >= VOCABULARY] = written.UNKNOWN
    assert torch.isclose(loss_of("labels", model, places), next_token_loss(model, ids), atol=1e-5)
    logits = model(input_ids=ids[:, :-1]).logits.flatten(0, 1)
    expected = F.cross_entropy(logits, dense_targets(corpus, places))
    assert torch.isclose(loss_of("teacher", model, places), expected, atol=1e-4)  # a label's loss differs by 0.1
    with pytest.raises(ValueError, match="way is"):
        loss_of("soft", model, places)


def test_the_control_is_as_soft_as_the_teacher_and_keeps_the_label(places):
    """A student of zeros but for one token tells how much that token was given."""
    corpus = written.load()
    labels = corpus.ids[places[:, 1:]].flatten()
    labels[labels >= VOCABULARY] = written.UNKNOWN

    class Even(torch.nn.Module):
        def forward(self, input_ids):
            return type("Output", (), {"logits": torch.zeros(*input_ids.shape, VOCABULARY)})

    assert torch.isclose(loss_of("shuffled", Even(), places), loss_of("teacher", Even(), places))

    class Knows(torch.nn.Module):
        def forward(self, input_ids):
            return type("Output", (), {"logits": 20.0 * F.one_hot(labels, VOCABULARY).float().view(4, LENGTH, -1)})

    class Agrees(torch.nn.Module):
        def forward(self, input_ids):
            logits = (dense_targets(corpus, places) + 1e-4).log().view(4, LENGTH, -1)
            return type("Output", (), {"logits": logits})

    # Whoever knows the teacher is surprised by what is likely elsewhere.
    assert loss_of("shuffled", Agrees(), places) > loss_of("teacher", Agrees(), places) + 1

    # The loss is 20 times what is not the drawn token's: that keeps its share, and wins where elsewhere agrees.
    difference = loss_of("teacher", Knows(), places) - loss_of("shuffled", Knows(), places)
    assert -1e-4 < difference < 2


def test_a_quarter_of_the_texts_comes_four_times_as_often():
    whole, quarter = documents(600, 600, seed=0), documents(600, 150, seed=0)
    assert len(whole.unique(dim=0)) == 600
    assert (quarter.unique(dim=0, return_counts=True)[1] == 4).all() and torch.isin(quarter, whole).all()
    assert not torch.equal(quarter[:150], quarter[150:300])  # each round in an order of its own
    assert not torch.isin(whole[:, 1:], torch.arange(int(written.load().starts[written.N_VALIDATION]))).any()
    assert torch.equal(documents(8, 600, seed=0), whole[:8]) and not torch.equal(documents(8, 600, seed=1), whole[:8])
    with pytest.raises(ValueError, match="n_different is 100000; the corpus has"):
        documents(8, 100_000, seed=0)


def test_experts_work_as_hard_as_their_dense_twin_and_are_larger():
    dense, experts = (size(student(kind, 0)) for kind in ("dense", "experts"))
    assert abs(experts.active / dense.active - 1) < 0.02 and experts.total > 1.3 * dense.total


def test_training_uses_the_loss_that_it_is_given(places):
    settings = Settings(steps=6, batch_size=4, warm_up=1, evaluate_every=6)
    again, model = places.repeat(6, 1), student("dense", 1)
    before = loss_of("teacher", model, places).item()
    history = train(
        model, again, distillation.validation()[:4], settings, lambda: None, lambda *batch: loss_of("teacher", *batch)
    )
    assert loss_of("teacher", model, places) < before - 0.5
    assert history.loss[-1] == evaluate(model, distillation.validation()[:4])


def test_texts_go_on_with_known_words(model):
    starts = torch.tensor([[written.BEGIN], [written.BEGIN]])
    texts = continue_texts(model, starts, 7, seed=0)
    assert texts.shape == (2, 8) and (texts[:, 1:] >= written.N_SPECIAL).all()
    assert torch.equal(texts, continue_texts(model, starts, 7, seed=0))
    assert repeated(torch.tensor([1, 2, 3, 4, 5, 1, 2, 3, 4])) == pytest.approx(1 / 6)
    assert repeated(torch.arange(9)) == 0


def test_validation_is_the_beginning_of_the_stream_in_the_students_words():
    ids = distillation.validation()
    stream = written.load().ids[: ids[:, 1:].numel() + 1]
    known = torch.where(stream < VOCABULARY, stream, written.UNKNOWN)
    assert torch.equal(ids[:, 1:].flatten(), known[1:]) and torch.equal(ids[:, 0], known[:-1:LENGTH])


def test_texts_go_on_at_the_teachers_temperature_from_what_a_student_can_read():
    temperature = written.load().record["recipe"]["temperature"]
    chances = torch.zeros(VOCABULARY)
    chances[:6] = torch.tensor([0.3, 0.1, 0.3, 0.2, 0.08, 0.02])  # the first two are no token

    class Says(torch.nn.Module):
        def forward(self, input_ids, logits_to_keep):
            assert input_ids.shape[1] <= LENGTH and logits_to_keep == 1
            return type("Output", (), {"logits": chances.log().expand(len(input_ids), 1, -1).clone()})

    texts = continue_texts(Says(), torch.zeros(100, LENGTH - 5, dtype=torch.long), 50, seed=0)
    seen = texts[:, LENGTH - 5 :].flatten().bincount(minlength=6) / 5000
    colder = chances[2:6] ** (1 / temperature)
    assert temperature != 1 and torch.allclose(seen[2:], colder / colder.sum(), atol=4 * 0.5 / 5000**0.5)
