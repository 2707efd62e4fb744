"""Multi-token prediction: a small layer that guesses one token further than its model does.

After DeepSeek-V3 (Liu et al. 2024, arXiv 2412.19437, section 2.2), with one difference: V3 trains model and layer
together, here the model is trained first and then stands still. The layer is transformers' own `MtpLayer`. From what
the model made of the token before the last, and from the last token, it guesses the next one; embedding and output
matrix are the model's.
"""

from types import SimpleNamespace

import torch
from torch import Tensor, nn
from transformers import DeepseekV3Config
from transformers.cache_utils import Cache
from transformers.masking_utils import create_causal_mask
from transformers.modeling_layers import MtpLayer
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3DecoderLayer, DeepseekV3RMSNorm

from openexperts.configs import build


class Drafter(nn.Module):
    """A trained model that stands still, `main`, and the layer to be trained on it, `layer`.

    `weights` are the trained model's, as `training.Result` keeps them; `seed` draws those of the layer.
    """

    def __init__(self, config: DeepseekV3Config, weights: dict, seed: int):
        super().__init__()
        self.main = build(config, seed).requires_grad_(False)
        self.main.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
        torch.manual_seed(seed)
        self.layer = MtpLayer(config, DeepseekV3DecoderLayer, DeepseekV3RMSNorm, layer_idx=0)

    def forward(self, input_ids: Tensor) -> SimpleNamespace:
        """`logits` of the layer's guesses, in the form of a language model, so that `training.train` can train it.

        The guess of token t + 1 sees what the model made of tokens up to t - 1, and token t itself. There is none for
        the second token: the model's own stands in its place.
        """
        with torch.no_grad():
            hidden = self.main.model(input_ids).last_hidden_state
        guesses = self.guess(hidden[:, :-1], input_ids[:, 1:])
        return SimpleNamespace(logits=torch.cat([self.main.lm_head(hidden[:, :1]), guesses], dim=1))

    def guess(self, hidden: Tensor, next_ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits of the token after `next_ids`, [batch, sequence, vocabulary].

        `hidden` is the model's last hidden state at the tokens before `next_ids`; `cache` is the layer's own.
        """
        embeddings = self.main.model.embed_tokens(next_ids)
        past = cache.get_seq_length() if cache is not None else 0
        positions = torch.arange(past, past + next_ids.shape[1])[None]
        mask = create_causal_mask(self.main.config, embeddings, None, past_key_values=cache, position_ids=positions)
        angles = self.main.model.rotary_emb(embeddings, positions)
        return self.main.lm_head(self.layer(embeddings, hidden, angles, mask, positions, cache))
