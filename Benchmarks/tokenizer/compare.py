"""Encodes the same documents with Palimpsest and with Hugging Face's tokenizers, in turns on one thread, and prints both
as Markdown.

    swift build -c release --package-path Benchmarks --product bench-tokenizer
    python3 Benchmarks/tokenizer/compare.py DIRECTORY...

Each DIRECTORY holds a tokenizer.json. The documents are this repository's own prose, repeated and shuffled. Each round
times a few passes of the one, then of the other; the ratio is taken within a round, so that a machine that slows down
slows both. Both must give the same ids, or the script stops.
"""

import argparse
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def paragraphs():
    """Prose of this repository: paragraphs of its Markdown, and the comments of its sources."""
    found = []
    for path in sorted(ROOT.rglob("*.md")):
        if ".build" not in path.parts:
            found += path.read_text(errors="ignore").split("\n\n")
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        text = path.read_text(errors="ignore")
        found += [re.sub(r"\n *///? ?", "\n", block) for block in re.findall(r"(?:^ *///? .*\n)+", text, re.MULTILINE)]
    return [text.strip(" /") for text in found if len(text) > 60]


def documents(megabytes):
    """Documents of a few kilobytes, until there are enough."""
    generator = random.Random(17)
    source = paragraphs()
    made, size = [], 0
    while size < megabytes * 1e6:
        text = "\n\n".join(generator.choice(source) for _ in range(generator.randrange(2, 12)))
        made.append(text)
        size += len(text.encode())
    return made, size


def digest(encoded):
    value = 0
    for ids in encoded:
        for token in ids:
            value = (value * 1_000_003 + token + 1) % 2_147_483_647
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=pathlib.Path)
    parser.add_argument("--megabytes", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--executable", default=str(HERE.parent / ".build/release/bench-tokenizer"))
    arguments = parser.parse_args()

    import tokenizers

    texts, size = documents(arguments.megabytes)
    print(f"Hugging Face tokenizers {tokenizers.__version__} on one thread; {len(texts)} documents of prose, "
          f"{size / 1e6:.1f} MB; {arguments.rounds} rounds of {arguments.passes} passes in turn.\n")
    print("| vocabulary | Palimpsest MB/s (range) | tokenizers MB/s (range) | ratio (range) |")
    print("|---|---:|---:|---:|")
    with tempfile.NamedTemporaryFile("wb", suffix=".txt") as file:
        file.write("\x1e".join(texts).encode())
        file.flush()
        for directory in arguments.directories:
            print(row(tokenizers, arguments, directory, file.name, texts, size), flush=True)


def row(tokenizers, arguments, directory, path, texts, size):
    theirs = tokenizers.Tokenizer.from_file(str(directory / "tokenizer.json"))
    ways = [theirs.encode_batch, getattr(theirs, "encode_batch_fast", theirs.encode_batch)]

    def seconds_of(encode):
        start = time.perf_counter()
        encoded = encode(texts, add_special_tokens=False)
        return time.perf_counter() - start, encoded

    for way in ways:
        seconds_of(way)
    # The faster of its two ways: one of them notes no offsets.
    encode = min(ways, key=lambda way: min(seconds_of(way)[0] for _ in range(2)))
    expected = digest([e.ids for e in seconds_of(encode)[1]])
    rounds = []
    for _ in range(arguments.rounds):
        output = subprocess.run(
            [arguments.executable, str(directory), path, "--passes", str(arguments.passes)],
            check=True, capture_output=True, text=True).stdout
        mine = json.loads(output)
        if mine["digest"] != expected:
            raise SystemExit(f"{directory}: the ids differ")
        other = statistics.median(seconds_of(encode)[0] for _ in range(arguments.passes))
        rounds.append((size / 1e6 / statistics.median(mine["seconds"]), size / 1e6 / other))

    def shown(values, digits):
        return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"

    return (f"| {directory.name} | {shown([r[0] for r in rounds], 1)} | {shown([r[1] for r in rounds], 1)} "
            f"| {shown([a / b for a, b in rounds], 2)} |")


if __name__ == "__main__":
    main()
