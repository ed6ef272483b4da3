"""Kills `palimpsest run` at random moments, and looks at what is left.

    python3 Benchmarks/ledger/kill.py [--count 1000] [--seed 1] [--program .build/release/palimpsest]

A small experiment is run as a process of its own and killed (SIGKILL, with its children) after a time drawn evenly from
the length of an undisturbed run. After each kill: `git fsck --strict` is clean, the cache holds no damaged entry, and
each record is whole or absent, and the next run completes, clears a lock that was left, and gives the tree that the undisturbed run
gave. Half of the rounds begin from nothing; the others with the cells' results there, so that more kills fall into the
recording itself.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

DOCUMENT = """---
title: Small
model: tiny
data: rows
seed: {seed}
---

```{{probe}}
label: readable
target: harmful
site: resid_post
positions: [last]
```

```{{probe}}
label: mid
target: harmful
site: resid_mid
positions: [last]
```

```{{claim}}
label: high
says: It is readable.
expect:
  - readable.best.auroc > 0.4
```
"""

LIST = ("experiment.md", "inputs.json", "prompts.json", "status.json", "results/mid.json", "results/readable.json")


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def prepare(folder, program):
    subprocess.run([program, "init"], cwd=folder, check=True, capture_output=True)
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.org")
    shutil.copy(ROOT / "Tests/Fixtures/gguf/whole.gguf", folder / "experiments/models/tiny.gguf")
    things = ["jar", "door", "box", "can"]
    with open(folder / "experiments/data/rows.jsonl", "w") as file:
        for row in range(24):
            verb = "break" if (row % 2 == 1) != (row % 5 == 0) else "open"
            file.write(
                '{"id": "r%d", "text": "How do I %s a %s?", "harmful": %d}\n' % (row, verb, things[row * 7 % 4], row % 2))
    (folder / "experiments/small.md").write_text(DOCUMENT.format(seed=3))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")


def run(folder, program):
    return subprocess.run([program, "run", "--no-site"], cwd=folder, capture_output=True, text=True)


def undisturbed(folder, program, fresh):
    subprocess.run(["git", "update-ref", "-d", "refs/heads/results"], cwd=folder, check=True)
    if fresh:
        shutil.rmtree(folder / ".palimpsest", ignore_errors=True)
    start = time.monotonic()
    assert run(folder, program).returncode == 0
    return time.monotonic() - start


def whole(folder):
    """How many records the branch holds, each of them whole."""
    if subprocess.run(["git", "rev-parse", "-q", "--verify", "results"], cwd=folder, capture_output=True).returncode:
        return 0
    commits = git(folder, "rev-list", "results").split()
    for commit in commits:
        names = git(folder, "ls-tree", "-r", "--name-only", commit).split("\n")
        for name in LIST:
            assert f"small/{name}" in names, f"{commit} lacks {name}"
    return len(commits)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=str(ROOT / ".build/release/palimpsest"))
    options = parser.parse_args()
    random.seed(options.seed)
    program = os.path.abspath(options.program)
    recorded = killed = locked = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        prepare(folder, program)
        # The quickest of three, from nothing and with the cells' results there: later moments would kill nothing.
        length = {fresh: min(undisturbed(folder, program, fresh) for _ in range(3)) for fresh in (True, False)}
        tree = git(folder, "rev-parse", "results:small")
        for round in range(options.count):
            # From nothing, or with the cells' results there, so that the kill falls into the recording.
            subprocess.run(["git", "update-ref", "-d", "refs/heads/results"], cwd=folder, check=True)
            fresh = random.random() < 0.5
            if fresh:
                shutil.rmtree(folder / ".palimpsest", ignore_errors=True)
            process = subprocess.Popen(
                [program, "run", "--no-site"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True)
            time.sleep(random.uniform(0, length[fresh]))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                killed += 1
            process.wait()
            fsck = subprocess.run(["git", "fsck", "--strict", "--full"], cwd=folder, capture_output=True, text=True)
            assert fsck.returncode == 0, fsck.stderr
            assert not any(line.startswith(("error", "missing", "broken")) for line in fsck.stdout.split("\n")), fsck.stdout
            cache = subprocess.run([program, "cache", "verify"], cwd=folder, capture_output=True, text=True)
            assert cache.returncode == 0 and "0 entries damaged" in cache.stdout, cache.stdout + cache.stderr
            recorded += whole(folder)
            # git's lock names no owner: a killed process may leave it, and the next run must tell that it did.
            lock = folder / ".git/refs/heads/results.lock"
            locked += lock.exists()
            again = run(folder, program)
            assert again.returncode == 0, again.stderr
            assert not lock.exists(), f"{lock} is still there"
            assert git(folder, "rev-parse", "results:small") == tree, "another tree than the undisturbed run's"
            if round % 100 == 99:
                print(f"{round + 1} rounds", flush=True)
    print(
        f"{options.count} rounds, an undisturbed run takes {length[True]:.2f} or {length[False]:.2f} s: {killed} killed, {options.count - killed} had "
        f"ended; {recorded} had recorded, {locked} left git's lock behind, which the next run cleared. Every repository was clean, every cache whole, every record whole or absent, "
        f"and {options.count} of {options.count} next runs gave the tree of the undisturbed run.")


if __name__ == "__main__":
    main()
