"""Random strings of all scripts, made to hit the edges of the split patterns."""
POOLS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " ", " \t\n\r", "\u00a0\u2003\u3000\u0085\u2028\u200b\ufeff\u000b\u000c",
    "'\u2019sStTrReEvVmMlLdD\u017f\u212a", "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~", "/\r\n", [0x300, 0x370], [0x483, 0x48a], [0x370, 0x400], [0x400, 0x530],
    [0x590, 0x700], [0x900, 0xE00], [0xE00, 0xE80], [0x10A0, 0x1100], [0x1C80, 0x1CC0], [0x1E00, 0x2000], [0x2000, 0x2070], [0x2070, 0x2190], [0x3040, 0x3100],
    [0x4E00, 0xA000], [0xAC00, 0xD7A4], [0x2B0, 0x300], [0x1F300, 0x1FAFF], [0x1D400, 0x1D800], [0xA640, 0xA800], [0xFF00, 0xFFF0], [0xE000, 0xF900],
    [0x10000, 0x11000], [0x20000, 0x20100], [0, 0x110000], "²½Ⅷ৪①", "的一是不了人我在有他这中大来上国",
]
WORDS = ["don't", "I'LL", "we've", "'S", "o'ſ", "hello", "World", "ABC中DEF", "\r\n\r\n", "   ", "\n  ", "://", "e\u0301", "中文", "123456", "<|endoftext|>", "<|im_start|>"]


def string(draw):
    pools = draw.sample(POOLS, draw.randrange(1, 4))
    out = []
    for _ in range(draw.choice((1, 2, 3, 5, 8, 13, 21, 34, 60))):
        if draw.random() < 0.06:
            out.append(draw.choice(WORDS))
            continue
        pool = draw.choice(pools)
        scalar = draw.randrange(*pool) if isinstance(pool, list) else ord(draw.choice(pool))
        if not 0xD800 <= scalar < 0xE000:
            out.append(chr(scalar) * (draw.randrange(2, 9) if draw.random() < 0.08 else 1))
    return "".join(out)
