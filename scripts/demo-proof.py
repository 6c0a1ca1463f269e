#!/usr/bin/env python3
"""demo-proof.py ROWS ANSWERS LEDGER SLOTS: joins what was asked, what was written and what the provider saw.

Exits 1 if an answer is missing, twice, malformed or another row's, or if more was paid twice than was in flight."""
import collections
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "proof"))
from join import Answers, is_paid, paid, read_ledger, read_rows

rows_path, answers_path, ledger_path, slots = *sys.argv[1:4], int(sys.argv[4])
asked = read_rows(rows_path)
answers = Answers(answers_path, asked)
ledger = read_ledger(ledger_path)
paid_for = paid(ledger)
keys = collections.Counter(entry["key"] for entry in ledger if is_paid(entry))
refused = sum(entry["status"] == 429 for entry in ledger)
missing, twice, foreign = len(set(asked) - answers.ids), len(answers.twice), len(answers.foreign)
malformed = len(answers.malformed) + answers.torn
paid_twice = sum(count - 1 for count in paid_for.values())
print(f"{len(asked)} rows asked, {sum(answers.lines.values())} answers written: {missing} missing, {twice} twice, {foreign} another row's, {malformed} malformed")
print(f"{sum(paid_for.values())} answers paid for: {paid_twice} twice, of at most {slots} that were in flight at the kill")
print("by key: " + ", ".join(f"{key} {count}" for key, count in sorted(keys.items())) + f"; {refused} requests refused for a limit")
ok = missing == twice == foreign == malformed == 0 and paid_twice <= slots and len(paid_for) == len(asked)
print("proved: nothing lost, nothing paid twice beyond what was in flight" if ok else "FAILED")
sys.exit(0 if ok else 1)
