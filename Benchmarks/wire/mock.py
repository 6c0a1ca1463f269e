#!/usr/bin/env python3
"""What `sluice mock` takes on one core, so that it is known not to be the bottleneck of what is measured against it.

  scripts/bench mock [--rounds 3] [--seconds 5] [FLAGS of sluice mock]

The provider on core 0, wrk on core 1 with 64 connections; needs wrk and the release binary (scripts/build, or another one in
SLUICE_BINARY). With nginx and the bench beside this repository the same is asked of nginx in turn, for comparison.

Asked for: 20,000 requests/s on its core, which is 50 µs of processor time for each. On a shared machine the core is not the
provider's alone and the clock then tells what its neighbours took, so the processor time of the median round decides and
the rate by the clock is shown beside it; exit 1 if it is above."""
import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.environ.get("SLUICE_BENCH", os.path.join(ROOT, "../shared/bench"))
BINARY = os.environ.get("SLUICE_BINARY", os.path.join(ROOT, ".build/release/sluice"))
SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS, BODIES = 64, 1000
LEAST_RATE, MOST_MICROSECONDS = 20_000, 50
TICKS = os.sysconf("SC_CLK_TCK")

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS, allow_abbrev=False)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=int, default=5)
asked, flags = parser.parse_known_args()


def processor_seconds(process):
    """What a process has used so far, of its own and of the kernel's time."""
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask(address, seconds):
    """Answers that wrk has had, and any that were not 2xx or did not come."""
    done = subprocess.run(
        ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}",
         "-s", os.path.join(ROOT, "Benchmarks/wire/post.lua"), address],
        env={**os.environ, "ROWS": rows}, stdout=subprocess.PIPE, check=True, text=True).stdout
    answers = int(re.search(r"(\d+) requests in", done)[1])
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done)
    return answers, int(refused[1]) if refused else 0, sum(map(int, broken.groups())) if broken else 0


def measure(name, process, address):
    """One round: requests/s by the clock, microseconds of processor time for each."""
    used, began = processor_seconds(process), time.monotonic()
    answers, refused, broken = ask(address, asked.seconds)
    used, span = processor_seconds(process) - used, time.monotonic() - began
    rate, each = answers / span, used / max(answers, 1) * 1e6
    print(f"| {name} | {rate:,.0f} | {each:.1f} µs | {1e6 / max(each, 0.1):,.0f} | {used / span:.0%} | {refused:,} | {broken:,} |",
          flush=True)
    if answers == 0 or broken:
        sys.exit(f"{name}: {answers} answers and {broken} errors of sockets")
    return rate, each


def start_mock():
    log = os.path.join(folder, "mock.txt")
    with open(log, "w") as file:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, BINARY, "mock", "--port", "0", *flags], stderr=file)
    for _ in range(200):
        with open(log) as file:
            said = file.read()
        address = re.search(r"(http://[^ /,]+)", said)
        if address:
            return process, address[1]
        if process.poll() is not None:
            sys.exit(said)
        time.sleep(0.05)
    process.kill()
    sys.exit(f"sluice mock did not say its address: {said}")


def start_nginx():
    """The bench's nginx with its first server alone, on a free port; nothing where there is none."""
    source = os.path.join(BENCH, "nginx.conf.in")
    if not shutil.which("nginx") or not os.path.exists(source):
        return None, None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(source) as file:
        text = file.read()
    text = text[:text.index("  server { listen 127.0.0.1:8302")] + "}\n"
    text = text.replace("daemon on;", "daemon off; master_process off;").replace("8301", str(port))
    for mark, value in (("@DIR@", folder), ("@RATE@", "100"), ("@BURST@", "10")):
        text = text.replace(mark, value)
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as file:
        file.write(text)
    os.mkdir(os.path.join(folder, "tmp"))
    process = subprocess.Popen(["taskset", "-c", SERVER_CORE, "nginx", "-c", path, "-p", folder])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"http://127.0.0.1:{port}"
        time.sleep(0.05)
    process.terminate()
    sys.exit("nginx does not listen")


if not os.path.exists(BINARY):
    sys.exit(f"no binary at {BINARY}\nhint: scripts/build")
if not shutil.which("wrk"):
    sys.exit("wrk is not installed\nhint: scripts/bootstrap --bench")
folder = tempfile.mkdtemp(prefix="sluice-bench-mock-")
rows = os.path.join(folder, "bodies.jsonl")
with open(rows, "w") as file:
    for number in range(BODIES):
        text = f"item-{number:07d}: " + "Translate this sentence into French and keep its tone. " * 6
        file.write('{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You translate."},'
                   f'{{"role":"user","content":"{text}"}}],"temperature":0}}\n')

servers = []
try:
    mock, mock_address = start_mock()
    servers.append(mock)
    nginx, nginx_address = start_nginx()
    if nginx:
        servers.append(nginx)
    for address in filter(None, (mock_address, nginx_address)):
        ask(address, 1)  # what is made once is made now
    print(f"load {os.getloadavg()[0]:.2f} before, two cores; sluice mock {' '.join(flags)}".rstrip())
    print("| server | requests/s | processor time each | requests in a second of it | of its core | refused | errors |")
    print("|---|---|---|---|---|---|---|")
    rounds = []
    for _ in range(asked.rounds):
        rounds.append(measure("sluice mock", mock, mock_address))
        if nginx:
            measure("nginx with Lua", nginx, nginx_address)
finally:
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait()
    shutil.rmtree(folder)

rate = statistics.median(round[0] for round in rounds)
each = statistics.median(round[1] for round in rounds)
verdict = "MISSED" if each > MOST_MICROSECONDS else "pass" if rate >= LEAST_RATE else "pass by processor time alone"
print(f"{verdict}: {rate:,.0f} requests/s (asked: {LEAST_RATE:,}), {each:.1f} µs of processor time each (asked: "
      f"{MOST_MICROSECONDS} at most)")
sys.exit(each > MOST_MICROSECONDS)
