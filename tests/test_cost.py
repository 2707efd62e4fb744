"""What a notebook has cost: the counters follow what a process really does; and what a run leaves in the ledger."""

import json
import os
import subprocess
import sys
import time
from functools import partial

import pytest
import torch

from notebooks import BLOCKED, attempts
from openexperts import arithmetic, cost, reasoning
from openexperts.configs import build, dense_twin, tiny_deepseek, tiny_llama
from openexperts.corpora import Domains
from openexperts.training import Run, Settings, next_token_loss, train, train_all

QUICK = Settings(steps=6, batch_size=4, warm_up=2, evaluate_every=3)


def texts(count, seed):
    return Domains().documents(count, seed)


def measured(work: str) -> cost.Cost:
    code = f"from openexperts import cost\n{work}\nspent = cost.so_far()\nprint(spent.cpu_seconds, spent.peak_bytes)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return cost.Cost(float(printed[0]), int(printed[1]))


def test_memory_and_processor_seconds_follow_the_work():
    idle = measured("import time; time.sleep(1)")
    busy = measured("import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass")
    large = measured("x = b'1' * 300_000_000; del x")
    assert busy.cpu_seconds - idle.cpu_seconds > 0.5
    assert 250e6 < large.peak_bytes - idle.peak_bytes < 400e6


def test_it_reads_as_words():
    assert str(cost.Cost(12.4, 1_540_000_000)) == "12 processor-seconds, 1.54 GB of memory at the peak"


@pytest.mark.parametrize(
    "config",
    [
        tiny_deepseek(),
        tiny_deepseek(num_hidden_layers=2, first_k_dense_replace=1, q_lora_rank=16, tie_word_embeddings=True),
        dense_twin(tiny_deepseek(), "total"),
        tiny_llama(num_key_value_heads=1),
    ],
    ids=["experts", "deep", "dense", "llama"],
)
def test_the_formula_is_what_the_counter_sees(config):
    model, documents = build(config, 0), texts(3, 1)
    counted, moved = cost.count(model, lambda: next_token_loss(model, documents))
    assert counted == 3 * 3 * cost.forward_flops(model, 32)
    weights = sum(parameter.nbytes for parameter in model.parameters())
    # Weights are read forward and backward, and their gradients written; the logits alone are written and read again.
    assert moved > 3 * weights + 2 * 4 * 3 * 32 * 160


def test_the_formula_counts_a_reasoner_too():
    model = reasoning.new_model("small", 0)
    ids = torch.zeros(5, 20, dtype=torch.long)
    counted, _ = cost.count(model, lambda: model(input_ids=ids).logits.sum())
    assert counted == 5 * 3 * cost.forward_flops(model, 20)


def test_counting_changes_nothing():
    model, heard = build(tiny_deepseek(), 0, "dice"), []
    model.lm_head.register_forward_hook(lambda *_: heard.append(1))
    torch.manual_seed(5)
    state = torch.get_rng_state()
    cost.count(model, lambda: next_token_loss(model, texts(2, 1)))
    assert torch.equal(state, torch.get_rng_state())
    assert not heard and len(model.lm_head._forward_hooks) == 1
    assert all(parameter.grad is None for parameter in model.parameters())
    assert model.config._experts_implementation == "grouped_mm"


def test_a_run_goes_as_it_goes_without_a_ledger(ledger, monkeypatch):
    losses = {}
    for place in (str(ledger), ""):
        monkeypatch.setenv(cost.PLACE, place)
        torch.manual_seed(1)  # for the dice
        history = train(build(tiny_deepseek(), 0, "dice"), texts(24, 1), texts(8, 2), QUICK, lambda: None)
        losses[place] = history.loss
    assert losses[str(ledger)] == losses[""]
    assert len(cost.read(ledger).runs) == 1


def test_each_training_leaves_its_line(ledger):
    train(build(tiny_llama(), 0), texts(24, 1), texts(8, 2), QUICK, lambda: None, name="by hand")
    config = tiny_deepseek()
    train_all([Run("in a worker", 3, partial(build, config, 3), partial(texts, 24, 1), partial(texts, 8, 2), QUICK)])
    small = reasoning.new_model("small", 0)
    reasoning.imitate(small, *arithmetic.corpus(24, 0), QUICK, lambda: None)
    reasoning.reinforce(small, reasoning.Reinforcement(steps=2, prompts=4), 0, lambda: None)
    runs = cost.read().runs
    assert [run["kind"] for run in runs] == ["training", "training", "imitation", "reward"]
    assert [run["name"] for run in runs[:2]] == ["by hand", "in a worker, seed 3"]
    for run in runs:
        assert (
            run["state"] == "done" and run["seconds"] > 0 and run["processor_seconds"] > 0 and run["peak_bytes"] > 1e7
        )
        assert run["joules"] == pytest.approx(10 * run["processor_seconds"])
        assert run["dollars"] == pytest.approx(0.05 / 3600 * run["processor_seconds"])
    assert runs[1]["steps"] == 6 and runs[1]["tokens"] == 6 * 4 * 32
    assert runs[1]["flops_counted"] == runs[1]["flops_formula"] == 6 * 4 * 3 * cost.forward_flops(build(config, 0), 32)
    assert runs[1]["quality"]["loss"] < 6
    assert runs[1]["active"] < runs[1]["parameters"]
    # What was sampled is read once, and learnt from once; each of the 8 problems is read once and learnt from 8 times.
    per_token = cost.forward_flops(small, reasoning.LENGTH) / reasoning.LENGTH
    problems = 2 * 4 * arithmetic.PROMPT_LENGTH
    sampled = runs[3]["tokens"] - 8 * problems
    assert runs[3]["flops_formula"] == pytest.approx(per_token * (3 * runs[3]["tokens"] + sampled + problems))
    assert 0 <= runs[3]["quality"]["accuracy"] <= 1


