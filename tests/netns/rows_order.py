# SPDX-License-Identifier: GPL-2.0-only
"""Peers in random order, several providers, several WAN addresses: what a
message says is always the mapping that its packet and its media have.

    phones 192.168.1.20-29:5060, --.           wan  45.0.2.2 (.3, .4) --.
    all with RTP from 16384        +-- router                           |
                                   '           wan2 46.0.2.2 -----------+
                             52.0.0.10 first provider, 52.0.0.20 second --'

The order comes of a seed, which is printed; SEED=N repeats it.
"""
import os
import random

from case import SAME, Fail, row
from flows import (IN, INVITE, REGISTER, SDP, calling_in, calling_out, phone,
                   register, registering, registrar, second_proxy, text,
                   together, via_back)
from peer import Peer, Rtp
from rows_limits import send_together
from rows_stun import StunServer, public_register, stun_request
from topo import MEDIA, PROXY2, WAN, WAN2


class User:
    """A phone in the walk: where it is registered, what calls it has."""

    def __init__(self, t, who, pick, where):
        self.t, self.phone, self.pick = t, who, pick
        self.where = where or (lambda who, server: WAN)
        # two mappings towards one far end at once are nobody's to have
        self.one_address = where is None
        self.regs, self.calls, self.cseq = {}, [], 0
        self.ports = set(range(16384, 16384 + 8, 2))

    def act(self, servers):
        """The legs of whatever comes next."""
        server = self.pick.choice(servers)
        ways = [self.enrol(server), self.enrol(server)]
        if self.ports:
            ways.append(self.call_out(server))
            ways += [self.call_in(reg, server)
                     for at, reg in self.regs.items()
                     if self.one_address or at is server]
        if self.calls:
            ways += [self.talk(), self.talk(), self.end()]
        if len(self.regs) > 1:
            ways.append(self.leave(server))
        return self.pick.choice(ways)

    def enrol(self, server):
        old = self.regs.get(server)
        self.cseq += 1
        callid = "%s-%s" % (self.phone, server.addr)
        reg = yield from registering(self.t, self.phone, server,
                                     cseq=self.cseq, callid=callid)
        self.t.equal(reg.wan[0], self.where(self.phone, server),
                     "WAN address towards " + server.addr)
        if old:
            self.t.equal(reg.wan, old.wan, "mapping after a refresh")
        self.regs[server] = reg

    def ending(self, server):
        """An unregistration, with the mapping of the registration."""
        reg = self.regs.pop(server)
        self.cseq += 1
        sent = self.phone.say(REGISTER, (server.addr, 5060), cseq=self.cseq,
                              expires=0, callid=reg.got.get("call-id"))
        yield
        got = server.expect("REGISTER", callid=sent.values["callid"])
        self.t.equal(got.source, reg.wan, "mapping of the unregistration")
        self.t.seen(sent, got, at=text(reg.wan))
        back = server.reply(got, 200)
        yield
        ok = self.phone.expect(200, callid=sent.values["callid"])
        self.t.seen(back, ok, topvia=via_back(sent, self.phone))

    def leave(self, server):
        if server in self.regs:
            yield from self.ending(server)

    def call_out(self, server):
        rtp = self.take_port()
        call = yield from calling_out(self.t, self.phone, server, rtp=rtp,
                                      far_rtp=far_port(),
                                      far_media=self.media_host())
        self.t.equal(call.wan[0], self.where(self.phone, server),
                     "WAN address towards " + server.addr)
        if server in self.regs:
            self.t.equal(call.wan, self.regs[server].wan,
                         "mapping of the call, and of the registration")
        self.calls.append(call)

    def call_in(self, reg, server):
        rtp = self.take_port()
        self.calls.append((yield from calling_in(
            self.t, reg, server, rtp=rtp, far_rtp=far_port(),
            far_media=self.media_host())))

    def media_host(self):
        """Media from another host than the signalling, or not."""
        return self.pick.choice((None, MEDIA)) if self.one_address else None

    def take_port(self):
        port = self.pick.choice(sorted(self.ports))
        self.ports.remove(port)
        return port

    def talk(self):
        self.pick.choice(self.calls).audio(self.pick.choice(("far", "phone")))
        yield

    def end(self):
        call = self.calls.pop(self.pick.randrange(len(self.calls)))
        call.audio(self.pick.choice(("far", "phone")))
        yield from call.ending(self.pick.choice(("far", "phone")))
        call.phone_rtp.sock.close()
        self.ports.add(call.phone_rtp.port)


