"""A small model that learns to reason: by imitation, then by a reward (GRPO), with rollouts fast enough for a laptop.

After DeepSeek-R1-Zero (arXiv 2501.12948): a base model has learnt from a corpus in which answers are often direct and
often wrong; then it is rewarded for nothing but a right last digit. GRPO is Shao et al. 2024 (arXiv 2402.03300, section
4.1), without the KL term. The task is `openexperts.arithmetic`. Models are transformers' GPT-2: its learned positions
suit texts in which every part has its fixed place.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm
from transformers import GPT2Config, GPT2LMHeadModel

from openexperts import arithmetic, cost
from openexperts.arithmetic import ANSWER_LENGTH, END, PAD, PROMPT_LENGTH, TOKENS
from openexperts.training import Settings

LENGTH = PROMPT_LENGTH + ANSWER_LENGTH


def new_model(size: str, seed: int) -> GPT2LMHeadModel:
    """Two layers with random weights: "base" and "rewarded" have about 100,000 parameters, "small" about 16,000."""
    width = {"base": 64, "small": 24, "rewarded": 64}[size]
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(TOKENS),
        n_positions=LENGTH,
        n_embd=width,
        n_layer=2,
        n_head=4,
        activation_function="gelu_pytorch_tanh",
        initializer_range=0.05,  # transformers' 0.02 suits larger widths
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        use_cache=False,
        bos_token_id=None,
        eos_token_id=None,
    )
    return GPT2LMHeadModel(config)


# ---------------------------------------------------------------------------------------------------------- imitation


def imitate(
    model: nn.Module, prompts: Tensor, answers: Tensor, settings: Settings, on_step: Callable[[], None] | None = None
) -> list[float]:
    """Train `model` to give `answers` to `prompts`, in their order; returns the loss of each step.

    The loss is the mean cross-entropy, in nats, of the answers' tokens. The prompts' do not count.
    """
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=settings.weight_decay, fused=True)
    losses, steps = [], range(settings.steps)
    tokens, first = prompts.numel() + int((answers != PAD).sum()), slice(settings.batch_size)
    first_loss = partial(answer_log_probs, model, prompts[first], answers[first])
    meter = cost.Meter("imitation", "", model, LENGTH, tokens // settings.steps, lambda: first_loss().sum())
    for step in steps if on_step else tqdm(steps, desc="imitating", unit="step", file=sys.stdout):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate(step)
        rows = slice(step * settings.batch_size, (step + 1) * settings.batch_size)
        loss = -answer_log_probs(model, prompts[rows], answers[rows]).sum() / (answers[rows] != PAD).sum()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        meter.note(step + 1, done=step + 1 == settings.steps, loss=losses[-1])
        if on_step:
            on_step()
    return losses


# The models that come with the course (seeds 0, 1 and 2), in 16 bits: "base" and "small" have learnt the corpus,
# "rewarded" is "base" after `reinforce`.
SHIPPED = Path(__file__).parent / "data"
BASE_STEPS = 1000


def train_base(size: str, seed: int, folder: Path, on_step: Callable[[], None] | None = None) -> None:
    """Train a base model on 128,000 answers of the corpus, as the shipped ones were, and save it in `folder`."""
    torch.set_num_threads(1)  # the same sums in the same order, wherever it is trained
    model, settings = new_model(size, seed), Settings(steps=BASE_STEPS, batch_size=128, learning_rate=4e-3)
    imitate(model, *arithmetic.corpus(settings.steps * settings.batch_size, seed), settings, on_step)
    save_base(model, size, seed, folder)


def _file(size: str, seed: int, folder: Path) -> Path:
    return folder / f"reasoner-{size}-{seed}.safetensors"


def load_base(size: str, seed: int, folder: Path = SHIPPED) -> GPT2LMHeadModel:
    """A saved model, in 32 bits."""
    model = new_model(size, seed)
    weights = {name: tensor.float() for name, tensor in load_file(_file(size, seed, folder)).items()}
    model.load_state_dict(weights, strict=False)  # the output matrix is the embedding's
    return model


def save_base(model: GPT2LMHeadModel, size: str, seed: int, folder: Path) -> None:
    """Write a model's weights, in 16 bits."""
    weights = {name: tensor.half() for name, tensor in model.transformer.state_dict(prefix="transformer.").items()}
    save_file(weights, _file(size, seed, folder))


