"""Writes a checkpoint of random bfloat16 weights in the shape of a published model, in shards of at most 2 GB.

    python3 Benchmarks/memory/make_checkpoint.py llama-2-7b DIR
    python3 Benchmarks/memory/make_checkpoint.py qwen2.5-0.5b DIR
"""

import json
import pathlib
import random
import sys

SHAPES = {
    "llama-2-7b": {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "intermediate_size": 11008,
        "rms_norm_eps": 1e-5, "hidden_act": "silu", "rope_theta": 10000.0, "tie_word_embeddings": False,
        "max_position_embeddings": 4096, "torch_dtype": "bfloat16", "eos_token_id": 2,
    },
    "qwen2.5-0.5b": {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896,
        "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
        "rms_norm_eps": 1e-6, "hidden_act": "silu", "rope_theta": 1000000.0, "tie_word_embeddings": True,
        "max_position_embeddings": 32768, "torch_dtype": "bfloat16", "eos_token_id": 151643,
    },
}


def tensors(c):
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


def pool():
    """16 MB of bfloat16 numbers of magnitude about 0.02, of either sign: enough that no two rows are alike."""
    draw = random.Random(17)
    words = (0x3C00 + draw.randrange(0x00C0) + (0x8000 if draw.random() < 0.5 else 0) for _ in range(8 << 20))
    return b"".join(word.to_bytes(2, "little") for word in words)


def write(config, directory):
    directory.mkdir(parents=True, exist_ok=True)
    numbers, offset = pool(), 0
    ones = (0x3F80).to_bytes(2, "little")
    shards, size = [[]], 0
    for name, shape in tensors(config):
        count = 2
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
            header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, begin + count]}
            index[name] = file
            begin += count
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(directory / file, "wb") as out:
            out.write(len(text).to_bytes(8, "little") + text)
            for name, shape, count in shard:
                if name.endswith("norm.weight"):
                    out.write(ones * (count // 2))
                    continue
                while count > 0:
                    piece = numbers[offset : offset + count]
                    out.write(piece)
                    count -= len(piece)
                    offset = (offset + len(piece)) % len(numbers)
                # The next tensor begins elsewhere in the pool.
                offset = (offset + 2 * 1_000_003) % len(numbers)
    (directory / "config.json").write_text(json.dumps(config, indent=1))
    (directory / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SHAPES:
        sys.exit(__doc__)
    write(SHAPES[sys.argv[1]], pathlib.Path(sys.argv[2]))
