"""Arithmetic with chains: problems with one right digit, and three ways of answering them.

A problem such as `7+6*8-5=` is worked out from left to right, and only the last digit of each result counts:
7+6 is 3, 3*8 is 4, 4-5 is 9. Answers end with `>`, the digit, and `.`:

    direct   >9.                       the digit at once
    terse    349>9.                    the result of each step first
    verbose  7+6=3,3*8=4,4-5=9>9.      each step written out

Texts are tensors of token ids. A problem fills 14 places from the left, an answer 38; the rest of the places is `_`.
All problems of a batch are therefore as long as each other, and a model needs no mask for them.
"""

import torch
from torch import Tensor

TOKENS = tuple("0123456789+-*=,>._")
PLUS, MINUS, TIMES, EQUALS, COMMA, MARK, END, PAD = range(10, 18)

MOST_STEPS = 6
PROMPT_LENGTH = 2 * MOST_STEPS + 2  # seven digits, six operators, "="
ANSWER_LENGTH = 6 * MOST_STEPS + 2  # "7+6=3," for each step, the last "," a ">", then the digit and "."

# The corpus that a base model learns from: how often each style comes, and how often a step of it is wrong.
STYLES = {"direct": (0.5, 0.0), "terse": (0.3, 0.2), "verbose": (0.2, 0.1)}


def problems(count: int, seed: int, steps: tuple[int, int] = (2, MOST_STEPS)) -> Tensor:
    """`count` problems of at least `steps[0]` and at most `steps[1]` operators, [count, PROMPT_LENGTH]."""
    random = torch.Generator().manual_seed(seed)
    prompts = torch.empty(count, PROMPT_LENGTH, dtype=torch.long)
    prompts[:, 0::2] = torch.randint(10, (count, MOST_STEPS + 1), generator=random)
    prompts[:, 1::2] = torch.randint(PLUS, TIMES + 1, (count, MOST_STEPS + 1), generator=random)
    last = 2 * torch.randint(steps[0], steps[1] + 1, (count, 1), generator=random) + 1
    place = torch.arange(PROMPT_LENGTH)
    return prompts.where(place < last, torch.where(place == last, EQUALS, PAD))


def n_steps(prompts: Tensor) -> Tensor:
    """How many operators each problem has."""
    return ((prompts >= PLUS) & (prompts <= TIMES)).sum(1)


def _apply(operator: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """The last digit of each result."""
    results = torch.stack([left + right, left - right, left * right])
    return results.gather(0, (operator - PLUS).clamp(0, 2)[None])[0] % 10


def results(prompts: Tensor, error: float = 0.0, random: torch.Generator | None = None) -> Tensor:
    """The result after each step, [count, MOST_STEPS]; behind a problem's last step, its last result again.

    With the probability `error` a step's result is another digit, and the next step goes on from that.
    """
    now, steps = prompts[:, 0], []
    for step in range(MOST_STEPS):
        operator, digit = prompts[:, 2 * step + 1], prompts[:, 2 * step + 2]
        after = _apply(operator, now, digit)
        if error:
            wrong = torch.rand(len(prompts), generator=random) < error
            slip = torch.randint(1, 10, (len(prompts),), generator=random)
            after = torch.where(wrong, (after + slip) % 10, after)
        now = torch.where((operator >= PLUS) & (operator <= TIMES), after, now)
        steps.append(now)
    return torch.stack(steps, dim=1)


def write(prompts: Tensor, results: Tensor, style: str) -> Tensor:
    """Answers in a style of `STYLES` with these results, [count, ANSWER_LENGTH]."""
    count, steps = len(prompts), n_steps(prompts)[:, None]
    answers = torch.full((count, ANSWER_LENGTH), PAD)
    if style == "terse":
        answers[:, :MOST_STEPS] = results
    elif style == "verbose":
        before = torch.cat([prompts[:, :1], results[:, :-1]], dim=1)
        signs = torch.tensor([EQUALS, COMMA]).expand(count, MOST_STEPS, 2).unbind(2)
        parts = [before, prompts[:, 1:-1:2], prompts[:, 2::2], signs[0], results, signs[1]]
        answers[:, : 6 * MOST_STEPS] = torch.stack(parts, dim=2).flatten(1)
    mark = {"direct": torch.zeros_like(steps), "terse": steps, "verbose": 6 * steps - 1}[style]
    ending = torch.stack([torch.full((count,), MARK), results[:, -1], torch.full((count,), END)], dim=1)
    answers = answers.scatter(1, mark + torch.arange(3), ending)
    return answers.where(torch.arange(ANSWER_LENGTH) <= mark + 2, PAD)


def corpus(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Problems, and answers in the styles and with the errors of `STYLES`."""
    random = torch.Generator().manual_seed(seed)
    prompts = problems(count, seed)
    draw, so_far = torch.rand(count, 1, generator=random), 0.0
    answers = torch.full((count, ANSWER_LENGTH), PAD)
    for style, (share, error) in STYLES.items():
        chosen = (draw >= so_far) & (draw < so_far + share)
        answers = write(prompts, results(prompts, error, random), style).where(chosen, answers)
        so_far += share
    return prompts, answers


def digit(answers: Tensor) -> Tensor:
    """The digit that each answer gives, -1 where it gives none.

    It must stand behind the only `>`, and the answer must end there. Beyond the first `.` nothing is read.
    """
    length = answers.shape[1]
    end = torch.where(answers == END, torch.arange(length), length).amin(1)  # `length` where it never ends
    inside = torch.arange(length) < end[:, None]
    marks = (answers == MARK) & inside
    place = (end - 1).clamp(0, length - 1)
    last, before = (answers.gather(1, (place - back).clamp(min=0)[:, None])[:, 0] for back in (0, 1))
    good = (end < length) & (end >= 2) & (marks.sum(1) == 1) & (before == MARK) & (last < PLUS)
    return torch.where(good, last, -1)


def right(prompts: Tensor, answers: Tensor) -> Tensor:
    """Whether each answer gives the right digit: the verifier."""
    return digit(answers) == results(prompts)[:, -1]


def style(answers: Tensor) -> Tensor:
    """How each answer was written: 0 direct, 1 terse, 2 verbose, as in `STYLES`; by its beginning alone."""
    first, second = answers[:, 0], answers[:, 1]
    return torch.where(first == MARK, 0, torch.where((second >= PLUS) & (second <= TIMES), 2, 1))


def right_chain(prompts: Tensor, answers: Tensor) -> Tensor:
    """Whether each answer is a chain, terse or verbose, without a single mistake."""
    truth = results(prompts)
    end = (answers == END).long().cumsum(1) - (answers == END).long()  # 0 up to the first "." and on it
    answers = answers.where(end == 0, PAD)
    chains = [write(prompts, truth, style)[:, : answers.shape[1]] for style in ("terse", "verbose")]
    fits = [(answers == chain).all(1) & (chain == END).any(1) for chain in chains]
    return fits[0] | fits[1]


def read(tokens: Tensor) -> str:
    """One problem or answer as text, up to its end."""
    text = "".join(TOKENS[token] for token in tokens.tolist()).rstrip("_")
    return text.split(".")[0] + "." if "." in text else text


def encode(text: str, length: int) -> Tensor:
    """Text as `length` token ids, filled up with `_`."""
    return torch.tensor([TOKENS.index(character) for character in text.ljust(length, "_")])
