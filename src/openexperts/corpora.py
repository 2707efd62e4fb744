"""Texts to learn from that need no download.

`Domains` is a made-up language of 32 places and 128 words. A document names its place and then says eight sentences of
four words: adjective, noun, verb, adverb ("<harbour> old fox sings softly ..."). In each place each word has four
possible successors, with probabilities .5, .25, .15 and .1; the first word is any of the 32 adjectives. What there is
to learn is therefore a table of 32 x 128 rows, and the lowest loss that any model can reach is known exactly
(`Domains.floor`): it is the entropy of the text.
"""

import math

import torch
from torch import Tensor

PLACES = (
    "airport bakery bridge castle cellar circus desert factory farm forest garden harbour hospital hotel island "
    "kitchen library market meadow mine mountain museum orchard palace prison river school station temple theatre "
    "tunnel village"
).split()
ADJECTIVES = (
    "big brave bright calm clever cold dark dry empty fair gentle gold green happy heavy honest kind lazy light loud "
    "new old pale proud quiet red rich rough sharp small tall wild"
).split()
NOUNS = (
    "actor baker bear bird boat boy child clock cook cow crow dancer doctor dog farmer fish fox friend ghost girl "
    "horse king lamp lion mouse nurse pilot queen robot sailor teacher wolf"
).split()
VERBS = (
    "arrives bends breathes climbs counts cries dances dreams eats falls flies grows hides hums jumps laughs learns "
    "listens moves paints plays reads rests runs shouts sings sits sleeps smiles stays waits walks"
).split()
ADVERBS = (
    "again alone always badly boldly daily early easily fast first gladly here inside late nearby never often once "
    "outside quickly quietly rarely sadly slowly softly soon there today together twice warmly well"
).split()
PROBABILITIES = (0.5, 0.25, 0.15, 0.1)


class Domains:
    """The language of places. Token ids: 0 to 31 the places, 32 to 159 the words."""

    n_domains = len(PLACES)
    vocabulary = [f"<{place}>" for place in PLACES] + ADJECTIVES + NOUNS + VERBS + ADVERBS
    vocab_size = len(vocabulary)
    length = 33  # tokens of a document: the place and 32 words

    def __init__(self, seed: int = 0):
        """Draw the table of successors; the same seed gives the same language on every machine."""
        random = torch.Generator().manual_seed(seed)
        width = len(ADJECTIVES)
        # For word w, any four of the 32 words of the next class (adverbs are followed by adjectives again).
        shuffled = torch.rand(self.n_domains, 4 * width, width, generator=random).argsort(-1)[..., :4]
        next_class = (torch.arange(4 * width) // width + 1) % 4
        self.successors: Tensor = self.n_domains + next_class[None, :, None] * width + shuffled  # [32, 128, 4]

    def documents(self, count: int, seed: int, places: int = n_domains) -> Tensor:
        """`count` documents of `length` tokens, all from the first `places` places."""
        random = torch.Generator().manual_seed(seed)
        place = torch.randint(places, (count,), generator=random)
        word = self.n_domains + torch.randint(len(ADJECTIVES), (count,), generator=random)
        chance = torch.tensor(PROBABILITIES).expand(count, -1)
        tokens = [place, word]
        for _ in range(self.length - 2):
            pick = torch.multinomial(chance, 1, generator=random).squeeze(1)
            word = self.successors[place, word - self.n_domains, pick]
            tokens.append(word)
        return torch.stack(tokens, dim=1)

    @property
    def floor(self) -> float:
        """The entropy of the text, in nats for each predicted token: no model can have a lower expected loss."""
        successor = -sum(p * math.log(p) for p in PROBABILITIES)
        predicted = self.length - 1
        return (math.log(len(ADJECTIVES)) + (predicted - 1) * successor) / predicted

    def possible(self, documents: Tensor) -> Tensor:
        """For each word of each document, whether this language allows it after the word before, in this place."""
        place, first, words = documents[:, 0], documents[:, 1], documents[:, 2:]
        n_words = self.vocab_size - self.n_domains
        before = (documents[:, 1:-1] - self.n_domains).clamp(0, n_words - 1)  # a place inside a text has no successors
        allowed = (self.successors[place[:, None], before] == words[..., None]).any(-1)
        allowed &= documents[:, 1:-1] >= self.n_domains
        starts = (first >= self.n_domains) & (first < self.n_domains + len(ADJECTIVES))
        return torch.cat([starts[:, None], allowed], dim=1)

    def read(self, document: Tensor) -> str:
        """A document in words."""
        return " ".join(self.vocabulary[token] for token in document.tolist())
