"""Measures Palimpsest and its peers on the same work, in turns, and writes the tables to RESULTS.md, or to results/peers-avx2.md.

    python3 compare.py [--only NAME ...] [--beside PEER ...] [--layers N] [--rounds 5] [--threads 2] [--patience 300] [--out FILE] [--list]

Each participant is a process that loads its model and does a trial before anything is measured; then every round asks
each for the work once, one at a time. A ratio is taken within a round. A measurement during which anybody else used the
processors is made again. The peers' numbers must agree with ours, or the comparison stops.
"""

import argparse
import dataclasses
import os
import pathlib
import subprocess
import sys

import report
from comparisons import COMPARISONS
from participant import Participant

HERE = pathlib.Path(__file__).resolve().parent
CHECKPOINTS = HERE.parent / ".checkpoints"
ENGINE = HERE.parent / ".build/release/bench-engine"
# A participant that takes longer than this runs in the first rounds alone.
LONG, LONG_ROUNDS = 120, 3


def checkpoint(shape, dtype, form):
    directory = CHECKPOINTS / f"{shape}-{dtype}"
    if not (directory / "model.safetensors.index.json").exists():
        maker = HERE.parent / "memory/make_checkpoint.py"
        subprocess.run([sys.executable, maker, shape, directory, dtype], check=True)
    if form == "directory":
        return str(directory)
    file = directory.with_suffix(directory.suffix + ".gguf")
    if not file.exists():
        subprocess.run([sys.executable, HERE / "write_gguf.py", directory, file], check=True)
    return str(file)


def start(comparison, entry, threads):
    model = checkpoint(*comparison.checkpoint, entry.form)
    if entry.module:
        command = [sys.executable, HERE / "servers/server.py", entry.module, entry.way, model, entry.dtype, threads]
    else:
        command = [ENGINE, model, threads]
    participant = Participant(entry.name, list(map(str, command)), threads)
    participant.work = comparison.work | entry.work
    participant.ask(participant.work | comparison.trial)
    return participant


def measure(comparison, rounds, threads, patience):
    participants = []
    for entry in comparison.entries:
        print(f"{comparison.name}: {entry.name} loads", file=sys.stderr, flush=True)
        try:
            participants.append(start(comparison, entry, threads))
        except RuntimeError as error:
            print(f"left out: {error}", file=sys.stderr)
            if not entry.module:
                raise
    load = os.getloadavg()
    for number in range(rounds):
        # Each begins a round in its turn.
        first = number % len(participants)
        for participant in participants[first:] + participants[:first]:
            if number >= LONG_ROUNDS and max(participant.seconds) > LONG:
                continue
            seconds = participant.measure(participant.work, patience)
            print(f"{comparison.name} {number + 1}: {participant.name}: {seconds:.2f} s", file=sys.stderr, flush=True)
        check(comparison, participants)
    for participant in participants:
        participant.close()
    return report.section(comparison, participants, threads, load)


def check(comparison, participants):
    ours = participants[0]
    for peer in participants[1:]:
        if comparison.tolerance is None:
            continue
        apart = report.disagreement(ours.digest, peer.digest)
        if apart > comparison.tolerance:
            sys.exit(f"{comparison.name}: {peer.name} gives other numbers: {apart:.1e} of their range apart, "
                     f"{comparison.tolerance:.0e} allowed.\nours: {ours.digest[:8]}\ntheirs: {peer.digest[:8]}")


def first_layers(comparison, layers):
    """A sweep over its first layers, where a cell leaves us the most to compute: so our worst. Tried on two tokens."""
    if comparison.work["work"] != "sweep":
        sys.exit(f"{comparison.name} has no layers to choose from; --layers is for sweeps")
    work = comparison.work | {"layers": layers}
    return dataclasses.replace(
        comparison, title=f"{comparison.title}, the first {f'{layers} layers' if layers > 1 else 'layer'} alone",
        what=f"{comparison.what} Of the layers only the first{f' {layers}' if layers > 1 else ''}: all {comparison.work['layers']} "
        "take the peer too long here.", work=work,
        trial=work | {"layers": 1, "base": work["base"][:2], "source": work["source"][:2]})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these comparisons, by their names")
    parser.add_argument("--beside", nargs="+", default=[], metavar="PEER",
                        help="these peers alone, by module or way: lens, sight, hf, llama, hooks, batched, suffix")
    parser.add_argument("--layers", type=int, metavar="N",
                        help="of a sweep the first N layers alone, where a peer is too slow for all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--patience", type=float, default=300,
                        help="seconds to wait for a quiet machine before each measurement; 0 measures anyway")
    parser.add_argument("--out", type=pathlib.Path, default=report.results_file(),
                        help="RESULTS.md, or of a machine without AVX-512 results/peers-avx2.md")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    arguments = parser.parse_args()
    if arguments.list:
        return print("\n".join(comparison.name for comparison in COMPARISONS))
    unknown = set(arguments.only) - {comparison.name for comparison in COMPARISONS}
    if unknown:
        sys.exit(f"no such comparison: {', '.join(sorted(unknown))}; --list names them")
    for comparison in COMPARISONS:
        if not arguments.only or comparison.name in arguments.only:
            if arguments.beside:
                beside = [e for e in comparison.entries if not e.module or {e.module, e.way} & set(arguments.beside)]
                comparison = dataclasses.replace(comparison, entries=beside)
            if arguments.layers:
                comparison = first_layers(comparison, arguments.layers)
            section = measure(comparison, arguments.rounds, arguments.threads, arguments.patience)
            report.insert(arguments.out, section)
            print(section, flush=True)


if __name__ == "__main__":
    main()
