"""One line of JSON in, a piece of work; one line out, how long it took: python3 server.py PEER WAY CHECKPOINT TYPE THREADS.

PEER is a module beside this one; its `load(way, checkpoint, dtype, threads)` gives a version and a peer, whose methods
are the works. Each gives numbers that tell whether it did the same as the others.
"""

import importlib
import json
import os
import sys
import time


def peak_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    name, way, checkpoint, dtype, threads = sys.argv[1:]
    # What a library prints goes with the errors; the answers have the output to themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    version, peer = importlib.import_module(name).load(way, checkpoint, dtype, int(threads))
    print(json.dumps({"ready": version}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        work = getattr(peer, request.pop("work"))
        begin = time.perf_counter()
        digest = work(**request)
        seconds = time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, "peak_kib": peak_kib(), "digest": digest}), file=answers)


if __name__ == "__main__":
    main()
