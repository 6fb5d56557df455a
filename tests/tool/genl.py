#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The generic netlink family "sipalg", spoken to without the tool.

What the tool never sends: unknown and misshapen attributes, wrong lengths,
attributes of another command, random bytes. Each refusal has to name the
attribute, and nothing may happen to the kernel. Needs the module and root;
prints "ok NAME" or "not ok NAME" for each test.
"""
import errno
import os
import random
import socket
import struct
import sys
import time

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 10, 11, 12
F_REQUEST, F_ACK, F_DUMP = 0x1, 0x4, 0x300
F_CAPPED, F_ACK_TLVS = 0x100, 0x200
ERROR, DONE = 2, 3
ERR_MSG, ERR_OFFS, ERR_POLICY, ERR_MISS_TYPE = 1, 2, 4, 5
FUZZ_SECONDS = float(os.environ.get("FUZZ_SECONDS", "10"))

UAPI = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../kmod/uapi/linux/sipalg.h")


def read_enum(name):
    """An enum of the uapi header as {name: number}."""
    with open(UAPI, encoding="utf-8") as f:
        body = f.read().split("enum " + name + " {", 1)[1].split("}", 1)[0]
    words = [line.strip().split(",")[0] for line in body.splitlines()]
    words = [w for w in words if w.startswith("SIPALG_")]
    return {word: number for number, word in enumerate(words)}


CMD = read_enum("sipalg_cmd")
ATTR = read_enum("sipalg_attr")
GETS = [c for c in CMD if c.endswith("_GET") and c != "SIPALG_CMD_STATUS_GET"]


def attr(number, data):
    pad = b"\0" * (-len(data) % 4)
    return struct.pack("=HH", len(data) + 4, number) + data + pad


def a(name, data):
    return attr(ATTR["SIPALG_A_" + name], data)


def text(name, value):
    return a(name, value.encode() + b"\0")


def parse_attrs(data):
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            break
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


class Refusal:
    """The end of a request: 0 or an errno, and the kernel's reason."""

    def __init__(self, number, reason=b"", offset=None, missing=None):
        self.number = number
        self.reason = reason.rstrip(b"\0").decode()
        self.offset = offset
        self.missing = missing

    def __repr__(self):
        name = errno.errorcode.get(self.number, str(self.number))
        return "%s %r offset %r missing %r" % (name, self.reason, self.offset,
                                               self.missing)


