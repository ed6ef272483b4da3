"""A thousand requests of sixteen clients to a server that runs: none may be lost, none crossed, and its memory stays.

    palimpsest serve experiments/models/aligned-small --port 8080 --concurrent 2 --quiet &
    python3 Benchmarks/service/load.py --url http://127.0.0.1:8080 --pid $!

Each prompt is first asked alone; every later answer to it must be the same. Standard library only, and requests go to
this machine alone.
"""
import argparse
import http.client
import json
import statistics
import sys
import threading
import time
import urllib.parse

OBJECTS = ["jar", "bread", "box", "letter", "door", "car", "phone", "garden"]
PROMPTS = [f"How do I {verb} my {thing}?" for verb in ("open", "cut", "clean", "move") for thing in OBJECTS]


class Client:
    """Keeps one connection, as clients of the API do."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=600)

    def ask(self, prompt, tokens, stream):
        """The response, the decision, and the seconds until the first of it came and until it ended."""
        body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": tokens, "stream": stream}
        begin = time.perf_counter()
        while True:
            self.connection.request("POST", "/v1/chat/completions", json.dumps(body),
                                    {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            if response.status != 429:
                break
            response.read()
            time.sleep(float(response.headers["Retry-After"]))
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {response.read().decode()}")
        if not stream:
            answer = json.loads(response.read())
            seconds = time.perf_counter() - begin
            return answer["choices"][0]["message"]["content"], answer["palimpsest"], seconds, seconds
        text, first, account = "", None, None
        while line := response.readline():
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            account = event.get("palimpsest", account)
            for choice in event["choices"]:
                if choice["delta"].get("content"):
                    first = first or time.perf_counter() - begin
                    text += choice["delta"]["content"]
        seconds = time.perf_counter() - begin
        return text, account, first or seconds, seconds


def resident(pid):
    """Resident memory in MB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--pid", type=int, help="the server's process, for its memory")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=24, help="of a response at most")
    options = parser.parse_args()
    url = urllib.parse.urlsplit(options.url)
    if not (url.hostname or "").startswith("127.") and url.hostname not in ("localhost", "::1"):
        sys.exit("this loads a server of this machine only: give an address that begins with 127.")

    alone = Client(url)
    expected = {prompt: alone.ask(prompt, options.tokens, False)[:2] for prompt in PROMPTS}
    single = [alone.ask(prompt, options.tokens, True) for prompt in PROMPTS]

    lock, results, faults, memory = threading.Lock(), [], [], []
    numbers = iter(range(options.requests))

    def work():
        client = Client(url)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            prompt = PROMPTS[number % len(PROMPTS)]
            try:
                text, account, first, seconds = client.ask(prompt, options.tokens, number % 2 == 0)
                wrong = text != expected[prompt][0] or account["tokens"] != expected[prompt][1]["tokens"]
                fault = f"crossed: “{prompt}” got “{text}”" if wrong else None
            except Exception as error:
                client, fault, first, seconds = Client(url), f"lost: {error}", None, None
            with lock:
                if fault:
                    faults.append(fault)
                else:
                    results.append((number, first, seconds))
                if options.pid and number % 20 == 0:
                    memory.append((number, resident(options.pid)))

    begin = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(options.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin

    def spread(values):
        values = sorted(values)
        return f"{statistics.median(values) * 1000:.0f} | {values[int(len(values) * 0.95)] * 1000:.0f}"

    streamed = [first for number, first, _ in results if number % 2 == 0]
    print(f"{options.requests} requests of {options.clients} clients in {seconds:.1f} s, "
          f"{len(results) / seconds:.1f} a second; {len(faults)} lost or crossed; "
          f"{len({text for text, _ in expected.values()})} different answers to {len(PROMPTS)} prompts")
    print("\n| | median ms | 95% ms |\n|---|---:|---:|")
    print(f"| alone, first text | {spread([first for _, _, first, _ in single])} |")
    print(f"| alone, whole answer | {spread([whole for _, _, _, whole in single])} |")
    if results:
        print(f"| under load, first text of a stream | {spread(streamed)} |")
        print(f"| under load, whole answer | {spread([whole for _, _, whole in results])} |")
    if memory:
        memory.sort()
        tenth = max(1, len(memory) // 10)
        early, late = memory[tenth:2 * tenth], memory[-tenth:]
        print(f"\nresident: {statistics.mean(m for _, m in early):.1f} MB after a tenth of the requests, "
              f"{statistics.mean(m for _, m in late):.1f} MB in the last tenth, {max(m for _, m in memory):.1f} MB at most")
    for fault in faults[:10]:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
