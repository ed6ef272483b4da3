"""Writes the tiny checkpoints of ../checkpoints as GGUF files, laid out as llama.cpp lays out published ones.

    python -m venv .venv && .venv/bin/pip install gguf==0.19.0 numpy safetensors && .venv/bin/python make_models.py

With --verify (and torch and transformers installed) transformers reads each file back, by its own code, and must compute
the logits that it computes from the checkpoint.
"""

import argparse
import json
import pathlib

import gguf
import numpy as np

HERE = pathlib.Path(__file__).parent
CHECKPOINTS = HERE.parent / "checkpoints"
MODELS = {
    "llama3": gguf.MODEL_ARCH.LLAMA,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
    "phi3-longrope-short": gguf.MODEL_ARCH.PHI3,
    "gpt2": gguf.MODEL_ARCH.GPT2,
}


def tensors(name):
    """Every stored tensor as (float32 array, type on disk)."""
    data = (CHECKPOINTS / name / "model.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    found = {}
    for key, entry in header.items():
        if key == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw = data[8 + length + begin : 8 + length + end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(raw, np.uint16).astype(np.uint32) << 16).view(np.float32)
        elif entry["dtype"] == "F16":
            values = np.frombuffer(raw, np.float16).astype(np.float32)
        else:
            values = np.frombuffer(raw, np.float32)
        found[key] = values.reshape(entry["shape"]), entry["dtype"]
    return found


def interleave(weights, heads):
    """Llama's halves of a head, as llama.cpp turns them: pair i in rows 2i and 2i + 1."""
    rows = weights.shape[0] // heads // 2
    return weights.reshape(heads, 2, rows, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def settle(name, key, values, config):
    """What the converter does to one tensor's numbers."""
    if name == "llama3" and key.endswith("q_proj.weight"):
        return interleave(values, config["num_attention_heads"])
    if name == "llama3" and key.endswith("k_proj.weight"):
        return interleave(values, config["num_key_value_heads"])
    if name == "gemma2" and key.endswith("norm.weight"):
        return values + np.float32(1)
    if name == "gpt2" and values.ndim == 2 and ".h." in key:
        return np.ascontiguousarray(values.T)
    return values


def write(name, arch):
    config = json.loads((CHECKPOINTS / name / "config.json").read_text())
    rope = config.get("rope_parameters") or {}
    writer = gguf.GGUFWriter(HERE / f"{name}.gguf", gguf.MODEL_ARCH_NAMES[arch])
    layers = config.get("num_hidden_layers") or config["n_layer"]
    heads = config.get("num_attention_heads") or config["n_head"]
    width = config.get("hidden_size") or config["n_embd"]
    writer.add_context_length(config.get("max_position_embeddings") or config["n_positions"])
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(config.get("intermediate_size") or 4 * width)
    writer.add_head_count(heads)
    writer.add_vocab_size(config["vocab_size"])
    if name == "gpt2":
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    else:
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_rope_freq_base(rope["rope_theta"])
        size = config.get("head_dim") or width // heads
        writer.add_rope_dimension_count(size)
        writer.add_key_length(size)
        writer.add_value_length(size)
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_bos_token_id(config["bos_token_id"])
    if name == "llama3":
        # The frequencies' divisors, as the converter works them out.
        original = rope["original_max_position_embeddings"]
        low, high = original / rope["low_freq_factor"], original / rope["high_freq_factor"]
        divisors = []
        for i in range(0, size, 2):
            wavelength = 2 * np.pi * rope["rope_theta"] ** (i / size)
            smooth = (original / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"]
            )
            middle = 1 / ((1 - smooth) / rope["factor"] + smooth)
            divisors.append(1 if wavelength < high else rope["factor"] if wavelength > low else middle)
        writer.add_tensor("rope_freqs.weight", np.array(divisors, np.float32))
    if name == "gemma2":
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
        writer.add_sliding_window(config["sliding_window"])
    if name.startswith("phi3"):
        original = rope["original_max_position_embeddings"]
        scale = config["max_position_embeddings"] / original
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(scale) / np.log(original))))
        writer.add_tensor("rope_factors_long.weight", np.array(rope["long_factor"], np.float32))
        writer.add_tensor("rope_factors_short.weight", np.array(rope["short_factor"], np.float32))

    names = gguf.get_tensor_name_map(arch, layers)
    for key, (values, dtype) in tensors(name).items():
        if key.endswith((".attn.bias", "masked_bias", "inv_freq")):
            continue
        new = names.get_name(key, try_suffixes=(".weight", ".bias"))
        assert new, key
        values = settle(name, key, values, config)
        if dtype == "BF16" and values.ndim == 2:
            bits = (values.view(np.uint32) >> 16).astype(np.uint16)
            writer.add_tensor(
                new, bits.view(np.uint8), raw_dtype=gguf.GGMLQuantizationType.BF16
            )
        elif dtype == "F16" and values.ndim == 2:
            writer.add_tensor(new, values.astype(np.float16))
        else:
            writer.add_tensor(new, np.ascontiguousarray(values, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_whole():
    """A model with random weights, the tokenizer of ../tokenizer/trained, and a chat template: all in one file."""
    folder = HERE.parent / "tokenizer" / "trained"
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    ids = tokenizer["model"]["vocab"]
    tokens = sorted(ids, key=ids.get)
    special = {token["content"] for token in tokenizer["added_tokens"] if token["special"]}
    writer = gguf.GGUFWriter(HERE / "whole.gguf", "llama")
    width, layers, hidden = 16, 2, 24
    writer.add_context_length(256)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in special else 1 for token in tokens])
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(ids["<eot>"])
    writer.add_chat_template(
        settings.get("chat_template")
        or "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>{% endif %}"
    )
    random = np.random.default_rng(5)
    shapes = {"token_embd": [len(tokens), width]}
    for layer in range(layers):
        block = f"blk.{layer}"
        shapes |= {
            f"{block}.attn_norm": [width], f"{block}.attn_q": [width, width], f"{block}.attn_k": [width // 2, width],
            f"{block}.attn_v": [width // 2, width], f"{block}.attn_output": [width, width],
            f"{block}.ffn_norm": [width], f"{block}.ffn_gate": [hidden, width], f"{block}.ffn_up": [hidden, width],
            f"{block}.ffn_down": [width, hidden],
        }
    shapes["output_norm"] = [width]
    for key, shape in shapes.items():
        values = 1 + random.normal(0, 0.1, shape) if len(shape) == 1 else random.normal(0, 0.3, shape)
        kind = np.float32 if len(shape) == 1 else np.float16
        writer.add_tensor(f"{key}.weight", values.astype(kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def verify(name):
    """The largest difference of logits between the checkpoint and its GGUF file, both read by transformers."""
    import torch
    import transformers
    from safetensors.torch import load_file

    golden = load_file(CHECKPOINTS / name / "golden.safetensors")
    ids = golden["input_ids.1"][None]
    reference = transformers.AutoModelForCausalLM.from_pretrained(
        CHECKPOINTS / name, dtype=torch.float32, attn_implementation="eager"
    )
    config = reference.config
    if name == "gemma2":
        config.query_pre_attn_scalar = config.head_dim  # GGUF cannot say otherwise.
        for layer in reference.model.layers:
            layer.self_attn.scaling = config.head_dim**-0.5
    other = transformers.AutoModelForCausalLM.from_pretrained(
        HERE, gguf_file=f"{name}.gguf", config=config, dtype=torch.float32, attn_implementation="eager"
    )
    with torch.no_grad():
        return float((reference(ids).logits - other(ids).logits).abs().max())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--verify", action="store_true")
    arguments = parser.parse_args()
    write_whole()
    for model, architecture in MODELS.items():
        write(model, architecture)
        print(model, (HERE / f"{model}.gguf").stat().st_size, verify(model) if arguments.verify else "")
