"""The two programs of a proof, client and simulated provider, and what they use while they run."""
import json
import os
import re
import signal
import statistics
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("SLUICE_BINARY", os.path.join(ROOT, ".build/release/sluice"))


class Gauge(threading.Thread):
    """Samples resident memory (KiB), sockets and other open files of a process until it ends."""

    def __init__(self, pid, every=0.2):
        super().__init__(daemon=True)
        self.pid, self.every, self.samples = pid, every, []
        self.start()

    def run(self):
        while True:
            try:
                status = open(f"/proc/{self.pid}/status").read()
                sockets, files = self.open_files()
            except OSError:
                return
            found = re.search(r"VmRSS:\s+(\d+)", status)
            if not found:
                return
            self.samples.append((time.monotonic(), int(found.group(1)), sockets, files))
            time.sleep(self.every)

    def open_files(self):
        sockets = files = 0
        for number in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                if os.readlink(f"/proc/{self.pid}/fd/{number}").startswith("socket:"):
                    sockets += 1
                else:
                    files += 1
            except FileNotFoundError:
                # It was closed meanwhile.
                pass
        return sockets, files

    @property
    def end(self):
        """When the last sample was taken."""
        return self.samples[-1][0] if self.samples else 0

    def thirds(self, end):
        """Medians of (KiB, sockets, other files) in the first and the last third up to a moment, the start-up left out;
        None if that is too short."""
        samples = [sample for sample in self.samples if sample[0] <= end]
        if not samples or samples[-1][0] - samples[0][0] < 10:
            return None
        samples = samples[len(samples) // 10:]
        third = len(samples) // 3
        parts = samples[:third], samples[-third:]
        return [tuple(statistics.median(s[i] for s in part) for i in (1, 2, 3)) for part in parts]


class Mock:
    """`sluice mock`, which may go away and come back on its port."""

    def __init__(self, folder, flags):
        self.folder, self.flags, self.port, self.starts = folder, flags, 0, 0
        self.ledger = os.path.join(folder, "ledger.jsonl")
        self.process = None
        self.start()

    def start(self, flags=()):
        self.starts += 1
        # Another seed after a pause, or the same requests would meet the same faults again.
        command = [BINARY, "mock", "--port", str(self.port), "--ledger", self.ledger,
                   "--seed", str(self.starts), *self.flags, *flags]
        self.errors = open(os.path.join(self.folder, "mock.txt"), "a+")
        begin = self.errors.tell()
        self.process = subprocess.Popen(command, stderr=self.errors, cwd=self.folder)
        for _ in range(400):
            self.errors.seek(begin)
            found = re.search(r"http://127\.0\.0\.1:(\d+)/v1", self.errors.read())
            if found:
                self.port = int(found.group(1))
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.025)
        raise RuntimeError(f"the mock does not start, see {self.folder}/mock.txt")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def stop(self):
        """Ends it in good order, so that its ledger is whole."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        self.process = None


class Client:
    """One `sluice run`."""

    def __init__(self, folder, url, keys, flags, trace=(), paths=("rows.jsonl", "out.jsonl")):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "SLUICE_"))}
        environment.update(OPENAI_API_KEYS=",".join(keys), HOME=folder, XDG_CONFIG_HOME=folder)
        self.folder = folder
        self.command = [*trace, BINARY, "run", paths[0], "-o", paths[1], "-m", "demo", "--base-url", url,
                        "--json", "--progress", "never", *flags]
        self.summary_path = os.path.join(folder, "summary.json")
        self.began = time.time_ns()
        with open(self.summary_path, "w") as out, open(os.path.join(folder, "client.txt"), "a") as errors:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=errors, env=environment, cwd=folder)
        self.gauge = None

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, seconds):
        """The exit code, or None if it still runs then."""
        try:
            return self.process.wait(max(0.001, seconds))
        except subprocess.TimeoutExpired:
            return None

    def summary(self):
        """What it said at its end; None if it was killed or could not run."""
        text = open(self.summary_path).read()
        return json.loads(text) if text.strip() else None
