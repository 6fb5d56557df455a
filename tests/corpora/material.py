# SPDX-License-Identifier: GPL-2.0-only
"""The corpora: every third-party message as a case, and rendered as ours.

../shared/corpora from the project's root, or $SIPALG_CORPORA.
"""
import csv
import hashlib
import os
import pickle
import re

from siptext import LONG

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
NO_MESSAGE = re.compile(r"(^|/)(SOURCE|README[^/]*|index\.\w+)$|"
                        r"\.(csv|md|dict|go|c)$")
DESCRIPTION = re.compile(r"^rfc-sdp/|/sdp/|^sdp-transform/|\.sdp$")
MOST = 65000                    # bytes that surely fit in a datagram

# Every IPv4 literal that is a word of its own, multicast and 0.0.0.0 apart.
LITERAL = re.compile(rb"(?<![0-9A-Za-z.\-_])"
                     rb"(?!0\.0\.0\.0|255\.255\.|22[4-9]\.|23\d\.)"
                     rb"((?:25[0-5]|2[0-4]\d|1?\d?\d)"
                     rb"(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})"
                     rb"(?![0-9A-Za-z\-_]|\.[0-9A-Za-z])")

# Well-formed messages that the core leaves as they came, and why.
LEFT = {
    "rfc4475/dat/intmeth.dat": "a NUL, though quoted",
}

# One that stands as the host of a URI or a Via, and has no port of its own.
PLACE = re.compile(rb"([@: ])" + LITERAL.pattern + rb"(?::5060(?!\d))?(?!:)")

FRAME = (b"INVITE sip:bob@provider.example SIP/2.0\r\n"
         b"Via: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK-%d\r\n"
         b"Max-Forwards: 70\r\n"
         b"From: <sip:alice@provider.example>;tag=%d\r\n"
         b"To: <sip:bob@provider.example>\r\n"
         b"Call-ID: %d\r\nCSeq: 1 INVITE\r\n"
         b"Contact: <sip:alice@192.0.2.4:5060>\r\n"
         b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n")


# All of them in one file: to open a thousand takes long where this is needed.
PACK = TOP + "/build/corpora/pack"


class Item:
    """One message; valid is True, False, or None where nobody says."""

    def __init__(self, name, data, valid):
        self.name, self.data, self.valid = name, data, valid

    @property
    def folder(self):
        return self.name.split("/")[0]


def folder():
    return os.environ.get("SIPALG_CORPORA", TOP + "/../shared/corpora")


def verdicts(root):
    """What the indexes say: {file name: True or False}."""
    known = {}
    for line in open(root + "/rfc4475/index.raw", encoding="utf-8"):
        section, _, name = line.rstrip("\n").split("\t")
        if section.startswith("3.1."):
            known["rfc4475/dat/%s.dat" % name] = section.startswith("3.1.1.")
    for line in open(root + "/jsip-torture/index.tsv", encoding="utf-8"):
        number, word = line.split("\t")[:2]
        for name in ("%03d.sip" % int(number), "%d.sip" % int(number)):
            known["jsip-torture/" + name] = word == "ok"
    for rfc in sorted(os.listdir(root + "/rfc-callflows")):
        path = "%s/rfc-callflows/%s/index.tsv" % (root, rfc)
        if os.path.exists(path):
            with open(path, encoding="utf-8", newline="") as f:
                for row in csv.DictReader(f, delimiter="\t",
                                          quoting=csv.QUOTE_NONE):
                    if row["exact"] == "1":
                        known["rfc-callflows/%s/%s" % (rfc, row["file"])] = \
                            True
    return known


def framed(number, body):
    """A description as the offer of an INVITE."""
    if body[-1:] != b"\n":
        body += b"\r\n"
    return FRAME % (number, number, number, len(body)) + body


def walk(root):
    """Every message below a folder, in order."""
    known, found = verdicts(root), []
    for path, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            full = os.path.join(path, name)
            short = os.path.relpath(full, root)
            if NO_MESSAGE.search(short):
                continue
            with open(full, "rb") as f:
                data = f.read()
            if DESCRIPTION.search(short) and b" SIP/2.0" not in data[:200]:
                data = framed(len(found), data)
            if not 0 < len(data) <= MOST:
                continue
            found.append(Item(short, data, known.get(short)))
            if short.startswith("jsip-torture/") and known.get(short) and \
                    not re.search(rb"\n\r?\n", data):
                # the empty line at its end was lost in its XML
                found.append(Item(short + "+crlf", data + b"\r\n", True))
    return found


def pack_key(root):
    """Changes with the corpora and with what is made of them."""
    with open(os.path.abspath(__file__), "rb") as f:
        return os.stat(root).st_mtime_ns, hashlib.sha1(f.read()).hexdigest()


def pack(found):
    """Keeps all messages for who reads them through unpack()."""
    os.makedirs(os.path.dirname(PACK), exist_ok=True)
    with open(PACK, "wb") as f:
        pickle.dump((pack_key(folder()), [vars(i) for i in found]), f)


def unpack(root):
    """What pack() kept, None when there is nothing that fits."""
    try:
        with open(PACK, "rb") as f:
            key, found = pickle.load(f)
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
    return [Item(**i) for i in found] if key == pack_key(root) else None


def choose(found, only):
    """All, or those of one folder or file."""
    return [item for item in found if only is None or item.name == only or
            item.name.startswith(only + "/")]


def items(only=None):
    """Messages of the corpora; None when the folder is not there."""
    root = folder()
    if not os.path.isdir(root):
        return None
    return choose(unpack(root) or walk(root), only)


def render(data, address, port=5060):
    """The same message with this address where an IPv4 literal stands, its
    port where that is another than 5060, and a Content-Length that is as true
    as it was."""
    head, border, body = data.partition(b"\r\n\r\n")
    new = LITERAL.sub(address, body)
    if port != 5060:
        head = PLACE.sub(rb"\g<1>%s:%d" % (address, port), head)
    head = LITERAL.sub(address, head)
    length = re.compile(rb"^(content-length|l)([ \t]*:\s*)(\d+)",
                        re.I | re.M)
    found = length.search(head)
    if found and int(found.group(3)) <= len(body):
        kept = LITERAL.sub(address, body[:int(found.group(3))])
        head = length.sub(lambda m: m.group(1) + m.group(2) +
                          b"%d" % len(kept), head, count=1)
    return head + border + new


def respell(data, number):
    """The same message with its headers in another legal spelling."""
    head, border, rest = data.partition(b"\r\n\r\n")
    start, _, lines = head.partition(b"\r\n")
    return start + b"\r\n" + re.sub(rb"(?m)^([^\s:]+)[ \t]*:",
                                    SPELLINGS[number % len(SPELLINGS)],
                                    lines) + border + rest


def other_name(found):
    """A compact name instead of a long one, and the reverse."""
    name = found.group(1).lower()
    back = {long: short for short, long in LONG.items()}
    return back.get(name, LONG.get(name, found.group(1))) + b":"


SPELLINGS = (rb"\1 :", rb"\1\t:", rb"\1:\r\n ", rb"\1  : ", other_name,
             lambda m: m.group(1).upper() + b":",
             lambda m: m.group(1).swapcase() + b" \t:\r\n\t")
