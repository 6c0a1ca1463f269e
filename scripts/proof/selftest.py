#!/usr/bin/env python3
"""The proofs proved: each kind of damage to a sound output must be found."""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from join import Answers, Broken, paid


def row(n):
    return {"id": f"row-{n}", "prompt": f"item-{n:07d}: a word?"}


def answer(n, **changes):
    line = {**row(n), "output": f"Answer to item-{n:07d}: yes", "sluice": {"hash": "0"}}
    return json.dumps({**line, **changes})


SOUND = [answer(n) for n in range(5)]
DAMAGE = {
    "a row twice": SOUND + [answer(3)],
    "another row's answer": SOUND[:4] + [answer(4, output="Answer to item-0000003: yes")],
    "an answer whose number only begins like the row's": SOUND[:4] + [answer(4, output="Answer to item-00000041: yes")],
    "a changed row": SOUND[:4] + [answer(4, prompt="item-0000004: another word?")],
    "a broken line": SOUND[:2] + [SOUND[2][:20]] + SOUND[3:],
    "two lines in one": SOUND[:2] + [SOUND[2] + SOUND[3]] + SOUND[4:],
    "a row that nobody asked": SOUND + [answer(7)],
}


def read(lines, end="\n"):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("\n".join(lines) + end)
    try:
        return Answers(file.name, {f"row-{n}": row(n) for n in range(5)})
    finally:
        os.unlink(file.name)


read(SOUND).require_sound()
assert len(read(SOUND).ids) == 5
for name, lines in DAMAGE.items():
    try:
        read(lines).require_sound()
    except Broken:
        continue
    sys.exit(f"not found: {name}")
assert read(SOUND + [SOUND[0][:30]], end="").torn
assert not read(SOUND, end="").torn, "a whole line without its end is an answer"
entries = [{"item": 1, "status": 200, "sent": True}] * 2 + [{"item": 2, "status": 200, "sent": False}]
assert paid(entries) == {1: 2}
