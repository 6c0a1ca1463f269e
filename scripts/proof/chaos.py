"""Chaos: a job under random faults, limits, keys, signals and outages, taken up again until it is done."""
import glob
import json
import os
import random
import signal
import time

import faults
from join import Answers, Broken, is_paid, item_of, paid, read_ledger, read_rows
from processes import Client, Gauge, Mock

GOOD = [f"sk-good-000{n}" for n in range(1, 5)]
INVALID, SPENT = "sk-wrong-0009", "sk-spent-0008"
# A line that is no row, in its place: it must fail, alone, each time.
BAD_LINES = ['{"id":"bad-1","prompt":', '{"id":"bad-2","no":"shape"}']


# Faults by which a connection ends.
ENDS = ("close", "reset", "stall", "truncate", "length", "chunked-b", "twice", "again", "gzip-broken")


class Job:
    """What one round does, decided from the seed before it starts."""

    def __init__(self, seed, number, rows=None):
        chance = self.chance = random.Random(f"{seed}/{number}")
        self.is_steady = rows is not None
        self.rows = rows or chance.choice([50, 300, 300, 1000, 1000, 3000])
        self.keys = GOOD[:chance.randint(1, 4)]
        self.has_invalid = chance.random() < 0.3
        self.has_spent = chance.random() < 0.3
        self.slots = chance.choice([1, 4, 16, 64, 64, 200, 256])
        self.latency = chance.choice([1, 5, 20, 60])
        if rows is None:
            # A round that would take longer than six seconds undisturbed gets fewer rows.
            self.rows = min(self.rows, max(50, int(6 * self.slots * 1000 / self.latency)))
        rate = self.rows * chance.uniform(10, 60) / len(self.keys)
        self.rpm = round(max(rate, 600)) if chance.random() < 0.5 else None
        self.is_told = chance.random() < 0.6
        self.concurrency = chance.choice([2, 8, 32]) if chance.random() < 0.2 else None
        self.says_when = chance.random() < 0.8
        self.durability = chance.choice(["sync", "sync", "os"])
        self.attempts = chance.choice([3, 5, 8])
        self.interruptions = chance.choice([0, 1, 2, 3, 4, 6])
        self.has_bad_lines = chance.random() < 0.3
        if self.is_steady:
            self.keys, self.slots, self.latency, self.rpm, self.concurrency = GOOD, 256, 20, None, None
            self.has_invalid = self.has_spent = True
            self.interruptions, self.durability, self.attempts = 0, "sync", 8
        # Rows that no attempt helps: they must fail, alone, each time.
        self.doomed = chance.sample(range(self.rows), chance.choice([0, 0, 2, 5]))
        self.script = faults.rules(chance, self.doomed, self.keys, self.is_steady)

    def mock_flags(self):
        flags = ["--latency", f"{self.latency}ms", "--sigma", "0.5"]
        for key in self.keys + ([SPENT] if self.has_spent else []):
            flags += ["--key", key]
        flags += ["--invalid-key", INVALID]
        flags += ["--faults", "faults.yaml"]
        if self.rpm:
            flags += ["--rpm", str(self.rpm)]
        if self.concurrency:
            flags += ["--concurrency", str(self.concurrency)]
        return flags if self.says_when else flags + ["--no-retry-after"]

    def client_keys(self):
        keys = self.keys + ([INVALID] if self.has_invalid else []) + ([SPENT] if self.has_spent else [])
        self.chance.shuffle(keys)
        return keys

    def client_flags(self):
        flags = ["-c", str(self.slots), "--max-attempts", str(self.attempts), "--durability", self.durability,
                 "--grace", "2s", "--timeout", "4s"]
        return flags + ["--rpm", str(self.rpm)] if self.rpm and self.is_told else flags

    def seconds(self):
        """About how long the job takes undisturbed."""
        pace = [self.slots * 1000 / self.latency, 3000]
        if self.rpm:
            pace.append(self.rpm * len(self.keys) / 60)
        if self.concurrency:
            pace.append(self.concurrency * len(self.keys) * 1000 / self.latency)
        return self.rows / min(pace) + 0.2

    def write_rows(self, path):
        lines = [
            json.dumps({"id": f"row-{n}", "prompt": f"item-{n:07d}: a word about {n}?", "n": n})
            for n in range(self.rows)
        ]
        if self.has_bad_lines:
            for line in BAD_LINES:
                lines.insert(self.chance.randrange(len(lines)), line)
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        return len(lines)

    def __str__(self):
        told = "told" if self.is_told else "unknown"
        limits = [f"{self.rpm} rpm {told}"] if self.rpm else []
        limits += [f"{self.concurrency} at once"] if self.concurrency else []
        return (f"{self.rows} rows, {len(self.keys)} keys{'+invalid' * self.has_invalid}{'+spent' * self.has_spent}, "
                f"-c {self.slots}, {self.latency} ms, {', '.join(limits) or 'no limits'}")


