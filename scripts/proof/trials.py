"""The jobs that are killed: what each looks like before, and what must hold after it was taken up again."""
import collections
import csv
import glob
import json
import os
import re
import time

from join import Answers, Broken, read_rows
from processes import Client

SLOTS = 8
# Trials have items of their own, so that one ledger serves all.
ITEMS = 1000
STALE = 5
# The provider refuses rows with this word for what they are.
DOOMED = "doomed"


class Rows:
    """A job of rows into lines, a few of which must fail."""

    name, paths, flags = "rows", ("rows.jsonl", "out.jsonl"), ()
    files = ["lock", "run.json", "form.json", "redo.json", "stale.jsonl", "torn-1", "errors.previous.jsonl",
             "errors.earlier.jsonl", "inflight", "suspects"]
    # How often each row is paid for if no kill wastes an answer.
    times = 1
    # Items that nobody has to pay for.
    free = frozenset()

    def __init__(self, home, number, rows, mock):
        self.folder = os.path.join(home, f"kill-{number}")
        os.makedirs(self.folder)
        self.number, self.mock, self.rows, self.first = number, mock, rows, number * ITEMS
        self.input, self.output = (os.path.join(self.folder, path) for path in self.paths)
        self.state = self.output + ".sluice"
        self.old = {}
        self.prepare()

    def prepare(self):
        self.write(self.first, self.rows)

    def row(self, n):
        word = f"a {DOOMED} word" if n % 20 == 7 else "a word"
        return {"id": f"row-{n}", "prompt": f"item-{n:07d}: {word}?"}

    def write(self, first, count):
        rows = [self.row(n) for n in range(first, first + count)]
        with open(self.input, "w", newline="") as file:
            if self.input.endswith(".csv"):
                table = csv.DictWriter(file, ["id", "prompt"])
                table.writeheader()
                table.writerows(rows)
            else:
                file.writelines(json.dumps(row) + "\n" for row in rows)
        self.asked = {row["id"]: row for row in rows}
        self.doomed = {i for i, row in self.asked.items() if DOOMED in row["prompt"]}

    def client(self, trace=(), flags=None):
        flags = self.flags if flags is None else flags
        return Client(self.folder, self.mock.url, ["sk-kill-0001"], ["-c", str(SLOTS), *flags], trace, self.paths)

    # what strace looks at

    def watched(self):
        """The files whose changes count."""
        names = [name + end for name in self.files for end in ("", ".tmp")]
        return [self.folder, self.output, *(self.output + end for end in (".errors.jsonl", ".sluice-rewrite")),
                self.state, *(os.path.join(self.state, name) for name in names)]

    def traced(self, log, calls, inject=()):
        command = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={','.join(calls)}"]
        for path in self.watched():
            command += ["-P", path]
        for call, place in inject:
            command += ["-e", f"inject={call}:signal=KILL:when={place}"]
        return command

    # what must hold

    @property
    def answers(self):
        """The file that keeps the answers."""
        return self.output

    def finish(self):
        """Takes the job up until it is done and holds the files to their promises."""
        found = self.look({**self.asked, **{i: row for i, (row, _) in self.old.items()}})
        self.require_whole()
        for _ in range(3):
            code = self.client().wait(60)
            if code is None:
                raise Broken("the run after the kill does not end")
            if code == (1 if self.doomed else 0):
                break
            time.sleep(0.05)
        else:
            raise Broken(f"exit {code} after the kill: {self.said()}")
        answers = self.look(self.asked)
        good = set(self.asked) - self.doomed
        if answers.torn or answers.ids != good:
            raise Broken(f"{len(good - answers.ids)} rows missing, {len(answers.ids - good)} too many, torn: {answers.torn}")
        if (found.ids & good) - answers.ids:
            raise Broken("answers that were there are gone")
        if self.failures() != collections.Counter(self.doomed):
            raise Broken(f"the rows that failed are not those that must: {self.failures()}")
        self.require_stale_kept()
        self.require_whole()
        self.require_done()

    def look(self, asked):
        """The answers on the disk, each sound; and no failure is an answer."""
        answers = Answers(self.answers, asked)
        answers.require_sound()
        both = answers.ids & set(self.failures())
        if both:
            raise Broken(f"rows that failed and are answered: {sorted(both)[:5]}")
        return answers

    def failures(self):
        """How often each row stands in the errors file; a last line without its end may be half one."""
        path = self.output + ".errors.jsonl"
        lines = open(path).read().splitlines(True) if os.path.exists(path) else []
        if lines and not lines[-1].endswith("\n"):
            lines.pop()
        try:
            return collections.Counter(json.loads(line)["id"] for line in lines)
        except (ValueError, KeyError):
            raise Broken("a malformed line in the errors file") from None

    def require_whole(self):
        """The output is one, or none, at any moment."""

    def require_done(self):
        """Nothing is left to go on with."""

    def require_stale_kept(self):
        gone = {i: line for i, (_, line) in self.old.items() if i not in self.asked}
        if not gone:
            return
        kept = collections.Counter(open(self.state + "/stale.jsonl").read().splitlines(True))
        if any(kept[line] == 0 for line in gone.values()):
            raise Broken("an answer that was paid for is neither in the output nor in stale.jsonl")

    def remember(self):
        """Takes down the answers that there are."""
        with open(self.answers) as file:
            for line in file:
                row = json.loads(line)
                self.old[row["id"]] = ({"id": row["id"], "prompt": row["prompt"]}, line)

    def said(self):
        return open(os.path.join(self.folder, "client.txt")).read()[-300:]


