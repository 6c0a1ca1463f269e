"""pip with an error of its own where the index cannot be reached: pypi.py install tiktoken==0.14.0 ends with 75 then."""
import re
import subprocess
import sys

# What pip says where there is no network, where a proxy lets nothing through, and where an index does not have the
# project at all; that a project lacks a version is no such thing.
ABSENT = r"connection broken by|Could not fetch URL|timed out|HTTP error|ConnectionError|ProxyError|from versions: none\)"


class Unreachable(Exception):
    """The index cannot be reached."""


def pip(command, *words):
    """Runs a command of pip; raises Unreachable, or CalledProcessError for any other failure."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, "-q", "--disable-pip-version-check", "--timeout", "10", "--retries", "1",
         *map(str, words)], stderr=subprocess.PIPE, text=True)
    sys.stderr.write(done.stderr)
    if done.returncode and re.search(ABSENT, done.stderr):
        raise Unreachable
    done.check_returncode()


if __name__ == "__main__":
    try:
        pip(*sys.argv[1:])
    except Unreachable:
        sys.exit(75)
