"""Arithmetic with chains, and the small model that learns it: by imitation, by a reward."""

import dataclasses
import json
import re

import pytest
import torch

from notebooks import ROOT
from notebooks import read as read_notebook
from openexperts import arithmetic, reasoning
from openexperts.arithmetic import ANSWER_LENGTH, PAD, encode, read
from openexperts.training import Settings


def by_hand(problem: str) -> list[int]:
    """The result after each step, by Python's own arithmetic."""
    now, results = int(problem[0]), []
    for operator, digit in re.findall(r"([-+*])(\d)", problem):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator] % 10
        results.append(now)
    return results


def answers(*texts: str) -> torch.Tensor:
    return torch.stack([encode(text, ANSWER_LENGTH) for text in texts])


def test_problems_read_as_arithmetic_and_results_are_pythons():
    prompts = arithmetic.problems(300, seed=1)
    texts = [read(prompt) for prompt in prompts]
    assert all(re.fullmatch(r"\d([-+*]\d){2,6}=", text) for text in texts)
    assert set(arithmetic.n_steps(prompts).tolist()) == {2, 3, 4, 5, 6}
    for text, row, steps in zip(texts, arithmetic.results(prompts), arithmetic.n_steps(prompts).tolist(), strict=True):
        assert row[:steps].tolist() == by_hand(text) and (row[steps:] == row[steps - 1]).all()
    assert torch.equal(prompts, arithmetic.problems(300, seed=1))


def test_the_three_styles_are_written_as_they_are_described():
    prompts = encode("7+6*8-5=", arithmetic.PROMPT_LENGTH)[None]
    truth = arithmetic.results(prompts)
    written = {style: read(arithmetic.write(prompts, truth, style)[0]) for style in arithmetic.STYLES}
    assert written == {"direct": ">9.", "terse": "349>9.", "verbose": "7+6=3,3*8=4,4-5=9>9."}
    longest = arithmetic.problems(1, 0, steps=(6, 6))
    text = read(arithmetic.write(longest, arithmetic.results(longest), "verbose")[0])
    assert len(text) == ANSWER_LENGTH


def test_the_corpus_errs_as_often_as_it_says():
    prompts, written = arithmetic.corpus(20_000, seed=3)
    style, steps = arithmetic.style(written), arithmetic.n_steps(prompts)
    right, chain = arithmetic.right(prompts, written), arithmetic.right_chain(prompts, written)
    assert (arithmetic.digit(written) >= 0).all()
    for number, (share, error) in enumerate(arithmetic.STYLES.values()):
        assert (style == number).float().mean().item() == pytest.approx(share, abs=0.015)
        four = (style == number) & (steps == 4)
        if error:
            assert chain[four].float().mean().item() == pytest.approx((1 - error) ** 4, abs=0.05)
        else:
            assert right[four].all() and not chain[four].any()
    assert (right | ~chain).all() and (right & ~chain & (style > 0)).any()  # some are right by luck


@pytest.mark.parametrize(
    ("answer", "digit", "chain"),
    [
        (">9.", 9, False),
        ("349>9.", 9, True),
        ("7+6=3,3*8=4,4-5=9>9.", 9, True),
        ("7+6=3,3*8=4,4-5=9>8.", 8, False),
        ("349>9.>1.", 9, True),  # what comes behind the first end is not read
        ("339>9.", 9, False),  # right by luck
        ("3>9.", 9, False),
        ("349>9", -1, False),  # never ends
        ("349.", -1, False),
        (">4>9.", -1, False),
        (">93.", -1, False),
        (">=.", -1, False),
        (".", -1, False),
        (">.", -1, False),
        ("9.", -1, False),
    ],
)
def test_an_answer_s_digit_and_its_chain(answer, digit, chain):
    prompts = encode("7+6*8-5=", arithmetic.PROMPT_LENGTH)[None]
    answer = answers(answer)
    assert arithmetic.digit(answer).item() == digit
    assert arithmetic.right(prompts, answer).item() == (digit == 9)
    assert arithmetic.right_chain(prompts, answer).item() == chain


@pytest.fixture(scope="module")
def taught():
    """A model that has seen a little of the corpus: enough to end its answers, not to be right."""
    torch.set_num_threads(1)
    model = reasoning.new_model("small", 0)
    prompts, written = arithmetic.corpus(60 * 64, 0)
    reasoning.imitate(model, prompts, written, Settings(steps=60, batch_size=64, warm_up=10), lambda: None)
    return model