class ContinuedRows(Rows):
    """An output with answers that are not asked for any more, rows that are new, and a torn line at its end."""

    name = "rows continued"

    def prepare(self):
        super().prepare()
        self.client().wait(60)
        self.remember()
        self.write(self.first + STALE, self.rows + 10)
        with open(self.answers, "a") as file:
            file.write(list(self.old.values())[-1][1][:100])


class RedoneRows(Rows):
    """All is asked again, and the same command is given until that is done."""

    name, flags = "redo", ("--redo-all",)
    times = 2

    def prepare(self):
        super().prepare()
        self.client(flags=()).wait(60)
        self.remember()

    def finish(self):
        with open(self.answers) as file:
            lines = file.readlines()
        old = [line for _, line in self.old.values()]
        # A new line may be an old one to the byte, but not all of them in their order.
        anew = len(lines) == len(self.asked) - len(self.doomed) and lines != old and self.keeps(old)
        if anew and not os.path.exists(self.state + "/redo.json"):
            # It was killed behind its last word: the same command is another redo.
            self.times = 3
        super().finish()

    def keeps(self, old):
        """Whether answers are in the stale file."""
        path = self.state + "/stale.jsonl"
        return os.path.exists(path) and set(old) <= set(open(path).read().splitlines(True))

    def require_stale_kept(self):
        if not self.keeps([line for _, line in self.old.values()]):
            raise Broken("an old answer is not in stale.jsonl")

    def require_done(self):
        if os.path.exists(self.state + "/redo.json"):
            raise Broken("a redo that is done is still said to be under way")


class Table(Rows):
    """A table that is made of a journal when the run ends."""

    name, paths, flags = "table", ("rows.csv", "out.csv"), ("--error-column", "why")
    # The ids of a table that was there before the run.
    before = None
    files = Rows.files + ["answers.jsonl", "answers.jsonl.sluice-rewrite", "rendered", "replaced-1", "taken"]

    def watched(self):
        return [*super().watched(), self.output + ".sluice-new"]

    @property
    def answers(self):
        return self.state + "/answers.jsonl"

    def table(self):
        """The rows of the output; None if there is none."""
        if not os.path.exists(self.output):
            return None
        with open(self.output, newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        for row in rows:
            mark = re.search(r"item-\d+", row["prompt"] or "")
            if None in row or None in row.values() or not mark or (row["output"] and mark.group() not in row["output"]):
                raise Broken(f"a row of the table is damaged: {row}")
        return rows

    def require_whole(self):
        rows = self.table()
        if rows is not None and [row["id"] for row in rows] not in (list(self.asked), self.before):
            raise Broken(f"a table of {len(rows)} rows that is none of one input")

    def require_done(self):
        for row in self.table():
            if row["id"] in self.doomed and (row["output"] or not row["why"]):
                raise Broken(f"a row that failed is not said to have: {row}")
            if row["id"] not in self.doomed and (not row["output"] or row["why"]):
                raise Broken(f"an answer is not in the table: {row}")


class ContinuedTable(Table):
    """The same with answers that are not asked for any more, and a journal with a torn line."""

    name = "table continued"

    def prepare(self):
        super().prepare()
        self.client().wait(60)
        self.before = list(self.asked)
        self.remember()
        self.write(self.first + STALE, self.rows + 10)
        with open(self.answers, "a") as file:
            file.write(list(self.old.values())[-1][1][:100])


class TakenTable(Table):
    """A table that another tool has begun."""

    name, flags = "take-over", ()

    def prepare(self):
        super().prepare()
        rows = [row for i, row in self.asked.items() if i not in self.doomed][: self.rows // 2]
        self.taken = {row["id"] for row in rows}
        with open(self.output, "w", newline="") as file:
            table = csv.DictWriter(file, ["id", "prompt", "output"])
            table.writeheader()
            table.writerows({**row, "output": f"{row['prompt'][:12]}: theirs"} for row in rows)
        self.theirs = open(self.output).read()
        self.before = [row["id"] for row in rows]

    def require_whole(self):
        super().require_whole()
        places = [self.output, *glob.glob(self.state + "/replaced-*")]
        if not any(os.path.exists(path) and open(path).read() == self.theirs for path in places):
            raise Broken("what the other tool wrote is gone")

    def require_done(self):
        for row in self.table():
            if (row["id"] in self.doomed) != (not row["output"]):
                raise Broken(f"the table is not what was answered: {row}")
            if (row["id"] in self.taken) != row["output"].endswith(": theirs"):
                raise Broken(f"an answer of the other tool is not in its place: {row}")

    @property
    def free(self):
        return {int(i.removeprefix("row-")) for i in self.taken}


KINDS = [Rows, ContinuedRows, RedoneRows, Table, ContinuedTable, TakenTable]
