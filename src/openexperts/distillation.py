"""Students of the open model: how they are built, and what they are trained on.

A student reads pieces of the corpus that the open model wrote (`openexperts.written`). `loss_of` gives the loss of a
batch: `"labels"` learns from the text alone (sequence distillation, Kim and Rush 2016, arXiv 1606.07947), `"teacher"`
from the stored best of the distribution that each token was drawn from (Hinton et al. 2015, arXiv 1503.02531, at
temperature 1). `"shuffled"` is a control: as soft as the teacher, and without its knowledge.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openexperts import written
from openexperts.configs import build, dense_twin, tiny_deepseek

WAYS = ("labels", "teacher", "shuffled")
LENGTH = 64  # tokens of a document
N_VALIDATION = 64  # documents: all of them would take as long as a quarter of the lesson's training
VOCABULARY = 2048  # of the corpus' 4,096, which stand in the order of their frequency; the rest is unknown here


def trimmed(ids: Tensor) -> Tensor:
    """The corpus' ids in the students' smaller vocabulary."""
    return ids.where(ids < VOCABULARY, written.UNKNOWN)


def student(kind: str, seed: int) -> nn.Module:
    """A student with random weights: "dense", or "experts", a mixture that works as hard and is larger."""
    config = tiny_deepseek(
        vocab_size=VOCABULARY,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        n_routed_experts=8,
        moe_intermediate_size=64,
        kv_lora_rank=32,
        tie_word_embeddings=True,
    )
    if kind not in ("dense", "experts"):
        raise ValueError(f'kind is "{kind}"; it is "dense" or "experts"')
    return build(config if kind == "experts" else dense_twin(config, "active"), seed)


def documents(n_documents: int, n_different: int, seed: int) -> Tensor:
    """`n_documents` places to learn from, [n_documents, LENGTH + 1], in an order of the seed's.

    They are the first `n_different` pieces of the training texts, and come again when they are used up.
    """
    pieces = written.load().documents("training", LENGTH)
    if not 0 < n_different <= len(pieces):
        raise ValueError(f"n_different is {n_different}; the corpus has {len(pieces)} pieces to learn from")
    pieces = pieces[:n_different]
    random = torch.Generator().manual_seed(seed)
    rounds = -(-n_documents // len(pieces))
    order = torch.cat([torch.randperm(len(pieces), generator=random) for _ in range(rounds)])
    return pieces[order[:n_documents]]


def validation() -> Tensor:
    """Ids of texts that no student learns from, [N_VALIDATION, LENGTH + 1]."""
    corpus = written.load()
    return trimmed(corpus.ids[corpus.documents("validation", LENGTH)[:N_VALIDATION]])


def loss_of(way: str, model: nn.Module, places: Tensor) -> Tensor:
    """The loss of a batch of places, in nats a token."""
    corpus = written.load()
    ids, forecast = trimmed(corpus.ids[places]), places[:, 1:].flatten()
    log_q = model(input_ids=ids[:, :-1]).logits.flatten(0, 1).log_softmax(-1)
    labels = ids[:, 1:].flatten()
    if way == "labels":
        return F.nll_loss(log_q, labels)
    top_ids, shares = trimmed(corpus.top_ids[forecast]), corpus.top_shares[forecast]
    if way == "shuffled":  # the drawn token keeps its share; the others' go to what was likely at another place
        elsewhere = top_ids[torch.randperm(len(top_ids))]
        top_ids = torch.where(top_ids == labels[:, None], top_ids, elsewhere)
    elif way != "teacher":
        raise ValueError(f'way is "{way}"; it is one of {WAYS}')
    return -(shares * log_q.gather(1, top_ids)).sum(1).mean()


@torch.no_grad()
def continue_texts(model: nn.Module, starts: Tensor, n_tokens: int, seed: int) -> Tensor:
    """Let a student go on from `starts`, [texts, tokens], by `n_tokens` tokens, at the teacher's temperature.

    No unknown tokens, and no new texts: each of the rows stays one text.
    """
    random = torch.Generator().manual_seed(seed)
    ids, temperature = starts, written.load().record["recipe"]["temperature"]
    for _ in range(n_tokens):
        logits = model(input_ids=ids[:, -LENGTH:], logits_to_keep=1).logits[:, -1] / temperature
        logits[:, : written.N_SPECIAL] = float("-inf")
        ids = torch.cat([ids, torch.multinomial(logits.softmax(-1), 1, generator=random)], dim=1)
    return ids