def test_imitation_counts_the_answer_alone():
    model = reasoning.new_model("small", 0)
    prompts, written = arithmetic.corpus(64, 0)
    logits = model(input_ids=torch.cat([prompts, written], dim=1)).logits[..., :PAD].log_softmax(-1)
    expected = torch.zeros(written.shape)
    for row, answer in enumerate(written.tolist()):
        for place, token in enumerate(answer):
            if token != PAD:
                expected[row, place] = logits[row, arithmetic.PROMPT_LENGTH + place - 1, token]
    seen = reasoning.answer_log_probs(model, prompts, written)
    assert torch.allclose(seen, expected, atol=1e-5)
    settings = Settings(steps=1, batch_size=64)
    (loss,) = reasoning.imitate(model, prompts, written, settings, lambda: None)
    assert loss == pytest.approx(-(expected.sum() / (expected != 0).sum()).item(), abs=1e-5)


def test_imitation_takes_batch_after_batch_each_with_a_gradient_of_its_own(monkeypatch):
    """At a rate of nearly 0, so that the model stays and each step can be compared."""
    gradients, rates = [], []

    class Watched(torch.optim.AdamW):
        def step(self, *given):
            rates.append(self.param_groups[0]["lr"])
            gradients.append(torch.cat([one.grad.flatten() for one in self.param_groups[0]["params"]]))
            return super().step(*given)

    monkeypatch.setattr(torch.optim, "AdamW", Watched)
    model, (prompts, written) = reasoning.new_model("small", 0), arithmetic.corpus(48, 0)
    settings = Settings(steps=3, batch_size=16, warm_up=2, learning_rate=1e-12, weight_decay=0.0)
    losses = reasoning.imitate(model, prompts, written, settings, lambda: None)
    assert rates == [settings.rate(step) for step in range(3)]
    for step, (loss, gradient) in enumerate(zip(losses, gradients, strict=True)):
        rows = slice(16 * step, 16 * step + 16)
        expected = -reasoning.answer_log_probs(model, prompts[rows], written[rows]).sum() / (written[rows] != PAD).sum()
        assert loss == pytest.approx(expected.item(), abs=1e-5)
        slope = torch.cat([one.flatten() for one in torch.autograd.grad(expected, list(model.parameters()))])
        slope = slope / max(1.0, slope.norm().item())
        assert torch.allclose(gradient, slope, atol=1e-5)


def test_the_decoder_s_logits_are_those_of_transformers(taught):
    prompts, written = arithmetic.corpus(9, 5)
    tokens = torch.cat([prompts, written], dim=1)
    with torch.no_grad():
        expected = taught(input_ids=tokens).logits
        decoder = reasoning.Decoder(taught)
        new = (prompts, *written[:, :3].T[:, :, None], written[:, 3:20])  # one token at a time, then several
        seen = torch.cat([decoder.forward(part) for part in new], dim=1)
        assert torch.allclose(seen, expected[:, : seen.shape[1]], atol=1e-4)
        rows = torch.tensor([8, 0, 0])
        seen = decoder.of(rows).forward(written[rows, 20][:, None])[:, 0]
        assert torch.allclose(seen, expected[rows, arithmetic.PROMPT_LENGTH + 20], atol=1e-4)


def test_greedy_answers_are_those_of_transformers_generate(taught):
    prompts = arithmetic.problems(12, 7)
    rollout = reasoning.roll_out(taught, prompts, temperature=0)
    written = taught.generate(
        prompts,
        attention_mask=torch.ones_like(prompts),
        do_sample=False,
        max_new_tokens=ANSWER_LENGTH,
        eos_token_id=arithmetic.END,
        pad_token_id=PAD,
        suppress_tokens=[PAD],
        use_cache=True,
    )[:, arithmetic.PROMPT_LENGTH :]
    assert torch.equal(rollout.answers[:, : written.shape[1]], written)
    assert (rollout.answers[:, written.shape[1] :] == PAD).all()


def test_rollouts_know_their_log_probabilities_and_repeat(taught):
    prompts = arithmetic.problems(16, 7)
    rollout = reasoning.roll_out(taught, prompts, samples=4, seed=3)
    again = reasoning.roll_out(taught, prompts, samples=4, seed=3)
    assert torch.equal(rollout.answers, again.answers)
    assert not torch.equal(rollout.answers, reasoning.roll_out(taught, prompts, samples=4, seed=4).answers)
    for given in (prompts, prompts.repeat_interleave(4, dim=0)):  # each prompt once for its four answers, or for each
        log_probs = reasoning.answer_log_probs(taught, given, rollout.answers)
        assert torch.allclose(rollout.log_probs, log_probs, atol=1e-4)
    cold = reasoning.roll_out(taught, prompts, temperature=0.5)  # drawn so, and told as at temperature 1
    assert torch.allclose(cold.log_probs, reasoning.answer_log_probs(taught, prompts, cold.answers), atol=1e-4)
    assert rollout.lengths.tolist() == [len(read(answer)) for answer in rollout.answers]
    assert reasoning.roll_out(taught, prompts, limit=2).lengths.max() == 2
    short = reasoning.roll_out(taught, prompts, limit=1)
    log_probs = reasoning.answer_log_probs(taught, prompts, short.answers)
    assert torch.allclose(short.log_probs, log_probs, atol=1e-4)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_samples_come_as_often_as_the_model_says(taught, temperature):
    prompts = arithmetic.problems(1, 9)
    with torch.no_grad():
        chance = (taught(input_ids=prompts).logits[0, -1, :PAD] / temperature).softmax(-1)
    first = reasoning.roll_out(taught, prompts, samples=4000, temperature=temperature, limit=1).answers[:, 0]
    seen = torch.bincount(first, minlength=len(chance)) / 4000
    assert torch.allclose(seen, chance, atol=4 * 0.5 / 4000**0.5)


