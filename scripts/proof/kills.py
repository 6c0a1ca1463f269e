"""SIGKILL at random moments of short runs, and at every call by which one run changes a file."""
import collections
import concurrent.futures
import json
import os
import random
import re
import shutil
import signal

import time

from join import Answers, Broken, paid, read_ledger, read_rows
from processes import Client, Mock

CALLS = ["write", "fdatasync", "fsync", "rename", "ftruncate"]
SLOTS = 8
# Trials have items of their own, so that one ledger serves all.
ITEMS = 1000
STALE = 5
WORKERS = 3


class Trial:
    """A job that is killed once and then taken up again until it is done."""

    def __init__(self, home, number, rows, mock, is_continued):
        self.folder = os.path.join(home, f"kill-{number}")
        os.makedirs(self.folder)
        self.number, self.mock, self.is_continued = number, mock, is_continued
        self.input, self.output = os.path.join(self.folder, "rows.jsonl"), os.path.join(self.folder, "out.jsonl")
        first = number * ITEMS
        self.write(first, rows)
        self.old = {}
        if is_continued:
            # An output with answers that are not asked for any more, rows that are new, and a torn line at its end.
            self.client().wait(60)
            self.write(first + STALE, rows + 10)
            with open(self.output) as file:
                lines = file.readlines()
            self.old = {json.loads(line)["id"]: line for line in lines}
            with open(self.output, "a") as file:
                file.write(lines[-1][:len(lines[-1]) // 2])
        self.asked = read_rows(self.input)

    def write(self, first, count):
        with open(self.input, "w") as file:
            for n in range(first, first + count):
                file.write(json.dumps({"id": f"row-{n}", "prompt": f"item-{n:07d}: a word?"}) + "\n")

    def client(self, trace=()):
        return Client(self.folder, self.mock.url, ["sk-kill-0001"], ["-c", str(SLOTS)], trace)

    def files(self):
        """The files whose changes count."""
        state = self.output + ".sluice"
        names = ["lock", "run.json.tmp", "run.json", "stale.jsonl", "torn-1", "errors.previous.jsonl", "inflight",
                 "suspects", "suspects.tmp"]
        return [self.folder, self.output, self.output + ".errors.jsonl", self.output + ".sluice-rewrite", state,
                *(os.path.join(state, name) for name in names)]

    def traced(self, log, inject=()):
        command = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={','.join(CALLS)}"]
        for path in self.files():
            command += ["-P", path]
        for call, place in inject:
            command += ["-e", f"inject={call}:signal=KILL:when={place}"]
        return command

    def finish(self):
        """Takes the job up until it is done and holds the files to their promises."""
        answers = Answers(self.output, {**self.asked, **self.stale_rows()})
        answers.require_sound()
        before = answers.ids
        for _ in range(3):
            code = self.client().wait(60)
            if code is None:
                raise Broken(f"trial {self.number}: the run after the kill does not end")
            if code == 0:
                break
            time.sleep(0.05)
        else:
            raise Broken(f"trial {self.number}: exit {code} after the kill: {self.said()}")
        answers = Answers(self.output, self.asked)
        answers.require_sound()
        if answers.torn or answers.ids != set(self.asked):
            raise Broken(f"trial {self.number}: {len(set(self.asked) - answers.ids)} rows missing, torn: {answers.torn}")
        if (before & set(self.asked)) - answers.ids:
            raise Broken(f"trial {self.number}: answers that were there are gone")
        self.require_stale_kept()

    def stale_rows(self):
        return {i: {"id": i, "prompt": json.loads(line)["prompt"]} for i, line in self.old.items()}

    def require_stale_kept(self):
        gone = {i: line for i, line in self.old.items() if i not in self.asked}
        if not gone:
            return
        kept = collections.Counter(open(self.output + ".sluice/stale.jsonl").read().splitlines(True))
        if any(kept[line] == 0 for line in gone.values()):
            raise Broken(f"trial {self.number}: an answer that was paid for is neither in the output nor in stale.jsonl")

    def said(self):
        return open(os.path.join(self.folder, "client.txt")).read()[-300:]


def points(trial):
    """How often each call is made by any one thread of a run, which is how strace counts."""
    log = os.path.join(trial.folder, "trace")
    trial.client(trial.traced(log)).wait(60)
    counts = collections.Counter()
    for line in open(log):
        found = re.match(r"(\d+)\s+(\w+)\(", line)
        if found:
            counts[found.groups()] += 1
    most = collections.Counter()
    for (_, call), count in counts.items():
        most[call] = max(most[call], count)
    return [(call, place) for call in CALLS for place in range(1, most[call] + 1)]


def run(count, seed, home, say):
    """Makes so many kills, the systematic ones among them, and returns the figures."""
    chance = random.Random(seed)
    mock = Mock(home, ["--latency", "3ms", "--sigma", "0.5"])
    try:
        plans = []
        for is_continued in (False, True):
            found = points(Trial(home, len(plans), 40, mock, is_continued)) if shutil.which("strace") else []
            plans += [(is_continued, point) for point in found]
        systematic = len(plans)
        if not systematic:
            say("without strace there are only random kills")
        plans += [(chance.random() < 0.3, chance.uniform(0, 0.12)) for _ in range(count - systematic)]
        # Two numbers were used above.
        numbered = list(enumerate(plans, systematic + 10))
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            ends = list(pool.map(lambda plan: one(home, mock, *plan), numbered))
    finally:
        mock.stop()
    met = require_met([moment for _, (_, moment) in numbered], ends)
    wasted = join(home, mock, [number for number, _ in numbered])
    return {"trials": len(plans), "systematic": systematic, "killed": sum(ends), **met, "paid_twice": wasted}


def require_met(moments, ends):
    """How many of the kills at each call came before the end of their run; a kind that never did proves nothing."""
    asked, met = collections.Counter(), collections.Counter()
    for moment, is_killed in zip(moments, ends):
        kind = f"at_{moment[0]}" if isinstance(moment, tuple) else "at_random"
        asked[kind] += 1
        met[kind] += is_killed
    # A run that is killed at random may have ended before; one that is killed at its n-th call seldom makes fewer.
    blind = [kind for kind, count in asked.items() if met[kind] * (10 if kind == "at_random" else 2) < count]
    if blind:
        raise Broken(f"too few kills came before the end of their run: {dict(met)} of {dict(asked)}")
    return dict(met)


def one(home, mock, number, plan):
    """One trial; returns whether the kill came before the end of the run."""
    is_continued, moment = plan
    trial = Trial(home, number, 40 if isinstance(moment, tuple) else 120, mock, is_continued)
    if isinstance(moment, tuple):
        code = trial.client(trial.traced("/dev/null", [moment])).wait(60)
    else:
        client = trial.client()
        code = client.wait(moment)
        client.signal(signal.SIGKILL)
        code = client.wait(60) if code is None else code
    try:
        trial.finish()
    except Broken as broken:
        raise Broken(f"{broken} (killed at {moment}, continued: {is_continued}, in {trial.folder})") from None
    shutil.rmtree(trial.folder)
    return code not in (0, None)


def join(home, mock, numbers):
    """What was paid for more than once was in flight at a kill."""
    times = collections.defaultdict(collections.Counter)
    for item, count in paid(read_ledger(mock.ledger)).items():
        times[item // ITEMS][item] = count
    total = 0
    for number in numbers:
        wasted = sum(times[number].values()) - len(times[number])
        total += wasted
        if wasted > SLOTS:
            raise Broken(f"trial {number}: {wasted} answers paid for twice, with {SLOTS} slots")
    return total
