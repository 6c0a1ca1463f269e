#!/usr/bin/env python3
"""Compares what `sluice estimate` says with the `usage` of a server that counts with tiktoken: estimate.py SLUICE FOLDER

SLUICE is the binary. The server counts chats as OpenAI's cookbook does (How_to_count_tokens_with_tiktoken, checked
against the API there) and tools as the TypeScript that the model is shown, which is another way than Sluice's own
(litellm's token_counter has it from the community's reverse engineering). Without tools every row must agree to the
token. With tools, and for models whose vocabulary Sluice does not have, 60 rows are asked, and the estimate of the
others is compared with what they then take: within 2 %. The exit code is 1 if one of them is missed.
"""
import argparse
import http.server
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading

import tiktoken

import vocabulary
from strings import string

PROSE = [
    "The harbour office opens at nine, and the pilot waits for nobody.", "Bitte fassen Sie den folgenden Absatz zusammen.",
    "请把下面这段话翻译成英文，并保留所有的专有名词。", "次の文章の要点を三つにまとめてください。", "Переведите на английский язык.",
    "¿Cuál es el sentimiento de esta reseña?", "import json\n\ndef read(path):\n    return json.loads(path.read_text())\n",
    '{"id": 17, "tags": ["a", "b"], "score": 0.25}', "لخص النص التالي في جملة واحدة.", "이 리뷰의 감정을 분류하세요.",
]


# The server's way to count.

def encoding(model):
    # A model that nobody has the vocabulary of: the server knows it, Sluice does not.
    return tiktoken.get_encoding("p50k_base") if model == "house-model" else tiktoken.encoding_for_model(model)


def typescript(schema, indent):
    kind = schema.get("type")
    if "enum" in schema:
        return " | ".join(json.dumps(item) for item in schema["enum"])
    if kind == "object":
        lines = ["{"]
        for name, value in schema.get("properties", {}).items():
            if "description" in value:
                lines.append(f"{indent}// {value['description']}")
            mark = "" if name in schema.get("required", []) else "?"
            lines.append(f"{indent}{name}{mark}: {typescript(value, indent + '  ')},")
        return "\n".join(lines + ["}"])
    if kind == "array":
        return f"{typescript(schema.get('items', {}), indent)}[]"
    return "number" if kind in ("integer", "number") else kind or "any"


def tool_tokens(tools, count):
    lines = ["namespace functions {", ""]
    for tool in tools:
        function = tool["function"]
        lines.append(f"// {function['description']}")
        lines += [f"type {function['name']} = (_: {typescript(function['parameters'], '')}) => any;", ""]
    return count("\n".join(lines + ["} // namespace functions"])) + 9


