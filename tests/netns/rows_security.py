# SPDX-License-Identifier: GPL-2.0-only
"""What must open nothing: fragments, broken grammar, third hosts, floods.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
    host  192.168.1.11                              stranger  52.0.0.20
"""
import os
import socket
import subprocess
import time

from case import MODULE, SAME, row
from flows import (AUTHORIZED, IN, INVITE, REGISTER, call_in, call_out, phone,
                   register, registrar, text)
from peer import Peer, Port, Rtp
from topo import PHONES, REGISTRAR, WAN, inside, run

PLAIN = """
REGISTER sip:52.0.0.10 SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;rport
From: <sip:alice@52.0.0.10>;tag=1
To: <sip:alice@52.0.0.10>
Call-ID: {callid}
CSeq: 1 REGISTER
Contact: <sip:alice@192.168.1.10:5060>
Expires: 600
Content-Length: 0
"""


def nothing_opened(t):
    """No registration, no call, no media, no expectation."""
    if t.helped:
        for table in ("reg", "call", "media"):
            t.equal(t.show(table), [], "`%s show`" % table)
        t.equal(t.net.conntrack("expect"), [], "expectations")


@row("SEC-2", "a REGISTER that begins in a later fragment opens nothing",
     kind=SAME)
def later_fragment(t):
    who, server = Port(t, PHONES[0], 5060), Port(t, REGISTRAR, 5060)
    register_text = PLAIN.strip().replace("\n", "\r\n").encode() + b"\r\n\r\n"
    for pad in (1472, 1472 + 1480):     # the first one or two fragments
        for filler in (b"A", b"\r", b"\0"):
            data = filler * pad + register_text
            who.raw(data, (REGISTRAR, 5060))
            t.equal(server.datagram(), data, "a fragmented datagram")
    nothing_opened(t)


def without(header):
    return "\n".join(l for l in PLAIN.split("\n")
                     if not l.startswith(header))


def twice(header, other):
    return PLAIN.replace(header + ":", other + "\n" + header + ":")


UNGRAMMATICAL = {
    "only REGISTER and Contact":
        "REGISTER sip:52.0.0.10 SIP/2.0\nContact: <sip:a@192.168.1.10:5060>\n",
    "no From": without("From"), "no To": without("To"),
    "no Call-ID": without("Call-ID"), "no CSeq": without("CSeq"),
    "no Via": without("Via"),
    "two From": twice("From", "f: <sip:m@x>;tag=2"),
    "two To": twice("To", "t: <sip:m@x>"),
    "two Call-IDs": twice("Call-ID", "i: other"),
    "two CSeqs": twice("CSeq", "CSeq: 2 REGISTER"),
    "CSeq of another method": PLAIN.replace("1 REGISTER", "1 INVITE"),
    "two Content-Lengths": twice("Content-Length", "l: 7"),
    "a length beyond the datagram": PLAIN.replace("Length: 0", "Length: 99"),
    "a NUL": PLAIN.replace("tag=1", "tag=1\0"),
    "another version": PLAIN.replace("SIP/2.0\nVia", "SIP/9.0\nVia"),
    "no version": PLAIN.replace(" SIP/2.0\nVia", "\nVia"),
    "an end inside the headers": PLAIN.split("Contact")[0] + "Contact: <sip:",
    "a start line in the body": "OPTIONS\n\n" + PLAIN.strip(),
}


@row("SEC-3", "a grammar gate before any state; RFC 2543 Vias pass it")
def grammar(t):
    who, server = phone(t), registrar(t)
    from sip import fill
    for what, template in UNGRAMMATICAL.items():
        data = fill(template, callid="c" + os.urandom(4).hex())
        if what.startswith("an end"):
            data = data.rstrip(b"\r\n")
        who.raw(data, (REGISTRAR, 5060))
        t.equal(server.datagram(), data, "message with " + what)
        if t.helped:
            t.equal(t.show("reg"), [], "registrations after " + what)
    nothing_opened(t)
    old = REGISTER.replace(";branch={branch};rport", "")
    sent = who.say(old, (REGISTRAR, 5060), expires=60)
    got = server.expect("REGISTER")
    t.seen(sent, got, at=text(got.source))


@row("SEC-4", "a pinhole leads to the sender of the packet, never to others",
     phones=2)
