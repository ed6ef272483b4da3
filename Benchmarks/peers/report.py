"""The results as Markdown: a section for each comparison, under a heading of its own."""

import datetime
import os
import pathlib
import platform
import re
import statistics

HEADING = """# Beside the peers

Written by `make -C Benchmarks peers`; `peers/README.md` says how it is measured.
"""
BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent


def processor():
    """Its model, and the widest instructions it has."""
    with open("/proc/cpuinfo") as file:
        text = file.read()
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)[1].strip()
    sets = [name for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if re.search(rf"\b{flag}\b", text)]
    return model, sets[0] if sets else "no AVX2"


def results_file():
    """Machines without AVX-512 have a file of their own: they are slower by half."""
    return BENCHMARKS / ("RESULTS.md" if processor()[1] == "AVX-512" else "results/peers-avx2.md")


def machine():
    model, widest = processor()
    return f"{os.cpu_count()} cores of {model} ({widest}), {platform.system()} {platform.release()}"


def circumstances(load):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (f"{now:%Y-%m-%d %H:%M} UTC, {machine()}. "
            f"Load average before: {load[0]:.2f}, {load[1]:.2f}, {load[2]:.2f}.")


def span(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def disagreement(ours, theirs):
    """How far two digests lie apart: the largest difference, in parts of what the values range over."""
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    return max(abs(a - b) for a, b in zip(ours, theirs)) / (max(ours) - min(ours))


def equal_share(ours, theirs):
    return sum(a == b for a, b in zip(ours, theirs)) / len(ours)


def row(participant, ours, work):
    rounds = f"{len(participant.seconds)}" + (f", {participant.disturbed} disturbed" if participant.disturbed else "")
    cells = [participant.name, span(participant.seconds, 2), rounds, f"{participant.peak_kib * 1024 / 1e9:.2f} GB"]
    if participant is ours:
        return cells + ["1", ""]
    ratios = [theirs / mine for theirs, mine in zip(participant.seconds, ours.seconds)]
    cells.append(span(ratios, 2))
    if work == "decode":
        cells.append(f"{equal_share(ours.digest, participant.digest):.0%} of tokens equal")
    else:
        cells.append(f"{disagreement(ours.digest, participant.digest):.0e}")
    return cells


def section(comparison, participants, threads, load):
    ours = participants[0]
    versions = "; ".join(dict.fromkeys(p.version for p in participants))
    lines = [
        f"## {comparison.title}", "", comparison.what, "",
        f"{circumstances(load)} {threads} threads each. {versions}.", "",
        "| | seconds, median (range) | rounds | peak resident | times ours, median (range) | differs from ours by |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += ["| " + " | ".join(row(p, ours, comparison.work["work"])) + " |" for p in participants]
    return "\n".join(lines) + "\n"


def insert(file, section):
    """Puts a section in the place of the one with its heading, or at the end; the others stay as they are."""
    text = file.read_text() if file.exists() else HEADING
    parts = re.split(r"\n(?=## )", text)
    heading = section.splitlines()[0]
    for i, part in enumerate(parts):
        if part.splitlines()[0] == heading:
            parts[i] = section
            break
    else:
        parts.append(section)
    file.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts))