def test_a_killed_run_is_in_the_books_and_the_next_line_is_whole(ledger):
    code = """
import time, torch
from openexperts import cost
meter = cost.Meter("training", "doomed", torch.nn.Linear(4, 4), 1, 8)
cost.PAUSE = 0
step = 0
while True:
    step += 1
    meter.note(step)
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    while not ledger.exists() or ledger.stat().st_size < 5_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    found = cost.read()
    assert [run["state"] for run in found.runs] == ["going"] and found.runs[0]["steps"] > 3
    assert found.runs[0]["tokens"] == 8 * found.runs[0]["steps"]

    before = len(ledger.read_text())
    with ledger.open("a") as file:  # as a computer leaves it that lost its power while it wrote
        file.write('{"id": "torn", "sta')
    train(build(tiny_llama(), 0), texts(24, 1), texts(8, 2), QUICK, lambda: None, name="after")
    found = cost.read()
    assert [run["name"] for run in found.runs] == ["doomed", "after"]
    assert len(found.damaged) == 1 and "breaks off" in found.damaged[0]
    number = ledger.read_text()[:before].count("\n") + 1
    assert f"ledger.jsonl, line {number}:" in found.damaged[0]


def test_runs_beside_each_other_do_not_mix_their_lines(ledger):
    code = """
import sys
from openexperts import cost
for number in range(300):
    cost.append(cost.ledger(), {"writer": sys.argv[1], "number": number, "filler": "x" * 700})
