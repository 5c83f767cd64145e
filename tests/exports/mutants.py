"""Seeded broken files: those whose every record is known because it was written one by one, and those broken anyhow."""

import codecs
import csv
import io
import random
from dataclasses import dataclass, field
from itertools import dropwhile

HEADER = ["id", "name", "phase", "worth", "note"]
MAPPING = {
    "table": "opportunities",
    "columns": {"opportunity_id": "id", "name": "name", "stage": "phase", "amount": "worth"},
    "stages": {"Talk": "open", "Won": "won", "Lost": "lost"},
    "format": {"decimal": ".", "currency": "EUR"},
}
ALPHABETS = {
    "utf-8": "Ünï – 中文 Приве́т ñ", "utf-8-sig": "Ünï 中文", "utf-16": "Ünï Привет", "utf-16-le": "plain",
    "cp1251": "Привет мир", "gb18030": "北京有限公司上海", "cp1252": "Müller señor",
}  # fmt: skip
CONTROLS = ["\u202e", "\u200b", "\u2066", "\x1a", "\x7f", "=1+1", "'; DROP TABLE x; --", "<script>", "6.9E+11", "\x00"]
PIECES = [
    b"\x00", b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\xff", b"\xd0\x9f", b"\xef\xbb\xbf", b"|", b"'",
    "\u202e".encode(), b" ", b"Total,", b"=1+1", b"6.9E+11", b"\x1a", b"x" * 5_000,
]  # fmt: skip


@dataclass
class Written:
    """A file and what is in it: records below the header, the ids of those that nothing is wrong with, and how often
    each id was written."""

    content: bytes
    records: int = 0
    blank: int = 0
    good: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)


def written(seed: int) -> Written:
    """A file written record by record: in any encoding, delimiter, quoting and line end, with records that are blank,
    too short, too long, given twice, or full of what spreadsheets and terminals stumble over."""
    rng = random.Random(seed)
    encoding = rng.choice(list(ALPHABETS))
    delimiter, end = rng.choice([",", ",", ";", "\t", "|"]), rng.choice(["\n", "\n", "\r\n", "\r"])
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    if end == "\r":
        quoting = csv.QUOTE_ALL  # else the writer leaves line feeds within cells bare
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(HEADER)
    made = Written(b"")
    for i in range(rng.randrange(8, 40)):
        cells = _cells(rng, i, ALPHABETS[encoding], encoding)
        kind = rng.randrange(24)
        if kind == 0:
            sink.write(end if rng.random() < 0.5 else delimiter * (len(HEADER) - 1) + end)
            made.blank += 1
        elif kind == 1:
            writer.writerow([*cells, "one", "too many"])
        elif kind == 2:
            writer.writerow(cells[:2])
        elif kind == 3 and made.good:
            cells[0] = rng.choice(sorted(made.good))
            writer.writerow(cells)
            made.seen[cells[0]] += 1
        else:
            writer.writerow(cells)
            made.good.add(cells[0])
            made.seen[cells[0]] = made.seen.get(cells[0], 0) + 1
        made.records += 1
    text = sink.getvalue()
    if rng.random() < 0.3:
        text = text.removesuffix(end)
        if text.endswith(end):  # a last line of nothing at all is no record once its end is gone
            made.records, made.blank = made.records - 1, made.blank - 1
    made.content = text.encode(encoding)
    return made


def _cells(rng: random.Random, i: int, alphabet: str, encoding: str) -> list[str]:
    note = "".join(rng.choice(alphabet) for _ in range(rng.randrange(12)))
    action = rng.randrange(12)
    if action == 0:
        note += rng.choice(["\n", "\r\n"]) + "next line"
    elif action == 1:
        note = f'a "{note}" b, c; d\te|f'
    elif action == 2:
        note += next(c for c in rng.sample(CONTROLS, len(CONTROLS)) if _fits(c, encoding))
    elif action == 3 and rng.random() < 0.15:
        note = "x" * 300_000
    return [f"d{i}", f"Deal {i} {alphabet[:3]}", rng.choice(["Talk", "Won", "Lost"]), f"{i}.{i % 10}5", note]


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return encoding != "utf-16-le" or "\x00" not in text


def torn(seed: int) -> bytes:
    """A file in which bytes were put in, taken out and doubled anywhere, or that was cut off."""
    rng = random.Random(seed)
    rows = "".join(f'd{i},"Deal, ""{i}""\nline",Talk,"{i},{i:03}.5",x{i}\n' for i in range(30))
    data = (",".join(HEADER) + "\n" + rows).encode(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1251"]))
    for _ in range(rng.randrange(1, 6)):
        at, to = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
        action = rng.randrange(4)
        if action == 0:
            data = data[:at] + rng.choice(PIECES) + data[at:]
        elif action == 1:
            data = data[:at] + data[at + rng.randrange(30) :]
        elif action == 2 and len(data) < 100_000:
            data = data[:to] + data[at:to] + data[to:]
        else:
            data = data[: max(200, to)] if rng.random() < 0.3 else data[:at] + rng.choice(PIECES) * 3 + data[at:]
    return data


def counted(content: bytes) -> int:
    """The records of a file as Python's own reader counts them, blank ones below the first that is not too; quotes as
    forgiving as it is."""
    codec = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    text = content.removeprefix(codecs.BOM_UTF8).decode(codec, errors="replace").replace("\x00", "")
    csv.field_size_limit(1 << 27)
    return sum(1 for _ in dropwhile(lambda record: not any(record), csv.reader(io.StringIO(text, newline=""))))
