"""Makes tiny random checkpoints of many model families, with what Hugging Face's own code computes from them.

    python make_checkpoints.py                  writes every variant beside this script
    python make_checkpoints.py --only phi3 qwen3
    python make_checkpoints.py --verify DIR     reproduces float64 goldens that somebody else made (see `verify`)

Float64. `transformers` computes rotary tables, RMS norms and the softmax in float32 whatever the weights are, and casts
Gemma's embedding scale to the weights' type. A golden with such steps in it can only be matched to 1e-5 or so here, and
mistakes as small as a rotary table rounded to float32 (1e-7 to 2e-6 on these logits) pass below that. The float64 golden
comes from the same code with each `torch.float32`, `torch.float` and `Tensor.float()` that it names standing for float64
while the model is built and run (`float64_everywhere`), and with the default type float64, so that Gemma's scale is
sqrt(width) in float64.
`OnlyFloat64` sees every operation of the forward pass and fails if one yields a narrower float: nothing is left out.

Float32. Loaded with `from_pretrained(dtype=float32)`: the stored weights, widened; Gemma's scale is sqrt(width) in float32.
"""

import argparse
import contextlib
import json
import math
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers import AutoConfig, AutoModelForCausalLM, CONFIG_MAPPING
from transformers.utils import logging

HERE = Path(__file__).resolve().parent
NARROW_FLOATS = (torch.float32, torch.float16, torch.bfloat16)
F32, BF16, F16 = torch.float32, torch.bfloat16, torch.float16
VOCABULARY, LENGTHS, GREEDY = 97, (20, 13), 12


# MARK: The variants

def rope(theta=10000.0, **more):
    return {"rope_type": "default", "rope_theta": theta, **more}


