#!/usr/bin/env python3
"""Compares every id with tiktoken's: parity.py MEASURE FOLDER [--strings 1000000] [--encodings NAME,...]

MEASURE is the built MeasureTokens; FOLDER has docs.bin and prompts.bin of corpus.py, which are left out where they are
not. Without TIKTOKEN_CACHE_DIR the published vocabularies are taken from the litellm wheel into FOLDER/vocab. Random strings mix characters of all scripts, blanks, marks, digits, cases and contractions. Any
difference is printed, and the exit code is 1.
"""
import argparse
import array
import pathlib
import random
import subprocess
import sys

import tiktoken

import vocabulary
from strings import string


def read(path):
    data, at, texts = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        texts.append(data[at + 4:at + 4 + size].decode())
        at += 4 + size
    return texts


def write(path, texts):
    with open(path, "wb") as file:
        for text in texts:
            data = text.encode()
            file.write(len(data).to_bytes(4, "little") + data)


def differences(measure, name, path, texts):
    ids = array.array("I")
    ids.frombytes(subprocess.run([measure, "ids", name, path], check=True, stdout=subprocess.PIPE).stdout)
    # tiktoken's gpt2 needs two more files; its ranks, pattern and special token are those of r50k_base.
    encoding = tiktoken.get_encoding("r50k_base" if name == "gpt2" else name)
    at, wrong, tokens = 0, 0, 0
    for text in texts:
        ours = ids[at + 1:at + 1 + ids[at]].tolist()
        at += 1 + ids[at]
        theirs = encoding.encode_ordinary(text)
        tokens += len(theirs)
        if ours != theirs:
            wrong += 1
            if wrong <= 5:
                print(f"  {text!r}\n    ours   {ours}\n    theirs {theirs}")
    assert at == len(ids)
    return wrong, tokens


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("measure")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encodings", default="o200k_base,o200k_harmony,cl100k_base,p50k_base,p50k_edit,r50k_base,gpt2")
    options = parser.parse_args()
    vocabulary.provide(options.folder)
    draw = random.Random(options.seed)
    strings = [string(draw) for _ in range(options.strings)]
    write(options.folder / "random.bin", strings)
    sets = [("random", strings)] + [
        (name, read(path)) for name in ("docs", "prompts") if (path := options.folder / f"{name}.bin").exists()]
    bad = 0
    for name in options.encodings.split(","):
        for kind, texts in sets:
            wrong, tokens = differences(options.measure, name, options.folder / f"{kind}.bin", texts)
            bad += wrong
            size = sum(len(text.encode()) for text in texts)
            print(f"{name} {kind}: {len(texts):,} texts, {size:,} bytes, {tokens:,} tokens, {wrong} differ", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
