"""What is compared: for each comparison the work, the checkpoint, and who takes part."""

import dataclasses
import random


@dataclasses.dataclass(frozen=True)
class Entry:
    """A participant: a module of `servers`, the way it works, and its arithmetic; Palimpsest where there is no module."""

    name: str
    module: str = ""
    way: str = ""
    dtype: str = "float32"
    # Changes to the work, and the form of the checkpoint that it reads.
    work: dict = dataclasses.field(default_factory=dict)
    form: str = "directory"


@dataclasses.dataclass(frozen=True)
class Comparison:
    name: str
    title: str
    what: str
    checkpoint: tuple
    work: dict
    entries: list
    # How far a peer's numbers may lie from ours, in parts of their range; None where they need not be the same.
    tolerance: float | None = 1e-3
    # What is done once before anything is measured, if not the work itself.
    trial: dict = dataclasses.field(default_factory=dict)


def tokens(count, seed):
    draw = random.Random(seed)
    return [draw.randrange(50_000) for _ in range(count)]


GPT2, QWEN = "gpt2-small", "qwen2.5-0.5b"
SHAPES = {GPT2: ("GPT-2 small", 12), QWEN: ("Qwen2.5-0.5B", 24)}
ANSWER = [1234, 4321]
OURS = Entry("Palimpsest")
LENS = "TransformerLens"


def sweep(shape, dtype):
    title, layers = SHAPES[shape]
    work = {"work": "sweep", "base": tokens(32, 1), "source": tokens(32, 2), "answer": ANSWER, "layers": layers}
    if dtype == "float32":
        entries = [
            OURS,
            Entry(f"{LENS}, `get_act_patch_resid_pre`", "lens"),
            Entry("nnsight, a trace a cell", "sight"),
            Entry("transformers, hooks, a cell a forward", "hf", "hooks"),
            Entry("transformers, hooks, a layer's positions in a batch", "hf", "batched"),
            Entry("transformers, only the blocks from the layer on, batched", "hf", "suffix"),
        ]
    else:
        entries = [OURS, Entry(f"{LENS}, `get_act_patch_resid_pre`, bfloat16 arithmetic", "lens", dtype=dtype)]
    return Comparison(
        name=f"sweep-{shape}-{dtype}", title=f"Patching sweep, {title} shape, {dtype}",
        what=f"The source run's `resid_pre` put into the base run at each of {layers} layers x 32 positions in turn; the "
        "difference of two tokens' logits at the last position. Both prompts' own runs are part of the time."
        + ("" if dtype == "float32" else " Ours: bfloat16 weights, float32 arithmetic."),
        checkpoint=(shape, dtype), work=work, entries=entries, trial=work | {"layers": 1},
        # bfloat16 arithmetic has 8 bits.
        tolerance=1e-3 if dtype == "float32" else 0.1)


def forward(all_logits):
    whose = "all logits" if all_logits else "last logits alone"
    entries = [OURS, Entry("transformers, `output_hidden_states`", "hf")]
    if all_logits:
        entries.insert(1, Entry(f"{LENS}, `run_with_cache`", "lens"))
    return Comparison(
        name="forward-all" if all_logits else "forward-last",
        title=f"Forward of 8 x 64 tokens, every residual kept, {whose}, Qwen2.5-0.5B shape",
        what="`resid_post` of all 24 layers is kept. Ours: bfloat16 weights, float32 arithmetic; the peers in float32, on "
        "the same weights.",
        checkpoint=(QWEN, "bfloat16"),
        work={"work": "forward", "sequences": [tokens(64, seed) for seed in range(8)], "answer": ANSWER,
              "all_logits": all_logits},
        entries=entries)


def decode(batch):
    return Comparison(
        name=f"decode-{batch}", title=f"Greedy decoding of 64 tokens, batch of {batch}, Qwen2.5-0.5B shape",
        what="From prompts of 16 tokens, which are part of the time; bfloat16 weights. Ours computes in float32.",
        checkpoint=(QWEN, "bfloat16"),
        work={"work": "decode", "prompts": [tokens(16, seed) for seed in range(batch)], "tokens": 64, "ablate": False},
        tolerance=None,
        entries=[
            OURS,
            Entry("transformers, float32", "hf"),
            Entry("transformers, bfloat16", "hf", dtype="bfloat16"),
            Entry("llama.cpp, bfloat16", "llama", form="gguf"),
        ])


def ablation(batch):
    plain = decode(batch)
    return dataclasses.replace(
        plain, name=f"ablation-{batch}",
        title=f"Directional ablation in every layer while decoding, batch of {batch}, Qwen2.5-0.5B shape",
        what="The same 64 tokens, with a direction taken out of every block's input, attention output and feed-forward "
        "output at every position.",
        entries=[OURS, Entry("Palimpsest, ablated", work={"ablate": True})])


COMPARISONS = [
    sweep(GPT2, "float32"), sweep(GPT2, "bfloat16"), sweep(QWEN, "float32"), sweep(QWEN, "bfloat16"),
    forward(all_logits=True), forward(all_logits=False), decode(1), decode(8), ablation(1), ablation(8),
]
