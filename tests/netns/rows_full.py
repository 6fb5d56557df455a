# SPDX-License-Identifier: GPL-2.0-only
"""Full tables and failed allocations: whole or as it came, never dropped.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10

These rows change what all namespaces share, so they run alone.
"""
import contextlib
import os

from case import Fail, row
from flows import (IN, INVITE, REGISTER, SDP, call_in, call_out, check_offer,
                   phone, register, registrar, text, via_back)
import sip
from peer import Rtp
from topo import REGISTRAR, run

HERE = os.path.dirname(os.path.abspath(__file__))
NOMEM = os.environ.get("SIPALG_NOMEM_KO",
                       os.path.join(HERE, "../faults/nomem.ko"))
PARAMETERS = "/sys/module/nomem/parameters/"
NETFILTER = "/proc/sys/net/netfilter/nf_conntrack_"


VIDEO = "\nm=video {video} RTP/AVP 99\na=rtpmap:99 H264/90000\n"


class NoMemory:
    """The module nomem, loaded: allocations of sipalg's fail on demand."""

    def __init__(self, t):
        t.programs.append(self)
        if not os.path.exists(NOMEM):
            raise Fail("no %s: run `make faults`" % NOMEM)
        run(["insmod", NOMEM])
        self.set("start", min(self.text_sections()))
        with open("/sys/module/sipalg/coresize", encoding="ascii") as f:
            self.set("size", int(f.read()))

    @staticmethod
    def text_sections():
        """Where the module's code lies."""
        base = "/sys/module/sipalg/sections/"
        for name in os.listdir(base):
            if name.startswith(".text"):
                with open(base + name, encoding="ascii") as f:
                    yield int(f.read(), 16)

    @staticmethod
    def set(name, value):
        with open(PARAMETERS + name, "w", encoding="ascii") as f:
            f.write(str(value))

    @property
    def failed(self):
        with open(PARAMETERS + "failed", encoding="ascii") as f:
            return int(f.read())

    @contextlib.contextmanager
    def failing(self, nth, onwards=False):
        """In the body the n-th allocation fails, or all from it onwards."""
        self.set("seen", 0)
        self.set("failed", 0)
        self.set("onwards", int(onwards))
        self.set("nth", nth)
        try:
            yield
        finally:
            self.set("nth", 0)

    def stop(self):
        run(["rmmod", "nomem"])


class Message:
    """One message that is sent while memory is short: attempt N."""

    serial = 0

    def __init__(self, t, who, server, number):
        self.t, self.who, self.server = t, who, server
        Message.serial += 1             # no two attempts share a port
        self.rtp = 20000 + 4 * Message.serial
        self.far = self.rtp + 20000
        self.callid = "memory-%s-%d" % (type(self).__name__.lower(), number)
        self.number = number

    def before(self):
        """Everything up to the message, with memory enough."""

    tables = ("call", "media")

    def nothing(self):
        """The message came to nothing: no state of it is there."""
        for table in self.tables:
            left = [o for o in self.t.show(table)
                    if o["call_id"] == self.callid]
            self.t.equal(left, [], "`%s show` after an untouched message"
                         % table)
        self.t.ok(not any("dport=%d " % self.rtp in l + " "
                          for l in self.t.net.conntrack("expect")),
                  "an expectation is left of an untouched message")


class Register(Message):
    """A REGISTER of a user of its own."""

    def send(self):
        self.user = "user%d" % self.number
        self.sent = self.who.say(REGISTER, (REGISTRAR, 5060), expires=60,
                                 callid=self.callid, user=self.user)
        return self.sent, self.server.expect("REGISTER", callid=self.callid)

    def whole(self, got):
        self.t.seen(self.sent, got, at=text(got.source))
        self.server.reply(got, 200, "OK", "Contact: <sip:%s@%s;line=7f>;"
                          "expires=60" % (self.user, text(got.source)))
        ok = self.who.expect(200, callid=self.callid)
        self.t.equal(ok.contact.at, (self.who.addr, 5060), "Contact of 200")
        self.t.until(lambda: any(r["aor"].startswith(self.user + "@")
                                 for r in self.t.active()),
                     "the registration is not active")

    def nothing(self):
        super().nothing()
        self.t.ok(not any(r["aor"].startswith(self.user + "@")
                          for r in self.t.show("reg")),
                  "an untouched REGISTER is listed")


class Offer(Message):
    """An INVITE with an offer from inside."""

    def send(self):
        self.sent = self.who.say(INVITE + VIDEO, (REGISTRAR, 5060),
                                 rtp=self.rtp, video=self.rtp + 2,
                                 ruri="sip:bob@52.0.0.10", callid=self.callid)
        return self.sent, self.server.expect("INVITE", callid=self.callid)

    def whole(self, got):
        """Announced, so open: the far end's early media arrives."""
        check_offer(self.t, self.sent, got)
        Rtp(self.t, self.who.addr, self.rtp).expect(
            Rtp(self.t, REGISTRAR, self.far).send(got.sdp.rtp()))
        self.server.reply(got, 486, "Busy Here")
        self.who.expect(486, callid=self.callid)