@pytest.mark.parametrize("baseline", [True, False])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.5])
def test_the_surrogate_s_gradient_is_the_clipped_policy_gradient(taught, baseline, ratio):
    """By the paper's formula, a token at a time; old log-probabilities are moved so that the ratio is known."""
    prompts = arithmetic.problems(2, 1).repeat_interleave(2, dim=0)
    rollout = reasoning.roll_out(taught, prompts, seed=1)
    real = rollout.answers != PAD
    rollout.log_probs = torch.where(real, rollout.log_probs - torch.tensor(ratio).log(), 0)
    value = torch.tensor([1.0, -1.0, 2.0, 0.0])
    loss = reasoning._surrogate(taught, prompts, rollout, torch.arange(4), value, clip=0.2)
    seen = torch.autograd.grad(loss, taught.lm_head.weight)[0]

    logits = taught(input_ids=torch.cat([prompts, rollout.answers], dim=1)).logits[..., :PAD].log_softmax(-1)
    expected = 0.0
    for row in range(4):
        tokens = [token for token in rollout.answers[row].tolist() if token != PAD]
        for place, token in enumerate(tokens):
            one = (logits[row, arithmetic.PROMPT_LENGTH + place - 1, token] - rollout.log_probs[row, place]).exp()
            gain = torch.minimum(one * value[row], one.clamp(0.8, 1.2) * value[row])
            expected = expected - gain / len(tokens) / 4
    assert loss.item() == pytest.approx(expected.item(), abs=1e-5)
    assert torch.allclose(seen, torch.autograd.grad(expected, taught.lm_head.weight)[0], atol=1e-5)


def test_a_group_s_advantages_do_not_see_a_shift_and_rewards_without_a_baseline_do(taught):
    def after(**changes):
        model = reasoning.new_model("small", 0)
        model.load_state_dict(taught.state_dict())
        settings = reasoning.Reinforcement(steps=2, prompts=4, group=4, **changes)
        progress = reasoning.reinforce(model, settings, 0, lambda: None)
        return model.lm_head.weight.detach(), progress

    (right, progress), (shifted, _) = after(), after(reward=reasoning.one_or_two)
    assert torch.allclose(right, shifted, atol=1e-4)
    assert progress.reward == progress.accuracy and len(progress.length) == 2
    plain = after(baseline=False)[0], after(baseline=False, reward=reasoning.one_or_two)[0]
    assert not torch.allclose(*plain, atol=1e-4)


def test_what_all_answers_of_a_group_share_teaches_nothing(taught):
    """A reward that depends on the problem alone: compared over the batch it would move the weights."""

    def first_digit(prompts, answers):
        return prompts[:, 0].float()

    model = reasoning.new_model("small", 0)
    model.load_state_dict(taught.state_dict())
    progress = reasoning.reinforce(model, reasoning.Reinforcement(first_digit, steps=2, prompts=4), 0, lambda: None)
    assert len(set(progress.reward)) == 2
    assert all(torch.allclose(one, taught.get_parameter(name), atol=1e-6) for name, one in model.named_parameters())


def test_rewards_pay_for_what_they_say():
    written = answers("349>9.", ">9.", "339>9.", "349>0.", "349", "7+6=3,3*8=4,4-5=9>9.")
    prompts = encode("7+6*8-5=", arithmetic.PROMPT_LENGTH).expand(len(written), -1)
    paid = {
        reasoning.right_digit: [1, 1, 1, 0, 0, 1],
        reasoning.one_or_two: [2, 2, 2, 1, 1, 2],
        reasoning.right_chain: [1, 0, 0, 0, 0, 1],
        reasoning.any_digit: [1, 1, 1, 1, 0, 1],
        reasoning.right_and_long: [4, 2.5, 4, 3, 1.5, 11],
    }
    assert {reward: reward(prompts, written).tolist() for reward in paid} == paid
    tossed = reasoning.coin(prompts, written[:1].expand(1000, -1))  # 1000 right answers
    assert set(tossed.tolist()) == {0, 1} and 0.4 < tossed.mean() < 0.6


