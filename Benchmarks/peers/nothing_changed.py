"""Times `palimpsest run` where nothing has changed since the last run, over 20 documents, and writes it to RESULTS.md,
or to results/peers-avx2.md.

    python3 nothing_changed.py [--rounds 5] [--out FILE]

A repository of its own is made: 20 copies of a document of experiments/, each with a title and labels of its own. The
first run computes; what is timed is the whole process of each later one: reading, planning, finding every result, and
rendering the report.
"""

import argparse
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import time

import report
from participant import Others, wait_for_quiet

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "experiments/claim-a-harmfulness-feature.md"
COPIES = 20


def copy(text, number):
    """The document under another title, with other labels."""
    for label in re.findall(r"^label: (\S+)", text, re.MULTILINE):
        text = re.sub(rf"(?<![\w-]){label}(?=\.|$)|(?<=@fig-){label}|(?<=@tbl-){label}|(?<=@claim-){label}",
                      f"{label}{number}", text, flags=re.MULTILINE)
    return re.sub(r"^title: (.*)$", rf"title: \1 ({number})", text, count=1, flags=re.MULTILINE)


def make(folder):
    shutil.copytree(ROOT / "experiments/data", folder / "experiments/data")
    shutil.copytree(ROOT / "experiments/models", folder / "experiments/models")
    text = DOCUMENT.read_text()
    for number in range(1, COPIES + 1):
        (folder / f"experiments/{DOCUMENT.stem}-{number}.md").write_text(copy(text, number))
    git = ["git", "-C", folder, "-c", "user.name=Benchmark", "-c", "user.email=benchmark@localhost"]
    subprocess.run(git + ["init", "-q"], check=True)
    subprocess.run(git + ["add", "."], check=True)
    subprocess.run(git + ["commit", "-q", "-m", "Twenty documents"], check=True)


def run(tool, folder):
    """Seconds of a run, and how many processors others kept busy meanwhile."""
    others, children = Others(), resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run([tool, "run"], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return seconds, own, max(0, others.share() - own / seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait for a quiet machine")
    parser.add_argument("--out", type=pathlib.Path, default=report.results_file(),
                        help="RESULTS.md, or of a machine without AVX-512 results/peers-avx2.md")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / ".build/release/palimpsest")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder)
        first = run(arguments.tool.resolve(), folder)[0]
        rounds = []
        load = os.getloadavg()
        for _ in range(arguments.rounds):
            wait_for_quiet(arguments.patience)
            rounds.append(run(arguments.tool.resolve(), folder))
    section = "\n".join([
        f"## Nothing changed: `palimpsest run` again over {COPIES} documents", "",
        f"Copies of `experiments/{DOCUMENT.name}`, each with labels of its own. The first run took {first:.0f} s. "
        "The whole process is timed.", "",
        report.circumstances(load), "",
        "| wall seconds, median (range) | processor seconds | others meanwhile, processors | rounds |",
        "|---:|---:|---:|---:|",
        f"| {report.span([r[0] for r in rounds], 3)} | {report.span([r[1] for r in rounds], 3)} | "
        f"{report.span([r[2] for r in rounds], 2)} | {len(rounds)} |", ""])
    report.insert(arguments.out, section)
    print(section)


if __name__ == "__main__":
    main()
