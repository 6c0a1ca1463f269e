#!/usr/bin/env python3
"""Memory and speed of what reads and writes large files: Benchmarks/storage/measure.py SLUICE FOLDER [CASE…]

  resume     a finished output of 1,000,000 rows (600 MB), run again with nothing to do; resume10 of 10,000,000
  rows       10,000,000 rows into `sluice mock`, 1,000 in flight; ten minutes and 9 GB of disk
  table      a table of 1,000,000 rows: its reading (run again with nothing to do), and the table that is made of it
  merge      rows and answers of the first case put together, as jsonl, json and csv

Processor time is what counts on a shared machine; the peak is the resident memory that the kernel saw. What is made once
in FOLDER is used again."""
import hashlib, os, re, subprocess, sys, time

binary, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
cases = sys.argv[3:] or ["resume", "table", "merge"]
os.makedirs(folder, exist_ok=True)
path = lambda name: os.path.join(folder, name)
TEXT = "Classify the sentiment of this review in one word please, thank you very much."
ANSWER = ("Answer to the item: the sentence is rendered as asked, with its names, numbers and punctuation left as they "
          "were. Nothing was added and nothing was taken away, so that the sense stays exactly what it was before, in "
          "one language as in the other, and the reader may trust it.")


def make(name, count, line, head=""):
    """A file of so many lines, unless it is there."""
    if os.path.exists(path(name)):
        return path(name)
    with open(path(name) + ".new", "w") as file:
        file.write(head)
        for start in range(0, count, 10_000):
            file.write("".join(line(number) for number in range(start, min(count, start + 10_000))))
    os.rename(path(name) + ".new", path(name))
    return path(name)


def rows(count):
    return make(f"in-{count}.jsonl", count, lambda n: f'{{"id":{n},"prompt":"item-{n}: {TEXT}"}}\n')


def table(count):
    return make(
        f"in-{count}.csv", count,
        lambda n: f'{n},"item-{n}: the ""best"" product, really; I would buy it again, every day of the week",en,"{TEXT}"\n',
        "id,text,lang,note\n")


def finished(source, to):
    """An output in which every row has an answer, with the hashes that docs/file-formats.md describes."""
    if os.path.exists(to):
        return
    context = b"sluice-row-1"
    with open(to + ".new", "w") as out, open(source) as lines:
        for line in lines:
            row = line.rstrip("\n")
            digest = hashlib.sha256(len(context).to_bytes(8, "big") + context + b"\xff" * 24 + row.encode())
            number = row[6:row.index(",")]
            out.write(
                f'{row[:-1]},"output":"{ANSWER}","sluice":{{"id":{number},"model":"m","finish":"stop","usage":{{"input":21,'
                f'"output":46,"cached":0,"reasoning":0}},"ms":812,"attempts":1,"cached":false,'
                f'"hash":"{digest.hexdigest()[:32]}"}}}}\n')
    os.rename(to + ".new", to)


def measure(name, command, size=0, expect=0):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
    if process.returncode != expect:
        sys.exit(f"{name}: exit {process.returncode}\n{said}")
    rate = f", {size / cpu / 1e6:.0f} MB per second of it" if size else ""
    print(f"{name}: {cpu:.2f} s of processor time{rate}, {wall:.2f} s, {used.ru_maxrss / 1024:.0f} MB resident", flush=True)
    return said


def run(source, output, *flags, base="http://127.0.0.1:9/v1"):
    return [binary, "run", source, "-o", output, "-m", "m", "--base-url", base, "--progress", "never", *flags]


def resume(count):
    source, output = rows(count), path(f"out-{count}.jsonl")
    finished(source, output)
    said = measure(f"resume of {count:,} rows", run(source, output), os.path.getsize(output) + 2 * os.path.getsize(source))
    if f"{count:,} done before" not in said:
        sys.exit(f"not all rows were known: {said}")


def served(body):
    mock = subprocess.Popen([binary, "mock", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        body(re.search(r"http://\S+?(?=,)", mock.stderr.readline())[0])
    finally:
        mock.kill()
        mock.wait()


for case in cases:
    if case == "resume":
        resume(1_000_000)
    elif case == "resume10":
        resume(10_000_000)
    elif case == "rows":
        source, output = rows(10_000_000), path("rows.jsonl")
        served(lambda base: measure("10,000,000 rows", run(source, output, "-c", "1000", "--durability", "os", base=base)))
    elif case == "table":
        source, output = table(1_000_000), path("table.csv")
        size = os.path.getsize(source)
        if not os.path.exists(output):
            served(lambda base: measure(
                "1,000,000 rows of a table, asked and made", run(source, output, "--text-field", "text", "-c", "64", base=base)))
        measure("the table, run again with nothing to do", run(source, output, "--text-field", "text"), size)
        measure("the table, made of its journal", [binary, "merge", output], size)
    elif case == "merge":
        source, output = rows(1_000_000), path("out-1000000.jsonl")
        finished(source, output)
        size = os.path.getsize(source) + os.path.getsize(output)
        for ending in ("jsonl", "json", "csv"):
            measure(f"merge of 1,000,000 rows into .{ending}",
                    [binary, "merge", output, "--input", source, "-o", path(f"merged.{ending}")], size)
    else:
        sys.exit(__doc__)