"""
    writers = [subprocess.Popen([sys.executable, "-c", code, str(name)]) for name in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    lines = [json.loads(line) for line in ledger.read_text().splitlines() if line]
    for name in range(4):
        assert [line["number"] for line in lines if line["writer"] == str(name)] == list(range(300))


def stop_after(steps):
    """What a learner does who presses "stop" while a run goes on."""
    for _ in range(steps):
        yield
    raise KeyboardInterrupt


@pytest.mark.parametrize("kind", ["training", "imitation", "reward"])
def test_what_a_stopped_run_has_used_is_in_the_books(ledger, monkeypatch, kind):
    monkeypatch.setattr(cost, "PAUSE", 0)
    pressed = partial(next, stop_after(3))
    small = reasoning.new_model("small", 0)
    with pytest.raises(KeyboardInterrupt):
        if kind == "training":  # it is to be evaluated at its end only
            settings = Settings(steps=6, batch_size=4, warm_up=2, evaluate_every=6)
            train(build(tiny_llama(), 0), texts(24, 1), texts(8, 2), settings, pressed)
        elif kind == "imitation":
            reasoning.imitate(small, *arithmetic.corpus(24, 0), QUICK, pressed)
        else:
            reasoning.reinforce(small, reasoning.Reinforcement(steps=6, prompts=4), 0, pressed)
    (run,) = cost.read().runs
    assert (run["kind"], run["state"], run["steps"]) == (kind, "going", 4)
    assert run["processor_seconds"] > 0 and run["tokens"] > 0 and run["flops_formula"] > 0


def test_damaged_lines_are_told_in_words(ledger):
    meter = cost.Meter("training", "good", torch.nn.Linear(2, 2), 1)
    meter.note(1, done=True)
    good = json.loads(ledger.read_text().splitlines()[-1])
    bad = [good | {"seconds": -1}, good | {"joules": "many"}, good | {"dollars": float("nan")}, good | {"id": 5}]
    bad += [good | {"steps": 10**400}, good | {"quality": None}, good | {"quality": {"loss": "low"}}]
    bad += [good | {"bytes_moved": "much"}, good | {"state": "over"}]
    bad += [{name: value for name, value in good.items() if name != "flops_formula"}]
    rows = ["[1, 2]", "", '"words"', "[" * 100_000, *map(json.dumps, bad), json.dumps(good | {"id": "second"})]
    with ledger.open("ab") as file:
        file.write("\n".join(rows).encode() + b"\n\xff\xfe\n")
    found = cost.read()
    assert [run["id"] for run in found.runs] == [good["id"], "second"]
    assert len(found.damaged) == 14 and all(sentence.startswith("ledger.jsonl, line ") for sentence in found.damaged)
    assert "not a run" in found.damaged[0] and "no usable seconds" in found.damaged[3]
    assert cost.read(ledger.with_name("none")).runs == []
    ledger.write_text(json.dumps(good) + "\n", encoding="utf-8-sig")  # as some editors on Windows save it
    assert cost.read() == cost.Ledger([good], [])
    ledger.unlink()
    ledger.mkdir()
    assert cost.read().runs == [] and "ledger.jsonl could not be read" in cost.read().damaged[0]


def test_a_ledger_that_cannot_be_written_costs_a_sentence_and_not_the_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cost, "PAUSE", 0)  # it tries again and again
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cost.PLACE, str(tmp_path / "file" / "ledger.jsonl"))
    history = train(build(tiny_llama(), 0), texts(24, 1), texts(8, 2), QUICK, lambda: None)
    assert history.loss and capsys.readouterr().out.count("not in your ledger") == 1


def test_a_learner_can_change_the_prices(ledger):
    for entry in cost.prices().values():
        assert entry["source"] and entry["date"] and entry["scope"] and entry["low"] <= entry["value"]
    own = ledger.with_name("prices.json")
    table = cost.prices()
    table["core_hour"]["value"] = 3.6
    own.write_text(json.dumps(table))
    meter = cost.Meter("training", "dear", torch.nn.Linear(2, 2), 1)
    meter.note(1, done=True)
    run = cost.read().runs[0]
    assert run["dollars"] == pytest.approx(run["processor_seconds"] / 1000)
    assert run["priced"]["core_hour"] == [3.6, table["core_hour"]["date"]]
    own.write_text(json.dumps(table), encoding="utf-8-sig")  # as some editors on Windows save it
    assert cost.prices() == table
    for broken in ("{", "[]", "[" * 100_000, json.dumps(table | {"core_watts": {"value": 4}}), '{"core_hour": 1}'):
        own.write_text(broken)
        with pytest.raises(ValueError, match=r"prices\.json is no table of prices: .* delete it"):
            cost.prices()
    meter.note(2)  # a run that began before goes on


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("value", -1, '"value" of "core_watts" is -1; it is a number above 0'),
        ("value", 0, "is 0;"),
        ("value", float("nan"), "is NaN;"),
        ("value", "10", 'is "10"; it is a number above 0, without quotes'),
        ("low", 11.0, '"low" of "core_watts" is above its "value"'),
        ("unit", "horses", 'is "horses"; convert the value into watts of one busy processor core'),
    ],
)
def test_a_wrong_price_is_told_in_words(ledger, field, value, words):
    table = cost.prices()
    table["core_watts"][field] = value
    ledger.with_name("prices.json").write_text(json.dumps(table))
    with pytest.raises(ValueError) as told:
        cost.prices()
    assert words in str(told.value)


def test_codecarbon_estimates_without_a_network(ledger, tmp_path):
    code = """
import signal, time, torch
from openexperts import cost

if __name__ == "__main__":
    def busy(name):
        meter, end = cost.Meter("training", name, torch.nn.Linear(2, 2), 1), time.process_time() + 2
        while time.process_time() < end: pass
        meter.note(1, done=True)

    with cost.codecarbon():
        cost.Meter("training", "given up", torch.nn.Linear(2, 2), 1)
    with cost.codecarbon() as assumed:
        cost.Meter("training", "given up too", torch.nn.Linear(2, 2), 1)
        busy("both")
    busy("one")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    print(assumed)
"""
    (tmp_path / "work.py").write_text(code)
    environment = os.environ | {"PYTHONPATH": str(BLOCKED), "OPENEXPERTS_TEST_ATTEMPTS": str(tmp_path / "attempts")}
    environment |= {  # somebody's own settings for codecarbon, which would send what it finds
        "CODECARBON_OUTPUT_METHODS": "csv,api",
        "CODECARBON_EMISSIONS_ENDPOINT": "http://127.0.0.1:9",
        "CODECARBON_ELECTRICITYMAPS_API_TOKEN": "mine",
    }
    done = subprocess.run(
        [sys.executable, "work.py"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert attempts(tmp_path) == ""
    assert "RAM" in done.stdout and "CPU" in done.stdout
    runs = {run["name"]: run for run in cost.read(ledger).runs}
    assert runs["given up"]["state"] == "going"
    assert 0 < runs["both"]["of_that_processor"] < runs["both"]["joules_codecarbon"] < 2_000
    assert runs["one"]["joules_codecarbon"] is None
    assert {path.name for path in tmp_path.iterdir()} <= {"work.py", "ledger.jsonl", "attempts"}