class Visit:
    """One run of the client within a round, and what was on the disk after it."""

    def __init__(self, client, before):
        self.client, self.before = client, before
        self.kind = "whole"
        self.outages = 0
        self.code = self.summary = self.new = None


class Round:
    """Carries a job through, and proves the result."""

    def __init__(self, job, folder, say=lambda line: None):
        self.job, self.folder, self.say = job, folder, say
        os.makedirs(folder)
        self.input = os.path.join(folder, "rows.jsonl")
        self.output = os.path.join(folder, "out.jsonl")
        self.lines = job.write_rows(self.input)
        faults.write(os.path.join(folder, "faults.yaml"), job.script)
        self.asked = read_rows(self.input)
        self.good = {i: r for i, r in self.asked.items() if item_of(r) not in {None, *job.doomed}}
        self.visits, self.gauges = [], []
        self.quarantined = 0
        self.figures = {}

    def run(self):
        job, chance = self.job, self.job.chance
        self.mock = Mock(self.folder, job.mock_flags())
        mock_gauge = Gauge(self.mock.process.pid)
        try:
            for left in range(job.interruptions, -1, -1):
                if self.visit(chance.choice(KINDS) if left else "whole"):
                    break
            for _ in range(12):
                # What failed only for bad luck is taken up again, as a user would.
                if self.is_done():
                    break
                self.visit("whole")
            else:
                raise Broken(f"not done after {len(self.visits)} runs: {len(self.good) - len(self.written())} missing")
        finally:
            self.mock.stop()
            for visit in self.visits:
                if visit.client.process.poll() is None:
                    visit.client.process.kill()
        self.require_failures()
        self.join()
        if job.is_steady:
            # Later runs only ask again for the few rows that had bad luck.
            end = self.visits[0].client.gauge.end
            ends = [self.flat("the client", self.visits[0].client.gauge, end, self.lines),
                    self.flat("the provider", mock_gauge, end, self.lines)]
            # A connection that one side has and the other has not is one that nobody closed.
            if None not in ends and abs(ends[0] - ends[1]) > 8:
                raise Broken(f"the client has {ends[0]} sockets, the provider {ends[1]}")
        self.no_key_leaked()
        return self.figures

    # one run of the client

    def visit(self, kind):
        """Runs the client once; returns whether nothing is left to do."""
        job, chance = self.job, self.job.chance
        before = self.visits[-1].after if self.visits else set()
        client = Client(self.folder, self.mock.url, job.client_keys(), job.client_flags())
        visit = Visit(client, before)
        visit.kind = kind
        self.visits.append(visit)
        if job.is_steady:
            client.gauge = Gauge(client.process.pid)
        patience = job.seconds() * 10 + 120
        moment = chance.uniform(0, job.seconds() * 1.2) if kind != "whole" else patience
        code = client.wait(moment)
        if code is None and kind != "whole":
            code = INTERRUPTIONS[kind](self, visit, patience)
        if code is None:
            client.process.kill()
            client.process.wait()
            raise Broken(f"a run of {job.seconds():.0f} s does not end in {patience:.0f} s")
        visit.code, visit.summary = code, client.summary() if code != -signal.SIGKILL else None
        self.look(visit)
        return code in (0, 1) and self.is_done()

    def kill(self, visit, patience):
        visit.client.signal(signal.SIGKILL)
        return visit.client.wait(patience)

    def terminate(self, visit, patience):
        visit.client.signal(signal.SIGTERM)
        return visit.client.wait(patience)

    def interrupt(self, visit, patience):
        visit.client.signal(signal.SIGINT)
        return visit.client.wait(patience)

    def interrupt_twice(self, visit, patience):
        visit.client.signal(signal.SIGINT)
        time.sleep(self.job.chance.uniform(0, 0.02))
        visit.client.signal(signal.SIGINT)
        return visit.client.wait(patience)

    def outage(self, visit, patience):
        visit.outages += 1
        self.mock.stop()
        time.sleep(self.job.chance.uniform(0.05, 1.5))
        # A key whose money runs out does so for good.
        flags = ["--quota-key", SPENT] if self.job.has_spent else []
        self.mock.start(flags)
        return visit.client.wait(patience)

    # what was on the disk after it

    def look(self, visit):
        answers = Answers(self.output, self.asked)
        answers.require_sound()
        visit.after = answers.ids
        visit.new = answers.ids - visit.before
        if visit.before - answers.ids:
            raise Broken(f"answers that were there are gone: {sorted(visit.before - answers.ids)[:5]}")
        if visit.code == -signal.SIGKILL:
            return
        if answers.torn:
            raise Broken("a line is torn although the run ended in order")
        if visit.summary is None:
            # It may have been stopped before it began.
            if visit.kind in ("terminate", "interrupt", "interrupt_twice") and not visit.new:
                return
            raise Broken(f"exit {visit.code} without a summary")
        self.accounts(visit)

    def accounts(self, visit):
        """The summary, the exit code and the files say the same."""
        rows, summary = visit.summary["rows"], visit.summary
        parts = ["answered", "cached", "deduplicated", "done_before", "failed", "left"]
        if rows["read"] != sum(rows[part] for part in parts):
            raise Broken(f"rows are not accounted for: {rows}")
        stopped_early = summary["stopped"] is not None and rows["read"] == 0
        if rows["read"] != self.lines and not stopped_early:
            raise Broken(f"{rows['read']} rows read of {self.lines}")
        if rows["answered"] != len(visit.new):
            raise Broken(f"{rows['answered']} answered, but {len(visit.new)} lines more")
        if rows["done_before"] > len(visit.before):
            raise Broken(f"{rows['done_before']} done before, but {len(visit.before)} were written")
        failed = [json.loads(line) for line in self.error_lines()] if not stopped_early else []
        if not stopped_early and len(failed) != rows["failed"]:
            raise Broken(f"{rows['failed']} failed, but {len(failed)} lines in the errors file")
        # Killed again and again at the same few rows, a run leaves them out and the next one asks them.
        self.quarantined += sum(line["error"]["code"] == "quarantined" for line in failed)
        for line in failed:
            if line["id"] in visit.after:
                raise Broken(f"{line['id']} failed and is answered")
        expected = {"interrupted": 130, "terminated": 75, "exhausted": 3}.get(summary["stopped"])
        if summary["stopped"] is None:
            expected = 1 if rows["failed"] else 0
        if visit.code != expected or summary["exit"] != visit.code:
            raise Broken(f"exit {visit.code}, but stopped: {summary['stopped']}, failed: {rows['failed']}")
        if visit.kind == "whole" and rows["left"] and summary["stopped"] != "exhausted":
            raise Broken(f"{rows['left']} rows left although nothing stopped the run")

    def error_lines(self):
        path = self.output + ".errors.jsonl"
        return open(path).read().splitlines() if os.path.exists(path) else []

    def written(self):
        return self.visits[-1].after if self.visits else set()

    def is_done(self):
        return bool(self.visits) and self.visits[-1].code in (0, 1) and self.written() >= set(self.good)

    def require_failures(self):
        """In the end exactly those rows have failed that had to."""
        failed = [json.loads(line) for line in self.error_lines()]
        doomed = {f"row-{n}" for n in self.job.doomed}
        bad_lines = self.lines - len(self.good) - len(doomed)
        if {line["id"] for line in failed if line["id"] in self.asked and item_of(self.asked[line["id"]]) is not None} != doomed:
            raise Broken(f"the rows that fail are not those that must: {[line['id'] for line in failed][:9]}")
        if len(failed) != len(doomed) + bad_lines:
            raise Broken(f"{len(failed)} rows failed, {len(doomed)} and {bad_lines} bad lines had to")

    # the ledger joined to it

    def join(self):
        ledger = read_ledger(self.mock.ledger)
        figures = self.figures = {
            "runs": len(self.visits), "killed": sum(v.code == -9 for v in self.visits),
            "outages": sum(v.outages for v in self.visits), "requests": len(ledger), "rows": len(self.good), "doomed": len(self.job.doomed),
            "answers_paid": sum(map(is_paid, ledger)), "faults": sum(e["fault"] is not None for e in ledger),
            "quarantined": self.quarantined,
            "refused": sum(e["status"] == 429 and e["fault"] is None for e in ledger),
        }
        starts = [visit.client.began for visit in self.visits] + [float("inf")]
        parts = [[e for e in ledger if start <= e["t"] < end] for start, end in zip(starts, starts[1:])]
        for killed, former, part in zip(self.visits, parts, parts[1:]):
            # What a killed client has just sent, a busy provider may read when the next one runs already.
            while killed.code == -signal.SIGKILL and part and not part[0]["sent"]:
                former.append(part.pop(0))
        for visit, part in zip(self.visits, parts):
            self.join_visit(visit, part)
        paid_for = paid(ledger)
        unpaid = [i for i, row in self.good.items() if not paid_for[item_of(row)]]
        if unpaid:
            raise Broken(f"answers that nobody paid for: {unpaid[:5]}")
        figures["paid_twice"] = sum(paid_for.values()) - len(self.good)
        figures["kinds"] = sorted({e["fault"] for e in ledger if e["fault"]})
        figures["in_flight_at_kills"] = self.job.slots * figures["killed"]

    def join_visit(self, visit, entries):
        """Every new answer was paid for in this run; what was paid for and is not there was in flight, or counted."""
        items = {item_of(self.asked[i]) for i in visit.new}
        paid_for = paid(entries)
        if items - set(paid_for):
            raise Broken(f"answers without a request in their run: {sorted(items - set(paid_for))[:5]}")
        wasted = sum(paid_for.values()) - len(items)
        by_fault = sum(is_paid(e) and e["fault"] is not None for e in entries)
        if visit.code == -signal.SIGKILL:
            if wasted - by_fault > self.job.slots:
                raise Broken(f"{wasted} answers paid for and lost by one kill, with {self.job.slots} slots")
            return
        if visit.summary is None:
            return
        requests = visit.summary["requests"]
        # A second signal breaks off what is in flight, and so does the end of the grace.
        spare = self.job.slots if visit.kind in ("interrupt_twice", "terminate") else 0
        if wasted > requests["possibly_paid_twice"] + spare:
            raise Broken(f"{wasted} answers were paid for in vain, {requests['possibly_paid_twice']} counted")
        if len(entries) > requests["sent"] + spare:
            raise Broken(f"the provider saw {len(entries)} requests, {requests['sent']} were counted")
        # A request that meets a connection just closed by a fault is sent, and never seen.
        unseen = requests["sent"] - len(entries)
        closes = sum((e["fault"] or "").lstrip("0123456789-").startswith(ENDS) for e in entries)
        if not visit.outages and not spare and unseen > closes:
            raise Broken(f"the provider saw {len(entries)} requests, {requests['sent']} were counted")
        self.figures["unseen"] = self.figures.get("unseen", 0) + (0 if visit.outages else unseen)
        # What may be paid twice is known exactly: answers that were paid for and did not arrive, and replies that broke
        # off; beside them at most the requests that nobody saw.
        unsure = wasted + sum(not is_paid(e) and e["status"] in (200, None) for e in entries)
        counted = requests["possibly_paid_twice"]
        # Whoever finds another reply that comes again in the place of his own does not know that he would be refused.
        astray = sum(e["fault"] == "again" for e in entries)
        if not unsure - spare <= counted <= unsure + max(0, unseen) + astray + spare:
            raise Broken(f"{counted} possibly paid twice, but {unsure} were, and {unseen} requests never seen")
        self.figures["possibly_paid_twice"] = self.figures.get("possibly_paid_twice", 0) + counted

    # beside the rows

    def flat(self, who, gauge, end, rows):
        """Nothing grows; the sockets of the last third, or None if it ran too short to say."""
        thirds = gauge.thirds(end)
        if not thirds:
            return None
        (memory, sockets, files), (memory_later, sockets_later, files_later) = thirds
        name = who.split()[-1]
        self.figures[f"{name}_mb"] = [round(memory / 1024, 1), round(memory_later / 1024, 1)]
        self.figures[f"{name}_sockets"] = [sockets, sockets_later]
        self.figures[f"{name}_files"] = [files, files_later]
        # 5 %, the allocator's grain, and what the contract allows for each finished row.
        if memory_later > memory * 1.05 + 2048 + 12 * rows / 1024:
            raise Broken(f"memory of {who} grows: {memory} KiB in the first third, {memory_later} in the last")
        if files_later > files + 2:
            raise Broken(f"open files of {who} grow: {files} in the first third, {files_later} in the last")
        # A connection is opened when it is first needed, on a busy machine late, but there is one for each slot at most; a
        # provider listens on one more.
        if sockets_later > self.job.slots + 2:
            raise Broken(f"{who} has {sockets_later} sockets for {self.job.slots} slots")
        return sockets_later

    def no_key_leaked(self):
        secrets = [key.encode() for key in GOOD + [INVALID, SPENT]]
        for path in glob.glob(self.folder + "/**", recursive=True):
            if os.path.isfile(path):
                content = open(path, "rb").read()
                for key in secrets:
                    if key in content:
                        raise Broken(f"a key is in {os.path.basename(path)}")


KINDS = ["kill", "kill", "kill", "terminate", "interrupt", "interrupt_twice", "outage"]
INTERRUPTIONS = {
    "kill": Round.kill, "terminate": Round.terminate, "interrupt": Round.interrupt,
    "interrupt_twice": Round.interrupt_twice, "outage": Round.outage,
}