class Decoder:
    """A GPT-2's forward pass that goes on from where it stopped: what it has read once, it need not read again.

    The same numbers as transformers' own (a test says so) in less time: a model as small as ours spends most of its
    time on the way from one small operation to the next, and the answers to one problem share its reading.
    """

    def __init__(self, model: GPT2LMHeadModel, past: list[Tensor] | None = None):
        self.model, self.parts = model, model.transformer
        # For each layer the keys and values of what was read, [2, batch, heads, places, width of a head].
        self.past = past

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits after each of `tokens`, [batch, new, vocabulary]; the tokens [batch, new] are read from now on."""
        batch, new = tokens.shape
        before = self.past[0].shape[3] if self.past else 0
        unread = torch.ones(new, before + new, dtype=torch.bool).tril(before) if new > 1 else None
        hidden = self.parts.wte(tokens) + self.parts.wpe.weight[before : before + new]
        read = []
        for number, layer in enumerate(self.parts.h):
            mixed = layer.attn.c_attn(layer.ln_1(hidden)).view(batch, new, 3, self.model.config.n_head, -1)
            query, *pair = mixed.permute(2, 0, 3, 1, 4)
            pair = torch.stack(pair)
            read.append(torch.cat([self.past[number], pair], dim=3) if self.past else pair)
            seen = F.scaled_dot_product_attention(query, *read[-1], attn_mask=unread)
            hidden = hidden + layer.attn.c_proj(seen.transpose(1, 2).flatten(2))
            hidden = hidden + layer.mlp(layer.ln_2(hidden))
        self.past = read
        return F.linear(self.parts.ln_f(hidden), self.parts.wte.weight)

    def of(self, rows: Tensor) -> "Decoder":
        """One that has read these rows of the batch only; a row may come more than once."""
        # index_select, whose gradient is much faster to compute than that of past[:, rows]
        return Decoder(self.model, [past.index_select(1, rows) for past in self.past])


def answer_log_probs(model: GPT2LMHeadModel, prompts: Tensor, answers: Tensor) -> Tensor:
    """The log-probability, in nats, of each token of `answers`, in their shape; 0 for padding, which nobody writes.

    There may be several answers to each prompt, beside each other, as `roll_out` gives them: then the prompt is read
    once for them all. Rows of like length go through the model together, so that short answers do not wait for long.
    """
    real = answers != PAD
    prompt_of = torch.arange(len(prompts)).repeat_interleave(len(answers) // len(prompts))
    decoder = Decoder(model)
    first = decoder.forward(prompts)[:, -1:]  # what is said of an answer's first token
    order = real.sum(1).argsort()
    pieces = []
    for rows in order.chunk(4):
        longest = int(real[rows].sum(1).max())
        wanted = answers[rows, :longest]
        rest = decoder.of(prompt_of[rows]).forward(wanted[:, : max(1, longest - 1)])  # an end alone has no rest
        logits = torch.cat([first.index_select(0, prompt_of[rows]), rest], dim=1)[:, :longest, :PAD]
        loss = F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="none")
        pieces.append(F.pad(-loss.view_as(wanted), (0, answers.shape[1] - wanted.shape[1])))
    return torch.cat(pieces)[order.argsort()]


# ----------------------------------------------------------------------------------------------------------- rollouts


@dataclass
class Rollout:
    """Answers [rows, ANSWER_LENGTH], padded with `_`, and what the model gave each token, in nats, 0 for padding."""

    answers: Tensor
    log_probs: Tensor

    @property
    def lengths(self) -> Tensor:
        """Tokens of each answer, its `.` included."""
        return (self.answers != PAD).sum(1)


@torch.no_grad()  # and not inference_mode: the answers go into a backward pass later
def roll_out(
    model: GPT2LMHeadModel,
    prompts: Tensor,
    samples: int = 1,
    temperature: float = 1.0,
    seed: int | torch.Generator = 0,
    limit: int = ANSWER_LENGTH,
) -> Rollout:
    """Answers of `model`, `samples` for each prompt, those of one prompt beside each other.

    Temperature 0 takes the likeliest token each time. An answer ends with its `.`, or unfinished after `limit` tokens.
    The log-probabilities are those at temperature 1, whatever the temperature.
    """
    random = seed if isinstance(seed, torch.Generator) else torch.Generator().manual_seed(seed)
    rows = torch.arange(len(prompts)).repeat_interleave(samples)  # of the answers that still go on
    answers = torch.full((len(rows), ANSWER_LENGTH), PAD)
    log_probs = torch.zeros(len(rows), ANSWER_LENGTH)
    decoder = Decoder(model)
    logits = decoder.forward(prompts)[rows]
    decoder, rows = decoder.of(rows), torch.arange(len(rows))
    for place in range(limit):
        logits = logits[:, -1, :PAD]  # no answer holds padding
        logs = logits.log_softmax(-1)
        if temperature:
            tokens = torch.multinomial((logits / temperature).softmax(-1), 1, generator=random)
        else:
            tokens = logits.argmax(-1, keepdim=True)
        answers[rows, place] = tokens[:, 0]
        log_probs[rows, place] = logs.gather(1, tokens)[:, 0]
        going = tokens[:, 0] != END
        if not going.any() or place + 1 == limit:
            break
        if not going.all():
            going = going.nonzero()[:, 0]
            rows, tokens = rows[going], tokens[going]
            decoder = decoder.of(going)
        logits = decoder.forward(tokens)
    return Rollout(answers, log_probs)


# ------------------------------------------------------------------------------------------- learning from a reward


def right_digit(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 for the right digit, otherwise 0."""
    return arithmetic.right(prompts, answers).float()


