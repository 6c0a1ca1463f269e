"""The fault script of a round: five requests in a hundred go wrong, each in its own way (docs/fault-script.md)."""
import json

# What the client has to try again.
BROKEN = [
    {"status": 500}, {"status": 502}, {"status": 503, "retry-after": "50ms"}, {"status": 504}, {"status": 408},
    {"status": 409}, {"status": 520}, {"status": 529}, {"html": 502}, {"reset": "before"}, {"reset": "head"},
    {"reset": "body"}, {"close": "before"}, {"close": "head"}, {"close": "body"}, {"close": "after"},
    {"truncate": "length"}, {"truncate": "json"}, {"truncate": "chunked"}, {"length": "+40"}, {"length": "-3"},
    {"chunked": "bad-size"}, {"chunked": "both"}, {"body": "upstream busy, try again"}, {"gzip": "broken"},
    {"status": 200, "code": "server_error", "message": "the upstream failed"}, {"stall": "before"}, {"stall": "body"},
    {"status": 503, "truncate": "length"}, {"status": 500, "gzip": "broken"}, {"status": 529, "chunked": "bad-size"},
    {"status": 502, "close": "body"},
]
# What looks odd and is an answer all the same.
HARMLESS = [
    {"chunked": "extensions"}, {"chunked": "trailers"}, {"chunked": "bytes"}, {"interim": 3}, {"size": "200KB"},
    {"gzip": "sound"}, {"drip": "100", "every": "2ms"}, {"stall": "head", "for": "50ms"}, {"delay": "300ms"},
    {"delay": "1ms", "clock": "+1h"}, {"delay": "1ms", "clock": "-1h"}, {"twice": True},
    # The answer to whatever is asked meanwhile is lost, and the row behind it is asked again.
    {"again": "1ms"}, {"again": "10ms"}, {"again": "40ms"},
]
# What makes a key rest, and so decides how long a round takes.
RESTS = [{"status": 429, "retry-after": "100ms"}, {"status": 429, "retry-after": "1s", "clock": "+1h"}, {"status": 429},
         {"status": 429, "retry-after": "100ms", "truncate": "length"}]
# An answer larger than any client takes.
HUGE = {"size": "50MB"}
# What no attempt helps.
FINAL = [
    {"status": 400, "code": "context_length_exceeded", "message": "This model's maximum context length is 8192 tokens."},
    {"status": 404, "code": "not_found"}, {"status": 413}, {"status": 422},
]


def rules(chance, doomed, keys, is_steady):
    """The rules in their order: for the rows that must fail, for keys, and at random."""
    script = [{"when": {"prompt": f"item-{item:07d}:"}, "do": chance.choice(FINAL)} for item in doomed]
    if len(keys) > 1 and not is_steady:
        end = chance.choice([None, "spent", "revoked", "deactivated"])
        if end:
            script.append({"when": {"key": keys[-1][-4:], "nth": f"{chance.randint(1, 300)}+"}, "do": {"key": end}})
        if chance.random() < 0.2:
            script.append({"when": {"after": "300ms"}, "do": {"limits": "50%"}, "times": 1})
    if is_steady or chance.random() < 0.05:
        script.append({"when": {"nth": chance.randint(2, 50)}, "do": HUGE, "times": 1})
    kinds = list(BROKEN + HARMLESS)
    if not is_steady:
        kinds = chance.sample(kinds, chance.randint(1, len(kinds)))
    weights = [chance.uniform(0.2, 1) for _ in kinds]
    rests = 0.002 if is_steady else chance.choice([0, 0.02, 0.1])
    for kind, weight in zip(kinds, weights):
        script.append({"when": {"rate": f"{5 * (1 - rests) * weight / sum(weights):.4f}%"}, "do": kind})
    for kind in RESTS if rests else []:
        script.append({"when": {"rate": f"{5 * rests / len(RESTS):.4f}%"}, "do": kind})
    return script


def write(path, script):
    """YAML is also JSON, and a rule a line reads well."""
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(rule) for rule in script) + "\n]\n")
