#!/usr/bin/env python3
"""Sluice and wrk at 10,000 in flight, in turn, against one fresh server after the other.

  Benchmarks/wire/inflight.py FOLDER [SERVERS]     (6 servers unless told; FOLDER is a scratch folder)

The loopback provider of ../shared/bench draws the seed of its string hash when it starts, and by that draw the same
100,000 requests cost it between 2 and 12 s of processor time (docs/benchmarks.md). A client alone says nothing then:
here each server is asked by both. Client on core 0, server on core 1; needs nginx with Lua, wrk and the release binary."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.environ.get("SLUICE_BENCH", os.path.join(ROOT, "../shared/bench"))
BINARY = os.environ.get("SLUICE_BINARY", os.path.join(ROOT, ".build/release/sluice"))
ROWS, SECONDS = 100_000, 10
if len(sys.argv) < 2:
    sys.exit(__doc__)
folder = os.path.abspath(sys.argv[1])
servers = int(sys.argv[2]) if len(sys.argv) > 2 else 6
os.makedirs(folder, exist_ok=True)
os.environ.setdefault("OPENAI_API_KEY", "sk-test")
rows = os.path.join(folder, f"chat-{ROWS}.jsonl")
if not os.path.exists(rows):
    with open(rows, "w") as file:
        subprocess.run([sys.executable, f"{BENCH}/gen.py", str(ROWS), "chat"], stdout=file, check=True)


def server(verb):
    subprocess.run([f"{BENCH}/server.sh", verb, folder], check=verb == "start", stderr=subprocess.DEVNULL)


def wrk():
    """Answers per second."""
    done = subprocess.run(
        ["taskset", "-c", "0", "wrk", "-t1", "-c10000", f"-d{SECONDS}", "--timeout", "30s",
         "-s", os.path.join(ROOT, "Benchmarks/wire/post.lua"), "http://127.0.0.1:8302"],
        env={**os.environ, "ROWS": rows}, stdout=subprocess.PIPE, check=True, text=True)
    time.sleep(3)  # what it left on its way ends first
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])


def sluice():
    out = os.path.join(folder, "out.jsonl")
    for path in (out, out + ".errors.jsonl"):
        if os.path.exists(path):
            os.remove(path)
    shutil.rmtree(out + ".sluice", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, f"{BENCH}/measure.py", folder, "8302", "sluice", "--", BINARY, "run", rows, "-o", out,
         "--base-url", "http://127.0.0.1:8302/v1", "-c", "10000"], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


print("| server | wrk, answers/s | sluice, answers/s | ratio | first to last answer | processor time each | resident |")
print("|---|---|---|---|---|---|---|")
for draw in range(1, servers + 1):
    server("stop")
    server("start")
    try:
        peer, ours = wrk(), sluice()
    finally:
        server("stop")
    if ours["code"] != 0 or ours["answers"] != ROWS:
        sys.exit(f"not all rows were answered: {ours}")
    rate = ROWS / ours["busy_s"]
    print(f"| {draw} | {peer:,.0f} | {rate:,.0f} | {rate / peer:.2f} | {ours['busy_s']} s | {ours['cpu_us_each']} µs "
          f"| {ours['rss_mb']:.0f} MB |", flush=True)