def test_a_score_counts_what_it_says(monkeypatch):
    def half_direct(model, prompts, temperature):
        direct, terse = (arithmetic.write(prompts, arithmetic.results(prompts), style) for style in ("direct", "terse"))
        return reasoning.Rollout(
            torch.where(torch.arange(len(prompts))[:, None] % 2 == 0, direct, terse), torch.empty(0)
        )

    monkeypatch.setattr(reasoning, "roll_out", half_direct)
    score, steps = reasoning.score(None, count=64), arithmetic.n_steps(arithmetic.problems(64, seed=1_000_000))
    assert (score.right, score.right_chain, score.direct) == (1.0, 0.5, 0.5)
    assert score.length == pytest.approx((3 + steps[1::2].float().mean().item() / 2), abs=1e-5)


def test_each_rollout_gives_its_updates_with_a_warm_up_and_short_gradients(taught, monkeypatch):
    rates, norms = [], []

    class Watched(torch.optim.AdamW):
        def step(self, *given):
            rates.append(self.param_groups[0]["lr"])
            gradients = [one.grad for one in self.param_groups[0]["params"] if one.grad is not None]
            norms.append(torch.cat([gradient.flatten() for gradient in gradients]).norm().item())
            return super().step(*given)

    monkeypatch.setattr(torch.optim, "AdamW", Watched)
    model = reasoning.new_model("small", 0)
    model.load_state_dict(taught.state_dict())
    settings = reasoning.Reinforcement(reasoning.right_and_long, steps=3, prompts=4, group=4, warm_up=2, baseline=False)
    seen = []
    reward = dataclasses.replace(settings, reward=lambda *given: seen.append(given) or settings.reward(*given))
    reward.reward.__name__ = "watched"
    progress = reasoning.reinforce(model, reward, 0, lambda: None)
    assert rates == pytest.approx([5e-4, 5e-4, 1e-3, 1e-3, 1e-3, 1e-3])
    assert max(norms) < 1 + 1e-4 and min(norms) > 0.1
    problems = torch.cat([prompts[::4] for prompts, _ in seen])
    assert len(problems.unique(dim=0)) == 12  # met once each
    written = [rows for _, rows in seen]
    assert progress.direct == [(arithmetic.style(rows) == 0).float().mean().item() for rows in written]
    assert progress.length == [(rows != PAD).sum(1).float().mean().item() for rows in written]
    assert progress.tokens == sum(int((rows != PAD).sum()) for rows in written)


@pytest.mark.parametrize("seed", range(3))
def test_a_shipped_base_is_right_now_and_then_and_the_small_one_hardly_by_a_right_chain(seed):
    base, small = (reasoning.score(reasoning.load_base(size, seed), count=256) for size in ("base", "small"))
    assert 0.2 < base.right < 0.5 and base.right_chain > 0.1
    assert small.right < 0.25 and small.right_chain < 0.06


@pytest.mark.parametrize(
    ("lesson", "cell", "switch"),
    [("07-reason", "base", "TRAIN_THE_BASE"), ("07-reason", "small-model", "COMPUTE_IT")],
)
def test_a_lesson_s_switched_path_runs(lesson, cell, switch, monkeypatch):
    """The cell with its switch on, with very few steps and in this process: workers would not see the changes."""
    reinforcement, settings = reasoning.Reinforcement, reasoning.Settings
    monkeypatch.setattr(reasoning, "BASE_STEPS", 2)
    monkeypatch.setattr(reasoning, "Reinforcement", lambda steps=2, **others: reinforcement(steps=2, **others))
    monkeypatch.setattr(reasoning, "COPYING", settings(steps=2, batch_size=16))
    monkeypatch.setattr(reasoning, "TEXTS", 32)
    done, shipped = [], reasoning._file("base", 0, reasoning.SHIPPED).read_bytes()

    def in_workers(tasks, steps):
        return [task(lambda: done.append(steps)) for task in tasks]

    cells = {one.id: one.source for one in read_notebook(ROOT / "notebooks" / f"{lesson}.ipynb").cells}
    names = {}
    exec(cells["imports"], names)
    names["in_workers"] = in_workers
    assert f"{switch} = False" in cells[cell]
    exec(cells[cell].replace(f"{switch} = False", f"{switch} = True"), names)
    assert done
    assert reasoning._file("base", 0, reasoning.SHIPPED).read_bytes() == shipped  # what came with the course stays
    if switch == "COMPUTE_IT":
        columns = json.loads((reasoning.SHIPPED / "small-model.json").read_text())
        assert [list(one) for one in names["small"]] == [list(one) for one in columns]
