"""What must stay true of the layer that drafts a token."""

import pytest
import torch
from transformers import DynamicCache

from openexperts.configs import build, tiny_deepseek
from openexperts.corpora import Domains
from openexperts.multi_token import Drafter
from openexperts.training import Settings, train

CONFIG = tiny_deepseek(num_hidden_layers=2, first_k_dense_replace=2)
DOCUMENTS = Domains().documents(64, seed=1)


@pytest.fixture
def drafter():
    weights = {name: tensor.numpy() for name, tensor in build(CONFIG, seed=3).state_dict().items()}
    return Drafter(CONFIG, weights, seed=0)


def test_a_guess_sees_the_last_token_and_nothing_after_it(drafter):
    tokens = DOCUMENTS[:1, :9].clone()
    before = drafter(input_ids=tokens).logits
    tokens[0, 5] = (tokens[0, 5] + 1) % 160
    after = drafter(input_ids=tokens).logits
    moved = (before - after).abs().amax(-1)[0] > 1e-6
    assert moved.tolist() == [False] * 5 + [True] * 4


@torch.no_grad()
def test_guesses_with_a_cache_are_the_same(drafter):
    tokens = DOCUMENTS[:1, :9]
    whole = drafter(input_ids=tokens).logits[:, 1:]
    hidden = drafter.main.model(tokens).last_hidden_state
    cache, parts = DynamicCache(config=CONFIG), []
    for start, end in ((0, 3), (3, 5), (5, 6), (6, 8)):
        parts.append(drafter.guess(hidden[:, start:end], tokens[:, start + 1 : end + 1], cache))
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-5)  # noise 1e-6, a wrong mask moves it by 0.1


def test_training_moves_the_layer_and_not_the_model(drafter):
    before = {name: tensor.clone() for name, tensor in drafter.state_dict().items()}
    settings = Settings(steps=4, batch_size=16, evaluate_every=4)
    history = train(drafter, DOCUMENTS, DOCUMENTS[:16], settings, on_step=lambda: None)
    moved = {name for name, tensor in drafter.state_dict().items() if not torch.equal(tensor, before[name])}
    assert moved == {name for name, _ in drafter.named_parameters() if name.startswith("layer.")}
    assert history.loss[-1] < history.loss[0]
