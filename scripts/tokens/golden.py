#!/usr/bin/env python3
"""Writes Tests/SluiceTokensTests/Golden/tokens.jsonl: strings with the ids that tiktoken gives them.

TIKTOKEN_CACHE_DIR must have the published vocabularies. Each line has the text and, for each encoding, the ids.
"""
import json
import pathlib
import random
import sys

import tiktoken

root = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(root / "Benchmarks/tokens"))
from strings import WORDS, string  # noqa: E402

NAMES = ["o200k_base", "cl100k_base", "p50k_base", "r50k_base"]
encodings = {name: tiktoken.get_encoding(name) for name in NAMES}
draw = random.Random(11)
texts = ["", " ", "  ", "\n", "\r\n", " \n", "\n  ", "   \n\n  x", "a" * 300, " " * 300, "中" * 70, "é" * 200, "'s", "x's", "X'S"] + WORDS
texts += [a + b for a in WORDS[:12] for b in WORDS[:12]]
while len(texts) < 2000:
    text = string(draw)
    if len(text) <= 24:
        texts.append(text)
with open(root / "Tests/SluiceTokensTests/Golden/tokens.jsonl", "w") as file:
    for text in texts:
        line = {"text": text} | {name: encodings[name].encode_ordinary(text) for name in NAMES}
        file.write(json.dumps(line, separators=(",", ":")) + "\n")
