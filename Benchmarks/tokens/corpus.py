#!/usr/bin/env python3
"""Makes the text that the token comparisons read: corpus.py FOLDER

Documents of Debian in many languages (fetched with `apt-get download`), Python's standard library and JSON, cut to a
fixed mix of about 16 MB. Writes FOLDER/docs.bin and FOLDER/prompts.bin, the same text cut at random into 58,000 pieces
of about 290 bytes, shuffled. Both are runs of (length as 4 bytes, little-endian; UTF-8).
"""
import gzip
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import sysconfig

PACKAGES = {
    "debian-handbook": None, "debian-reference-en": "en", "debian-reference-zh-cn": "zh", "debian-reference-ja": "ja",
    "debian-reference-de": "de", "debian-reference-fr": "fr", "debian-reference-es": "es",
    "debian-reference-it": "it", "manpages-zh": "zh", "manpages-ja": "ja", "manpages-ru": "ru",
}
# Megabytes of each kind.
MIX = {
    "en": 5.5, "python": 4.1, "zh": 3.5, "ja": 0.5, "ru": 0.5, "json": 1.5, "de": 0.15, "fr": 0.15, "es": 0.15, "it": 0.1,
    "ar": 0.1, "ko": 0.1, "el": 0.05, "pl": 0.05, "vi": 0.05,
}
HANDBOOK = {
    "en-US": "en", "zh-CN": "zh", "zh-TW": "zh", "ja-JP": "ja", "ru-RU": "ru", "ar-MA": "ar", "ko-KR": "ko",
    "el-GR": "el", "pl-PL": "pl", "vi-VN": "vi", "de-DE": "de", "fr-FR": "fr", "es-ES": "es", "it-IT": "it",
}
DOCUMENT = 16_000


def text_of(path):
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    text = data.decode("utf-8", "ignore")
    if ".html" in path.name:
        text = re.sub(r"(?s)<(script|style).*?</\1>", "", text)
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
    elif "/man/" in str(path):
        text = re.sub(r"(?m)^\.\\\".*\n", "", text)
    return re.sub(r"\n{3,}", "\n\n", text)


def language(path):
    parts = path.parts
    for part in parts:
        if part in HANDBOOK:
            return HANDBOOK[part]
    if "man" in parts:
        return parts[parts.index("man") + 1][:2]
    return None


def sources(folder):
    found = {}
    for package, tongue in PACKAGES.items():
        root = folder / package
        if not root.exists():
            if not list(folder.glob(f"{package}_*.deb")):
                subprocess.run(["apt-get", "download", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["dpkg-deb", "-x", next(folder.glob(f"{package}_*.deb")), root], check=True)
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and re.search(r"\.(html|txt(\.gz)?|\d\w*(\.gz)?)$", path.name):
                found.setdefault(tongue or language(path), []).append(text_of(path))
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    found["python"] = [path.read_text(errors="ignore") for path in sorted(library.glob("*.py"))]
    found["python"] += [path.read_text(errors="ignore") for path in sorted(library.glob("test/*.py"))]
    for path in sorted(pathlib.Path("/usr/share/doc").rglob("copyright"))[:400]:
        found["en"].append(path.read_text(errors="ignore"))
    draw = random.Random(2)
    words = " ".join(found["en"])[:400_000].split()
    found["json"] = [
        json.dumps([
            {"id": draw.randrange(10**9), "name": " ".join(draw.sample(words, 4)), "score": draw.random(),
             "tags": draw.sample(words, 3), "active": draw.random() < 0.5, "nested": {"at": draw.randrange(10**12)}}
            for _ in range(90)], indent=draw.choice([None, 2]), ensure_ascii=False)
        for _ in range(130)]
    return found


def write(path, texts):
    with open(path, "wb") as file:
        for text in texts:
            data = text.encode("utf-8", "replace")
            file.write(len(data).to_bytes(4, "little") + data)


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
draw = random.Random(1)
documents = []
for kind, texts in sources(folder).items():
    room = int(MIX.get(kind, 0) * 1e6)
    pieces = [text[i:i + DOCUMENT] for text in texts for i in range(0, len(text), DOCUMENT)]
    draw.shuffle(pieces)
    taken = 0
    for piece in pieces:
        if taken >= room:
            break
        documents.append(piece)
        taken += len(piece.encode("utf-8", "replace"))
    print(f"{kind}: {taken:,} bytes")
draw.shuffle(documents)
prompts = []
for text in documents:
    at = 0
    while at < len(text):
        size = max(1, int(draw.expovariate(1 / 285)))
        # Characters of three bytes: prompts in Chinese have as many bytes with fewer characters.
        if len(text[at:at + 40].encode("utf-8", "replace")) > 80:
            size = max(1, size * 2 // 5)
        prompts.append(text[at:at + size])
        at += size
draw.shuffle(prompts)
write(folder / "docs.bin", documents)
write(folder / "prompts.bin", prompts)
size = sum(len(text.encode("utf-8", "replace")) for text in documents)
print(f"{len(documents):,} documents, {size:,} bytes; {len(prompts):,} prompts of {size // len(prompts)} bytes")
