#!/usr/bin/env python3
"""Packs the published rank files into the merge lists that the binary embeds: pack-vocabularies.py FOLDER

FOLDER holds the files under the names of tiktoken's cache (TIKTOKEN_CACHE_DIR). Each file's SHA-256 is checked before,
and the packed form is unpacked and compared after. Format of NAME.merges, for ids 0 to n - 1:
  256 bytes       the byte that each of the ids 0 to 255 stands for
  6 planes        of n - 256 bytes each: low, middle and high bytes of the left ids, then those of the right ids
An id that is no token has 0xFFFFFF on both sides. Every other token is the two tokens it was merged from.
"""
import base64
import hashlib
import pathlib
import sys

# name: (name in tiktoken's cache, SHA-256), both as tiktoken 0.14.0 expects them (tiktoken_ext/openai_public.py).
FILES = {
    "o200k_base": ("fb374d419588a4632f3f557e76b4b70aebbca790", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
    "cl100k_base": ("9b5ad71b2ce5302211f9c61530b329a4922fc6a4", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    "p50k_base": ("ec7223a39ce59f226a68acc30dc1af2788490e15", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
}
# The first 50,256 lines of p50k_base are r50k_base, byte for byte.
R50K = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"
NONE = 0xFFFFFF


def split(token, ranks, limit):
    """The two tokens that byte pair encoding joins last to make this one."""
    parts = [token[i:i + 1] for i in range(len(token))]
    while len(parts) > 2:
        best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], limit))
        assert ranks.get(parts[best] + parts[best + 1], limit) < limit, token
        parts[best:best + 2] = [parts[best] + parts[best + 1]]
    return ranks[parts[0]], ranks[parts[1]]


def pack(ranks):
    size = max(ranks.values()) + 1
    tokens = {rank: token for token, rank in ranks.items()}
    assert all(len(tokens[i]) == 1 for i in range(256))
    pairs = [split(tokens[i], ranks, i) if i in tokens else (NONE, NONE) for i in range(256, size)]
    packed = b"".join(tokens[i] for i in range(256))
    for side in (0, 1):
        for shift in (0, 8, 16):
            packed += bytes(pair[side] >> shift & 255 for pair in pairs)
    return packed


def unpack(packed):
    n = (len(packed) - 256) // 6
    tokens = [packed[i:i + 1] for i in range(256)]
    planes = [packed[256 + n * i:256 + n * (i + 1)] for i in range(6)]
    for i in range(n):
        left = planes[0][i] | planes[1][i] << 8 | planes[2][i] << 16
        right = planes[3][i] | planes[4][i] << 8 | planes[5][i] << 16
        tokens.append(None if left == NONE else tokens[left] + tokens[right])
    return tokens


def text(tokens):
    return b"".join(b"%s %d\n" % (base64.b64encode(t), i) for i, t in enumerate(tokens) if t is not None)


folder = pathlib.Path(sys.argv[1])
out = pathlib.Path(__file__).parents[2] / "Sources/CVocabularies/Data"
for name, (key, published) in FILES.items():
    official = (folder / key).read_bytes()
    assert hashlib.sha256(official).hexdigest() == published, f"{name}: not the published file"
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, official.splitlines())}
    packed = pack(ranks)
    rebuilt = text(unpack(packed))
    assert hashlib.sha256(rebuilt).hexdigest() == published, f"{name}: the packed form is not the published file"
    if name == "p50k_base":
        r50k = b"".join(rebuilt.splitlines(keepends=True)[:50256])
        assert hashlib.sha256(r50k).hexdigest() == R50K
    (out / f"{name}.merges").write_bytes(packed)
    print(f"{name}: {len(packed):,} bytes, sha256 {hashlib.sha256(packed).hexdigest()}")
