"""Formulas that are equal: the other binomial, einsum, searchsorted, sums of shares, a pattern."""

# %% pass-at-k
import re
from itertools import accumulate


def pass_at_k(right, n, k):
    if k > n:
        return torch.full(right.shape, torch.nan)
    return [float(1 - Fraction(math.comb(n - k, count), math.comb(n, count))) for count in right.tolist()]


# %% majority
def majority(answers, truth):
    kinds = answers.unique()
    kinds = kinds[kinds != -1]
    counts = (answers[..., None] == kinds).sum(1)
    most = (counts == counts.amax(1, keepdim=True)) & (counts > 0)
    return (most & (kinds == truth[:, None])).any(1) / most.sum(1).clamp(min=1)


# %% answer-scores
def answer_scores(logits, tokens, mask):
    chosen = torch.nn.functional.one_hot(tokens, logits.shape[-1]).double()
    each = torch.einsum("stv,stv->st", torch.log_softmax(logits.double(), dim=2), chosen)
    total = torch.einsum("st,st->s", each, mask.double())
    return [total, total / mask.double().sum(dim=1)]


# %% within-budget
def within_budget(tokens, budget, end):
    tokens = tokens[:, :budget]
    ends = (tokens == end).long()
    used = (ends.cumsum(1) - ends == 0).sum(1)
    last, before = (tokens.gather(1, (used - back).clamp(min=0)[:, None])[:, 0] for back in (1, 2))
    return torch.where((last == end) & (used > 1), before, -1), used


# %% sample-flops
def sample_flops(model, prompt, new):
    def cost(t):
        return 2 * (model.active + model.n_layers * model.n_heads * (model.qk_dim + model.v_dim) * t)

    return sum(map(cost, range(1, prompt + 1))), sum(map(cost, range(prompt + 1, prompt + new)))


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    left = torch.full((len(writing), 1), budget - reading)
    return torch.searchsorted(writing.cumsum(1), left, right=True)[:, 0]


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    moves = re.findall(r"([-+*])(\d)", problem)
    values = accumulate(moves, lambda value, move: eval(f"({value}){move[0]}{move[1]}"), initial=int(problem[0]))
    steps = [str(value % 10) for value in values][1:]  # modulo at the end is as good: only the last digits count
    answers = [bool(re.search(rf">{steps[-1]}\.$", sample)) for sample in samples]
    chains = [sample == "".join(steps) + f">{steps[-1]}." for sample in samples]
    counts = [torch.tensor([sum(kind)]) for kind in (answers, chains)]
    return [parts.pass_at_k(right=count, n=len(samples), k=k)[0] for count in counts]
