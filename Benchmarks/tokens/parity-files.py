#!/usr/bin/env python3
"""Compares the ids of tokenizer.json files with those of tokenizers: parity-files.py MEASURE FOLDER [--strings N] [FILE...]

Makes a file of each family that is supported, out of the published vocabularies in TIKTOKEN_CACHE_DIR: the patterns
and settings are those of GPT-2, Llama 3 (all splits as merges, ignore_merges) and Qwen 2. Files of models may
follow. FOLDER has docs.bin and prompts.bin of corpus.py.
"""
import argparse
import array
import json
import pathlib
import random
import subprocess
import sys

import tiktoken
from tokenizers import Tokenizer

from parity import read, write
from strings import string

LLAMA = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LETTERS, extra = {}, 0
for byte in range(256):
    if 33 <= byte <= 126 or 161 <= byte <= 172 or 174 <= byte:
        LETTERS[byte] = chr(byte)
    else:
        LETTERS[byte] = chr(256 + extra)
        extra += 1


def spell(token):
    return "".join(LETTERS[byte] for byte in token)


def file(name, path):
    base = {"gpt2": "r50k_base", "llama3": "cl100k_base", "qwen2": "cl100k_base"}[name]
    ranks = tiktoken.get_encoding(base)._mergeable_ranks
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        splits = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in ranks and token[i:] in ranks]
        splits = [pair for pair in splits if ranks[pair[0]] < rank and ranks[pair[1]] < rank]
        merges += [[spell(left), spell(right)] for left, right in sorted(splits, key=lambda p: (ranks[p[0]], ranks[p[1]]))]
    split = {"type": "Split", "behavior": "Isolated", "invert": False,
             "pattern": {"Regex": LLAMA if name == "llama3" else LLAMA.replace(r"\p{N}{1,3}", r"\p{N}")}}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": name == "gpt2"}
    path.write_text(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "NFC"} if name == "qwen2" else None,
        "pre_tokenizer": level if name == "gpt2" else {"type": "Sequence", "pretokenizers": [split, level]},
        "post_processor": None, "decoder": None,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": name == "llama3",
                  "vocab": {spell(token): rank for token, rank in ranks.items()}, "merges": merges}}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("measure")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--strings", type=int, default=100_000)
    options = parser.parse_args()
    draw = random.Random(5)
    strings = [string(draw) for _ in range(options.strings)]
    write(options.folder / "random.bin", strings)
    sets = [("random", strings)] + [(name, read(options.folder / f"{name}.bin")) for name in ("docs", "prompts")]
    paths = list(options.files)
    for name in ("gpt2", "llama3", "qwen2"):
        path = options.folder / f"{name}.json"
        if not path.exists():
            file(name, path)
        paths.append(path)
    bad = 0
    for path in paths:
        tokenizer = Tokenizer.from_file(str(path))
        for kind, texts in sets:
            ids = array.array("I")
            ids.frombytes(subprocess.run(
                [options.measure, "ids", path, options.folder / f"{kind}.bin"], check=True, stdout=subprocess.PIPE).stdout)
            at, wrong, tokens = 0, 0, 0
            for text in texts:
                ours = ids[at + 1:at + 1 + ids[at]].tolist()
                at += 1 + ids[at]
                theirs = tokenizer.encode(text, add_special_tokens=False).ids
                tokens += len(theirs)
                if ours != theirs:
                    wrong += 1
                    if wrong <= 5:
                        print(f"  {text[:200]!r}\n    ours   {ours[:60]}\n    theirs {theirs[:60]}")
            bad += wrong
            print(f"{path.name} {kind}: {len(texts):,} texts, {tokens:,} tokens, {wrong} differ", flush=True)
    sys.exit(1 if bad else 0)


main()