def third_host(t):
    who, server = phone(t), registrar(t)
    victim = Rtp(t, PHONES[1], 20000)
    far = Rtp(t, REGISTRAR, 30000)
    template = INVITE.replace("c=IN IP4 {ip}", "c=IN IP4 " + PHONES[1])
    for i, body in enumerate((template, template.replace(
            "m=audio", "m=audio 21000 RTP/AVP 0\nc=IN IP4 {ip}\nm=audio"))):
        sent = who.say(body, (REGISTRAR, 5060), rtp=20000,
                       ruri="sip:bob@52.0.0.10")
        got = server.expect("INVITE", callid=sent.message.get("call-id"))
        t.ok(got.sdp.media[-1]["addr"] == PHONES[1] and
             got.sdp.media[-1]["port"] == 20000,
             "a third host's media line was rewritten",
             before=sent.data, after=got.data)
        far.send((WAN, 20000))
    contact = REGISTER.replace("{user}@{at};line", "{user}@%s:5060;line"
                               % PHONES[1])
    sent = who.say(contact, (REGISTRAR, 5060), expires=60)
    got = server.expect("REGISTER")
    t.ok(PHONES[1] + ":5060;line" in got.get("contact"),
         "a third host's Contact was rewritten",
         before=sent.data, after=got.data)
    server.reply(got, 200, "OK", "Contact: " + got.get("contact"))
    who.expect(200)
    call = call_out(t, who, server, rtp=22000, far_rtp=32000)
    call.audio()
    victim.nothing(0.1)
    if t.helped:
        held = [e for table in ("reg", "media") for e in t.show(table)
                if e["lan"].startswith(PHONES[1])]
        t.equal(held, [], "state for a host that sent nothing")
        t.ok(not any(PHONES[1] in l for l in t.net.conntrack("expect")),
             "an expectation leads to a third host")


def big(kind):
    """A message beyond one of the limits."""
    if kind == "200 headers":
        return INVITE.replace("Allow:", "X-Pad: 1\n" * 200 + "Allow:")
    if kind == "a header line of 20 kB":
        return INVITE.replace("Allow:", "X-Pad: " + "a" * 20000 + "\nAllow:")
    if kind == "40 media lines":
        return INVITE + "\nm=audio 30000 RTP/AVP 0" * 40
    if kind == "100 candidates":
        return INVITE + "\na=candidate:1 1 UDP 1 {ip} {rtp} typ host" * 100
    if kind == "40 Contacts":
        return INVITE.replace("Contact: ", "Contact: " +
                              "<sip:a@{at}>," * 40)
    return INVITE.replace("Allow:", "X: a,;<\"\nAllow:".replace(
        "a", "\n b" * 12000))


LIMITS = ("200 headers", "40 media lines", "100 candidates",
          "a header line of 20 kB", "40 Contacts", "folding without end")


@row("SEC-15", "beyond the limits: untouched or whole, counted, and quickly")
def bounded(t):
    who, server = phone(t), registrar(t)
    for kind in LIMITS:
        before = t.counters("raw_")[0] if t.helped else 0
        start = time.monotonic()
        sent = who.say(big(kind), (REGISTRAR, 5060), rtp=20000,
                       ruri="sip:bob@52.0.0.10")
        got = server.datagram()
        spent = time.monotonic() - start
        if kind in LIMITS[:3]:
            t.ok(got == sent.data, "changed: " + kind, before=sent.data,
                 after=got)
            t.ok(not t.helped or t.counters("raw_")[0] == before + 1,
                 "not counted: " + kind)
        t.ok(spent < 5, "%s: %.1f s" % (kind, spent))
    if t.helped:
        t.equal(t.counter("raw_limit") > 0, True, "raw_limit counted")
    register(t, who, server)


DUPLICATES = {
    "Call-ID": "Call-ID : evil", "CSeq": "CSeq : 9 REGISTER",
    "From": "From\t: <sip:m@x>;tag=9", "To": "to : <sip:m@x>",
    "Content-Length": "Content-Length : 0",
}


@row("SEC-20", "no more liberal than endpoints: duplicates open nothing")
def liberal(t):
    who, server = phone(t), registrar(t)
    from sip import Message, fill
    for header, other in DUPLICATES.items():
        for first in (True, False):
            template = twice(header, other) if first else PLAIN.replace(
                "Expires:", other + "\nExpires:")
            data = fill(template, callid="c" + os.urandom(4).hex())
            before = t.counters("raw_")[0] if t.helped else 0
            who.own(Message(data))
            who.raw(data, (REGISTRAR, 5060))
            t.equal(server.datagram(), data, "message with two " + header)
            if t.helped:
                t.equal(t.show("reg"), [], "registrations, two " + header)
                t.equal(t.counters("raw_")[0], before + 1,
                        "raw_* counters, two " + header)
    nothing_opened(t)
    hidden = REGISTER.replace("User-Agent", "X: <sip:{user}@192.168.1.10>\n "
                              "Contact: <sip:m@192.168.1.10:22>\nUser-Agent")
    register(t, who, server, template=hidden)


@row("SEC-22", "keys and passwords are in no log, event, list or explanation",
     kind=MODULE)
