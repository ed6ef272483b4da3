"""Trains one shape with Palimpsest and with PyTorch, in turns on the same threads, and prints both as Markdown.

    swift build -c release --package-path Benchmarks --product bench-training
    python3 Benchmarks/training/compare.py

Each round times a few steps of the one, then of the other; the ratio is taken within a round, so that a machine that
slows down slows both. PyTorch runs the faster of its attentions and optimisers, chosen by a trial before the rounds.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import time

LAYERS, WIDTH, HEADS, FEED_FORWARD, VOCABULARY = 10, 160, 5, 432, 1280
SEQUENCES, LENGTH = 32, 64
HERE = pathlib.Path(__file__).resolve().parent


def build_torch(threads, attention, fused):
    """A training step of the same network in PyTorch, as a function without arguments."""
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(17)
    head = WIDTH // HEADS

    def normal(*shape, deviation=0.02):
        return torch.nn.Parameter(torch.randn(*shape) * deviation)

    embedding = normal(VOCABULARY, WIDTH)
    final_norm = torch.nn.Parameter(torch.ones(WIDTH))
    residual = 0.02 / math.sqrt(2 * LAYERS)
    blocks = [
        {
            "norm1": torch.nn.Parameter(torch.ones(WIDTH)),
            "qkv": normal(3 * WIDTH, WIDTH),
            "out": normal(WIDTH, WIDTH, deviation=residual),
            "norm2": torch.nn.Parameter(torch.ones(WIDTH)),
            "gate_up": normal(2 * FEED_FORWARD, WIDTH),
            "down": normal(WIDTH, FEED_FORWARD, deviation=residual),
        }
        for _ in range(LAYERS)
    ]
    parameters = [embedding, final_norm] + [p for block in blocks for p in block.values()]
    frequencies = 1e4 ** (-torch.arange(0, head, 2) / head)
    angles = torch.outer(torch.arange(LENGTH), frequencies)
    cosine, sine = torch.cos(angles), torch.sin(angles)
    hidden = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.05},
            {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
        ],
        lr=2e-3, betas=(0.9, 0.98), eps=1e-8, fused=fused,
    )
    tokens = torch.randint(0, VOCABULARY, (SEQUENCES, LENGTH + 1))
    inputs, targets = tokens[:, :-1], tokens[:, 1:].reshape(-1)
    weights = torch.ones(SEQUENCES * LENGTH)
    weights /= weights.sum()

    def rotate(x):
        a, b = x[..., : head // 2], x[..., head // 2 :]
        return torch.cat((a * cosine - b * sine, b * cosine + a * sine), dim=-1)

    def attend(q, k, v):
        if attention == "sdpa":
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(head) + hidden, dim=-1) @ v

    def step():
        x = F.embedding(inputs, embedding)
        for block in blocks:
            qkv = F.linear(F.rms_norm(x, (WIDTH,), block["norm1"], 1e-5), block["qkv"])
            q, k, v = (
                part.view(SEQUENCES, LENGTH, HEADS, head).transpose(1, 2) for part in qkv.chunk(3, dim=-1)
            )
            mixed = attend(rotate(q), rotate(k), v).transpose(1, 2).reshape(SEQUENCES, LENGTH, WIDTH)
            x = x + F.linear(mixed, block["out"])
            gate, up = F.linear(F.rms_norm(x, (WIDTH,), block["norm2"], 1e-5), block["gate_up"]).chunk(2, dim=-1)
            x = x + F.linear(F.silu(gate) * up, block["down"])
        logits = F.linear(F.rms_norm(x, (WIDTH,), final_norm, 1e-5), embedding).view(-1, VOCABULARY)
        loss = (F.cross_entropy(logits, targets, reduction="none") * weights).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return float(loss.detach())

    return step


def seconds_of(step, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return times


def fastest_torch(threads, log):
    """Tries PyTorch's ways of doing this, and keeps the fastest."""
    best = None
    for attention in ("sdpa", "eager"):
        for fused in (True, False):
            step = build_torch(threads, attention, fused)
            seconds_of(step, 2)
            seconds = min(seconds_of(step, 3))
            log(f"trial: PyTorch with {attention} attention, fused AdamW {fused}: {SEQUENCES * LENGTH / seconds:,.0f} tokens/s")
            if best is None or seconds < best[0]:
                best = (seconds, step, f"{attention} attention, {'fused' if fused else 'plain'} AdamW")
    return best[1], best[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--executable", default=str(HERE.parent / ".build/release/bench-training"))
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)

    import torch

    def ours():
        output = subprocess.run(
            [arguments.executable, "--threads", str(arguments.threads), "--steps", str(arguments.steps)],
            check=True, capture_output=True, text=True,
        ).stdout
        return json.loads(output)

    step, how = fastest_torch(arguments.threads, lambda line: print(line, flush=True))
    tokens = SEQUENCES * LENGTH
    rounds = []
    for _ in range(arguments.rounds):
        mine = statistics.median(ours())
        seconds_of(step, 1)
        theirs = statistics.median(seconds_of(step, arguments.steps))
        rounds.append((tokens / mine, tokens / theirs))
    ratios = [mine / theirs for mine, theirs in rounds]

    print(f"\nPyTorch {torch.__version__} ({how}), {arguments.threads} threads, {tokens} tokens a step, "
          f"{len(rounds)} rounds of {arguments.steps} steps in turn.\n")
    print("| tokens per second | median | lowest | highest |")
    print("|---|---|---|---|")
    for name, values in (("Palimpsest", [r[0] for r in rounds]), ("PyTorch", [r[1] for r in rounds])):
        print(f"| {name} | {statistics.median(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    print(f"| **ratio within a round** | **{statistics.median(ratios):.2f}** | {min(ratios):.2f} | {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
