"""A participant of a comparison: a process that does one piece of work at a time, and says how long it took."""

import json
import os
import subprocess
import tempfile
import time

# Processor seconds a second of anybody else, from which on a measurement counts as disturbed.
DISTURBED = 0.10
TRIES = 4
TICKS = os.sysconf("SC_CLK_TCK")


class Participant:
    def __init__(self, name, command, threads, note=""):
        self.name, self.note = name, note
        self.errors = tempfile.TemporaryFile("w+")
        settings = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1",
                    "TOKENIZERS_PARALLELISM": "false", "SWIFT_BACKTRACE": "enable=no"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env=os.environ | settings)
        self.version = self.read()["ready"]
        self.seconds, self.peak_kib, self.digest, self.disturbed = [], 0, None, 0

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError(f"{self.name} has stopped:\n{self.errors.read()[-3000:]}")
        return json.loads(line)

    def ask(self, work):
        self.process.stdin.write(json.dumps(work) + "\n")
        self.process.stdin.flush()
        return self.read()

    def measure(self, work, patience):
        """Does the work once; again, if anybody else was using the processors meanwhile and there is patience left."""
        for _ in range(TRIES if patience else 1):
            wait_for_quiet(patience)
            others = Others(self.process.pid)
            answer = self.ask(work)
            if others.share() < DISTURBED:
                break
        else:
            self.disturbed += 1
        self.seconds.append(answer["seconds"])
        self.peak_kib, self.digest = max(self.peak_kib, answer["peak_kib"]), answer["digest"]
        return answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Others:
    """What everybody but one process, and this one, uses of the processors from now on."""

    def __init__(self, process=None):
        self.processes = [process, os.getpid()] if process else [os.getpid()]
        self.begin, self.used = time.monotonic(), self.count()

    def count(self):
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
        ticks = user + nice + system + irq + soft + steal
        for process in self.processes:
            with open(f"/proc/{process}/stat") as file:
                ticks -= sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
        return ticks / TICKS

    def share(self):
        """Processors that they kept busy, on average."""
        return (self.count() - self.used) / (time.monotonic() - self.begin)


def wait_for_quiet(patience):
    """Waits until nobody else uses the processors, for that many seconds at most."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        others = Others()
        time.sleep(1)
        if others.share() < DISTURBED:
            return
        time.sleep(5)
