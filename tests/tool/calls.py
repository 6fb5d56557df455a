#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the tool shows of a call: `call`, `media` and their events, while a
phone behind a NAT router talks to a host outside. Needs the module and root.
Prints "ok NAME" or "not ok NAME" for each test.
"""
import json
import os
import re
import select
import socket
import subprocess
import sys
import time

import tables
import topo
from tables import CTL, PHONE, SERVER, Net

CALL_ID = "call-1@192.168.1.10"
REMOTE, REMOTE_RTP, LAN_RTP = topo.MEDIA, 30000, 12000
MEDIA_KEYS = ["call_id", "kind", "lan", "wan", "remote", "state",
              "packets_in", "packets_out"]


def check(name, good, saw=""):
    tables.check(name, good, saw, "calls: ")


def sdp(addr, port):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (addr, addr, port))


def message(start, headers, body=""):
    kind = ["Content-Type: application/sdp"] if body else []
    return ("\r\n".join([start] + headers + kind + [
        "Content-Length: %d" % len(body), "", ""]) + body).encode()


def request(method, cseq, tag="", body=""):
    return message("%s sip:bob@%s SIP/2.0" % (method, SERVER), [
        "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s%d" % (PHONE, method, cseq),
        "From: <sip:alice:SECRET@x.org>;tag=a", "To: <sip:bob@x.org>" + tag,
        "Call-ID: " + CALL_ID, "CSeq: %d %s" % (cseq, method),
        "Contact: <sip:alice:SECRET@%s:5060>" % PHONE], body)


def respond(data, body=""):
    """200 to what came, with the headers that it came with."""
    head = data.decode().split("\r\n\r\n")[0].split("\r\n")[1:]
    keep = [h for h in head if h.lower().startswith(
        ("via:", "from:", "call-id:", "cseq:"))]
    to = [h for h in head if h.lower().startswith("to:")][0]
    if "tag=" not in to:
        to += ";tag=b"
    return message("SIP/2.0 200 OK", keep + [
        to, "Contact: <sip:bob@%s:5060>" % SERVER], body)


def bound(netns, addr, port):
    with topo.inside(netns):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((addr, port))
        sock.settimeout(5)
        return sock


class Call:
    """The phone calls; both ends keep sockets for audio."""

    def __init__(self, net):
        self.net = net
        net.phone.settimeout(5)
        net.server.settimeout(5)
        self.near = bound(net.topo.phones[0], PHONE, LAN_RTP)
        self.far = bound(net.topo.outside, REMOTE, REMOTE_RTP)

    def ask(self, data, body=""):
        """Request to the far end and its answer; what arrived there."""
        self.net.phone.sendto(data, (SERVER, 5060))
        seen, peer = self.net.server.recvfrom(65535)
        self.net.server.sendto(respond(seen, body), peer)
        self.net.phone.recv(65535)
        return seen.decode()

    def start(self):
        seen = self.ask(request("INVITE", 1, body=sdp(PHONE, LAN_RTP)),
                        sdp(REMOTE, REMOTE_RTP))
        self.net.phone.sendto(request("ACK", 1, ";tag=b"), (SERVER, 5060))
        self.net.server.recv(65535)
        addr = re.search(r"c=IN IP4 (\S+)", seen).group(1)
        port = int(re.search(r"m=audio (\d+)", seen).group(1))
        self.wan = (addr, port)

    def talk(self, out, back):
        """So many packets of audio each way; how many arrived."""
        arrived = [0, 0]
        for i in range(max(out, back)):
            if i < out:
                self.near.sendto(b"\x80" * 172, (REMOTE, REMOTE_RTP))
                arrived[0] += len(self.far.recv(2048)) == 172
            if i < back:
                self.far.sendto(b"\x80" * 172, self.wan)
                arrived[1] += len(self.near.recv(2048)) == 172
        return arrived


def test_silence(net, call):
    """Audio one way only: the leg that is silent is named."""
    check("early audio passes", call.talk(60, 0) == [60, 0])
    row = (net.json("call") or [{}])[0]
    check("nothing heard from outside", row.get("silent") == "in", row)
    check("both ways", call.talk(20, 25) == [20, 25])
    row = (net.json("call") or [{}])[0]
    check("heard from both", row.get("silent", 0) is None, row)


def test_call(net):
    rows = net.json("call") or []
    row = rows[0] if rows else {}
    check("one call", len(rows) == 1, rows)
    check("keys of a call", list(row) == [
        "call_id", "state", "from", "to", "lan", "peer", "created_s",
        "silent", "media"], row)
    check("what a call says", row.get("call_id") == CALL_ID and
          row["state"] == "confirmed" and row["lan"] == PHONE + ":5060" and
          row["peer"] == SERVER + ":5060" and
          row["from"] == "sip:alice@x.org" and
          row["to"] == "sip:bob@x.org" and row["created_s"] < 600, row)
    check("no password in a call", "SECRET" not in json.dumps(rows), rows)
    check("keys of its media", row.get("media") and all(
        list(m) == MEDIA_KEYS for m in row["media"]), row)
    one = net.json("call", "show", CALL_ID)
    check("call show CALL-ID", one and one[0]["call_id"] == CALL_ID, one)
    text = net.ctl("-s", "call").stdout
    check("text: call -s has the packets",
          re.search(r"\n {4}rtp .* in 25  out 80\n", text), text)
    text = net.ctl("call").stdout.splitlines()
    check("text: call has a line a call", len(text) == 2 and
          text[0].split()[:2] == ["CALL-ID", "STATE"], text)


def test_media(net, call):
    rows = net.json("media") or []
    rtp = [m for m in rows if m["kind"] == "rtp"]
    wan = "%s:%d" % call.wan
    check("media rows", [m["kind"] for m in rows] == ["rtp", "rtcp"] and
          all(list(m) == MEDIA_KEYS for m in rows), rows)
    check("what media says", rtp and rtp[0] == {
        "call_id": CALL_ID, "kind": "rtp", "lan": "%s:%d" % (PHONE, LAN_RTP),
        "wan": wan, "remote": "%s:%d" % (REMOTE, REMOTE_RTP),
        "state": "used", "packets_in": 25, "packets_out": 80}, rtp)
    check("an unused pinhole", [m["state"] for m in rows
                                if m["kind"] == "rtcp"] == ["open"], rows)
    status = net.json("status")
    check("status counts calls", status["calls"] == 1 and
          status["media"] > 0 and status["counters"]["edit_sdp"] > 0, status)


def read_events(monitor, until):
    """Events up to the one that @until accepts, or what came in 10 s."""
    events, stop = [], time.monotonic() + 10
    while time.monotonic() < stop:
        if not select.select([monitor.stdout], [], [], 0.2)[0]:
            continue
        events.append(json.loads(monitor.stdout.readline()))
        if until(events[-1]):
            break
    return events


def listen(net):
    """A monitor that is known to listen: it has shown an event."""
    monitor = subprocess.Popen(
        [os.path.abspath(CTL), "-n", net.topo.router, "-j", "monitor"],
        stdout=subprocess.PIPE, bufsize=0)
    stop = time.monotonic() + 10
    while time.monotonic() < stop:
        net.ctl("port", "add", "udp", "7777")
        net.ctl("port", "del", "udp", "7777")
        if select.select([monitor.stdout], [], [], 0.2)[0]:
            break
    return monitor


def test_events(net, events):
    kinds = {(e["object"], e["event"]) for e in events}
    check("events of a call", {("call", "new"), ("call", "update"),
                               ("call", "end")} <= kinds, sorted(kinds))
    check("events of media", {("media", "new"), ("media", "end")} <= kinds,
          sorted(kinds))
    check("an event has the keys of show", all(
        list(e)[3:] == MEDIA_KEYS for e in events if e["object"] == "media"),
        events[:3])
    check("no password in events", "SECRET" not in json.dumps(events))


def test_flush(net, call):
    """A second call ends by `call flush`, its media by `media flush`."""
    call.start()
    done = net.ctl("media", "flush")
    check("media flush", done.returncode == 0 and net.json("media") == [] and
          len(net.json("call")) == 1, done.stderr)
    done = net.ctl("call", "flush")
    check("call flush", done.returncode == 0 and net.json("call") == [] and
          net.json("status")["calls"] == 0, done.stderr)


def run_call(net):
    call = Call(net)
    monitor = listen(net)
    call.start()
    check("the far end sees the WAN address", call.wan[0] == topo.WAN,
          call.wan)
    test_silence(net, call)
    test_call(net)
    test_media(net, call)
    call.ask(request("BYE", 2, ";tag=b"))
    events = read_events(monitor, lambda e: e["object"] == "media" and
                         e["event"] == "end" and e["kind"] == "rtcp")
    events += read_events(monitor, lambda e: e["object"] == "call" and
                          e["event"] == "end") if ("call", "end") not in {
        (e["object"], e["event"]) for e in events} else []
    monitor.terminate()
    monitor.wait()
    test_events(net, events)
    check("nothing is left", net.json("call") == [] and
          net.json("media") == [])
    test_flush(net, call)


def main():
    net = Net()
    try:
        run_call(net)
    except (OSError, AttributeError) as err:
        check("the call", False, repr(err))
    finally:
        net.topo.stop()
    return tables.failed


if __name__ == "__main__":
    sys.exit(main())
