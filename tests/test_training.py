"""The text, the small configurations and the training loop that the lessons share."""

import contextlib
import math
from functools import partial

import pytest
import torch
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from openexperts import training
from openexperts.configs import build, dense_twin, routers, size, tiny_deepseek, tiny_llama
from openexperts.corpora import PROBABILITIES, Domains
from openexperts.training import History, Run, Settings, evaluate, next_token_loss, train, train_all

QUICK = Settings(steps=6, batch_size=4, warm_up=2, evaluate_every=3)


@pytest.fixture(scope="module")
def language():
    return Domains()


def test_the_language_is_the_same_for_the_same_seed_and_its_text_keeps_to_its_own_rules(language):
    documents = language.documents(200, seed=1)
    assert documents.shape == (200, language.length)
    assert torch.equal(documents, Domains().documents(200, seed=1))
    assert not torch.equal(documents, language.documents(200, seed=2))
    assert language.possible(documents).all()
    assert not Domains(seed=1).possible(documents).all()
    assert len(set(language.vocabulary)) == language.vocab_size == 160
    assert ((documents[:, 1:] - 32) // 32 == torch.arange(32) % 4).all()  # adjective, noun, verb, adverb
    assert language.read(documents[0]).startswith("<")
    few = language.documents(200, seed=1, places=3)
    assert set(few[:, 0].tolist()) == {0, 1, 2} and language.possible(few).all()


def test_a_word_that_cannot_follow_or_a_place_inside_a_text_is_not_possible(language):
    documents = language.documents(3, seed=1)
    documents[0, 4] = documents[0, 3]  # a word is never followed by itself
    documents[1, 10] = 0  # a place
    documents[2, 1] = language.vocab_size - 1  # a text begins with an adjective
    possible = language.possible(documents)
    assert not possible[0, 3] and not possible[1, 9] and not possible[2, 0]


def test_the_floor_is_the_loss_of_a_reader_who_knows_the_table(language):
    documents = language.documents(2000, seed=3)
    loss = math.log(32) * len(documents)
    for place, words in zip(documents[:, 0], documents[:, 1:] - 32, strict=True):
        rows = language.successors[place, words[:-1]] == words[1:, None] + 32
        loss -= torch.tensor(PROBABILITIES).expand(len(rows), 4)[rows].log().sum().item()
    assert loss / (len(documents) * 32) == pytest.approx(language.floor, abs=0.01)


def test_twins_match_in_size_and_only_the_router_is_extra():
    config = tiny_deepseek()
    mixture = build(config, seed=0)
    router = sum(gate.weight.numel() for gate in routers(mixture))
    assert size(build(dense_twin(config, "active"), 0)).total == size(mixture).active - router
    assert size(build(dense_twin(config, "total"), 0)).total == size(mixture).total - router
    assert size(build(tiny_llama(), 0)).total == size(build(tiny_llama(), 0)).active


def test_the_same_seed_builds_the_same_weights_and_twins_differ_only_in_their_feed_forward_layer():
    one, two, other = (build(tiny_deepseek(), seed).model.embed_tokens.weight for seed in (0, 0, 1))
    assert torch.equal(one, two) and not torch.equal(one, other)


def test_training_lowers_the_loss_and_repeats_exactly(language):
    settings = Settings(steps=60, batch_size=8, warm_up=5, evaluate_every=20)
    documents, validation = language.documents(480, 1), language.documents(16, 2)
    histories = [train(build(tiny_deepseek(), 0), documents, validation, settings, lambda: None) for _ in range(2)]
    assert histories[0].loss == histories[1].loss
    assert histories[0].step == [0, 20, 40, 60]
    assert histories[0].loss[-1] < histories[0].loss[0] - 0.5
    assert histories[0].seconds == sorted(histories[0].seconds)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Settings(evaluate_every=0), "evaluate_every is 0"),
        (lambda: Settings(steps=-1), "steps is -1"),
        (lambda: build(tiny_deepseek(), 0, router="die"), 'router is "die"; it is "learned", "frozen" or "dice"'),
        (lambda: tiny_deepseek(n_routed_expert=8), "no setting n_routed_expert; did you mean n_routed_experts?"),
        (lambda: tiny_llama(swiglu=True), "LlamaConfig has no setting swiglu"),
        (lambda: dense_twin(tiny_deepseek(), "act"), 'equal is "act"; it is "active" or "total"'),
    ],
)
def test_a_mistyped_setting_is_a_sentence(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()


def test_training_says_what_is_wrong(language):
    with pytest.raises(ValueError, match="6 steps of 4 need 24 documents, not 23"):
        train(build(tiny_deepseek(), 0), language.documents(23, 1), language.documents(4, 2), QUICK)
    model = build(tiny_deepseek(), 0)
    torch.nn.init.constant_(model.lm_head.weight, float("nan"))
    with pytest.raises(FloatingPointError, match="at step 0"):
        train(model, language.documents(24, 1), language.documents(4, 2), QUICK)


def test_the_rate_rises_then_stays_or_falls():
    stays = Settings(steps=100, learning_rate=1.0, warm_up=10)
    assert stays.rate(0) == pytest.approx(0.1) and stays.rate(9) == stays.rate(99) == 1.0
    falls = Settings(steps=100, learning_rate=1.0, warm_up=0, last_share=0.1)
    assert falls.rate(0) == 1.0 and falls.rate(50) == pytest.approx(0.55) and falls.rate(100) == pytest.approx(0.1)


def test_the_clock_counts_the_processor_s_time_of_training_alone(language, monkeypatch):
    clock = {"processor": 0.0}

    def advance(seconds, function):
        def slower(*args):
            clock["processor"] += seconds
            return function(*args)

        return slower

    monkeypatch.setattr(training.time, "process_time", lambda: clock["processor"])
    monkeypatch.setattr(training, "evaluate", advance(100.0, training.evaluate))
    # Clipping the gradients is a part of each step and of no evaluation.
    monkeypatch.setattr(training.nn.utils, "clip_grad_norm_", advance(2.0, torch.nn.utils.clip_grad_norm_))
    history = train(build(tiny_deepseek(), 0), language.documents(24, 1), language.documents(4, 2), QUICK, lambda: None)
    assert history.step == [0, 3, 6]
    assert history.seconds == [0.0, 6.0, 12.0]


def test_a_history_is_read_between_its_points_and_not_beyond():
    history = History([0, 10], [4.0, 2.0], [0.0, 5.0])
    assert history.at_step(10) == 2.0 and history.at_step(5) == 3.0 and history.at_seconds(2.5) == 3.0
    with pytest.raises(ValueError, match="goes from 0 to 10"):
        history.at_step(11)


TWO_LAYERS = {"num_hidden_layers": 2, "n_routed_experts": 8}


def test_load_and_bias_follow_what_was_chosen_in_training(language):
    model = build(tiny_deepseek(**TWO_LAYERS), 0)
    chosen = [[], []]  # for each layer, what each step of training chose; evaluation is not counted
    for router, seen in zip(routers(model), chosen, strict=True):
        router.register_forward_hook(
            lambda _, __, output, seen=seen: (
                seen.append(output[2].flatten().tolist()) if torch.is_grad_enabled() else None
            )
        )
    settings = Settings(steps=6, batch_size=4, warm_up=2, evaluate_every=3, bias_speed=0.01)
    history = train(model, language.documents(24, 1), language.documents(4, 2), settings, lambda: None)
    bias = [[0.0] * 8, [0.0] * 8]
    for step in range(6):
        for layer in range(2):
            load = [chosen[layer][step].count(expert) for expert in range(8)]
            assert history.load[step][layer] == load and sum(load) == 4 * 32 * 2
            for expert, tokens in enumerate(load):
                if tokens != sum(load) / 8:
                    bias[layer][expert] += 0.01 if tokens < sum(load) / 8 else -0.01
    for router, expected in zip(routers(model), bias, strict=True):
        assert router.e_score_correction_bias.tolist() == pytest.approx(expected, abs=1e-6) and any(expected)


def test_without_balancing_the_bias_stays_and_the_load_is_told_all_the_same(language):
    model = build(tiny_deepseek(), 0)
    settings = Settings(steps=6, batch_size=4, warm_up=2, evaluate_every=3, bias_speed=0.0)
    history = train(model, language.documents(24, 1), language.documents(4, 2), settings, lambda: None)
    assert not routers(model)[0].e_score_correction_bias.any()
    assert [sum(layer) for step in history.load for layer in step] == [4 * 32 * 2] * 6
    dense = train(build(tiny_llama(), 0), language.documents(24, 1), language.documents(4, 2), QUICK, lambda: None)
    assert dense.load == [[]] * 6


def test_the_auxiliary_loss_reaches_the_routers_and_is_the_one_of_transformers_up_to_its_scale(language, monkeypatch):
    config, documents, strength = tiny_deepseek(**TWO_LAYERS), language.documents(24, 1), 10.0
    seen = []

    def gradients(parameters, _):
        seen.append([parameter.grad.clone() for parameter in parameters])

    monkeypatch.setattr(training.nn.utils, "clip_grad_norm_", gradients)
    settings = Settings(steps=6, batch_size=4, auxiliary=strength)
    train(build(config, 0), documents, language.documents(4, 2), settings, lambda: None)

    model, logits = build(config, 0), []
    for router in routers(model):
        router.register_forward_hook(lambda _, __, output: logits.append(output[0]))
    loss = next_token_loss(model, documents[:4])
    plain = torch.autograd.grad(loss, model.parameters(), retain_graph=True)
    for scores in (layer.sigmoid() for layer in logits):
        shares = scores / scores.sum(-1, keepdim=True)  # whose logarithm has them for its softmax
        loss = loss + strength * load_balancing_loss_func((shares.log(),), 8, top_k=2) / 2
    expected = torch.autograd.grad(loss, model.parameters())
    for left, right in zip(seen[0], expected, strict=True):
        assert torch.allclose(left, right, atol=1e-5, rtol=1e-4)
    assert max((left - right).abs().max() for left, right in zip(plain, expected, strict=True)) > 1e-2


@pytest.mark.parametrize("stopped", [False, True])
def test_a_model_is_left_as_it_came(language, stopped):
    def on_step():
        if stopped:
            raise KeyboardInterrupt

    model = build(tiny_deepseek(), 0)
    with pytest.raises(KeyboardInterrupt) if stopped else contextlib.nullcontext():
        train(model, language.documents(24, 1), language.documents(4, 2), QUICK, on_step)
    assert not routers(model)[0]._forward_hooks


def test_controls_do_not_learn_to_route(language):
    frozen = build(tiny_deepseek(), 0, router="frozen")
    before = routers(frozen)[0].weight.clone()
    train(frozen, language.documents(24, 1), language.documents(4, 2), QUICK, lambda: None)
    assert torch.equal(routers(frozen)[0].weight, before) and not routers(frozen)[0].e_score_correction_bias.any()
    dice = build(tiny_deepseek(), 0, router="dice")
    _, weights, first = routers(dice)[0](torch.ones(50, 48))
    assert torch.equal(weights, torch.full((50, 2), 0.5)) and len(first.unique()) > 8


def test_workers_give_what_this_process_gives(language):
    documents, validation = partial(language.documents, 24, 1), partial(language.documents, 4, 2)
    runs = [Run("twin", seed, partial(build, tiny_deepseek(), seed), documents, validation, QUICK) for seed in (0, 1)]
    results = train_all(runs)
    assert [result.run.seed for result in results] == [0, 1]
    model = build(tiny_deepseek(), 1)
    torch.set_num_threads(1)
    history = train(model, documents(), validation(), QUICK, lambda: None)
    assert results[1].history.loss == pytest.approx(history.loss, abs=1e-4)
    assert evaluate(results[1].model(), validation()) == pytest.approx(history.loss[-1], abs=1e-4)


def _broken():
    raise ValueError("no such corpus")


def test_a_worker_that_fails_says_why(language):
    run = Run("broken", 0, partial(build, tiny_deepseek(), 0), _broken, partial(language.documents, 4, 2), QUICK)
    with pytest.raises(ValueError, match="no such corpus"):
        train_all([run, run])
