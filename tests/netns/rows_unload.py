# SPDX-License-Identifier: GPL-2.0-only
"""The module goes while messages and audio pass; namespaces come and go.

    phones 192.168.1.10, .11 --- router 45.0.2.2 --- 52.0.0.10 registrar
                                                     52.0.0.20 second proxy
"""
import mmap
import os
import re
import struct
import subprocess
import time
from types import SimpleNamespace

import case as cases
from case import MODULE, SLOW, row
from flows import (IN, INVITE, OPTIONS, REGISTER, call_in, call_out, phone,
                   register, registrar, second_proxy)
from rows_life import module, reload, unload
from sip import fill
from topo import PHONES, PROXY2, REGISTRAR

# ... and what an emulated processor on a busy machine makes it say
CALM = r"tainting kernel|module verification|entered |left |ADDRCONF|" \
    r"hrtimer: interrupt took|clocksource"


class Child:
    """A process that sends all the time; what it counts is shared."""

    def __init__(self, t):
        self.shared = mmap.mmap(-1, 4096)
        t.programs.append(self)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.work()
            finally:
                os._exit(1)

    def publish(self, *numbers):
        struct.pack_into("=%dQ" % len(numbers), self.shared, 0, *numbers)

    def numbers(self, count):
        return struct.unpack_from("=%dQ" % count, self.shared, 0)

    def stop(self):
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
            self.pid = 0


class Messages(Child):
    """SIP of every kind, both ways, hundreds a second, unanswered."""

    def __init__(self, t, who, other, rate):
        self.who, self.other, self.rate = who, other, rate
        super().__init__(t)

    def one(self, i):
        """The i-th message: who sends it, its bytes, to whom."""
        values = {"branch": "z9hG4bKl%d" % i, "callid": "load-%d" % i,
                  "cseq": 1, "expires": 60, "rtp": 40000 + i % 4000 * 2,
                  "ruri": "sip:bob@" + PROXY2}
        if i % 4 == 3:
            values.update(self.other.values(), ruri="sip:alice@45.0.2.2:5060")
            return self.other, fill(IN, **values), ("45.0.2.2", 5060)
        values.update(self.who.values())
        template = (REGISTER, INVITE, OPTIONS)[i % 4]
        return self.who, fill(template, **values), (PROXY2, 5060)

    def work(self):
        ready = [self.one(i) for i in range(2000)]
        start, i = time.monotonic(), 0
        while True:
            sender, data, to = ready[i % len(ready)]
            try:
                sender.sock.sendto(data, to)
            except OSError:             # an ICMP error of the one before
                pass
            i += 1
            self.publish(i, int((time.monotonic() - start) * 1000))
            ahead = start + i / self.rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)


class Audio(Child):
    """RTP of a call both ways, a packet each 20 ms."""

    def __init__(self, t, call):
        self.ways = ((call.phone_rtp, call.phone_to, call.far_rtp,
                      call.far_to),
                     (call.far_rtp, call.far_to, call.phone_rtp,
                      call.phone_to))
        super().__init__(t)

    def work(self):
        sent, heard = 0, [0, 0]
        for _, _, receiver, _ in self.ways:
            receiver.sock.setblocking(False)
        start = time.monotonic()
        while True:
            for sender, to, _, _ in self.ways:
                sender.sock.sendto(b"\x80" + b"\xd5" * 171, to)
            sent += 1
            time.sleep(max(0, start + sent * 0.02 - time.monotonic()))
            for n, (_, _, receiver, source) in enumerate(self.ways):
                heard[n] += self.drain(receiver.sock, source)
            self.publish(sent, *heard)

    @staticmethod
    def drain(sock, source):
        """Packets that came from where they have to come from."""
        good = 0
        while True:
            try:
                good += sock.recvfrom(2048)[1] == source
            except BlockingIOError:
                return good


class Console:
    """What the kernel says from now on, but for the network's own devices."""

    STAMP = re.compile(r"\[ *([0-9.]+)\] ")

    def __init__(self):
        self.since = max((when for when, _ in self.lines()), default=0.0)

    def lines(self):
        """Pairs of a time since boot and the line."""
        text = subprocess.run(["dmesg"], capture_output=True, text=True,
                              check=False).stdout
        for line in text.splitlines():
            stamp = self.STAMP.match(line)
            if stamp:
                yield float(stamp.group(1)), line

    def quiet(self, t):
        t.equal([line for when, line in self.lines()
                 if when > self.since and not re.search(CALM, line)], [],
                "lines on the kernel's console")


