#!/usr/bin/env python3
"""demo-proof.py ROWS ANSWERS LEDGER SLOTS: joins what was asked, what was written and what the provider saw.

Exits 1 if an answer is missing, twice, malformed or another row's, or if more was paid twice than was in flight."""
import collections
import json
import re
import sys

rows_path, answers_path, ledger_path, slots = *sys.argv[1:4], int(sys.argv[4])
asked = {row["id"]: row for row in map(json.loads, open(rows_path))}
written = collections.Counter()
foreign = 0
for line in open(answers_path):
    answer = json.loads(line)
    written[answer["id"]] += 1
    item = re.search(r"item-\d+", asked[answer["id"]]["prompt"]).group()
    foreign += item not in answer["output"]
paid = collections.Counter()
refused = 0
keys = collections.Counter()
for entry in map(json.loads, open(ledger_path)):
    if entry["status"] == 200 and entry["item"] is not None and entry["path"].endswith("/chat/completions"):
        paid[int(entry["item"])] += 1
        keys[entry["key"]] += 1
    refused += entry["status"] == 429
missing = sum(1 for key in asked if written[key] == 0)
twice = sum(1 for count in written.values() if count > 1)
paid_twice = sum(count - 1 for count in paid.values())
print(f"{len(asked)} rows asked, {sum(written.values())} answers written: {missing} missing, {twice} twice, {foreign} another row's")
print(f"{sum(paid.values())} answers paid for: {paid_twice} twice, of at most {slots} that were in flight at the kill")
print("by key: " + ", ".join(f"{key} {count}" for key, count in sorted(keys.items())) + f"; {refused} requests refused for a limit")
ok = missing == twice == foreign == 0 and paid_twice <= slots and len(paid) == len(asked)
print("proved: nothing lost, nothing paid twice beyond what was in flight" if ok else "FAILED")
sys.exit(0 if ok else 1)