class Answer(Message):
    """The far end's 200 to an INVITE from inside."""

    def before(self):
        offer = Offer(self.t, self.who, self.server, self.number)
        offer.callid, offer.rtp = self.callid, self.rtp
        self.invite, self.got = offer.send()
        self.phone_rtp = Rtp(self.t, self.who.addr, self.rtp)
        self.far_rtp = Rtp(self.t, REGISTRAR, self.far)

    def send(self):
        self.sent = self.server.reply(
            self.got, 200, "OK", "Contact: <sip:bob@{at}>",
            body=SDP.rstrip("\n") + VIDEO, ip=REGISTRAR, rtp=self.far,
            video=self.far + 2)
        # as it came its Via is not the phone's: a peer would discard it
        return self.sent, sip.Message(self.who.datagram())

    def whole(self, got):
        self.t.seen(self.sent, got, topvia=via_back(self.invite, self.who))
        self.far_rtp.expect(self.phone_rtp.send((REGISTRAR, self.far)))
        self.phone_rtp.expect(self.far_rtp.send(self.got.sdp.rtp()))

    def nothing(self):
        """The offer's pinholes are there as before."""


class FirstRtp(Message):
    """The first RTP each way of a call that stands."""

    def before(self):
        self.call = call_out(self.t, self.who, self.server, rtp=self.rtp,
                             far_rtp=self.far)

    def send(self):
        if self.number % 2:
            self.call.audio("far")
        else:
            self.call.audio("phone")
        return None, None

    def whole(self, _got):
        self.call.audio()
        self.call.end()


class Called(Message):
    """An INVITE from outside to the registered contact."""

    def send(self):
        self.sent = self.server.say(
            IN, self.t.reg.contact.at, ruri=self.t.reg.contact.text,
            rtp=self.far, user="alice", callid=self.callid)
        return self.sent, self.who.expect("INVITE", callid=self.callid)

    def whole(self, got):
        self.t.seen(self.sent, got,
                    ruri=self.t.reg.request.message.contact.text)
        self.who.reply(got, 486, "Busy Here")
        self.server.expect(486, callid=self.callid)


class Accept(Message):
    """The phone's 200 to an INVITE from outside; then it speaks first."""

    tables = ("media",)                 # the dialog was there before

    def before(self):
        called = Called(self.t, self.who, self.server, self.number)
        called.callid, called.far = self.callid, self.far
        self.got = called.send()[1]

    def send(self):
        self.sent = self.who.reply(self.got, 200, "OK", "Contact: "
                                   "<sip:{user}@{at}>",
                                   body=SDP.rstrip("\n") + VIDEO,
                                   rtp=self.rtp, video=self.rtp + 2)
        return self.sent, self.server.expect(200, callid=self.callid)

    def whole(self, got):
        addr, port = got.sdp.rtp()
        self.t.seen(self.sent, got, at=text(got.source), ip=addr, rtp=port)
        near = Rtp(self.t, self.who.addr, self.rtp)
        far = Rtp(self.t, REGISTRAR, self.far)
        self.t.equal(far.expect(near.send((REGISTRAR, self.far))),
                     (addr, port), "the source of the phone's first RTP")
        near.expect(far.send((addr, port)))


def raw_or_whole(t, nomem, message, nth, onwards):
    """One attempt. True: no allocation was left to fail."""
    message.before()
    counted = t.counter("raw_no_memory")
    with nomem.failing(nth, onwards):
        sent, got = message.send()
    failed = nomem.failed
    if failed and got and got.data == sent.data:
        t.equal(t.counter("raw_no_memory"), counted + 1,
                "counter raw_no_memory, %s" % message.callid)
        message.nothing()
        sent, got = message.send()
    message.whole(got)
    return not failed


@row("F2/memory", "whatever allocation fails: whole or as it came, counted",
     alone=True)
def memory(t):
    who, server = phone(t), registrar(t)
    t.reg = register(t, who, server)
    if not t.helped:                    # nothing to fail, nothing to help
        return call_out(t, who, server).audio()
    nomem = NoMemory(t)
    seen = {}
    for kind in (Register, Offer, Answer, Called, Accept, FirstRtp):
        for number in range(1, 40):
            message = kind(t, who, server, number)
            if raw_or_whole(t, nomem, message, number, False):
                break
        seen[kind.__name__] = number - 1
        raw_or_whole(t, nomem, kind(t, who, server, 50), 1, True)
    t.ok(seen["Register"] >= 1 and seen["Offer"] >= 4 and
         seen["Called"] >= 1 and seen["Accept"] >= 3,
         "too few allocations failed to prove anything: %s" % seen)
    return t.ok(t.counter("raw_no_memory") > 5, "counter raw_no_memory")


