#!/usr/bin/env python3
"""Packs the classes of all characters, as tiktoken sees them, into the table that the binary embeds.

pack-classes.py writes the table, pack-classes.py --check compares it with the tiktoken that is installed. tiktoken's
own regular expressions are asked, because Unicode versions differ: text that a pattern does not match is dropped, so
what is left of all characters is the class. Format of classes.table:
  4,352 bytes     for each 256 code points from U+0000 to U+10FFFF: the number of their block
  blocks          of 256 bytes, one for each code point; a bit for each class, as in ScalarClass.swift
"""
import pathlib
import sys

import tiktoken

BYTES = {bytes([i]): i for i in range(256)}
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
TEXT = "".join(map(chr, SCALARS))
BITS = [
    (1, r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}]"), (2, r"[\p{Ll}\p{Lm}\p{Lo}]"), (4, r"\p{M}"), (8, r"\p{N}"), (16, r"\s"),
    (32, r"[\r\n]"), (64, r"\p{P}"), (128, r"\p{S}"),
]


def members(pattern):
    encoding = tiktoken.Encoding("class", pat_str=pattern, mergeable_ranks=BYTES, special_tokens={})
    return map(ord, encoding.decode(encoding.encode_ordinary(TEXT)))


table = bytearray(0x110000)
for bit, pattern in BITS:
    for scalar in members(pattern):
        table[scalar] |= bit
blocks, stage = {}, bytearray()
for start in range(0, 0x110000, 256):
    block = bytes(table[start:start + 256])
    stage.append(blocks.setdefault(block, len(blocks)))
packed = bytes(stage) + b"".join(blocks)
path = pathlib.Path(__file__).parents[2] / "Sources/CVocabularies/Data/classes.table"
if "--check" in sys.argv:
    same = path.read_bytes() == packed
    print(f"{path.name}: {'as' if same else 'NOT as'} tiktoken {tiktoken.__version__} has it")
    sys.exit(0 if same else 1)
path.write_bytes(packed)
print(f"{path.name}: {len(blocks)} blocks, {len(packed):,} bytes")
