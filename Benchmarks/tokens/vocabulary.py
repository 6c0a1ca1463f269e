"""The published vocabularies for tiktoken without OpenAI's server: they are in LiteLLM's wheel, under tiktoken's names.

vocabulary.py FOLDER fetches them; it ends with 75 where PyPI cannot be reached."""
import os
import pathlib
import sys
import zipfile

import pypi

WHEEL = "litellm==1.109.1"
CACHE = {"o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790", "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
         "p50k_base": "ec7223a39ce59f226a68acc30dc1af2788490e15", "r50k_base": "0ea1e91bbb3a60f729a8dc8f777fd2fc07cd8df4"}


def provide(folder):
    """Sets TIKTOKEN_CACHE_DIR, unless it is set, to FOLDER/vocab, and fills that from the wheel if it is not there."""
    if "TIKTOKEN_CACHE_DIR" in os.environ:
        return
    vocab = folder / "vocab"
    os.environ["TIKTOKEN_CACHE_DIR"] = str(vocab)
    if vocab.exists():
        return
    part = folder / "vocab.part"
    part.mkdir(parents=True, exist_ok=True)
    pypi.pip("download", "--no-deps", "-d", folder, WHEEL)
    with zipfile.ZipFile(next(folder.glob("litellm-*.whl"))) as wheel:
        for name in ("o200k_base", "cl100k_base", "p50k_base"):
            member = f"litellm/litellm_core_utils/tokenizers/{CACHE[name]}"
            (part / CACHE[name]).write_bytes(wheel.read(member))
    # r50k_base is the beginning of p50k_base.
    lines = (part / CACHE["p50k_base"]).read_bytes().splitlines(keepends=True)
    (part / CACHE["r50k_base"]).write_bytes(b"".join(lines[:50256]))
    part.rename(vocab)


if __name__ == "__main__":
    try:
        provide(pathlib.Path(sys.argv[1]))
    except pypi.Unreachable:
        sys.exit(75)