@contextlib.contextmanager
def limit(name, value):
    """One of conntrack's own limits, for all namespaces, for a while."""
    path = NETFILTER + name
    with open(path, encoding="ascii") as f:
        before = f.read()
    try:
        with open(path, "w", encoding="ascii") as f:
            f.write(str(value))
        yield
    finally:
        with open(path, "w", encoding="ascii") as f:
            f.write(before)


@row("I-16", "a full expectation table: nothing dropped, and audio all the same",
     alone=True, phones=2)
def expectations(t):
    from rows_limits import Monitor
    server = registrar(t)
    users = [phone(t), phone(t, 1, user="carol")]
    monitor = Monitor(t, "media") if t.helped else None
    for most in (16, 1):
        with limit("expect_max", most):
            regs = [register(t, who, server) for who in users]
            calls = [call_out(t, users[i % 2], server, rtp=20000 + 4 * i + 50 * most,
                              far_rtp=30000 + 4 * i + 50 * most)
                     for i in range(10)]
            calls += [call_in(t, reg, rtp=26000 + 4 * i + 50 * most,
                              far_rtp=36000 + 4 * i + 50 * most)
                      for i, reg in enumerate(regs * 2)]
            full = len(t.net.conntrack("expect"))
            t.ok(full <= most, "%d expectations" % full)
            for i, call in enumerate(calls):
                call.audio("far" if i % 2 else "phone")
            for call in calls:
                call.end()
    if t.helped:
        t.equal(t.counters("raw_")[0], 0, "raw_* counters")
        monitor.expect(event="exhausted", object="media",
                       limit="nf_conntrack_expect_max")


@row("I-16/expected", "an expectation for RTP and RTCP, the mark of the call",
     alone=True)
def expected(t):
    who, server = phone(t), registrar(t)
    t.net.nft("""
table inet marks {
    chain forward {
        type filter hook forward priority -10;
        udp dport 5060 ct mark set 7
    }
}
""")
    call = call_out(t, who, server, rtp=21000, far_rtp=31000)
    if t.helped:
        t.equal(sorted(part for l in t.net.conntrack("expect")
                       for part in l.split()
                       if part in ("dport=21000", "dport=21001")),
                ["dport=21000", "dport=21001"], "expectations")
    call.audio()
    rtcp = Rtp(t, who.addr, call.phone_rtp.port + 1)
    rtcp.expect(Rtp(t, server.addr, call.far_rtp.port + 1).send(
        (call.far_to[0], call.far_to[1] + 1)))
    for port in (call.far_to[1], call.far_to[1] + 1):
        flow = [l for l in t.net.conntrack("-p", "udp")
                if "dport=%d " % port in l]
        t.ok(len(flow) == 1 and "mark=7" in flow[0],
             "not the mark of its signalling: %s" % flow)
    t.equal(t.net.conntrack("expect"), [], "expectations of what flows")
    call.end()
    t.equal(t.net.conntrack("expect"), [], "expectations after BYE")


def fill(t, number):
    """Assured conntracks that nobody may throw out."""
    lines = ["-I -p udp -s 192.168.1.99 -d 52.0.0.30 --sport %d --dport 9 "
             "--timeout 600 -u ASSURED,SEEN_REPLY" % (1024 + i)
             for i in range(number)]
    t.net.sh("conntrack", "-R", "-", stdin="\n".join(lines) + "\n",
             check=False)


def count(t):
    return int(t.net.sh("conntrack", "-C").stdout)


@row("I-16/conntrack", "a full conntrack table: messages pass, audio follows",
     alone=True)
def conntracks(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    standing = call_in(t, reg)
    standing.audio()
    most = 64
    with limit("max", most):
        fill(t, 2 * most)
        t.ok(count(t) >= most, "%d conntracks, not full" % count(t))
        register(t, who, server, cseq=2, callid=reg.request.values["callid"])
        calls = [call_out(t, who, server, rtp=21000, far_rtp=31000),
                 call_in(t, reg, rtp=23000, far_rtp=33000)]
        standing.audio()                # it has its conntracks
        calls[0].far_rtp.send(calls[0].far_to)
        calls[0].phone_rtp.nothing(0.3)     # that one the kernel drops
    t.net.sh("conntrack", "-D", "-s", "192.168.1.99", check=False)
    for call in calls:
        call.audio()                    # there is room again
    for call in calls + [standing]:
        call.end()
    if t.helped:
        t.equal(t.counters("raw_")[0], 0, "raw_* counters")