SHARED = dict(vocab_size=VOCABULARY, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def llama_like(width, heads, groups, mlp, layers, **more):
    return dict(SHARED, hidden_size=width, num_attention_heads=heads, num_key_value_heads=groups, intermediate_size=mlp,
                num_hidden_layers=layers, max_position_embeddings=128, **more)


def neox(**more):
    return dict(SHARED, hidden_size=32, num_attention_heads=2, intermediate_size=40, max_position_embeddings=40,
                hidden_act="gelu", rope_parameters=rope(partial_rotary_factor=0.25), **more)


def gpt2(**more):
    return dict(SHARED, n_embd=24, n_head=3, n_positions=32, activation_function="gelu_new",
                resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, **more)


def longrope(original, factors, **more):
    """Factors far apart, so that short for long cannot pass for rounding."""
    return rope(rope_type="longrope", original_max_position_embeddings=original,
                short_factor=[1.0 + 0.15 * i for i in range(factors)], long_factor=[1.3 + 1.7 * i for i in range(factors)],
                **more)


# name: (model type, storage, keys of the configuration). Storage is one type, or several that tensors take in turn.
VARIANTS = {
    "llama3": ("llama", BF16, llama_like(
        32, 4, 2, 40, 2, head_dim=12, tie_word_embeddings=False,
        # wavelengths 6.3 (kept), 17.7 (blended), 49.9 and up (divided)
        rope_parameters=rope(500.0, rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                             original_max_position_embeddings=32))),
    "llama-bias": ("llama", F32, llama_like(
        24, 3, 1, 32, 2, attention_bias=True, mlp_bias=True, tie_word_embeddings=False, rope_parameters=rope())),
    "mistral": ("mistral", F32, llama_like(
        24, 4, 2, 40, 2, head_dim=8, sliding_window=5, tie_word_embeddings=False, rope_parameters=rope())),
    "qwen2": ("qwen2", F32, llama_like(
        24, 4, 2, 40, 2, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=rope(1000000.0))),
    "qwen2-window": ("qwen2", BF16, llama_like(
        24, 2, 1, 40, 3, rms_norm_eps=1e-6, use_sliding_window=True, sliding_window=4, max_window_layers=1,
        tie_word_embeddings=True, rope_parameters=rope(1000000.0))),
    "qwen3": ("qwen3", (BF16, F32, F16), llama_like(
        24, 4, 2, 40, 3, head_dim=10, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=rope(1000000.0))),
    "gemma2": ("gemma2", F32, llama_like(
        24, 4, 2, 32, 2, head_dim=8, query_pre_attn_scalar=10, hidden_activation="gelu_pytorch_tanh", sliding_window=5,
        attn_logit_softcapping=4.0, final_logit_softcapping=7.0, tie_word_embeddings=True, rope_parameters=rope())),
    "gemma3": ("gemma3_text", BF16, llama_like(
        24, 2, 1, 32, 7, head_dim=8, query_pre_attn_scalar=6, hidden_activation="gelu_pytorch_tanh", sliding_window=6,
        tie_word_embeddings=True, rope_parameters={
            "full_attention": rope(1000000.0, rope_type="linear", factor=8.0), "sliding_attention": rope()})),
    "phi3": ("phi3", F32, llama_like(
        24, 4, 2, 40, 2, sliding_window=9, original_max_position_embeddings=128, tie_word_embeddings=False,
        rope_parameters=rope(partial_rotary_factor=1.0))),
    # Both sequences, and all that is generated from them, stay below the original length: short factors.
    "phi3-longrope-short": ("phi3", BF16, dict(llama_like(
        24, 2, 1, 40, 2, original_max_position_embeddings=64, tie_word_embeddings=False,
        rope_parameters=longrope(64, 6, partial_rotary_factor=1.0)), max_position_embeddings=256)),
    # Both sequences are above it: long factors.
    "phi3-longrope-long": ("phi3", F32, llama_like(
        24, 2, 1, 40, 2, original_max_position_embeddings=8, tie_word_embeddings=False,
        rope_parameters=longrope(8, 6, partial_rotary_factor=1.0))),
    # As Phi-4-mini: partial rotary, longrope, tied. Sequence 0 is above the original length, sequence 1 is below it and
    # crosses it while it generates; from there on all earlier positions are rotated by the long factors as well.
    "phi3-partial": ("phi3", BF16, llama_like(
        32, 4, 2, 40, 2, original_max_position_embeddings=16, tie_word_embeddings=True,
        rope_parameters=longrope(16, 3, partial_rotary_factor=0.75))),
    "olmo2": ("olmo2", BF16, llama_like(
        24, 4, 2, 40, 3, rms_norm_eps=1e-6, tie_word_embeddings=False, rope_parameters=rope(500000.0))),
    "gpt-neox": ("gpt_neox", BF16, neox(num_hidden_layers=2, use_parallel_residual=True)),
    "gpt-neox-sequential": ("gpt_neox", F32, neox(num_hidden_layers=2, use_parallel_residual=False)),
    "gpt2": ("gpt2", F32, gpt2(n_layer=2)),
    "gpt2-bare": ("gpt2", BF16, gpt2(n_layer=3, n_inner=40)),
}
SHARDED = {"llama-bias"}
WITHOUT_PREFIX = {"gpt2-bare": "transformer."}
PUBLISHED_NAMES = {"gpt_neox": {"lm_head.weight": "embed_out.weight"}}  # what `transformers` 5 calls otherwise
# Published Pythia and GPT-2 files carry masks and tables that are no weights: a reader must pass over them.
WITH_BUFFERS = {"gpt-neox", "gpt2-bare"}


def config_for(name):
    kind, _, keys = VARIANTS[name]
    return CONFIG_MAPPING[kind](**json.loads(json.dumps(keys)))


def old_style(name, config):
    """The same configuration with the keys of most published checkpoints."""
    kind, _, keys = VARIANTS[name]
    old = dict(config)
    old["torch_dtype"] = old.pop("dtype")
    old["transformers_version"] = "4.44.0"
    for new in ("layer_types", "_sliding_window_pattern"):
        old.pop(new, None)
    parameters = old.pop("rope_parameters", None)
    if kind == "gpt2":
        return old
    if kind == "gemma3_text":
        old["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        old["sliding_window_pattern"] = 6
        parameters = parameters["full_attention"]
    parameters = dict(parameters)
    theta = parameters.pop("rope_theta")
    partial = parameters.pop("partial_rotary_factor", None)
    if kind == "gpt_neox":
        old |= {"rotary_emb_base": int(theta), "rotary_pct": partial}
    else:
        old["rope_theta"] = theta
    if kind == "phi3":
        parameters.pop("original_max_position_embeddings", None)  # stands beside, not inside
        parameters["type"] = parameters.pop("rope_type")
        if partial != 1.0:
            old["partial_rotary_factor"] = partial
    old["rope_scaling"] = None if "default" in parameters.values() else parameters
    if kind == "qwen2" and not old["use_sliding_window"]:
        old["sliding_window"] = 7  # written by published checkpoints although it is off: must have no effect
    if "head_dim" in old and "head_dim" not in keys:
        del old["head_dim"]
    return old


# MARK: Weights

def spread(name, shape, kind):
    """Mean and deviation that make logits of some units and attention that is far from uniform."""
    gemma, conv = kind.startswith("gemma"), kind == "gpt2"
    last = name.split(".")[-2]
    if name.endswith("bias"):
        return 0.0, 0.25
    if len(shape) == 1:
        louder = 0.5 if last in ("q_norm", "k_norm") else 0.0
        if gemma and last.startswith("post_"):
            louder = 1.0  # or the embedding, which is large and tied, has each token predict itself
        return (0.0 if gemma else 1.0) + louder, 0.3
    if last in ("embed_tokens", "wte", "embed_in"):
        return 0.0, 0.3 if gemma else 0.55
    if last == "wpe":
        return 0.0, 0.5
    if last == "lm_head":
        return 0.0, 0.6
    inputs = shape[0] if conv else shape[1]
    gain = 1.6 if last in ("q_proj", "k_proj", "qkv_proj", "query_key_value", "c_attn") else 1.2
    return 0.0, gain / math.sqrt(inputs)


def random_weights(config, kind, storage, seed):
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32)
    types = storage if isinstance(storage, tuple) else (storage,)
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for index, (name, tensor) in enumerate(model.state_dict().items()):
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        mean, deviation = spread(name, tensor.shape, kind)
        values = mean + deviation * torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
        weights[name] = values.to(types[index % len(types)])
    return weights


def buffers(name, config):
    tensors = {}
    for layer in range(config.num_hidden_layers):
        length = config.max_position_embeddings
        mask = torch.ones(length, length).tril().view(1, 1, length, length)
        if name == "gpt2-bare":
            tensors[f"h.{layer}.attn.bias"] = mask
        else:
            prefix = f"gpt_neox.layers.{layer}.attention."
            tensors[prefix + "bias"] = mask.bool()
            tensors[prefix + "masked_bias"] = torch.tensor(-1e9, dtype=BF16)
            tensors[prefix + "rotary_emb.inv_freq"] = torch.tensor([1.0, 0.01], dtype=BF16)
    return tensors


def store(name, weights, config, folder):
    prefix = WITHOUT_PREFIX.get(name, "")
    names = PUBLISHED_NAMES.get(config.model_type, {})
    tensors = {names.get(key, key).removeprefix(prefix): value.contiguous() for key, value in weights.items()}
    if name in WITH_BUFFERS:
        tensors |= buffers(name, config)
    if name not in SHARDED:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    keys = list(tensors)
    place = {key: f"model-0000{1 + (2 * i >= len(keys))}-of-00002.safetensors" for i, key in enumerate(keys)}
    for file in sorted(set(place.values())):
        save_file({k: tensors[k] for k in keys if place[k] == file}, folder / file, metadata={"format": "pt"})
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(place.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def stored_weights(folder):
    tensors = {}
    for file in sorted(folder.glob("model*.safetensors")):
        with safe_open(file, "pt") as handle:
            tensors |= {key: handle.get_tensor(key) for key in handle.keys()}
    return tensors


# MARK: Running

@contextlib.contextmanager
def float64_everywhere():
    saved = torch.float32, torch.float, torch.Tensor.float, torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        torch.float32, torch.float, torch.Tensor.float = saved[:3]
        torch.set_default_dtype(saved[3])


class OnlyFloat64(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and leaf.dtype in NARROW_FLOATS:
                raise TypeError(f"{function} gave {leaf.dtype} in a float64 run")
        return result


def model_in_float64(folder, weights):
    """To be called, and its model run, inside `float64_everywhere`; the weights have to be read outside of it."""
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float64).eval()
    wanted = set(model.state_dict())
    prefix = next(iter(set(WITHOUT_PREFIX.values())))
    if config.model_type == "gpt2" and not any(key.startswith(prefix) for key in weights):
        weights = {prefix + key: value for key, value in weights.items()}
    for ours, published in PUBLISHED_NAMES.get(config.model_type, {}).items():
        if published in weights:
            weights[ours] = weights.pop(published)
    weights = {key: value.double() for key, value in weights.items() if key in wanted}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    model.tie_weights()
    if set(missing) - ({"lm_head.weight"} if config.tie_word_embeddings else set()) or unexpected:
        raise ValueError(f"{folder.name}: missing {missing}, unexpected {unexpected}")
    return model


def model_in_float32(folder):
    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()


def parts(model):
    """Layers, the attribute that holds their attention, the final norm, and the module whose input is resid_mid."""
    kind = model.config.model_type
    if kind == "gpt2":
        return model.transformer.h, "attn", model.transformer.ln_f, "ln_2"
    if kind == "gpt_neox":
        middle = None if model.config.use_parallel_residual else "post_attention_layernorm"
        return model.gpt_neox.layers, "attention", model.gpt_neox.final_layer_norm, middle
    middle = {"olmo2": "mlp", "gemma2": "pre_feedforward_layernorm", "gemma3_text": "pre_feedforward_layernorm"}
    return model.model.layers, "self_attn", model.model.norm, middle.get(kind, "post_attention_layernorm")


@torch.no_grad()
def run(model, ids):
    """Everything of one forward pass, in the names of the goldens, with the batch dimension."""
    seen, handles = {}, []
    layers, attention, final, middle = parts(model)

    def into(key):
        return lambda module, args, kwargs: seen.__setitem__(key, args[0] if args else kwargs["hidden_states"])

    def out(key, pattern=None):
        def hook(module, args, result):
            seen[key] = result[0] if isinstance(result, tuple) else result
            if pattern:
                seen[pattern] = result[1]
        return hook

    for l, layer in enumerate(layers):
        handles.append(layer.register_forward_pre_hook(into(f"resid_pre.{l}"), with_kwargs=True))
        handles.append(layer.register_forward_hook(out(f"resid_post.{l}")))
        handles.append(getattr(layer, attention).register_forward_hook(out(f"attn_out.{l}", f"pattern.{l}")))
        handles.append(layer.mlp.register_forward_hook(out(f"mlp_out.{l}")))
        if middle:
            handles.append(getattr(layer, middle).register_forward_pre_hook(into(f"resid_mid.{l}"), with_kwargs=True))
    handles.append(final.register_forward_hook(out("final_norm")))
    seen["logits"] = model(input_ids=ids, use_cache=False).logits
    for handle in handles:
        handle.remove()
    return {key: value.clone() for key, value in seen.items()}


def run_in_float64(folder, sequences):
    weights = stored_weights(folder)
    with float64_everywhere():
        model = model_in_float64(folder, weights)
        with OnlyFloat64():
            return [run(model, ids) for ids in sequences]


@torch.no_grad()
def greedy(model, ids):
    """Greedy continuation by whole forward passes, and the least lead of a chosen token over the next one."""
    lead, start = math.inf, ids.shape[1]
    for _ in range(GREEDY):
        top = model(input_ids=ids, use_cache=False).logits[0, -1].topk(2)
        lead = min(lead, (top.values[0] - top.values[1]).item())
        ids = torch.cat([ids, top.indices[:1].view(1, 1)], 1)
    return ids[0, start:], lead


def generated(model, ids):
    model.generation_config.eos_token_id = None
    return model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=GREEDY, do_sample=False)[0, ids.shape[1]:]


# MARK: Making

def worth_keeping(runs, continuations):
    """A fixture that a wrong implementation could match is no use."""
    largest = [r["logits"].abs().max().item() for r in runs]
    peaks = [r[key][0, :, 4:].amax(-1).mean().item() for r in runs for key in r if key.startswith("pattern")]
    return (3 <= min(largest) and max(largest) <= 15 and min(peaks) > 0.3 and max(peaks) < 0.97
            and min(lead for _, lead in continuations) > 0.02
            and all(len(set(ids.tolist())) >= 4 for ids, _ in continuations))


def same_with_old_style(folder, sequences, expected):
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for file in folder.glob("model*"):
            shutil.copy(file, copy)
        shutil.copy(folder / "config.old.json", copy / "config.json")
        model = model_in_float32(copy)
        return all(torch.equal(run(model, ids)["logits"], e["logits"]) for ids, e in zip(sequences, expected))


def make(name, output):
    kind, storage, _ = VARIANTS[name]
    folder = output / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = config_for(name)
    for seed in range(200):
        base = 1000 * list(VARIANTS).index(name) + seed
        store(name, random_weights(config, kind, storage, base), config, folder)
        config.architectures = [type(AutoModelForCausalLM.from_config(config)).__name__]
        config.dtype = storage[0] if isinstance(storage, tuple) else storage
        written = json.loads(config.to_json_string())
        (folder / "config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
        generator = torch.Generator().manual_seed(base)
        sequences = [torch.randint(3, VOCABULARY, (1, length), generator=generator) for length in LENGTHS]
        narrow = model_in_float32(folder)
        single = [run(narrow, ids) for ids in sequences]
        continuations = [greedy(narrow, ids) for ids in sequences]
        if worth_keeping(single, continuations):
            break
    else:
        raise RuntimeError(f"{name}: no seed gives a fixture worth keeping")
    (folder / "config.old.json").write_text(json.dumps(old_style(name, written), indent=2, sort_keys=True) + "\n")
    assert same_with_old_style(folder, sequences, single), f"{name}: the old keys mean another model"
    for ids, (continuation, _) in zip(sequences, continuations):
        assert torch.equal(generated(narrow, ids), continuation), f"{name}: generate() says otherwise"

    wide = run_in_float64(folder, sequences)
    golden = {}
    for i, ids in enumerate(sequences):
        golden[f"input_ids.{i}"] = ids[0]
        golden[f"greedy.{i}"] = continuations[i][0]
        golden[f"f32.logits.{i}"] = single[i]["logits"][0]
        for key, value in wide[i].items():
            if key == "logits" or i == 1:  # what is inside, for the short sequence only: files stay small
                golden[f"f64.{key}.{i}"] = value[0]
    error = max((s["logits"].double() - w["logits"]).abs().max().item() for s, w in zip(single, wide))
    assert error < 1e-4, f"{name}: float32 and float64 differ by {error}"
    golden["f32.max_error"] = torch.tensor([error], dtype=torch.float64)
    save_file({key: value.contiguous() for key, value in golden.items()}, folder / "golden.safetensors")
    weights = sum(file.stat().st_size for file in folder.glob("model*"))
    lead = min(lead for _, lead in continuations)
    largest = max(w["logits"].abs().max().item() for w in wide)
    print(f"{name:20} seed {base:5}  weights {weights:6}  golden {(folder / 'golden.safetensors').stat().st_size:6}  "
          f"|logits| {largest:5.2f}  lead {lead:.3f}  f32 error {error:.1e}", flush=True)


# MARK: Verifying

def verify(folder):
    """Checks the float64 procedure against goldens that it did not make.

    In DIR, each folder that holds `fp32/` (a checkpoint) and `golden_fp64.safetensors` (`input_ids` [batch, time], and any
    of the names of `run` with that batch) is recomputed; prints the largest differences and fails above 1e-11.
    """
    worst = 0.0
    for path in sorted(folder.glob("*/golden_fp64.safetensors")):
        with safe_open(path, "pt") as handle:
            golden = {key: handle.get_tensor(key) for key in handle.keys()}
        ours = run_in_float64(path.parent / "fp32", [golden.pop("input_ids")])[0]
        differences = {key: (ours[key] - value).abs().max().item() for key, value in golden.items()}
        worst = max(worst, *differences.values())
        print(f"{path.parent.name:12} " + "  ".join(f"{key} {value:.1e}" for key, value in sorted(differences.items())))
    print(f"largest difference {worst:.1e}")
    if not worst < 1e-11:
        raise SystemExit("the float64 procedures differ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--output", type=Path, default=HERE)
    parser.add_argument("--verify", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if arguments.verify:
        verify(arguments.verify)
        return
    for name in arguments.only:
        make(name, arguments.output)


if __name__ == "__main__":
    main()
