#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tables that need many parts of a dump, while they change and while they
do not. Phones register through a NAT router; needs the module and root.
Prints "ok NAME" or "not ok NAME" for each test.
"""
import json
import os
import select
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../netns"))

import topo  # noqa: E402 (found by the line above)

CTL = os.environ.get("SIPALGCTL", "build/sipalgctl/sipalgctl")
PHONE, SERVER = "192.168.1.10", topo.REGISTRAR
MANY = int(os.environ.get("REGISTRATIONS", "2000"))
failed = 0


def check(name, good, saw="", about="tables: "):
    global failed
    print(("ok " if good else "not ok ") + about + name)
    if not good:
        failed = 1
        print("# %s" % str(saw)[:600])


def register(i, cseq, expires=3600):
    return ("REGISTER sip:%s SIP/2.0\r\n"
            "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%d.%d\r\n"
            "From: <sip:u%d@x.org>;tag=%d\r\nTo: <sip:u%d@x.org>\r\n"
            "Call-ID: c%d@x\r\nCSeq: %d REGISTER\r\n"
            "Contact: <sip:u%d:SECRET@%s:5060>\r\nExpires: %d\r\n"
            "Content-Length: 0\r\n\r\n" %
            (SERVER, PHONE, i, cseq, i, i, i, i, cseq, i, PHONE, expires)
            ).encode()


def answer(request, granted=True):
    """The registrar's answer: what it was told, and nothing that was not."""
    lines = request.decode().split("\r\n")
    same = ("via:", "from:", "to:", "call-id:", "cseq:", "contact:")
    keep = [line for line in lines if line.lower().startswith(same)]
    for line in lines:
        if line.startswith("Expires: "):
            keep.append(line)
    return "\r\n".join(["SIP/2.0 200 OK"] + keep +
                       ["Content-Length: 0", "", ""]).encode()


class Net:
    """A phone and a registrar, each with a socket on port 5060."""

    def __init__(self):
        self.topo = topo.Topology("tt", engine="sipalg",
                                  ctl=os.path.abspath(CTL))
        self.topo.start()
        with topo.inside(self.topo.phones[0]):
            self.phone = self.open(PHONE)
        with topo.inside(self.topo.outside):
            self.server = self.open(SERVER)

    @staticmethod
    def open(addr):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((addr, 5060))
        return sock

    def serve(self, wait=0.0):
        """Answers what came; the phone takes its answers."""
        done = 0
        while True:
            ready = select.select([self.phone, self.server], [], [], wait)[0]
            if not ready:
                return done
            if self.server in ready:
                data, peer = self.server.recvfrom(65535)
                self.server.sendto(answer(data), peer)
            if self.phone in ready:
                self.phone.recv(65535)
                done += 1

    def register(self, numbers, cseq, expires=3600):
        waiting = len(numbers)
        for i in numbers:
            self.phone.sendto(register(i, cseq, expires), (SERVER, 5060))
            waiting -= self.serve()
        until = time.monotonic() + 10
        while waiting > 0 and time.monotonic() < until:
            waiting -= self.serve(0.1)
        return waiting

    def ctl(self, *args):
        return self.topo.sipalgctl(*args, check=False)

    def json(self, *args):
        done = self.ctl("-j", *args)
        return json.loads(done.stdout) if done.returncode == 0 else None


def test_many(net):
    lost = net.register(range(MANY), 1)
    check("every REGISTER is answered", lost == 0, lost)
    regs = net.json("reg")
    names = {r["aor"] for r in regs or []}
    check("%d registrations, each once" % MANY,
          len(regs or []) == MANY and len(names) == MANY,
          (len(regs or []), len(names)))
    first = (regs or [{}])[0]
    check("keys of a registration", list(first) == [
        "aor", "contact", "lan", "wan", "peer", "proto", "expires_s",
        "state"], first)
    check("what a registration says", first.get("lan") == PHONE + ":5060" and
          first["wan"] == topo.WAN + ":5060" and first["proto"] == "udp" and
          first["peer"] == SERVER + ":5060" and
          first["state"] == "active" and 3500 < first["expires_s"] <= 3600,
          first)
    check("no password in it", "SECRET" not in json.dumps(regs), first)
    status = net.json("status")
    check("status counts them", status["registrations"] == MANY and
          status["memory"] > 0, status)
    text = net.ctl("reg").stdout.splitlines()
    check("text: a header and aligned columns", len(text) == MANY + 1 and
          all(line.index(topo.WAN + ":") == text[0].index("WAN")
              for line in text[1:]), text[:2])


def test_churn(net):
    """Dumps while registrations come and go: what stays is in each of them."""
    ctl = [os.path.abspath(CTL), "-n", net.topo.router, "-j", "reg"]
    cseq, bad, rounds = 10, [], 0
    until = time.monotonic() + 8
    while time.monotonic() < until:
        with subprocess.Popen(ctl, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as dump:
            cseq += 1
            net.register(range(0, 100), cseq, 3600 if cseq % 2 else 0)
            out, err = dump.communicate()
        rounds += 1
        names = {r["aor"] for r in json.loads(out)}
        gone = [i for i in range(100, MANY)
                if "u%d@x.org" % i not in names]
        if gone and not err:
            bad.append(gone[:3])
    check("%d dumps while the table changes" % rounds,
          rounds > 3 and not bad, bad)


def test_del(net):
    net.register(range(2), 1000)
    done = net.ctl("reg", "del", "u1@x.org")
    names = [r["aor"] for r in net.json("reg")]
    check("del forgets one", done.returncode == 0 and
          "u1@x.org" not in names and "u0@x.org" in names, done.stderr)
    done = net.ctl("reg", "del", "u1@x.org")
    check("del of what is not there", done.returncode == 2 and
          done.stderr.endswith("no registration of this AOR\n"),
          done.stderr)
    done = net.ctl("reg", "flush")
    check("flush forgets all", done.returncode == 0 and
          net.json("reg") == [] and net.json("status")["registrations"] == 0)


def read_lines(monitor, count):
    """@count lines, or what came within 10 s."""
    lines, until = [], time.monotonic() + 10
    while len(lines) < count and time.monotonic() < until:
        if select.select([monitor.stdout], [], [], 0.2)[0]:
            lines.append(json.loads(monitor.stdout.readline()))
    return lines


def test_events(net):
    ctl = [os.path.abspath(CTL), "-n", net.topo.router, "-j", "monitor",
           "reg"]
    with subprocess.Popen(ctl, stdout=subprocess.PIPE, bufsize=0) as monitor:
        until = time.monotonic() + 10
        lines = []
        while not lines and time.monotonic() < until:
            net.register([5], int(time.monotonic() * 1000) & 0xfffffff)
            if select.select([monitor.stdout], [], [], 0.2)[0]:
                lines = read_lines(monitor, 1)
        net.register([6], 1)
        lines += read_lines(monitor, 2)
        net.ctl("reg", "flush")
        lines += read_lines(monitor, 2)
        monitor.terminate()
        check("monitor ends cleanly", monitor.wait() == 0)
    events = {(e["event"], e.get("aor")) for e in lines}
    check("events of a registration", ("new", "u6@x.org") in events and
          ("end", "u6@x.org") in events, lines)
    check("keys of an event", all(list(e)[:4] == [
        "time", "event", "object", "aor"] and e["object"] == "reg"
        for e in lines), lines)
    check("no password in an event", "SECRET" not in json.dumps(lines))


def main():
    net = Net()
    try:
        test_many(net)
        test_churn(net)
        test_del(net)
        test_events(net)
    finally:
        net.topo.stop()
    return failed


if __name__ == "__main__":
    sys.exit(main())