def secrets(t):
    who, server = phone(t), registrar(t)
    log = Port(t, WAN, 9)               # only to own a socket on the router
    log.sock.close()
    words = ("c2VjcmV0a2V5Zm9yc3J0cA", "d1gestresp0nse", "0pensesame")
    crypto = "\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + words[0]
    crypto += "\nk=clear:" + words[2]
    auth = 'Digest username="alice", realm="r", nonce="n", uri="sip:x", ' \
        'response="%s"' % words[1]
    monitor = subprocess.Popen([t.net.ctl, "-n", t.net.router, "monitor"],
                               stdout=subprocess.PIPE, text=True)
    try:
        reg = register(t, who, server, template=AUTHORIZED, auth=auth)
        call_out(t, who, server, template=INVITE + crypto).end()
        call_in(t, reg).end("far")
    finally:
        monitor.terminate()
        events = monitor.communicate(timeout=10)[0]
    t.ok(events.strip(), "`monitor` printed no event")
    sent = next(d for _, _, arrow, _, d in t.trace
                if arrow == "->" and b"crypto" in d)
    sent = sent.replace(b"Allow:", b"Authorization: " + auth.encode() +
                        b"\r\nAllow:")
    told = run([t.net.ctl, "explain", "-"], sent.decode()).stdout
    t.ok("verdict: rewrite" in told, "`explain` shows no rewriting:\n" + told)
    lists = "".join(t.net.sipalgctl("-s", *w).stdout for w in (
        ("reg",), ("call",), ("media",), ("status",), ("stats",)))
    console = subprocess.run(["dmesg"], capture_output=True, text=True,
                             check=False).stdout
    for word in words:
        for name, where in (("explain", told), ("an event", events),
                            ("a list", lists), ("the kernel log", console)):
            t.ok(word not in where, "%s shows %s" % (name, word))


REFUSED = (22, 80, 443, 1023, 1900, 2049, 3389, 5353, 11211)


@row("SEC-5", "a registration opens a phone's port by UDP, no service's",
     firewall="open")
def way_in(t):
    who, server = phone(t), registrar(t)
    listener = listen(t, PHONES[0], 5060)
    register(t, who, server)
    for number in REFUSED:
        victim = Port(t, PHONES[0], number)
        sent = who.say(REGISTER.replace("{user}@{at};line",
                                        "{user}@{ip}:%d;line" % number),
                       (REGISTRAR, 5060), expires=60, user="u%d" % number)
        got = server.expect("REGISTER", callid=sent.values["callid"])
        t.untouched(sent, got)
        server.reply(got, 200, "OK", "Contact: " + got.get("contact"))
        server.raw(b"not for you", (WAN, number))
        t.ok(victim.arrived(time.monotonic() + 0.1) is None,
             "port %d is open from outside" % number)
    if t.helped:
        t.equal(len(t.show("reg")), 1, "registrations")
        t.equal(t.counter("raw_refused"), len(REFUSED), "raw_refused")
    below = Peer(t, PHONES[0], 700, user="low")
    sent = below.say(REGISTER, (REGISTRAR, 5060), expires=60)
    t.untouched(sent, server.expect("REGISTER"))
    other_port(t, server)
    connect(t, (WAN, 5060), listener)


def other_port(t, server):
    """A Contact that names another port of the host's is reached there."""
    who, there = phone(t, port=5062), phone(t, port=5070)
    sent = who.say(REGISTER.replace("{user}@{at};line", "{user}@{ip}:5070;"
                                    "transport=udp;line"),
                   (REGISTRAR, 5060), expires=60, user="dave")
    got = server.expect("REGISTER")
    t.seen(sent, got, at=text(got.source), **{"ip": WAN})
    server.reply(got, 200, "OK", "Contact: " + got.get("contact") +
                 ";expires=60")
    who.expect(200)
    server.say(IN, got.contact.at, ruri=got.contact.text, rtp=40000,
               user="dave")
    there.expect("INVITE")


def listen(t, addr, port):
    """A TCP socket that waits for somebody."""
    with inside(t.net.addrs[addr]):
        sock = socket.socket()
    t.sockets.append(sock)
    sock.bind((addr, port))
    sock.listen()
    sock.setblocking(False)
    return sock


def connect(t, to, listener):
    """By TCP nobody gets in: the way in is for the transport it came by."""
    with inside(t.net.outside):
        sock = socket.socket()
    t.sockets.append(sock)
    sock.bind((REGISTRAR, 0))
    sock.settimeout(1)
    t.ok(sock.connect_ex(to) != 0, "a TCP connection to the Contact")
    try:
        listener.accept()
    except BlockingIOError:
        return
    t.ok(False, "TCP came in by the registration of a UDP phone")
