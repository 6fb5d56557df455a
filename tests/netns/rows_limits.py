# SPDX-License-Identifier: GPL-2.0-only
"""The ends of things: full tables, time-outs, unregistration, settings.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
                                                    second proxy 52.0.0.20
"""
import itertools
import json
import os
import socket
import subprocess
import time

from case import row
from flows import (IN, INVITE, OPTIONS, REGISTER, call_in, call_out,
                   check_offer, phone, register, registrar, second_proxy,
                   text, via_back)
from peer import Peer, Rtp, Sent
from sip import fill
from topo import PHONES, REGISTRAR, WAN


def refused(t, reg, other, callid):
    """A second proxy's INVITE to the contact must not arrive."""
    other.say(IN, reg.wan, ruri=reg.contact.text, rtp=40000, user="alice",
              callid=callid)
    reg.server.say(OPTIONS, reg.wan, ruri=reg.contact.text, user="alice",
                   callid=callid + "-sentinel")
    if t.helped:
        reg.phone.expect("OPTIONS", callid=callid + "-sentinel")
    reg.phone.nothing("INVITE", 0.3)


@row("I-24/unregister", "the answer to an unregistration closes the way in")
def unregister(t):
    server, other = registrar(t), second_proxy(t)
    reg = register(t, phone(t), server)
    gone = reg.phone.say(reg.request.template, (REGISTRAR, 5060), cseq=2,
                         expires=0, callid=reg.request.values["callid"])
    got = server.expect("REGISTER")
    t.seen(gone, got, at=text(reg.wan))
    if t.helped:
        t.equal(len(t.show("reg")), 1, "registrations before the answer")
    back = server.reply(got, 200)
    t.seen(back, reg.phone.expect(200), topvia=via_back(gone, reg.phone))
    if t.helped:
        t.until(lambda: not t.active(), "`reg show` still lists it")
    refused(t, reg, other, "unregistered")


@row("SEC-6/registrar", "`set reg-source registrar`: nobody else may call")
def only_registrar(t):
    server, other = registrar(t), second_proxy(t)
    if t.helped:
        t.net.sipalgctl("set", "reg-source", "registrar")
    reg = register(t, phone(t), server)
    refused(t, reg, other, "no-registrar")
    call_in(t, reg).audio()
    if t.helped:
        t.net.sipalgctl("set", "reg-source", "any")
    call_in(t, reg, second_proxy_on(t, 5070), rtp=24000,
            far_rtp=34000).audio()


def second_proxy_on(t, port):
    return Peer(t, "52.0.0.20", port, user="proxy2")


@row("F2/full", "a full table leaves the whole message as it came, counted")
def full(t):
    who, server = phone(t), registrar(t)
    if t.helped:
        t.net.sipalgctl("set", "max-calls", "1")
    first = call_out(t, who, server)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=21000,
                   ruri="sip:bob@52.0.0.10")
    t.untouched(sent, server.expect("INVITE"))
    if t.helped:
        t.equal(t.counter("raw_table_full"), 1, "counter raw_table_full")
    first.audio()
    first.end()
    call_out(t, who, server, rtp=22000, far_rtp=32000).audio()


ICE = INVITE + """
a=candidate:1 1 UDP 2130706431 {ip} {rtp} typ host
a=candidate:1 2 UDP 2130706430 {ip} {rtcp} typ host
a=candidate:2 1 UDP 1694498815 198.51.100.9 {other} typ srflx"""


@row("F2/ice", "the default destination and its candidates change together",
     phones=2)
