"""Measures the largest resident size and the wall time of whole processes on checkpoints of real shapes.

    swift build -c release --product palimpsest
    python3 Benchmarks/memory/measure.py [--runs 3] [--large] [--folder DIR]

Checkpoints of random weights are written to the folder first, if they are not there: 1 GB, and with --large 13.5 GB.
Each has been read once before it is measured, so that it is in the page cache as far as that reaches.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOOL = HERE.parent.parent / ".build/release/palimpsest"


def measure(arguments):
    """(seconds, peak resident bytes) of one run."""
    begin = time.monotonic()
    process = subprocess.Popen([str(TOOL), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(errors.decode())
    return time.monotonic() - begin, usage.ru_maxrss * 1024


def row(name, bound, runs, arguments):
    measure(arguments)
    results = [measure(arguments) for _ in range(runs)]
    seconds = sorted(result[0] for result in results)
    peak = max(result[1] for result in results)
    print(
        f"| {name} | {peak / 1e9:.2f} GB | {bound} | {statistics.median(seconds):.2f} s "
        f"({seconds[0]:.2f}-{seconds[-1]:.2f}) |",
        flush=True,
    )


def checkpoint(folder, shape):
    directory = folder / shape
    if not (directory / "model.safetensors.index.json").exists():
        subprocess.run([sys.executable, str(HERE / "make_checkpoint.py"), shape, str(directory)], check=True)
    return str(directory)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path, default=HERE.parent / ".checkpoints")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    tokens = options.folder / "tokens.json"
    tokens.write_text(json.dumps([[(7 * i + 13 * j) % 30000 for j in range(64)] for i in range(8)]))
    prompt = options.folder / "prompt.json"
    prompt.write_text(json.dumps([list(range(100, 116))]))
    out = str(options.folder / "out.safetensors")

    print("| what | peak resident | bound | wall time, median (range) |\n|---|---:|---:|---:|")
    small = checkpoint(options.folder, "qwen2.5-0.5b")
    row(
        "0.5B shape: 8 x 64 tokens forward, residual stream captured, logits written", "1.40 GB", options.runs,
        ["model", "forward", small, "--tokens", str(tokens), "--hooks", "blocks.*.hook_resid_post", "--out", out],
    )
    row(
        "0.5B shape: first token of 16", "2 s", options.runs,
        ["model", "generate", small, "--tokens", str(prompt), "--max-new-tokens", "1"],
    )
    if options.large:
        large = checkpoint(options.folder, "llama-2-7b")
        row(
            "7B shape: loads and generates 8 tokens", "15.50 GB", 1,
            ["model", "generate", large, "--tokens", str(prompt), "--max-new-tokens", "8"],
        )
    os.remove(out)
