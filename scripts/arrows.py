#!/usr/bin/env python3
"""Checks that imports go one way, that clocks, tasks and unsafe words stand only where they may, and file sizes."""
import pathlib
import re
import sys

CORE = {"SluiceCore"}
SYSTEM = {"Glibc", "Darwin"}
NIO = {"NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOTLS"}
MAY_IMPORT = {
    "SluiceCore": {"Synchronization"},
    "SluiceProviders": CORE | {"CCatalogue"},
    "SluiceScheduling": CORE | {"HeapModule", "DequeModule"},
    "SluiceStorage": CORE | {"Crypto", "CZlib", "FoundationEssentials", "GRDB", "GRDBSQLite"},
    "SluiceTokens": CORE | {"CVocabularies", "Swift"},
    "SluiceTransport": CORE | NIO | {"CZlib", "DequeModule"},
    "SluiceSimulator": CORE | NIO,
    "Sluice": CORE | {"SluiceProviders", "SluiceScheduling", "SluiceStorage", "SluiceTokens", "SluiceTransport"},
    "SluiceCLI": CORE | {"Sluice", "SluiceProviders", "SluiceSimulator", "SluiceTokens", "ArgumentParser", "Yams", "Dispatch"},
    "SluiceMain": {"SluiceCLI"},
}
# Pure state machines: no system, no clock.
NO_SYSTEM = {"SluiceScheduling", "SluiceProviders", "SluiceTokens"}
# What is forbidden, and the files where it stands for a reason given there.
WORDS = {
    r"(^|[^A-Za-z.])Task(\.detached)?\s*\{": set(),
    r"@unchecked Sendable": {
        "SluiceCore/Guarded.swift", "SluiceStorage/Threads/Monitor.swift", "SluiceStorage/Journal/KeyTable.swift",
    },
    r"nonisolated\(unsafe\)": set(),
    r"try!": set(),
    # Waiting goes through `suspended`, which ThreadSanitizer understands.
    r"with(Unsafe|Checked)\w*Continuation|(Unsafe|Checked)Continuation<": {"SluiceCore/Suspension.swift"},
    r"await .*(?<!\.result\(\))\.get\(\)": set(),
    r"fatalError\(": {"SluiceStorage/Journal/KeyTable.swift"},
    r"ContinuousClock|Task\.sleep|\bDate\(\)|clock_gettime|UInt64\.random|SystemRandomNumberGenerator": {
        "Sluice/Environment.swift", "SluiceSimulator/Server/SimulatorClock.swift",
        "SluiceStorage/Threads/Monitor.swift",
    },
    r"TODO|FIXME|XXX": set(),
}
LONGEST = 600

wrong = []
sources = pathlib.Path("Sources")
for path in sorted(sources.rglob("*.swift")):
    target = path.parts[1]
    inside = str(path.relative_to(sources))
    text = path.read_text()
    if target not in MAY_IMPORT:
        wrong.append(f"{path}: no arrows are drawn for the target {target}")
        continue
    allowed = MAY_IMPORT[target] | (set() if target in NO_SYSTEM else SYSTEM)
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*(?:public |package |internal |private |fileprivate )?(?:@\S+ )*import (?:struct |class |func |enum )?(\w+)", line)
        if found and found.group(1) not in allowed:
            wrong.append(f"{path}:{number}: {target} may not import {found.group(1)}")
        code = re.sub(r"//.*", "", line)
        for word, places in WORDS.items():
            if re.search(word, code) and inside not in places:
                wrong.append(f"{path}:{number}: '{code.strip()[:60]}' needs a place in scripts/arrows.py, with a reason")
    if text.count("\n") > LONGEST:
        wrong.append(f"{path}: {text.count(chr(10))} lines, more than {LONGEST}")
    if re.search(r"(?i)(^|/)(utils?|helpers?|common|misc|managers?|extensions)(/|\.swift)", str(path)):
        wrong.append(f"{path}: a room without a name of the domain")
for line in wrong:
    print(line, file=sys.stderr)
sys.exit(1 if wrong else 0)
