"""Many processes record into one repository at once, and nothing is lost.

    python3 Benchmarks/ledger/many.py [--rounds 50] [--writers 8] [--beside] [--program .build/release/palimpsest]

In each round every writer runs a document of its own, all at the same moment, each run with a seed that no other has.
Then every run must be one commit, on a linear history, that holds what its own seed gives and touches no other
experiment, and no lock may be left. With --beside, `git gc` and `git commit` on another branch run all the while.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

from kill import DOCUMENT, ROOT, git, prepare


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--program", default=str(ROOT / ".build/release/palimpsest"))
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    counts = {"gc": 0, "commit": 0}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        prepare(folder, program)
        (folder / "experiments/small.md").unlink()
        done = threading.Event()

        def beside(name, command):
            while not done.is_set():
                subprocess.run(command, cwd=folder, check=name == "commit", capture_output=True)
                counts[name] += 1
                time.sleep(0.05)

        threads = [
            threading.Thread(target=beside, args=("gc", ["git", "gc", "-q"])),
            threading.Thread(target=beside, args=("commit", ["git", "commit", "-q", "--allow-empty", "-m", "beside"])),
        ]
        if options.beside:
            for thread in threads:
                thread.start()
        start = time.monotonic()
        for round in range(options.rounds):
            for writer in range(options.writers):
                seed = round * options.writers + writer + 1
                (folder / f"experiments/w{writer}.md").write_text(DOCUMENT.format(seed=seed))
            processes = [
                subprocess.Popen(
                    [program, "run", f"experiments/w{writer}.md", "--no-site", "--threads", "1"], cwd=folder,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for writer in range(options.writers)
            ]
            for process in processes:
                output, errors = process.communicate()
                assert process.returncode == 0, errors
        seconds = time.monotonic() - start
        done.set()
        if options.beside:
            for thread in threads:
                thread.join()
        total = options.rounds * options.writers
        lines = git(folder, "log", "--format=%H %P", "results").split("\n")
        assert len(lines) == total, f"{len(lines)} of {total} records"
        assert all(len(line.split()) == 2 for line in lines[:-1]) and len(lines[-1].split()) == 1, "history is not linear"
        seeds = []
        for line in lines:
            commit = line.split()[0]
            touched = {
                path.split("/")[0]
                for path in git(folder, "diff-tree", "-r", "--root", "--name-only", "--no-commit-id", commit).split("\n")
                if not path.startswith(".")
            }
            assert len(touched) == 1, f"{commit} touches {touched}"
            name = touched.pop()
            assert git(folder, "log", "-1", "--format=%s", commit).startswith(f"{name}: "), f"{commit} is misattributed"
            seed = json.loads(git(folder, "show", f"{commit}:{name}/inputs.json"))["seed"]
            assert (seed - 1) % options.writers == int(name[1:]), f"{commit} of {name} holds the seed {seed}"
            seeds.append(seed)
        assert sorted(seeds) == list(range(1, total + 1)), "a record is missing, or there twice"
        # git commit lets git pack in the background, which may still go on.
        for _ in range(60):
            locks = list((folder / ".git").rglob("*.lock"))
            if not locks:
                break
            time.sleep(0.5)
        assert not locks, f"left behind: {locks}"
        fsck = subprocess.run(["git", "fsck", "--strict", "--full"], cwd=folder, capture_output=True, text=True)
        assert fsck.returncode == 0, fsck.stderr
    besides = f", beside {counts['gc']} git gc and {counts['commit']} git commit" if options.beside else ""
    print(
        f"{options.writers} processes at once, {options.rounds} rounds{besides}: {total} of {total} records, none "
        f"misattributed, one line of history, no lock left, in {seconds:.0f} s")


if __name__ == "__main__":
    main()
