"""What was asked, what was written and what the provider saw, joined row by row and by content."""
import collections
import json
import os
import re

ITEM = re.compile(r"item-(\d+)")


class Broken(Exception):
    """A promise that does not hold."""


def item_of(row):
    """The number by which the simulated provider knows a row, or None."""
    found = ITEM.search(row.get("prompt", ""))
    return int(found.group(1)) if found else None


def read_rows(path):
    """The rows of an input by id; lines that are no JSON are left out."""
    rows = {}
    for line in open(path, "rb"):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        rows[row["id"]] = row
    return rows


class Answers:
    """An output as it is on the disk.

    `lines` counts answers by id, `output_tokens` has what each says it used, `torn` is a last line without its end
    that is no whole answer."""

    def __init__(self, path, asked):
        self.lines = collections.Counter()
        self.output_tokens = {}
        self.malformed, self.foreign, self.torn = [], [], False
        if not os.path.exists(path):
            return
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    answer = json.loads(line)
                    row = asked[answer["id"]]
                    answer["sluice"]["hash"]
                except (ValueError, KeyError, TypeError):
                    if line.endswith(b"\n"):
                        self.malformed.append(number)
                    else:
                        self.torn = True
                    continue
                self.lines[answer["id"]] += 1
                self.output_tokens[answer["id"]] = (answer["sluice"].get("usage") or {}).get("output")
                # The provider names the item in its answer; the row itself must have come through unchanged.
                mark = ITEM.search(row["prompt"]).group()
                if mark + ":" not in answer["output"] or any(answer.get(name) != row[name] for name in row):
                    self.foreign.append(answer["id"])

    @property
    def ids(self):
        return set(self.lines)

    @property
    def twice(self):
        return [row for row, count in self.lines.items() if count > 1]

    def require_sound(self):
        """Raises Broken unless every whole line is an answer to its own row, and the only one."""
        if self.malformed:
            raise Broken(f"malformed lines in the output: {self.malformed[:5]}")
        if self.foreign:
            raise Broken(f"answers that belong to other rows: {self.foreign[:5]}")
        if self.twice:
            raise Broken(f"rows answered twice: {self.twice[:5]}")


def read_ledger(path):
    """The provider's requests for answers, in the order in which they came in."""
    if not os.path.exists(path):
        return []
    entries = [json.loads(line) for line in open(path)]
    return sorted((e for e in entries if e["path"].endswith("/chat/completions")), key=lambda e: e["t"])


def is_paid(entry):
    """Whether the provider generated an answer and sent it off."""
    return entry["status"] == 200 and entry["sent"]


def paid(entries):
    """How often each item was paid for."""
    return collections.Counter(e["item"] for e in entries if is_paid(e) and e["item"] is not None)