@row("L-11/rtp", "rmmod under 500 messages a second: audio does not stop",
     kind=MODULE, alone=True, phones=2)
def unload_under_messages(t):
    who, other, server = phone(t), second_proxy(t), registrar(t)
    carol = phone(t, 1, user="carol")
    call = call_in(t, register(t, carol, server))
    call.audio()
    audio, console = Audio(t, call), Console()
    load = Messages(t, who, other, 500 // SLOW)
    for i in range(4):
        t.until(lambda: t.counters("edit_")[0] > 200, "no load", 30)
        unload(t)
        heard = audio.numbers(3)
        t.until(lambda h=heard: audio.numbers(3)[0] > h[0] + 25,
                "RTP is not sent")
        reload(t)
        call_in(t, register(t, carol, server), rtp=24000 + 4 * i,
                far_rtp=34000 + 4 * i).audio()
    count, spent = load.numbers(2)      # since its first message
    t.ok(count * 1000 > 450 // SLOW * spent,
         "%d messages in %d ms" % (count, spent))
    time.sleep(0.1)                     # what is on its way arrives
    sent, near, far = audio.numbers(3)
    t.ok(min(near, far) >= sent - 2, "of %d RTP packets %d and %d arrived"
         % (sent, near, far))
    console.quiet(t)


def before_enable(t):
    """A registrar and two phones, and plain NAT between them."""
    server = registrar(t)
    users = [phone(t), phone(t, 1, user="carol")]
    if t.helped:
        t.net.sipalgctl("disable")
    return server, users


@row("I-20/adopt", "enable with phones registered: they are called at once",
     phones=2)
def adopt(t):
    server, users = before_enable(t)
    regs = registered_before(t, users, server)
    if t.helped:
        t.net.sipalgctl("enable")
    called_at_once(t, regs, server)


def registered_before(t, users, server):
    """Registrations through plain NAT: the registrar notes the source."""
    regs = []
    for who in users:
        sent = who.say(REGISTER, (REGISTRAR, 5060), expires=3600)
        got = server.expect("REGISTER", callid=sent.values["callid"])
        t.untouched(sent, got)
        server.reply(got, 200, "OK", "Contact: " + got.get("contact"))
        who.expect(200)
        regs.append(SimpleNamespace(
            phone=who, server=server, wan=got.source,
            request=sent, contact=SimpleNamespace(
                text=sent.message.contact.text, at=got.source)))
    t.ok(regs[0].wan != regs[1].wan, "both phones have the same port outside")
    return regs


def called_at_once(t, regs, server):
    """Calls in and out, with no REGISTER in between."""
    for i, reg in enumerate(regs):
        into = call_in(t, reg, rtp=22000, far_rtp=32000 + 10 * i)
        into.audio("phone" if i else "far")
        out = call_out(t, reg.phone, server, rtp=24000, far_rtp=34000 + 10 * i)
        out.audio()
        t.equal(out.wan, reg.wan, "the phone's port outside")
        into.end("far")
        out.end()
    if t.helped:
        t.until(lambda: not t.show("call"), "calls remain")


FLOWTABLE = """
table ip quick {
    flowtable fast {
        hook ingress priority 0; devices = { wan, br0 };
    }
    chain forward {
        type filter hook forward priority -10;
        meta l4proto udp flow add @fast
    }
}
"""


def offloaded(t):
    return [l for l in t.net.conntrack("-p", "udp") if "OFFLOAD" in l]


@row("I-20/offload", "the same when a flowtable carries their flows",
     phones=2)
def adopt_offloaded(t):
    server, users = before_enable(t)
    t.net.nft(FLOWTABLE)
    t.net.allow("iifname wan ct status dnat")   # a call before any packet out
    regs = registered_before(t, users, server)
    t.equal(len(offloaded(t)), 2, "flows that the flowtable carries")
    if t.helped:
        t.net.sipalgctl("enable")
        # the flowtable looks every second whose conntrack is gone
        for reg, ping in zip(regs, (answered, pinged)):
            t.until(lambda r=reg, p=ping: p(t, r), "the flow stays offloaded",
                    every=0.3)
        t.equal(offloaded(t), [], "offloaded flows after enable")
    called_at_once(t, regs, server)


def pinged(t, reg):
    """An OPTIONS of the phone's leaves with its public address."""
    sent = reg.phone.say(OPTIONS, (REGISTRAR, 5060), ruri="sip:52.0.0.10")
    got = reg.server.expect("OPTIONS", callid=sent.values["callid"])
    t.equal(got.source, reg.wan, "the phone's port outside")
    return got.contact.at == reg.wan


def answered(t, reg):
    """The phone's answer to the registrar names its public address."""
    sent = reg.server.say(OPTIONS, reg.wan, ruri=reg.contact.text)
    got = reg.phone.expect("OPTIONS", callid=sent.values["callid"])
    reg.phone.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>")
    ok = reg.server.expect(200, callid=sent.values["callid"])
    return ok.contact.at == reg.wan


class Twin:
    """A second network beside this one, with names of its own."""

    def __init__(self, t):
        self.case = cases.Case(t.row, t.engine, t.net.router[:-1] + "b",
                               t.net.ctl)
        t.programs.append(self)
        self.case.net.start()
        self.case.trace = t.trace

    def stop(self):
        self.case.end()


def stats(t):
    return {k: v for k, v in t.show("stats").items() if v}


@row("NETNS", "two routers with other settings see nothing of each other",
     phones=2)
def two_routers(t):
    other = Twin(t).case
    if t.helped:
        t.net.sipalgctl("set", "max-calls", "1")
        t.net.sipalgctl("set", "reg-source", "registrar")
        t.net.sipalgctl("port", "add", "udp", "5080")
        t.ok({"proto": "udp", "port": 5080} not in other.show("port"),
             "a port of the other namespace")
        t.equal(stats(other), {}, "counters of the other namespace")
    regs, calls = [], []
    for case in (t, other):             # the same text on both sides
        reg = register(case, phone(case), registrar(case), callid="same-reg")
        call = call_in(case, reg, callid="same-call", tag="same")
        call.audio()
        regs.append(reg)
        calls.append(call)
        if t.helped:
            t.equal([len(case.show(o)) for o in ("reg", "call")], [1, 1],
                    "registrations and calls")
    again = call_out(other, regs[1].phone, regs[1].server)
    again.audio()                       # max-calls is the other one's
    sent = regs[0].phone.say(INVITE, (REGISTRAR, 5060), rtp=26000,
                             ruri="sip:bob@52.0.0.10")
    t.untouched(sent, regs[0].server.expect("INVITE"))
    calls[0].end("far")
    if t.helped:
        t.until(lambda: not t.show("call"), "the call is still there")
        t.equal(len(other.show("call")), 2, "calls of the other namespace")
        t.net.sipalgctl("stats", "reset")
        t.ok(stats(other), "the other namespace's counters were reset")
        t.net.sipalgctl("disable")
        t.ok(other.show("status")["enabled"], "the other one is off too")
        t.equal(len(other.active()), 1, "its registrations")
    for call in (calls[1], again):
        call.audio()
    call_in(other, regs[1], second_proxy(other), rtp=28000,
            far_rtp=38000).audio()      # reg-source is the other one's


@row("NETNS/delete", "a namespace goes with its calls: nothing is left of it",
     kind=MODULE, alone=True, phones=2)
def deleted(t):
    console = Console()
    for _ in range(3):
        twin = Twin(t)
        case = twin.case
        server = registrar(case)
        regs = [register(case, phone(case, i, user="u%d" % i), server)
                for i in range(2)]
        calls = [call_in(case, reg, rtp=22000 + 10 * i, far_rtp=32000 + 10 * i)
                 for i, reg in enumerate(regs)]
        calls.append(call_out(case, regs[0].phone, server))
        for call in calls[:2]:
            call.audio()
        t.ok(case.net.conntrack("expect"), "no expectation to leave behind")
        subprocess.run(["ip", "netns", "del", case.net.router], check=True)
        twin.stop()
        t.programs.remove(twin)
    who, server = phone(t), registrar(t)
    call_in(t, register(t, who, server)).audio()
    t.equal(refcount(), 0, "references to the module")
    # It waits until the namespaces are gone; a conntrack that somebody still
    # held would keep one for ever, and a lost object its slab.
    module("rmmod", "sipalg")
    reload(t)
    call_in(t, register(t, who, server), rtp=24000, far_rtp=34000).audio()
    console.quiet(t)


def refcount():
    with open("/sys/module/sipalg/refcnt", encoding="ascii") as f:
        return int(f.read())
