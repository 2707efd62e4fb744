"""Make the cached texts of unit 17: `python tools/fluent.py FOLDER` (some minutes; an ended run goes on).

`people.json` beside this file holds the passages that people wrote. A seed's finished texts are kept in FOLDER.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import transformers
from tqdm import tqdm

from openexperts import open_model, watermark, writing

SETTINGS = [(1.0, 0), (1.0, 1), (1.0, 2), (1.0, 4), (0.7, 0), (0.7, 2), (0.7, 4)]  # temperature, delta
SEEDS = (0, 1, 2)
SCORED = watermark.N_TOKENS // 2  # tokens of a text: scoring takes as long as writing
PROMPTS = (
    "Write an essay about why people keep pets.",
    "Write an essay about how a city can become greener.",
    "Write an essay about what makes a good friend.",
    "Write an essay about whether pupils should wear a uniform.",
    "Describe a market day in a small town.",
    "Explain how bread is made, step by step.",
    "Tell the story of a journey by sea in winter.",
    "Write a letter to a new pupil about your school.",
)
RECIPE = {
    "temperature": 1.0,  # `Watermarked` has divided already
    "top_p": 1.0,
    "at_most_tokens": watermark.N_TOKENS,
    "at_most_sentences": watermark.N_TOKENS,
}


def write(folder: Path, model, tokenizer) -> tuple[list[dict], list[list[int]]]:
    """Let the open model write, all settings and prompts of a seed in one batch; a finished seed is a file."""
    rows = [(*setting, prompt) for setting in SETTINGS for prompt in PROMPTS]
    temperatures, deltas, asked = zip(*rows, strict=True)
    prompts = [tokenizer(writing.RECIPE["chat"].format(prompt=prompt)).input_ids for prompt in asked]
    all_end = torch.ones(model.config.vocab_size, dtype=torch.bool)  # so that no text is cut back
    about, ids = [], []
    with tqdm(total=len(SEEDS) * watermark.N_TOKENS, desc="writing", unit="step", file=sys.stdout) as bar:
        for seed in SEEDS:
            file = folder / f"seed-{seed}.json"
            if not file.exists():
                writer = watermark.Watermarked(model, temperatures, deltas)
                texts = writing.write(writer, prompts, seed, all_end, bar.update, RECIPE)
                file.write_text(json.dumps([text[0].tolist() for text in texts]))
            ids += json.loads(file.read_text())
            names = ("temperature", "delta", "prompt")
            about += [dict(zip(names, row, strict=True)) | {"seed": seed} for row in rows]
    return about, ids


def passages(tokenizer) -> tuple[list[dict], list[list[int]]]:
    """The people's passages, cut to one length."""
    about, ids = json.loads(Path(__file__).with_name("people.json").read_text(encoding="utf-8")), []
    for passage in about:
        ids.append(tokenizer(passage.pop("text")).input_ids[:SCORED])
        if len(ids[-1]) < SCORED:
            raise SystemExit(f"The passage {passage} has {len(ids[-1])} tokens; {SCORED} are needed.")
    return about, ids


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    model, tokenizer = open_model.load(), open_model.load_tokenizer()
    model.set_attn_implementation("grouped")
    written = {"people": passages(tokenizer), "machine": write(folder, model, tokenizer)}
    model.set_attn_implementation("sdpa")
    arrays = {}
    for writers, (_, rows) in written.items():
        ids = torch.tensor(rows)
        nats = torch.empty(len(ids), SCORED - 1)
        for row in tqdm(range(len(ids)), desc=f"scoring {writers}", unit="text", file=sys.stdout):
            sign = hashlib.sha256(ids[row].numpy().tobytes()).hexdigest()[:16]  # so that no text gets another's score
            file = folder / f"score-{sign}.npy"
            if not file.exists():
                np.save(file, watermark.surprise(model, ids[row : row + 1, :SCORED])[0].numpy())
            nats[row] = torch.from_numpy(np.load(file))
        arrays |= {f"{writers}_ids": ids.numpy().astype(np.uint16), f"{writers}_nats": nats.numpy().astype(np.float16)}
    data = Path(watermark.__file__).parent / "data"
    np.savez_compressed(data / "fluent.npz", **arrays)
    record = {
        "model": open_model.GGUF_FILE,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "made": time.strftime("%Y-%m-%d"),
        "recipe": RECIPE | {"chat": writing.RECIPE["chat"], "candidates": writing.CANDIDATES},
        "watermark": {"gamma": watermark.GAMMA, "key": watermark.KEY},
    } | {writers: about for writers, (about, _) in written.items()}
    (data / "fluent.json").write_text(json.dumps(record, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
