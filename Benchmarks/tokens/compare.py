#!/usr/bin/env python3
"""Measures counting against tiktoken, rs-bpe, toktok-rs and tokenizers, in turn: compare.py MEASURE FOLDER [--install VENV]

MEASURE is the built MeasureTokens (SLUICE_DEV=1 swift build -c release --product MeasureTokens); FOLDER has the texts
of corpus.py. Without the vocabularies in TIKTOKEN_CACHE_DIR they are taken from the litellm wheel into FOLDER/vocab.
--install makes a virtual environment with the peers and goes on in it. Every round measures all, one after the other,
on the core that this process is pinned to (taskset -c 1); the best of the rounds counts, as a shared machine only ever
makes figures worse. Times are of the CPU, one thread; each text is one call, except for toktok-rs, whose calls for
one text are slow and which gets all texts in one call.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import vocabulary

PEERS = ["tiktoken==0.14.0", "tokenizers==0.23.3", "rs-bpe==0.1.0", "toktok-rs==0.3.0"]


def read(path):
    data, at, texts = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        texts.append(data[at + 4:at + 4 + size].decode())
        at += 4 + size
    return texts


def timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


# A peer: load() returns a function that counts a list of texts.

def load_tiktoken(name):
    import tiktoken
    encoding = tiktoken.get_encoding(name)
    return lambda texts: sum(len(encoding.encode_ordinary(text)) for text in texts)


def load_rs_bpe(name):
    from rs_bpe.bpe import openai
    tokenizer = getattr(openai, name)()
    return lambda texts: sum(tokenizer.count(text) for text in texts)


def load_toktok(name):
    import toktok
    toktok.batch_count(["x"], name, threads=1)
    return lambda texts: sum(toktok.batch_count(texts, name, threads=1))


def load_tokenizers(name):
    import tiktoken
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    encoding = tiktoken.get_encoding(name)
    letters, extra = {}, 0
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or 174 <= byte:
            letters[byte] = chr(byte)
        else:
            letters[byte] = chr(256 + extra)
            extra += 1
    ranks = encoding._mergeable_ranks
    spell = lambda token: "".join(letters[byte] for byte in token)
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        if len(token) > 1:
            parts = [token[i:i + 1] for i in range(len(token))]
            while len(parts) > 2:
                best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], 1 << 30))
                parts[best:best + 2] = [parts[best] + parts[best + 1]]
            merges.append((spell(parts[0]), spell(parts[1])))
    tokenizer = Tokenizer(models.BPE({spell(token): rank for token, rank in ranks.items()}, merges))
    # Its regular expressions know no possessive groups like these; the older form gives the same ids.
    old = {"o200k_base": encoding._pat_str,
           "cl100k_base": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"}
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(old[name]), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return lambda texts: sum(len(tokenizer.encode(text).ids) for text in texts)


LOADERS = {"tiktoken": load_tiktoken, "rs-bpe": load_rs_bpe, "toktok-rs": load_toktok, "tokenizers": load_tokenizers}


def child(peer, name, folder):
    """One peer in a process of its own, so that its first pass is a first pass."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    loading, count = timed(lambda: LOADERS[peer](name))
    result = {"load_ms": loading * 1000}
    for kind in ("docs", "prompts"):
        texts = read(folder / f"{kind}.bin")
        size = sum(len(text.encode()) for text in texts)
        passes = [timed(lambda: count(texts)) for _ in range(1 if peer == "tokenizers" else 3)]
        result[kind] = {"tokens": passes[0][1], "first": size / passes[0][0] / 1e6, "warm": size / min(p[0] for p in passes) / 1e6}
    print(json.dumps(result))


def ours(measure, name, folder):
    result = json.loads(subprocess.run([measure, "load", name], check=True, capture_output=True).stdout)
    for kind in ("docs", "prompts"):
        line = subprocess.run([measure, "count", name, folder / f"{kind}.bin"], check=True, capture_output=True).stdout
        result[kind] = json.loads(line)
    return result


parser = argparse.ArgumentParser()
parser.add_argument("measure")
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--install", type=pathlib.Path)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--peers", default=",".join(LOADERS))
parser.add_argument("--encodings", default="o200k_base,cl100k_base")
parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
options = parser.parse_args()
if options.child:
    child(*options.child, options.folder)
    sys.exit()
python = sys.executable
if options.install:
    python = options.install / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", options.install], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
vocabulary.provide(options.folder)
for name in options.encodings.split(","):
    best = {}
    for _ in range(options.rounds):
        for peer in ["sluice"] + options.peers.split(","):
            if peer == "sluice":
                result = ours(options.measure, name, options.folder)
            else:
                run = subprocess.run(
                    [python, __file__, options.measure, options.folder, "--child", peer, name], capture_output=True)
                if run.returncode:
                    best[peer] = run.stderr.decode().strip().splitlines()[-1]
                    continue
                result = json.loads(run.stdout)
            known = best.setdefault(peer, result)
            known["load_ms"] = min(known["load_ms"], result["load_ms"])
            for kind in ("docs", "prompts"):
                for figure in ("first", "warm"):
                    known[kind][figure] = max(known[kind][figure], result[kind][figure])
    print(f"\n{name}\n| | load ms | docs first MB/s | warm | prompts first | warm | tokens of docs, prompts |\n|---|---|---|---|---|---|---|")
    for peer, result in best.items():
        if isinstance(result, str):
            print(f"| {peer} | not measured: {result} |")
            continue
        docs, prompts = result["docs"], result["prompts"]
        print(f"| {peer} | {result['load_ms']:.1f} | {docs['first']:.0f} | {docs['warm']:.0f} | {prompts['first']:.0f} | "
              f"{prompts['warm']:.0f} | {docs['tokens']:,} {prompts['tokens']:,} |", flush=True)
