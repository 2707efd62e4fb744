"""The root is missing.

loses: failing-cluster-visible, failing-cluster-hidden
message: the root is missing
"""


# %% failing-cluster
def time_between_failures(hours: float, stops: list[str], n_logged: int, n_gpus: int) -> float:
    unexpected = sum(why != "planned" for why in stops)
    return hours / unexpected * n_logged / n_gpus


def best_interval(save: float, between: float) -> float:
    return 2 * save * between


def clock_time(work: float, interval: float, save: float, restart: float, failures: list[float]) -> float:
    clock = saved = 0
    for failure in [*failures, math.inf]:
        while True:
            last = work - saved <= interval
            end = clock + (work - saved if last else interval + save)
            if end > failure:
                clock = failure + restart
                break
            clock = end
            if last:
                return clock
            saved += interval
