"""A history of 10,000 records, beside DVC and DataLad on the same records.

    python3 Benchmarks/ledger/history.py [--records 10000] [--rounds 5] [--patience 300] [--only palimpsest]

One small experiment is run once; its record is then the pattern of `--records` commits of 100 experiments, each with
values of its own, written with `git fast-import`. DVC gets the same values as `metrics/*.json` with a stage, its lock and
parameters for each experiment; DataLad the same files, each commit with a run record in its message, as
`datalad run` writes it. Every program is asked the same things: the whole history, what differs between two records, and
one more record. Each is timed as a whole process, in turns. What takes longer than `--patience` seconds is stopped, and
told as such.
"""
import argparse
import itertools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from kill import DOCUMENT, ROOT, git, prepare, run

HERE = pathlib.Path(__file__).resolve().parent
EXPERIMENTS = 100


def tool(name):
    """A program of the virtual environment beside."""
    path = HERE / ".venv/bin" / name
    return str(path) if path.exists() else None


class History:
    """Commits as git fast-import reads them, on top of a branch or on a new one."""

    def __init__(self, folder, branch):
        found = subprocess.run(["git", "rev-parse", "-q", "--verify", branch], cwd=folder, capture_output=True, text=True)
        self.folder, self.branch, self.start = folder, branch, found.stdout.strip()
        self.process = subprocess.Popen(
            ["git", "fast-import", "--quiet", "--force"], cwd=folder, stdin=subprocess.PIPE)
        self.time = 1_700_000_000

    def commit(self, files, message):
        self.time += 60
        text = message.encode()
        write = self.process.stdin.write
        write(b"commit refs/heads/%s\n" % self.branch.encode())
        write(b"committer A <a@example.org> %d +0000\ndata %d\n%s\n" % (self.time, len(text), text))
        if self.start:
            write(b"from %s\n" % self.start.encode())
            self.start = ""
        for path, data in files.items():
            write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
        subprocess.run(["git", "gc", "-q"], cwd=self.folder, check=True)


def value(number):
    """The values of a record: a function of its number."""
    return round(0.5 + (number * 7919 % 9973) / 20000, 6)


def palimpsest(folder, program, records):
    prepare(folder, program)
    assert run(folder, program).returncode == 0
    names = git(folder, "ls-tree", "-r", "--name-only", "results").split("\n")
    show = lambda name: subprocess.run(["git", "show", f"results:{name}"], cwd=folder, check=True, capture_output=True).stdout
    pattern = {name.split("/", 1)[1]: show(name) for name in names if name.startswith("small/")}
    subprocess.run(["git", "update-ref", "-d", "refs/heads/results"], cwd=folder, check=True)
    head = git(folder, "rev-parse", "HEAD")
    history = History(folder, "results")
    for number in range(records):
        name, now = f"e{number % EXPERIMENTS}", value(number)
        files = dict(pattern)
        cell = json.loads(pattern["results/readable.json"])
        cell["results"]["values"]["best"]["auroc"]["value"] = now
        files["results/readable.json"] = (json.dumps(cell, indent=2, sort_keys=True, separators=(",", " : ")) + "\n").encode()
        was = f" (was {value(number - EXPERIMENTS)} [0.444, 1])" if number >= EXPERIMENTS else ""
        history.commit(
            {f"{name}/{path}": data for path, data in files.items()},
            f"{name}: supported, readable.best.auroc {now} [0.444, 1]{was}\n\nsupported: high: It is readable.\n"
            f"readable.best.auroc = {now} [0.444, 1]{was}\nreadable.best.layer = 1\n\nSource-Commit: {head}\n"
            "Source-Dirty: no\nSeconds: 0.2\nHost: here\nClaim: high registered before; worded in source "
            f"{head[:10]}, first result in this commit\n")
    history.close()
    return folder


def stage(name):
    return f"  {name}:\n    cmd: cp params/{name}.json metrics/{name}.json\n    deps: [params/{name}.json]\n    metrics:\n      - metrics/{name}.json:\n          cache: false\n"