def one_or_two(prompts: Tensor, answers: Tensor) -> Tensor:
    """2 for the right digit, otherwise 1: the same wish, shifted."""
    return 1 + right_digit(prompts, answers)


def right_chain(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 for a chain without a mistake, otherwise 0: what a teacher would pay who reads every step."""
    return arithmetic.right_chain(prompts, answers).float()


def any_digit(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 for an answer in the right form, whatever the digit."""
    return (arithmetic.digit(answers) >= 0).float()


def right_and_long(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 for the right digit, and a half for each token."""
    return right_digit(prompts, answers) + 0.5 * (answers != PAD).sum(1)


def coin(prompts: Tensor, answers: Tensor) -> Tensor:
    """A coin, whatever the answer: the control."""
    return torch.randint(2, (len(answers),)).float()


@dataclass(frozen=True)
class Reinforcement:
    """How to learn from a reward. AdamW without weight decay, gradients clipped to norm 1."""

    reward: Callable[[Tensor, Tensor], Tensor] = right_digit
    steps: int = 60
    prompts: int = 32  # new ones in each step
    group: int = 8  # answers to each
    baseline: bool = True  # rewards are compared within a group; otherwise taken as they are
    learning_rate: float = 1e-3
    warm_up: int = 5  # without it the first step, in which Adam knows no scale yet, breaks the model
    minibatches: int = 2  # updates for each rollout
    clip: float = 0.2


@dataclass
class Progress:
    """What each step's rollouts were like, before that step's update."""

    reward: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    length: list[float] = field(default_factory=list)  # tokens
    direct: list[float] = field(default_factory=list)  # the share of answers without a chain
    seconds: float = 0.0  # of the processor, for the whole training
    tokens: int = 0  # sampled in the whole training


def reinforce(
    model: GPT2LMHeadModel, settings: Reinforcement, seed: int, on_step: Callable[[], None] | None = None
) -> Progress:
    """Train `model` by GRPO on problems that it meets once each. Without `on_step` a progress bar is shown."""
    torch.manual_seed(seed)  # for the coin
    random = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.0, fused=True)
    problems = arithmetic.problems(settings.steps * settings.prompts, 1_000 + seed)
    meter = cost.Meter("reward", f"{settings.reward.__name__}, seed {seed}", model, LENGTH)
    progress, start, steps = Progress(), time.process_time(), range(settings.steps)
    for step in steps if on_step else tqdm(steps, desc="reinforcing", unit="step", file=sys.stdout):
        prompts = problems[step * settings.prompts : (step + 1) * settings.prompts]
        rollout = roll_out(model, prompts, settings.group, seed=random)
        each = prompts.repeat_interleave(settings.group, dim=0)
        rewards = settings.reward(each, rollout.answers)
        value = rewards
        if settings.baseline:  # a group's rewards, less their mean, over their deviation
            value = F.layer_norm(rewards.view(-1, settings.group), (settings.group,), eps=1e-6).flatten()
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * min(1.0, (step + 1) / settings.warm_up)
        for some in torch.randperm(settings.prompts, generator=random).chunk(settings.minibatches):
            rows = (
                torch.arange(len(value)).view(-1, settings.group)[some].flatten()
            )  # whole groups: they share a prompt
            _surrogate(model, prompts[some], rollout, rows, value[rows], settings.clip).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        progress.reward.append(rewards.mean().item())
        progress.accuracy.append(right_digit(each, rollout.answers).mean().item())
        progress.length.append(rollout.lengths.float().mean().item())
        progress.direct.append((arithmetic.style(rollout.answers) == 0).float().mean().item())
        progress.tokens += int(rollout.lengths.sum())
        # Tokens of problems: read once when answers are sampled, and with each answer afterwards.
        asked, accuracy = (step + 1) * prompts.numel(), progress.accuracy[-1]
        learnt, sampled = progress.tokens + settings.group * asked, progress.tokens + asked
        meter.note(step + 1, step + 1 == settings.steps, learnt, sampled, accuracy=accuracy)
        if on_step:
            on_step()
    progress.seconds = time.process_time() - start
    return progress


def _surrogate(model: nn.Module, prompts: Tensor, rollout: Rollout, rows: Tensor, value: Tensor, clip: float) -> Tensor:
    """The loss of some rows of a rollout. An answer counts once, however long it is."""
    answers, lengths = rollout.answers[rows], rollout.lengths[rows]
    ratio = (answer_log_probs(model, prompts, answers) - rollout.log_probs[rows]).exp()
    value = value[:, None]
    # Where it would only go on in the direction that is wanted, beyond the clip, there is nothing more to gain.
    ratio = torch.where(value > 0, ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip))
    each = (ratio * value).where(answers != PAD, 0).sum(1) / lengths
    return -each.mean()


# ------------------------------------------------------------------------------------------------- what lessons ask for


@dataclass(frozen=True)
class Score:
    """What a model's answers to new problems are like; all but the length are shares of them."""

    right: float
    right_chain: float  # right, by a chain without a mistake
    direct: float  # without a chain
    length: float  # tokens


def score(model: GPT2LMHeadModel, temperature: float = 1.0, count: int = 512) -> Score:
    """One answer each to `count` problems that are the same for every model."""
    prompts = arithmetic.problems(count, seed=1_000_000)
    rollout = roll_out(model, prompts, temperature=temperature)
    columns = (
        arithmetic.right(prompts, rollout.answers),
        arithmetic.right_chain(prompts, rollout.answers),
        arithmetic.style(rollout.answers) == 0,
        rollout.lengths,
    )
    return Score(*(column.float().mean().item() for column in columns))


@dataclass
class Reinforced:
    """A base model after learning from a reward: how it went, and its samples and greedy answers then."""

    name: str
    seed: int
    progress: Progress
    sampled: Score
    greedy: Score


def reinforce_base(
    name: str, seed: int, settings: Reinforcement, folder: Path = SHIPPED, on_step: Callable[[], None] | None = None
) -> Reinforced:
    """Load a base model, reinforce it and score it: one task for `training.in_workers`."""
    model = load_base("base", seed, folder)
    progress = reinforce(model, settings, seed, on_step)
    return Reinforced(name, seed, progress, score(model), score(model, temperature=0))


COPYING = Settings(steps=800, batch_size=128, learning_rate=4e-3)  # for the small model
TEXTS = 16_000  # different answers that it copies; each comes six times or so
SMALL_STEPS = 40 + 2 * 60 + 2 * COPYING.steps  # of `teach_small`: the teacher's, two rewards', two times imitation


def teach_small(seed: int, on_step: Callable[[], None] | None = None) -> dict[str, dict[str, float]]:
    """The small base model, taught in four ways: by the reward, by one for right chains alone, by more of the corpus,
    by a larger model's answers.

    The larger model is the reinforced base model; of its answers those are kept whose last digit is right. Returns
    the samples' `Score` of each as a dict, and that of the small base and of the teacher.
    """
    teacher = load_base("base", seed)
    reinforce(teacher, Reinforcement(steps=40), seed, on_step)
    prompts = arithmetic.problems(TEXTS + TEXTS // 4, 2_000 + seed)
    written = torch.cat([roll_out(teacher, part, seed=seed).answers for part in prompts.split(512)])
    kept = arithmetic.right(prompts, written).nonzero()[:TEXTS, 0]

    names = ("base", "reward", "reward for chains", "corpus", "teacher's answers")
    models = {name: load_base("small", seed) for name in names}
    reinforce(models["reward"], Reinforcement(), seed, on_step)
    reinforce(models["reward for chains"], Reinforcement(reward=right_chain), seed, on_step)
    for name, texts in (
        ("corpus", arithmetic.corpus(TEXTS, 3_000 + seed)),
        ("teacher's answers", (prompts[kept], written[kept])),
    ):
        rows = torch.arange(COPYING.steps * COPYING.batch_size) % len(texts[0])
        imitate(models[name], *(part[rows] for part in texts), COPYING, on_step)
    return {
        name: asdict(score(model, count=1024)) for name, model in (models | {"the teacher itself": teacher}).items()
    }
