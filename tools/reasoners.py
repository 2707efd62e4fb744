"""Train the reasoning units' models anew and put them where the course finds them (some ten minutes).

Other weights than the shipped ones, by a rounding here or there, if the processor is of another kind.
"""

from functools import partial

from openexperts.reasoning import BASE_STEPS, SHIPPED, Reinforcement, load_base, reinforce, save_base, train_base
from openexperts.training import in_workers


def reward(seed: int, on_step) -> None:
    model = load_base("base", seed)
    reinforce(model, Reinforcement(), seed, on_step)
    save_base(model, "rewarded", seed, SHIPPED)


if __name__ == "__main__":
    in_workers(
        [partial(train_base, size, seed, SHIPPED) for size in ("base", "small") for seed in range(3)],
        steps=6 * BASE_STEPS,
    )
    in_workers([partial(reward, seed) for seed in range(3)], steps=3 * Reinforcement().steps)