class Genl:
    def __init__(self, name="sipalg"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.settimeout(10)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.bind((0, 0))
        self.seq = 0
        self.answers = []
        self.family = 16
        end = self.ask(3, attr(2, name.encode() + b"\0"))
        if end.number:
            raise OSError(end.number, "no family " + name)
        family = parse_attrs(self.answers[0][4:])
        self.family = struct.unpack("=H", family[1])[0]
        self.groups = {}
        for group in parse_attrs(family[7]).values():
            got = parse_attrs(group)
            self.groups[got[1].rstrip(b"\0").decode()] = \
                struct.unpack("=I", got[2])[0]

    def send(self, cmd, payload=b"", flags=F_REQUEST | F_ACK, version=1,
             reserved=0):
        self.seq += 1
        body = struct.pack("=BBH", cmd, version, reserved) + payload
        head = struct.pack("=IHHII", 16 + len(body), self.family, flags,
                           self.seq, 0)
        self.sock.send(head + body)

    def end_of(self, flags, kind, body):
        number = -struct.unpack_from("=i", body)[0]
        if not flags & F_ACK_TLVS:
            return Refusal(number)
        at = 4
        if kind == ERROR:
            at += 16
            if not flags & F_CAPPED:
                at += struct.unpack_from("=I", body, 4)[0] - 16
        got = parse_attrs(body[at:])
        u32 = {k: struct.unpack("=I", v)[0] for k, v in got.items()
               if len(v) == 4}
        return Refusal(number, got.get(ERR_MSG, b""), u32.get(ERR_OFFS),
                       u32.get(ERR_MISS_TYPE))

    def receive(self):
        """Everything up to the end of the newest request."""
        self.answers = []
        while True:
            data = self.sock.recv(1 << 16)
            while len(data) >= 16:
                size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body = data[16:size]
                data = data[(size + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind in (ERROR, DONE):
                    return self.end_of(flags, kind, body)
                self.answers.append(body)

    def ask(self, cmd, payload=b"", **kwargs):
        if isinstance(cmd, str):
            cmd = CMD["SIPALG_CMD_" + cmd]
        self.send(cmd, payload, **kwargs)
        return self.receive()

    def dump(self, cmd, payload=b""):
        return self.ask(cmd, payload, flags=F_REQUEST | F_DUMP)


failed = 0


def check(name, good, saw=""):
    global failed
    print(("ok " if good else "not ok ") + name)
    if not good:
        failed = 1
        print("# %r" % (saw,))


def refused(name, end, number, offset=None):
    """Refused with this errno, a reason, and the attribute at @offset."""
    good = (end.number == number and end.reason and
            (offset is None or end.offset == offset))
    check("netlink: " + name, good, end)


FIRST = 20              # where the first attribute stands in a request
UDP, TCP = b"\x11", b"\x06"


def port(number):
    return struct.pack("=H", number)


def net(length, *attrs):
    """A network: SIPALG_NET_IP4 1, SIPALG_NET_IP6 2, SIPALG_NET_LEN 3."""
    body = b"".join(attr(kind, data) for kind, data in attrs)
    if length is not None:
        body += attr(3, bytes([length]))
    return attr(ATTR["SIPALG_A_NET"] | 0x8000, body)


def nets(*members):
    return attr(ATTR["SIPALG_A_NETS"] | 0x8000, b"".join(members))


TEN = (1, bytes([10, 0, 0, 0]))
SIX = (2, bytes([0xfd] + [0] * 15))


def test_networks(g):
    """What is no network is refused and named, and changes nothing."""
    einval, erange = errno.EINVAL, errno.ERANGE
    mode = a("MODE", b"\3")
    for name, bad, number in (
            ("bits behind the prefix", net(7, (1, bytes([11, 0, 0, 0]))),
             einval),
            ("bits behind an IPv6 prefix", net(7, SIX), einval),
            ("/33", net(33, TEN), einval),
            ("two addresses", net(8, TEN, SIX), einval),
            ("no address", net(8), einval),
            ("no length", net(None, TEN), einval)):
        refused("host: %s is named" % name, g.ask("HOST_SET", bad + mode),
                number, FIRST)
        refused("localnet: %s is named" % name,
                g.ask("LOCALNET_ADD", nets(net(8, (1, b"\1\0\0\0")), bad)),
                number, FIRST + 4 + 20)
    refused("/129 is refused", g.ask("HOST_DEL", net(129, SIX)), erange)
    refused("an address of 3 bytes is refused",
            g.ask("HOST_DEL", net(8, (1, b"\x0a\0\0"))), erange)
    good = net(8, TEN)
    for value in (b"\0", b"\4", b"\xff"):
        refused("mode %d is named" % value[0],
                g.ask("HOST_SET", good + a("MODE", value)), erange,
                FIRST + len(good))
    for seconds in (0, 31536001):
        refused("for %d is named" % seconds,
                g.ask("HOST_SET", good + mode + a(
                    "EXPIRES", struct.pack("=I", seconds))), erange,
                FIRST + len(good) + 8)
    refused("a nest without its flag is refused", g.ask(
        "HOST_SET", attr(ATTR["SIPALG_A_NET"], good[4:]) + mode), einval)
    refused("no network at all is refused", g.ask("LOCALNET_SET", nets()),
            einval)
    refused("257 networks are refused", g.ask("LOCALNET_SET", nets(*[
        net(32, (1, bytes([10, 0, i >> 8, i & 255]))) for i in range(257)])),
            einval, FIRST)
    refused("a network twice is named", g.ask(
        "LOCALNET_SET", nets(good, net(8, SIX), good)), einval,
            FIRST + 4 + len(good) + 32)
    refused("a mode that is not there is named", g.ask("HOST_DEL", good),
            errno.ENOENT, FIRST)
    g.dump("HOST_GET")
    check("netlink: no host has a mode after that", not g.answers, g.answers)
    g.dump("LOCALNET_GET")
    check("netlink: six local networks after that", len(g.answers) == 6,
          len(g.answers))


def test_refusals(g):
    einval, erange = errno.EINVAL, errno.ERANGE
    both = a("PROTO", UDP)
    refused("port 0 is named", g.ask("PORT_ADD", both + a("PORT", port(0))),
            erange, FIRST + 8)
    refused("protocol 7 is named",
            g.ask("PORT_ADD", a("PROTO", b"\7") + a("PORT", port(5080))),
            einval, FIRST)
    refused("a port there is named",
            g.ask("PORT_ADD", both + a("PORT", port(5060))),
            errno.EEXIST, FIRST + 8)
    refused("a port that is not there is named",
            g.ask("PORT_DEL", both + a("PORT", port(9))),
            errno.ENOENT, FIRST + 8)
    refused("a port of one byte is named",
            g.ask("PORT_ADD", both + a("PORT", b"\1")), einval, FIRST + 8)
    refused("enabled 2 is named", g.ask("ENABLE", a("ENABLED", b"\2")),
            erange, FIRST)
    refused("an unknown AOR is named",
            g.ask("REG_DEL", text("AOR", "nobody@nowhere")),
            errno.ENOENT, FIRST)
    refused("a string without end is named",
            g.ask("REG_DEL", a("AOR", b"nobody")), einval, FIRST)
    refused("a string too long is named",
            g.ask("REG_DEL", text("AOR", "x" * 300)), einval, FIRST)
    refused("an unknown key is named",
            g.ask("SET", text("KEY", "nokey") + text("VALUE", "1")),
            errno.ENOENT, FIRST)
    refused("a wrong value is named",
            g.ask("SET", text("KEY", "max-regs") + text("VALUE", "many")),
            einval, FIRST + 16)
    refused("a value out of range is named",
            g.ask("SET", text("KEY", "max-regs") + text("VALUE", "0")),
            erange, FIRST + 16)
    refused("a range backwards is named",
            g.ask("SET", text("KEY", "rtp-ports") +
                  text("VALUE", "20001-20000")), erange, FIRST + 16)
    refused("a word that is none of them is named",
            g.ask("SET", text("KEY", "accounting") + text("VALUE", "yes")),
            einval, FIRST + 16)
    for cmd in ("STATUS_GET", "PORT_FLUSH", "STATS_RESET", "REG_FLUSH"):
        refused("an attribute that %s does not take is named" % cmd,
                g.ask(cmd, a("PORT", port(1))), einval, FIRST)
    refused("an attribute of another command is named",
            g.ask("ENABLE", a("ENABLED", b"\1") + a("PORT", port(1))),
            einval, FIRST + 8)
    refused("an unknown attribute is named",
            g.ask("ENABLE", a("ENABLED", b"\1") + attr(999, b"")),
            einval, FIRST + 8)


def test_missing(g):
    for cmd, given, name in (
            ("PORT_ADD", a("PROTO", UDP), "PORT"),
            ("PORT_ADD", a("PORT", port(1)), "PROTO"),
            ("PORT_DEL", a("PROTO", UDP), "PORT"),
            ("ENABLE", b"", "ENABLED"), ("REG_DEL", b"", "AOR"),
            ("SET", text("KEY", "max-regs"), "VALUE"),
            ("SET", text("VALUE", "1"), "KEY"),
            ("HOST_SET", net(8, TEN), "MODE"),
            ("HOST_SET", a("MODE", b"\1"), "NET"), ("HOST_DEL", b"", "NET"),
            ("LOCALNET_ADD", b"", "NETS"), ("LOCALNET_DEL", b"", "NETS"),
            ("LOCALNET_SET", b"", "NETS")):
        end = g.ask(cmd, given)
        check("netlink: %s without %s" % (cmd, name),
              end.number == errno.EINVAL and
              end.missing == ATTR["SIPALG_A_" + name], end)


def test_dumps(g):
    for cmd in GETS:
        short = cmd[len("SIPALG_CMD_"):]
        end = g.dump(CMD[cmd])
        check("netlink: dump " + short, end.number == 0, end)
        end = g.dump(CMD[cmd], a("PORT", port(1)))
        check("netlink: dump %s with a wrong attribute" % short,
              end.number == errno.EINVAL and end.offset == FIRST, end)
        end = g.ask(CMD[cmd])
        check("netlink: %s is no request" % short,
              end.number == errno.EOPNOTSUPP, end)
    end = g.ask(99)
    check("netlink: unknown command", end.number == errno.EOPNOTSUPP, end)
    end = g.ask("STATUS_GET", reserved=1)
    check("netlink: reserved bits", end.number == errno.EINVAL, end)


def ports(g):
    """Which ports are in force."""
    g.dump(CMD["SIPALG_CMD_PORT_GET"])
    found = [parse_attrs(answer[4:]) for answer in g.answers]
    return sorted((got[ATTR["SIPALG_A_PROTO"]], struct.unpack(
        "=H", got[ATTR["SIPALG_A_PORT"]])[0]) for got in found)


def add_port(g, number):
    return g.ask("PORT_ADD", a("PROTO", UDP) + a("PORT", port(number))).number


def test_staged(g):
    before = ports(g)
    refused("COMMIT of nothing", g.ask("CONFIG_COMMIT"), errno.ENOENT)
    check("netlink: ABORT of nothing", g.ask("CONFIG_ABORT").number == 0)
    check("netlink: BEGIN", g.ask("CONFIG_BEGIN").number == 0)
    check("netlink: staged", add_port(g, 6001) == 0 and
          add_port(g, 6001) == 0 and g.ask("SET", text("KEY", "max-regs") +
                                           text("VALUE", "9")).number == 0)
    refused("a staged key that is not there", g.ask(
        "SET", text("KEY", "nokey") + text("VALUE", "1")), errno.ENOENT, FIRST)
    check("netlink: what is staged is not in force", ports(g) == before,
          ports(g))
    other = Genl()
    check("netlink: another sender's is in force", add_port(other, 6002) == 0
          and ports(g) == sorted(before + [(UDP, 6002)]), ports(g))
    check("netlink: ABORT", g.ask("CONFIG_ABORT").number == 0)
    refused("COMMIT after ABORT", g.ask("CONFIG_COMMIT"), errno.ENOENT)
    check("netlink: not staged any more", add_port(g, 6003) == 0 and
          (UDP, 6003) in ports(g), ports(g))
    before = ports(g)
    other.ask("CONFIG_BEGIN")
    add_port(other, 6004)
    other.sock.close()
    check("netlink: a closed socket stages nothing", ports(g) == before)
    check("netlink: BEGIN twice begins anew", g.ask("CONFIG_BEGIN").number ==
          add_port(g, 6005) == g.ask("CONFIG_BEGIN").number ==
          add_port(g, 6006) == g.ask("CONFIG_COMMIT").number == 0 and
          ports(g) == [(UDP, 6006)], ports(g))
    refused("COMMIT twice", g.ask("CONFIG_COMMIT"), errno.ENOENT)
    senders = [Genl() for _ in range(17)]
    ends = [s.ask("CONFIG_BEGIN") for s in senders]
    check("netlink: 16 senders stage", not any(e.number for e in ends[:16]))
    refused("the 17th", ends[16], errno.EBUSY)
    senders[3].sock.close()
    check("netlink: ... until one goes",
          senders[16].ask("CONFIG_BEGIN").number == 0)
    for sender in senders:
        sender.sock.close()


def random_attr(rng):
    kind = rng.choice((rng.randrange(len(ATTR) + 3), rng.randrange(1 << 16)))
    size = rng.choice((0, 1, 2, 4, 8, rng.randrange(70), rng.randrange(400)))
    data = bytes(rng.randrange(256) for _ in range(size))
    return attr(kind, data)


def good_attr(rng):
    """One that passes the policies, so that handlers are reached."""
    return rng.choice((
        a("PROTO", rng.choice((UDP, TCP, b"\0"))),
        a("PORT", port(rng.randrange(1, 65536))),
        net(rng.choice((0, 8, 24, 33)), TEN), net(8, SIX),
        nets(net(8, TEN), net(rng.randrange(8, 130), SIX)),
        a("MODE", bytes([rng.randrange(5)])),
        text("KEY", rng.choice(("max-regs", "rtp-ports", "accounting", "x"))),
        text("VALUE", rng.choice(("1", "on", "1024-1025", "-", "9" * 60))),
        text("AOR", "a@b"), text("CALL_ID", "x" * rng.randrange(1, 255))))


def spoil(rng, payload):
    """Sometimes: a wrong length somewhere, or cut off."""
    data = bytearray(payload)
    if data and rng.random() < 0.3:
        data[rng.randrange(len(data))] = rng.randrange(256)
    if data and rng.random() < 0.1:
        del data[rng.randrange(len(data)):]
    return bytes(data)


def test_random(g):
    seed = int.from_bytes(os.urandom(4), "little")
    rng = random.Random(seed)
    commands = list(CMD.values())
    flags = (F_REQUEST | F_ACK, F_REQUEST | F_DUMP, F_REQUEST | F_ACK)
    stop = time.monotonic() + FUZZ_SECONDS
    sent, taken = 0, 0
    while time.monotonic() < stop:
        payload = b"".join(rng.choice((random_attr, good_attr))(rng)
                           for _ in range(rng.randrange(5)))
        try:
            end = g.ask(rng.choice(commands), spoil(rng, payload),
                        flags=rng.choice(flags), version=rng.randrange(3))
        except socket.timeout:
            check("netlink: an answer to every request (seed %d)" % seed,
                  False)
            return
        sent += 1
        taken += end.number == 0
    print("# %d random requests, %d of them valid, seed %d" %
          (sent, taken, seed))
    check("netlink: random requests", sent > 100 and taken > 10,
          (sent, taken))
    end = g.ask("STATUS_GET")
    check("netlink: alive after them", end.number == 0, end)


def test_raw_bytes(g):
    """Bytes that are not even a netlink message."""
    rng = random.Random(1)
    for _ in range(2000):
        size = rng.randrange(1, 200)
        head = struct.pack("=IHHII", rng.choice((size, 20, 1 << 31, 0)),
                           g.family, 5, 0, 0)
        data = head + bytes(rng.randrange(256) for _ in range(size))
        g.sock.send(data[:rng.randrange(1, len(data) + 1)])
        g.sock.setblocking(False)
        try:
            while g.sock.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        g.sock.settimeout(10)
    end = g.ask("STATUS_GET")
    check("netlink: alive after raw bytes", end.number == 0, end)


def main():
    g = Genl()
    check("netlink: groups", set(g.groups) ==
          {"reg", "call", "media", "config"}, g.groups)
    test_networks(g)
    test_refusals(g)
    test_missing(g)
    test_dumps(g)
    test_staged(g)
    test_random(g)
    test_raw_bytes(g)
    return failed


if __name__ == "__main__":
    sys.exit(main())