def prompt_tokens(body):
    coder = encoding(body["model"])
    count = lambda text: len(coder.encode_ordinary(text))
    total = 3
    for message in body["messages"]:
        total += 3
        for name, value in message.items():
            total += count(value) + (1 if name == "name" else 0)
    if "tools" in body:
        total += tool_tokens(body["tools"], count)
    return total


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        used = prompt_tokens(body)
        reply = json.dumps({
            "id": "x", "object": "chat.completion", "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": used, "completion_tokens": 2, "total_tokens": used + 2}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


# Jobs.

def chat(draw, number):
    messages = []
    if draw.random() < 0.5:
        messages.append({"role": "system", "content": draw.choice(PROSE)})
    for turn in range(draw.choice((1, 1, 1, 3))):
        text = " ".join(draw.choice(PROSE) if draw.random() < 0.8 else string(draw) for _ in range(draw.randrange(1, 9)))
        message = {"role": "assistant" if turn % 2 else "user", "content": text}
        if draw.random() < 0.2:
            message["name"] = draw.choice(("example_user", "Ada", "王"))
        messages.append(message)
    return {"custom_id": f"row-{number}", "messages": messages}


def tool(draw, number):
    words = "the current weather of a place in the unit that its people use, or of the nearest station".split()
    say = lambda: " ".join(draw.choice(words) for _ in range(draw.randrange(4, 14)))
    properties = {f"field_{i}": {"type": draw.choice(("string", "integer", "boolean")), "description": say()}
                  for i in range(draw.randrange(1, 5))}
    if draw.random() < 0.5:
        properties["unit"] = {"type": "string", "enum": ["celsius", "fahrenheit"], "description": say()}
    return {"type": "function", "function": {
        "name": f"get_{draw.choice(words)}_{number}", "description": say(),
        "parameters": {"type": "object", "properties": properties, "required": ["field_0"]}}}


def job(path, draw, rows, *, tools=False):
    with open(path, "w") as file:
        for number in range(rows):
            row = chat(draw, number)
            if tools:
                row["tools"] = [tool(draw, i) for i in range(draw.randrange(1, 4))]
                row = {"custom_id": row.pop("custom_id"), "method": "POST", "url": "/v1/chat/completions", "body": row}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


class Server(http.server.ThreadingHTTPServer):
    # Python's own queue of five drops connections that come together, and some of their clients never hear of it.
    request_queue_size = 256


def sluice(binary, *words, codes=(0,)):
    run = subprocess.run([binary, *map(str, words)], capture_output=True, text=True, timeout=300)
    if run.returncode not in codes:
        sys.exit(f"{words}: exit {run.returncode}\n{run.stdout}\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1]) if "--json" in words else run.stdout


def exact(binary, folder, base, model, draw, rows):
    """Every row, and the sum, to the token."""
    source, target = folder / f"{model}.jsonl", folder / f"{model}.out.jsonl"
    job(source, draw, rows)
    estimate = sluice(binary, "estimate", source, "-m", model, "--json")["input_tokens"]
    lines = sluice(binary, "count", source, "-m", model, "--each").splitlines()
    counted = {line.split("\t")[2]: int(line.split("\t")[3]) for line in lines if line.count("\t") == 3}
    summary = sluice(binary, "run", source, "-o", target, "-m", model, "--base-url", base, "-c", 32, "--timeout", "60s",
                     "--json", "-q")
    wrong = 0
    for line in target.read_bytes().splitlines():
        row = json.loads(line)
        wrong += counted[row["custom_id"]] != row["sluice"]["usage"]["input"]
    used = summary["requests"]["input_tokens"]
    print(f"{model}, {rows:,} chats: estimated {estimate:,}, used {used:,}; {wrong} rows differ", flush=True)
    return wrong == 0 and estimate == used


def calibrated(binary, folder, base, model, draw, rows, *, tools):
    """60 rows, then the estimate of the others against what they take."""
    name = f"{model}-{'tools' if tools else 'chats'}"
    source, target = folder / f"{name}.jsonl", folder / f"{name}.out.jsonl"
    job(source, draw, rows, tools=tools)
    blind = sluice(binary, "estimate", source, "-m", model, "--json")["input_tokens"]
    run = ("run", source, "-o", target, "-m", model, "--base-url", base, "-c", 32, "--timeout", "60s", "--json", "-q")
    first = sluice(binary, *run, "-n", 60)["requests"]["input_tokens"]
    estimate = sluice(binary, "estimate", source, "-o", target, "-m", model, "--json")
    used = sluice(binary, *run)["requests"]["input_tokens"]
    off = estimate["input_tokens"] / used - 1
    print(f"{name}, {rows:,} rows: before any answer {blind / (first + used) - 1:+.1%}, after 60 ({estimate['method']}) "
          f"estimated {estimate['input_tokens']:,}, used {used:,}: {off:+.2%}", flush=True)
    return abs(off) <= 0.02


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    vocabulary.provide(options.folder)
    binary = options.sluice.resolve()
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/v1"
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        good = [exact(binary, folder, base, model, draw, options.rows) for model in ("gpt-4o", "gpt-4", "gpt-3.5-turbo")]
        good += [calibrated(binary, folder, base, model, draw, options.rows, tools=tools)
                 for model, tools in (("gpt-4o", True), ("gpt-4", True), ("house-model", False), ("house-model", True))]
    server.shutdown()
    sys.exit(0 if all(good) else 1)


main()