def dvc(folder, program, records):
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.org")
    subprocess.run([program, "init", "-q"], cwd=folder, check=True)
    subprocess.run([program, "config", "core.analytics", "false"], cwd=folder, check=True)
    (folder / "dvc.yaml").write_text("stages:\n" + "".join(stage(f"e{n}") for n in range(EXPERIMENTS)))
    for part in ["params", "metrics"]:
        (folder / part).mkdir()
        for n in range(EXPERIMENTS):
            (folder / part / f"e{n}.json").write_text(json.dumps({"auroc": value(n)}) + "\n")
    subprocess.run([program, "commit", "-f", "-q"], cwd=folder, check=True)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")
    lock = (folder / "dvc.lock").read_text()
    history = History(folder, "main")
    import hashlib
    digest = lambda text: hashlib.md5(text).hexdigest()
    now = {n: json.dumps({"auroc": value(n)}).encode() + b"\n" for n in range(EXPERIMENTS)}
    for number in range(EXPERIMENTS, records):
        n = number % EXPERIMENTS
        data = json.dumps({"auroc": value(number)}).encode() + b"\n"
        lock = lock.replace(digest(now[n]), digest(data))
        now[n] = data
        history.commit(
            {f"params/e{n}.json": data, f"metrics/e{n}.json": data, "dvc.lock": lock.encode()}, f"e{n}: {value(number)}\n")
    history.close()
    git(folder, "reset", "-q", "--hard", "main")
    return folder


def datalad(folder, program, records, pattern):
    subprocess.run([program, "-l", "error", "create", "--force", "."], cwd=folder, check=True, capture_output=True)
    subprocess.run([program, "-l", "error", "run-procedure", "cfg_text2git"], cwd=folder, capture_output=True)
    branch = git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    history = History(folder, branch)
    for number in range(records):
        name, now = f"e{number % EXPERIMENTS}", value(number)
        files = {f"{name}/{path}": data for path, data in pattern.items()}
        files[f"{name}/values.json"] = json.dumps({"auroc": now}).encode() + b"\n"
        record = {
            "chain": [], "cmd": f"echo {now} > {name}/values.json", "dsid": "0", "exit": 0, "extra_inputs": [], "inputs": [],
            "outputs": [], "pwd": ".",
        }
        history.commit(
            files, f"[DATALAD RUNCMD] {name}: {now}\n\n=== Do not change lines below ===\n"
            + json.dumps(record, indent=1, sort_keys=True) + "\n^^^ Do not change lines above ^^^\n")
    history.close()
    git(folder, "reset", "-q", "--hard", branch)
    return folder


def timed(command, folder, patience, environment=None, allowed=(0,)):
    start = time.monotonic()
    try:
        process = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=patience, env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        return None
    seconds = time.monotonic() - start
    assert process.returncode in allowed, process.stderr.decode()[-2000:]
    return seconds


