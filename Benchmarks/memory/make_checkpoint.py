"""Writes a checkpoint of random weights in the shape of a published model, in shards of at most 2 GB.

    python3 Benchmarks/memory/make_checkpoint.py llama-2-7b DIR
    python3 Benchmarks/memory/make_checkpoint.py qwen2.5-0.5b DIR [float32]
    python3 Benchmarks/memory/make_checkpoint.py gpt2-small DIR [float32]

The weights are bfloat16 if nothing else is said.
"""

import array
import json
import pathlib
import random
import sys

SHAPES = {
    "llama-2-7b": {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "intermediate_size": 11008,
        "rms_norm_eps": 1e-5, "hidden_act": "silu", "rope_theta": 10000.0, "tie_word_embeddings": False,
        "max_position_embeddings": 4096, "eos_token_id": 2,
    },
    "qwen2.5-0.5b": {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896,
        "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
        "rms_norm_eps": 1e-6, "hidden_act": "silu", "rope_theta": 1000000.0, "tie_word_embeddings": True,
        "max_position_embeddings": 32768, "eos_token_id": 151643,
    },
    "gpt2-small": {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_layer": 12,
        "n_head": 12, "n_positions": 1024, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new",
        "tie_word_embeddings": True, "bos_token_id": 50256, "eos_token_id": 50256,
    },
}


TYPES = {"bfloat16": ("BF16", 2), "float32": ("F32", 4)}


def tensors(c):
    return gpt2(c) if c["model_type"] == "gpt2" else llama(c)


def gpt2(c):
    width = c["n_embd"]
    yield "transformer.wte.weight", [c["vocab_size"], width]
    yield "transformer.wpe.weight", [c["n_positions"], width]
    for layer in range(c["n_layer"]):
        block = f"transformer.h.{layer}"
        for name, inputs, outputs in (
            ("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, 4 * width),
            ("mlp.c_proj", 4 * width, width),
        ):
            yield f"{block}.{name}.weight", [inputs, outputs]
            yield f"{block}.{name}.bias", [outputs]
        yield from norm(f"{block}.ln_1", width)
        yield from norm(f"{block}.ln_2", width)
    yield from norm("transformer.ln_f", width)


def norm(name, width):
    yield f"{name}.weight", [width]
    yield f"{name}.bias", [width]


def llama(c):
    width, heads = c["hidden_size"], c["num_attention_heads"]
    kv = width // heads * c["num_key_value_heads"]
    yield "model.embed_tokens.weight", [c["vocab_size"], width]
    for layer in range(c["num_hidden_layers"]):
        block = f"model.layers.{layer}"
        yield f"{block}.input_layernorm.weight", [width]
        for name, outputs in (("q", width), ("k", kv), ("v", kv)):
            yield f"{block}.self_attn.{name}_proj.weight", [outputs, width]
            if c["model_type"] == "qwen2":
                yield f"{block}.self_attn.{name}_proj.bias", [outputs]
        yield f"{block}.self_attn.o_proj.weight", [width, width]
        yield f"{block}.post_attention_layernorm.weight", [width]
        yield f"{block}.mlp.gate_proj.weight", [c["intermediate_size"], width]
        yield f"{block}.mlp.up_proj.weight", [c["intermediate_size"], width]
        yield f"{block}.mlp.down_proj.weight", [width, c["intermediate_size"]]
    yield "model.norm.weight", [width]
    if not c["tie_word_embeddings"]:
        yield "lm_head.weight", [c["vocab_size"], width]


def pool(dtype):
    """16 MB of numbers of magnitude about 0.02, of either sign: enough that no two rows are alike."""
    draw = random.Random(17)
    if dtype == "float32":
        bits = (0x3C000000 + draw.randrange(0x00C00000) + (draw.randrange(2) << 31) for _ in range(4 << 20))
        return array.array("I", bits).tobytes()
    words = (0x3C00 + draw.randrange(0x00C0) + (0x8000 if draw.random() < 0.5 else 0) for _ in range(8 << 20))
    return array.array("H", words).tobytes()


def write(config, directory, dtype="bfloat16"):
    directory.mkdir(parents=True, exist_ok=True)
    stored, bytes_each = TYPES[dtype]
    numbers, offset = pool(dtype), 0
    # The upper half of a float32 is the bfloat16.
    ones = (0x3F800000).to_bytes(4, "little")[4 - bytes_each:]
    shards, size = [[]], 0
    for name, shape in tensors(config):
        count = bytes_each
        for axis in shape:
            count *= axis
        if size + count > 2 << 30 and shards[-1]:
            shards.append([])
            size = 0
        shards[-1].append((name, shape, count))
        size += count
    index = {}
    for number, shard in enumerate(shards):
        file = f"model-{number + 1:05}-of-{len(shards):05}.safetensors"
        header, begin = {}, 0
        for name, shape, count in shard:
            header[name] = {"dtype": stored, "shape": shape, "data_offsets": [begin, begin + count]}
            index[name] = file
            begin += count
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(directory / file, "wb") as out:
            out.write(len(text).to_bytes(8, "little") + text)
            for name, shape, count in shard:
                if name.endswith("norm.weight") or (".ln_" in name and name.endswith("weight")):
                    out.write(ones * (count // bytes_each))
                    continue
                while count > 0:
                    piece = numbers[offset : offset + count]
                    out.write(piece)
                    count -= len(piece)
                    offset = (offset + len(piece)) % len(numbers)
                # The next tensor begins elsewhere in the pool.
                offset = (offset + bytes_each * 1_000_003) % len(numbers)
    (directory / "config.json").write_text(json.dumps(config | {"torch_dtype": dtype}, indent=1))
    (directory / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SHAPES or not set(sys.argv[3:]) <= set(TYPES):
        sys.exit(__doc__)
    write(SHAPES[sys.argv[1]], pathlib.Path(sys.argv[2]), *sys.argv[3:])
