"""SIGKILL at random moments of short runs, and at every call by which one run of each kind changes a file."""
import collections
import concurrent.futures
import os
import random
import re
import shutil
import signal

from join import Broken, paid, read_ledger
from processes import Mock
from trials import DOOMED, ITEMS, KINDS, SLOTS

CALLS = ["write", "fdatasync", "fsync", "rename", "ftruncate"]
WORKERS = 3


def points(trial):
    """How often each call is made by any one thread of a run, which is how strace counts."""
    log = os.path.join(trial.folder, "trace")
    trial.client(trial.traced(log, CALLS)).wait(60)
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
    mock = Mock(home, ["--latency", "3ms", "--sigma", "0.5", "--fault", f"prompt={DOOMED}: status 400, code content_policy"])
    try:
        plans = []
        for number, kind in enumerate(KINDS):
            found = points(kind(home, number, 40, mock)) if shutil.which("strace") else []
            plans += [(kind, point) for point in found]
        systematic = len(plans)
        if not systematic:
            say("without strace there are only random kills")
        plans += [(chance.choice(KINDS), chance.uniform(0, 0.12)) for _ in range(count - systematic)]
        # The first numbers were used above.
        numbered = list(enumerate(plans, len(KINDS)))
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            ends = list(pool.map(lambda plan: one(home, mock, *plan), numbered))
    finally:
        mock.stop()
    met = require_met([moment for _, (_, moment) in numbered], [is_killed for is_killed, _ in ends])
    wasted = join(mock, [trial for _, trial in ends])
    kinds = collections.Counter(f"of_{kind.name.replace(' ', '_')}" for kind, _ in plans)
    killed = sum(is_killed for is_killed, _ in ends)
    return {"trials": len(plans), "systematic": systematic, **kinds, "killed": killed, **met, "paid_twice": wasted}


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
    """One trial; whether the kill came before the end of the run, and what was asked."""
    kind, moment = plan
    trial = kind(home, number, 40 if isinstance(moment, tuple) else 120, mock)
    if isinstance(moment, tuple):
        code = trial.client(trial.traced("/dev/null", CALLS, [moment])).wait(60)
    else:
        client = trial.client()
        code = client.wait(moment)
        client.signal(signal.SIGKILL)
        code = client.wait(60) if code is None else code
    is_killed = code not in (0, 1, None)
    try:
        trial.finish()
    except Broken as broken:
        raise Broken(f"trial {number}: {broken} ({kind.name}, killed at {moment}, in {trial.folder})") from None
    shutil.rmtree(trial.folder)
    return is_killed, trial


def join(mock, trials):
    """What was paid for more often than it had to be was in flight at a kill."""
    times = collections.defaultdict(collections.Counter)
    for item, count in paid(read_ledger(mock.ledger)).items():
        times[item // ITEMS][item] = count
    total = 0
    for trial in trials:
        wasted = sum(times[trial.number].values()) - len(times[trial.number]) * trial.times
        total += wasted
        if wasted > SLOTS:
            raise Broken(f"trial {trial.number}: {wasted} answers paid for in vain, with {SLOTS} slots ({trial.name})")
        if trial.free & set(times[trial.number]):
            raise Broken(f"trial {trial.number}: answers of another tool were paid for again")
    return total