def measure(rows, rounds, patience):
    """Each row's commands, in turns; one that was stopped is not tried again."""
    times = {key: [] for key in rows}
    stopped = set()
    for round in range(rounds):
        for key, action in rows.items():
            if key in stopped:
                continue
            seconds = action(round)
            if seconds is None:
                stopped.add(key)
            else:
                times[key].append(seconds)
    return times, stopped


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--patience", type=float, default=300)
    parser.add_argument("--only", choices=["palimpsest", "dvc", "datalad"])
    parser.add_argument("--program", default=str(ROOT / ".build/release/palimpsest"))
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    here = lambda name: options.only in (None, name)
    rows, patience = {}, options.patience
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        folders = {name: place / name for name in ["palimpsest", "dvc", "datalad"]}
        for folder in folders.values():
            folder.mkdir()
        ours = palimpsest(folders["palimpsest"], program, options.records)
        pairs = [(1 + round, 1 + round + 10 * EXPERIMENTS) for round in range(options.rounds)]

        seeds = itertools.count(4)

        def record(report):
            document = ours / "experiments/small.md"
            document.write_text(DOCUMENT.format(seed=next(seeds)))
            seconds = timed([program, "run"] + ([] if report else ["--no-site"]), ours, patience)
            work = float(git(ours, "log", "-1", "--format=%(trailers:key=Seconds,valueonly)", "results"))
            # What the run itself took is the work; the rest is what recording it costs.
            print(f"  new record: {seconds:.2f} s, of which the run {work} s", flush=True)
            return max(seconds - work, 0)

        if here("palimpsest"):
            rows["the whole history", "palimpsest log"] = lambda round: timed([program, "log"], ours, patience)
            rows["two records", "palimpsest diff"] = lambda round: timed(
                [program, "diff", f"results~{pairs[round][1]}..results~{pairs[round][0]}", f"e{round}"], ours, patience,
                allowed=(0, 1))
            rows["one more record", "palimpsest run --no-site, over the work"] = lambda round: record(False)
            # The first time every page is rendered; then those of which there is something new.
            print(f"  the whole report: {timed([program, 'site'], ours, 600):.1f} s", flush=True)
            rows["one more record, and the report", "palimpsest run, over the work"] = lambda round: record(True)
        if here("dvc") and tool("dvc"):
            other = dvc(folders["dvc"], tool("dvc"), options.records)
            rows["the whole history", "dvc exp show"] = lambda round: timed(
                [tool("dvc"), "exp", "show", "--json", "-n", str(options.records)], other, patience)
            rows["two records", "dvc metrics diff"] = lambda round: timed(
                [tool("dvc"), "metrics", "diff", f"HEAD~{pairs[round][1]}", f"HEAD~{pairs[round][0]}"], other, patience)
            rows["whether anything changed", "dvc status"] = lambda round: timed([tool("dvc"), "status", "-q"], other, patience)

            def stage_again(round):
                (other / "params/e0.json").write_text(json.dumps({"auroc": 0.1 + round}) + "\n")
                start = time.monotonic()
                if timed([tool("dvc"), "repro", "-q", "e0"], other, patience) is None:
                    return None
                git(other, "commit", "-q", "-a", "-m", "again")
                return time.monotonic() - start

            rows["one more record", "dvc repro and git commit"] = stage_again
        if here("palimpsest"):
            def unchanged(round):
                return timed([program, "run", "--no-site"], ours, patience)

            rows["whether anything changed", "palimpsest run"] = unchanged
        if here("datalad") and tool("datalad"):
            pattern = {"a.json": b"{}\n"}
            third = datalad(folders["datalad"], tool("datalad"), options.records, pattern)
            rows["the whole history", "datalad rerun --report"] = lambda round: timed(
                [tool("datalad"), "-l", "error", "rerun", "--since=", "--report"], third, patience)
            rows["two records", "datalad diff"] = lambda round: timed(
                [tool("datalad"), "-l", "error", "diff", "-f", f"HEAD~{pairs[round][1]}", "-t", f"HEAD~{pairs[round][0]}"],
                third, patience)
            rows["one more record", "datalad run"] = lambda round: timed(
                [tool("datalad"), "-l", "error", "run", "-m", "again", f"echo {round} > e0/values.json"], third, patience)
            rows["whether anything changed", "datalad status"] = lambda round: timed(
                [tool("datalad"), "-l", "error", "status"], third, patience)
        times, stopped = measure(rows, options.rounds, patience)
        packs = git(ours, "count-objects", "-v")
    print(f"\n{options.records} records of {EXPERIMENTS} experiments, {options.rounds} rounds in turns.\n")
    print("| | | seconds, median (range) | times ours, median (range) |\n|---|---|---:|---:|")
    for row in dict.fromkeys(key[0] for key in rows):
        mine = next((times[key] for key in rows if key[0] == row and key[1].startswith("palimpsest")), [])
        for key in [key for key in rows if key[0] == row]:
            if key in stopped:
                least = f"more than {patience / statistics.median(mine):.0f}" if mine else ""
                print(f"| {row} | `{key[1]}` | stopped after {patience:.0f} | {least} |")
                continue
            all_times = times[key]
            ratios = sorted(a / max(b, 0.01) for a, b in zip(all_times, mine))
            ratio = f"{statistics.median(ratios):.1f} ({ratios[0]:.1f}-{ratios[-1]:.1f})" if ratios else ""
            print(
                f"| {row} | `{key[1]}` | {statistics.median(all_times):.2f} ({min(all_times):.2f}-{max(all_times):.2f}) | "
                f"{ratio} |")
    print("\nOur repository: " + packs.replace("\n", ", ") + ".")


if __name__ == "__main__":
    main()