FAR_PORTS = iter(range(30000, 60000, 2))


def far_port():
    return next(FAR_PORTS)


def walk(t, where=None, count=10, steps=12):
    """Phones register, call, are called, hang up, in random order."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    pick = random.Random(seed)
    servers = [registrar(t), second_proxy(t)]
    users = [User(t, Peer(t, addr, user="u%d" % i), pick, where)
             for i, addr in enumerate(t.net.add_hosts(count))]
    if t.helped:
        print("#  %s: SEED=%d" % (t.row.name, seed), flush=True)
    try:
        for _ in range(steps):
            some = pick.sample(users, pick.randint(1, count))
            together([user.act(servers) for user in some])
        settle(t, users)
    except Fail as failure:
        failure.args = ("SEED=%d: %s" % (seed, failure),)
        raise


def settle(t, users):
    """All calls are heard and end, all phones leave; nothing remains."""
    calls = [call for user in users for call in user.calls]
    for call in calls:
        call.audio()
    together([call.ending() for call in calls])
    while any(user.regs for user in users):
        together([user.ending(next(iter(user.regs)))
                  for user in users if user.regs])
    t.nothing_lost()
    t.empty()


@row("S4-07", "masquerade random,fully-random: the text is the true mapping",
     nat="nft-fully-random")
def fully_random(t):
    walk(t)


row("S4-07/masquerade", "the same behind plain masquerade")(walk)
row("S4-07/snat", "the same behind `snat to ADDR`", nat="nft-snat")(walk)
row("S4-07/ports", "the same behind `masquerade to :20000-20400`",
    nat="nft-ports")(walk)
row("S4-07/iptables", "the same behind iptables MASQUERADE",
    nat="ipt-legacy")(walk)


@row("S1-19", "two lines by routing rules: each text has its packet's address",
     nat="nft-fully-random", wans=2)
def two_lines(t):
    for i in range(20, 30, 2):
        t.net.sh("ip", "rule", "add", "from", "192.168.1.%d" % i, "lookup",
                 "102")
    walk(t, lambda who, server: WAN if int(who.addr.split(".")[3]) % 2
         else WAN2)


@row("S1-19/peer", "each provider by another line, one phone on both",
     nat="nft-fully-random", wans=2)
def line_by_provider(t):
    t.net.sh("ip", "rule", "add", "to", PROXY2, "lookup", "102")
    walk(t, lambda who, server: WAN2 if server.addr == PROXY2 else WAN)


ALIAS = """
table ip nat {
    chain post {
        type nat hook postrouting priority 100;
        %s
        oifname wan snat to 45.0.2.2
    }
}
"""


def alias(t, rules):
    for addr in ("45.0.2.3", "45.0.2.4"):
        t.net.sh("ip", "addr", "add", addr + "/24", "dev", "wan")
    t.net.nft(ALIAS % rules)


@row("F32", "several addresses on one line: that of the NAT rule is told",
     nat="none")
def alias_by_phone(t):
    alias(t, """
        oifname wan ip saddr 192.168.1.20-192.168.1.22 snat to 45.0.2.3
        oifname wan ip saddr 192.168.1.23-192.168.1.25 snat to 45.0.2.4""")
    walk(t, lambda who, server: ("45.0.2.3", "45.0.2.4", WAN, WAN)[
        (int(who.addr.split(".")[3]) - 20) // 3])


@row("F32/peer", "the address depends on the provider: the rule decides",
     nat="none")
def alias_by_provider(t):
    alias(t, "oifname wan ip daddr %s snat to 45.0.2.3" % PROXY2)
    walk(t, lambda who, server: "45.0.2.3" if server.addr == PROXY2 else WAN)


@row("GSO/port", "a flow begins with several messages, and gets another port",
     phones=2, nat="nft-snat")
def segments(t):
    first = register(t, phone(t), registrar(t))
    who, server = phone(t, 1, user="carol"), second_proxy(t)
    send_together(t, who, server, 20000)
    again = register(t, who, server, user="carol")
    t.ok(again.wan != first.wan, "two phones share one outside address")


class StunPhone:
    """A phone that asks a STUN server and writes what it learned."""

    def __init__(self, t, who, stun, rtp):
        self.t, self.phone, self.rtp = t, who, Rtp(t, who.addr, rtp)
        self.mapped = stun_request(t, who, stun)
        self.mapped_rtp = stun_request(t, self.rtp, stun)

    def same(self, source, mapped):
        self.t.equal(source, mapped, "the mapping in use, and the one learned")

    def register(self, server):
        got = public_register(self.t, self.phone, server, self.mapped)
        self.same(got.source, self.mapped)

    def call(self, server, far_rtp):
        """A call out: no byte changes, RTP comes from what it learned."""
        t, far = self.t, Rtp(self.t, server.addr, far_rtp)
        sent = self.phone.say(INVITE, (server.addr, 5060), rtp=self.
                              mapped_rtp[1], at=text(self.mapped),
                              ip=self.mapped_rtp[0],
                              ruri="sip:bob@" + server.addr)
        got = server.expect("INVITE", callid=sent.values["callid"])
        t.untouched(sent, got)
        self.same(got.source, self.mapped)
        back = server.reply(got, 200, "OK", "Contact: <sip:bob@{at}>",
                            body=SDP, rtp=far.port)
        t.untouched(back, self.phone.expect(200))
        self.same(far.expect(self.rtp.send((far.addr, far.port))),
                  self.mapped_rtp)
        self.rtp.expect(far.send(self.mapped_rtp))

    def called(self, server):
        """A call in by the flow of the registration."""
        sent = server.say(IN, self.mapped, rtp=40000, user="alice",
                          ruri="sip:alice@" + text(self.mapped))
        got = self.phone.expect("INVITE", callid=sent.values["callid"])
        self.t.untouched(sent, got)
        self.phone.reply(got, 486, "Busy Here")
        server.expect(486)


def stun_beside(t, stun_first):
    """A STUN phone and a plain one with the same ports, two providers."""
    t.net.allow("iifname br0 udp dport { 3478, 30000-50000 }")
    servers = [registrar(t), second_proxy(t)]
    stun = StunServer(t, MEDIA, 3478)
    own = phone(t)
    other = phone(t, 1, user="carol") if len(t.net.phones) > 1 else None
    learned = StunPhone(t, own, stun, 20000) if stun_first else None
    if other:
        plain = register(t, other, servers[0])
        calls = together([calling_out(t, other, server, rtp=20000 + 2 * i,
                                      far_rtp=30000 + 2 * i)
                          for i, server in enumerate(servers)])
    learned = learned or StunPhone(t, own, stun, 20000)
    for i, server in enumerate(servers):
        learned.register(server)
        learned.call(server, 31000 + 2 * i)
        learned.called(server)
    if other:
        calls += together([calling_in(t, plain, server, rtp=21000 + 2 * i,
                                      far_rtp=32000 + 2 * i)
                           for i, server in enumerate(servers)])
        for call in calls:
            call.audio()
    t.nothing_lost()


@row("S2-01", "a phone with STUN is left alone, a plain one beside it helped",
     phones=2)
def stun_before(t):
    stun_beside(t, True)


@row("S2-01/after", "the plain phone has the ports already, STUN tells others",
     phones=2)
def stun_after(t):
    stun_beside(t, False)


@row("S2-01/alone", "a phone with STUN is left alone", kind=SAME)
def stun_alone(t):
    stun_beside(t, True)