def candidates(t):
    server = registrar(t)
    call_out(t, phone(t, 1, user="carol"), server, far_rtp=30100)
    who = phone(t)
    sent = who.say(ICE, (REGISTRAR, 5060), rtp=20000, rtcp=20001, other=20000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE", callid=sent.values["callid"])
    port = got.sdp.rtp()[1]
    t.seen(sent, got, at=text(got.source), ip=WAN, rtp=port, rtcp=port + 1)
    t.ok(port != 20000, "two phones share an outside port")


@row("F6/again", "a retransmission is rewritten as the original was")
def retransmission(t):
    who, server = phone(t), registrar(t)
    rtp = Rtp(t, PHONES[0], 20000)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    first = server.expect("INVITE")
    check_offer(t, sent, first)
    for _ in range(3):
        who.again(sent, (REGISTRAR, 5060))
        t.equal(server.expect("INVITE").data, first.data, "retransmission")
    back = server.reply(first, 200, "OK", "Contact: <sip:bob@{at}>",
                        body="v=0\no=- 1 1 IN IP4 52.0.0.10\ns=-\nc=IN IP4 "
                        "52.0.0.10\nt=0 0\nm=audio 30000 RTP/AVP 0")
    seen = who.expect(200)
    t.seen(back, seen, topvia=via_back(sent, who))
    server.again(back, first.source)
    t.equal(who.expect(200).data, seen.data, "retransmitted 200")
    rtp.expect(Rtp(t, REGISTRAR, 30000).send(first.sdp.rtp()))


@row("I-15/unanswered", "an INVITE that nobody answers is forgotten",
     silence=True)
def unanswered(t):
    who, server = phone(t), registrar(t)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    check_offer(t, sent, got)
    server.reply(got, 180, "Ringing", "Contact: <sip:bob@{at}>")
    who.expect(180)
    if t.helped:
        t.equal(len(t.show("call")), 1, "calls")
        t.until(lambda: not t.show("call") and not t.show("media"),
                "an unanswered call stays for ever", 1000, 10)
    t.equal(t.net.conntrack("expect"), [], "expectations")


@row("F1/expired", "a registration ends with its granted time and the grace",
     silence=True)
def expired(t):
    server, other = registrar(t), second_proxy(t)
    reg = register(t, phone(t), server, expires=1800, granted=60)
    if t.helped:
        t.ok(50 < t.show("reg")[0]["expires_s"] <= 60, "granted time: %s"
             % t.show("reg"))
        t.until(lambda: not t.show("reg"), "it stays for ever", 300, 10)
    other.say(IN, reg.wan, ruri=reg.contact.text, rtp=40000, user="alice")
    reg.phone.nothing("INVITE", 1)


@row("PORT", "`port add udp 5080` helps phones and servers on that port")
def more_ports(t):
    t.net.allow("iifname br0 udp dport 5080")
    who, server = phone(t), Peer(t, REGISTRAR, 5080, user="registrar")
    if t.helped:
        sent = who.say(OPTIONS, (REGISTRAR, 5080), ruri="sip:52.0.0.10:5080",
                       at="x.example")
        t.untouched(sent, server.expect("OPTIONS"))
        t.net.sipalgctl("port", "add", "udp", "5080")
        t.ok({"proto": "udp", "port": 5080} in t.show("port"), "port show")
    reg = register(t, who, server)
    call_in(t, reg).audio()


class Monitor:
    """`sipalgctl -j monitor`, its events as objects."""

    def __init__(self, t, *groups):
        self.t, self.path = t, "/tmp/monitor.%s" % t.net.router
        t.programs.append(self)
        with open(self.path, "wb") as out:
            self.child = subprocess.Popen(
                [t.net.ctl, "-n", t.net.router, "-j", "monitor", *groups,
                 "config"], stdout=out)
        values = itertools.cycle(("31", "30"))
        t.until(lambda: t.net.sipalgctl("set", "media-timeout", next(values))
                and self.events(), "`monitor` prints nothing")

    def events(self, **keys):
        """Those with these values."""
        with open(self.path, encoding="utf-8") as lines:
            found = [json.loads(l) for l in lines if l.endswith("\n")]
        return [e for e in found
                if all(e.get(k) == v for k, v in keys.items())]

    def expect(self, **keys):
        self.t.until(lambda: self.events(**keys),
                     "no such event: %s" % keys)

    def stop(self):
        self.child.terminate()
        self.child.wait()
        os.unlink(self.path)


def settings(t, **values):
    """`set`, where there is a module."""
    for key, value in values.items():
        if t.helped:
            t.net.sipalgctl("set", key.replace("_", "-"), str(value))


def is_full(t, monitor, sent, got, count, **event):
    """Untouched, counted, and told."""
    t.untouched(sent, got)
    if t.helped:
        t.equal(t.counter("raw_table_full"), count, "counter raw_table_full")
        monitor.expect(event="exhausted", **event)


@row("SEC-8/regs", "max-regs and max-regs-per-host: beyond them as it came",
     phones=2)
def max_regs(t):
    server, other = registrar(t), second_proxy(t)
    users = [phone(t), phone(t, 1, user="carol")]
    settings(t, max_regs_per_host=2, max_regs=3)
    monitor = Monitor(t, "reg") if t.helped else None
    regs = [register(t, users[0], server, user=u) for u in ("a1", "a2")]
    for count, user in ((1, "a3"), (2, "a4")):
        sent = users[0].say(REGISTER, (REGISTRAR, 5060), expires=60,
                            user=user)
        is_full(t, monitor, sent, server.expect("REGISTER"), count,
                object="reg", limit="max-regs-per-host", lan=str(users[0]))
    regs.append(register(t, users[1], server, user="c1"))
    sent = users[1].say(REGISTER, (REGISTRAR, 5060), expires=60, user="c2")
    is_full(t, monitor, sent, server.expect("REGISTER"), 3, object="reg",
            limit="max-regs", lan=str(users[1]))
    for i, reg in enumerate(regs):      # what is registered stays so
        register(t, reg.phone, server, cseq=2, **pick(reg, "user", "callid"))
        other.say(IN, reg.wan, ruri=reg.contact.text, rtp=40000,
                  user=reg.request.values["user"], callid="to-%d" % i)
        reg.phone.expect("INVITE", callid="to-%d" % i)
    gone = users[0].say(REGISTER, (REGISTRAR, 5060), cseq=3, expires=0,
                        **pick(regs[0], "user", "callid"))
    server.reply(server.expect("REGISTER"), 200)
    users[0].expect(200, callid=gone.values["callid"])
    register(t, users[1], server, user="c2")


def pick(reg, *names):
    """Values of a registration's first REGISTER."""
    return {n: reg.request.values[n] for n in names}


@row("SEC-8/calls", "max-calls and max-calls-per-host: beyond them as it came",
     phones=2)
def max_calls(t):
    server = registrar(t)
    users = [phone(t), phone(t, 1, user="carol")]
    settings(t, max_calls_per_host=4, max_calls=6)
    monitor = Monitor(t, "call") if t.helped else None
    calls = [call_out(t, users[0], server, rtp=20000 + 4 * i,
                      far_rtp=30000 + 4 * i) for i in range(4)]
    sent = users[0].say(INVITE, (REGISTRAR, 5060), rtp=21000,
                        ruri="sip:bob@52.0.0.10")
    is_full(t, monitor, sent, server.expect("INVITE"), 1, object="call",
            limit="max-calls-per-host", lan=str(users[0]))
    calls += [call_out(t, users[1], server, rtp=22000 + 4 * i,
                       far_rtp=32000 + 4 * i) for i in range(2)]
    sent = users[1].say(INVITE, (REGISTRAR, 5060), rtp=23000,
                        ruri="sip:bob@52.0.0.10")
    is_full(t, monitor, sent, server.expect("INVITE"), 2, object="call",
            limit="max-calls", lan=str(users[1]))
    for call in calls:
        call.audio()
    calls[0].end()
    call_out(t, users[1], server, rtp=23000, far_rtp=33000).audio()


@row("SEC-8/ports", "a full rtp-ports range leaves the message as it came",
     phones=2)
def no_port(t):
    server = registrar(t)
    users = [phone(t), phone(t, 1, 5062, user="carol")]
    settings(t, rtp_ports="40000-40003")
    monitor = Monitor(t, "media") if t.helped else None
    calls = [call_out(t, who, server, rtp=20000 + 4 * i,
                      far_rtp=30000 + 100 * n + 4 * i)
             for n, who in enumerate(users) for i in range(2)]
    call_out(t, users[0], server, rtp=20100, far_rtp=30900)
    sent = users[1].say(INVITE, (REGISTRAR, 5060), rtp=20100,
                        ruri="sip:bob@52.0.0.10")
    is_full(t, monitor, sent, server.expect("INVITE"), 1, object="media",
            limit="rtp-ports", lan=PHONES[1] + ":20100")
    for call in calls:
        call.audio()
    t.equal(sorted(c.far_to[1] for c in calls),
            [20000, 20004, 40000, 40002], "the ports that were announced")


def flood(peer, to, number, calls, **values):
    """INVITEs with Call-IDs of their own, faster than anybody answers, while
    there is audio in these calls: a flow without any would end on a machine
    that takes minutes for the flood."""
    for i in range(number):
        if i % 50 == 0:
            peer.drain()
            for call in calls:
                call.audio()
        peer.say(IN if "ruri" in values else INVITE, to,
                 **{"ruri": "sip:bob@52.0.0.10", "rtp": 40000 + i % 90,
                    **values})


def bounded(t, limit, before):
    """Not more calls than that, and memory for no more."""
    if not t.helped:
        return
    status = t.show("status")
    t.ok(status["calls"] <= limit, "%d calls, the limit is %d"
         % (status["calls"], limit))
    t.ok(status["memory"] - before < limit * 4096,
         "%d bytes for %d calls" % (status["memory"] - before, limit))


@row("SEC-14", "a flood of INVITEs takes the place of no answered call")
def invite_flood(t):
    who, server = phone(t), registrar(t)
    other, stranger = second_proxy(t), Peer(t, "52.0.0.30", user="stranger")
    settings(t, max_calls_per_host=40)
    reg = register(t, who, server)
    calls = [call_out(t, who, server), call_in(t, reg),
             call_out(t, who, server, rtp=21000, far_rtp=31000)]
    for call in calls:
        call.audio()
    before = t.show("status")["memory"] if t.helped else 0
    flood(stranger, (WAN, 5060), 150, calls, user="mallory",
          ruri="sip:mallory@45.0.2.2:5060")
    if t.helped:
        t.equal(t.show("status")["memory"], before,
                "memory after a flood that no policy lets in")
        t.equal(len(t.show("call")), 3, "calls after it")
    flood(other, reg.wan, 300, calls, ruri=reg.contact.text, user="alice")
    bounded(t, 40, before)
    unheard = call_out(t, who, server, rtp=23000, far_rtp=33000)
    flood(who, (REGISTRAR, 5060), 50, calls)    # takes less than 30 s
    unheard.audio()
    flood(who, (REGISTRAR, 5060), 250, calls)
    server.drain()
    bounded(t, 40, before)
    for call in calls:                  # all of them unharmed
        call.audio()
        if t.helped:
            state = {c["call_id"]: c["state"] for c in t.show("call")}
            t.equal(state.get(call.callid), "confirmed", "an answered call")
    call_in(t, reg, rtp=24000, far_rtp=34000).audio()
    call_out(t, who, server, rtp=25000, far_rtp=35000).audio()
    for call in calls:
        call.end()
        call.far_rtp.send(call.far_to)
        call.phone_rtp.nothing(0.3)


@row("SEC-10", "a pinhole is for UDP and above 1024; unused it closes in 30 s",
     silence=True)
def pinholes(t):
    who, server = phone(t), registrar(t)
    low = who.say(INVITE, (REGISTRAR, 5060), rtp=1000,
                  ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    t.seen(low, got, at=text(got.source), ip=WAN)   # but the port stays
    t.equal(t.net.conntrack("expect"), [], "expectations of port 1000")
    server.reply(got, 486)
    who.expect(486)
    used = call_out(t, who, server, rtp=21000, far_rtp=31000)
    late = call_out(t, who, server, rtp=22000, far_rtp=32000)
    used.audio()
    holes = t.net.conntrack("expect")
    t.ok(holes and all("proto=17" in h for h in holes),
         "expectations: %s" % holes)
    unused = open_for_25s(t, who, server)
    time.sleep(7)
    t.ok(not is_expected(t, unused), "still open 32 s after the answer")
    unused.far_rtp.send(unused.far_to)
    unused.phone_rtp.nothing(0.5)
    late.audio("phone")                 # its mapping is still there
    time.sleep(400)                     # beyond conntrack's own timeout
    used.audio("far")
    for call in (unused, used, late):
        if t.helped:
            t.ok(any(m["wan"] == text(call.far_to) for m in t.show("media")),
                 "`media show` lost a mapping of a dialog")
        call.end()


def open_for_25s(t, who, server):
    """A call that nobody uses; its pinhole is still there after 25 s.  The
    clock of a VM in virtual time jumps when a file has to be read: then what
    was seen says nothing, and another call is made."""
    for rtp in (23000, 24000, 25000, 26000):
        call = call_out(t, who, server, rtp=rtp, far_rtp=rtp + 10000)
        answered = time.monotonic()
        time.sleep(25)
        seen = is_expected(t, call)
        if time.monotonic() - answered < 30:
            break
        call.end()
    t.ok(seen, "closed 25 s after the answer")
    return call


def is_expected(t, call):
    """Does conntrack wait for this call's RTP?"""
    return any("dport=%d " % call.far_to[1] in line
               for line in t.net.conntrack("expect"))


UDP_SEGMENT = 103                       # <linux/udp.h>


@row("GSO", "several messages in one packet are rewritten each by itself")
def segments(t):
    server = registrar(t)
    send_together(t, phone(t, port=5062), server, 21000)    # a new flow
    who = phone(t)
    register(t, who, server)
    send_together(t, who, server, 20000)


def send_together(t, who, server, rtp):
    """Four INVITEs by one system call, which leaves them in one packet."""
    values = [dict(who.values(), branch="z9hG4bKgso%d" % i, cseq=1,
                   callid="gso-%d-%d" % (rtp, i), ruri="sip:bob@52.0.0.10",
                   rtp=rtp + 10 * i) for i in range(4)]
    texts = [fill(INVITE, **v) for v in values]
    t.equal(len({len(d) for d in texts}), 1, "sizes of the messages")
    who.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(texts[0]))
    who.raw(b"".join(texts), (server.addr, server.port))
    who.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    for i, data in enumerate(texts):
        got = server.expect("INVITE")   # in their order
        t.equal(got.get("call-id"), values[i]["callid"], "the order")
        check_offer(t, Sent(INVITE, values[i], data), got)
        Rtp(t, who.addr, rtp + 10 * i).expect(
            Rtp(t, server.addr, rtp + 10000 + 10 * i).send(got.sdp.rtp()))
