# SPDX-License-Identifier: GPL-2.0-only
"""Many at once: phones, calls on one trunk, registrations on a small router.

    phones 192.168.1.20-219, all with RTP port 16384 --.
    PBX    192.168.1.10:5060, fifty calls on one 5-tuple --- router 45.0.2.2
    hosts  192.168.1.20-29, a thousand registrations --'       |
                                             52.0.0.10 registrar, provider
                                             52.0.0.20 second proxy
"""
from case import row
from flows import (IN, INVITE, REGISTER, call_out, calling_in,
                   calling_out, check_offer, phone, register, registering,
                   registrar, second_proxy, text, together, via_back)
from peer import Peer, Rtp
from rows_time import quiet
from topo import REGISTRAR

SHORT = {"net/netfilter/nf_conntrack_udp_timeout": 2,
         "net/netfilter/nf_conntrack_udp_timeout_stream": 2}


def ending(t, reg):
    """The legs of an unregistration; for together()."""
    sent = reg.phone.say(REGISTER, (reg.server.addr, reg.server.port), cseq=9,
                         expires=0, callid=reg.request.values["callid"],
                         user=reg.request.values["user"])
    yield
    got = reg.server.expect("REGISTER", callid=sent.values["callid"])
    t.seen(sent, got, at=text(reg.wan))
    back = reg.server.reply(got, 200)
    yield
    ok = reg.phone.expect(200, callid=sent.values["callid"])
    t.seen(back, ok, topvia=via_back(sent, reg.phone))


def leave(t, regs):
    """All unregister; then nothing of them is left on the router."""
    t.net.sysctl(SHORT)
    together([ending(t, reg) for reg in regs])
    t.nothing_lost()
    t.empty()


@row("F21/phones", "200 phones with one RTP port register and call at once")
def phones(t):
    server = registrar(t)
    users = [Peer(t, addr, user="u%d" % i)
             for i, addr in enumerate(t.net.add_hosts(200))]
    regs = together([registering(t, who, server) for who in users])
    t.equal(len({reg.wan for reg in regs}), 200, "outside addresses")
    if t.helped:
        t.equal(len(t.active()), 200, "active registrations")
    calls = together(
        [calling_out(t, who, server, rtp=16384, far_rtp=30000 + 2 * i)
         for i, who in enumerate(users[:100])] +
        [calling_in(t, reg, rtp=16384, far_rtp=31000 + 2 * i)
         for i, reg in enumerate(regs[100:])])
    t.equal(len({call.far_to for call in calls}), 200, "announced addresses")
    for number, call in enumerate(calls):
        call.audio("far" if number % 2 else "phone")
    for call in calls:
        call.audio()
    together([call.ending("far" if number % 3 else "phone")
              for number, call in enumerate(calls)])
    leave(t, regs)


def trunk(t, pbx, server, count):
    """Calls out and in, all on the one 5-tuple of the PBX."""
    reg = register(t, pbx, server)
    half = count // 2
    return reg, together(
        [calling_out(t, pbx, server, rtp=20000 + 2 * i, far_rtp=30000 + 2 * i)
         for i in range(half)] +
        [calling_in(t, reg, rtp=21000 + 2 * i, far_rtp=31000 + 2 * i)
         for i in range(count - half)])


@row("F22", "50 calls on one trunk: one BYE, the other 49 keep their audio")
def one_trunk(t):
    server = registrar(t)
    reg, calls = trunk(t, phone(t), server, 50)
    flow = [l for l in t.net.conntrack("-p", "udp")
            if "sport=5060 dport=5060" in l]
    t.equal(len(flow), 1, "flows of the trunk")
    for call in calls[::2]:             # of the others RTP flows later
        call.audio()
    for gone, by in ((calls.pop(30), "far"), (calls.pop(7), "phone")):
        gone.end(by)
        for call in calls:
            call.audio()
        gone.far_rtp.send(gone.far_to)
        gone.phone_rtp.nothing(0.3)
    calls.append(call_out(t, reg.phone, server, rtp=22000, far_rtp=32000))
    for call in calls:
        call.audio("phone")
    together([call.ending() for call in calls])
    leave(t, [reg])


def refused(t, who, server):
    """An INVITE that is answered with 486."""
    rtp = Rtp(t, who.addr, 24000)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=rtp.port,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE", callid=sent.values["callid"])
    check_offer(t, sent, got)
    back = server.reply(got, 486, "Busy Here")
    t.seen(back, who.expect(486), topvia=via_back(sent, who))


def unanswered(t, reg, server):
    """An INVITE from outside that the PBX refuses."""
    sent = server.say(IN, reg.contact.at, ruri=reg.contact.text, rtp=40000,
                      user=reg.phone.user)
    got = reg.phone.expect("INVITE", callid=sent.values["callid"])
    reg.phone.reply(got, 603, "Decline")
    server.expect(603)


@row("I-04", "no INVITE, answer or BYE of one call closes another's pinholes")
def by_dialog(t):
    server = registrar(t)
    reg, calls = trunk(t, phone(t), server, 8)
    if t.helped:                        # nothing was sent: all are waiting
        waiting = t.net.conntrack("expect")
        for call in calls:
            for port in (call.far_to[1], call.far_to[1] + 1):
                t.ok(any("dport=%d " % port in l for l in waiting),
                     "no expectation for port %d" % port)
    refused(t, reg.phone, server)
    unanswered(t, reg, server)
    calls.pop().end("far")
    calls.pop(0).end("phone")
    register(t, reg.phone, server, cseq=2,
             callid=reg.request.values["callid"])
    if t.helped:
        t.equal(len(t.net.conntrack("expect")), 12, "expectations")
    for call in calls:                  # the first packet of each
        call.audio()
    together([call.ending() for call in calls])
    leave(t, [reg])


def small_router(t):
    """A thousand phones' sockets: five PBXs, and five hosts of many phones."""
    users = []
    for i, addr in enumerate(t.net.add_hosts(10)):
        one = Peer(t, addr) if i < 5 else None
        for k in range(100):
            who = one or Peer(t, addr, 5060 + 2 * k)
            users.append((who, "u%d-%d" % (i, k)))
    return users


def called(t, reg, caller, rtp):
    """An INVITE from outside that arrives, and its refusal."""
    user = reg.request.values["user"]
    sent = caller.say(IN, reg.contact.at, ruri=reg.contact.text, rtp=rtp,
                      user=user)
    yield
    got = reg.phone.expect("INVITE", callid=sent.values["callid"])
    t.seen(sent, got, ruri=reg.request.message.contact.text)
    back = reg.phone.reply(got, 486, "Busy Here", user=user)
    yield
    seen = caller.expect(486, callid=sent.values["callid"])
    t.seen(back, seen)
    t.equal(seen.source, reg.wan, "source of the answer")


@row("F21", "1000 registrations with 512 MB: held, and all can be called",
     silence=True)
def small(t):
    server, other = registrar(t), second_proxy(t)
    regs = together([registering(t, who, server, user=user, expires=3600)
                     for who, user in small_router(t)])
    t.equal(len({reg.wan for reg in regs}), 505, "outside addresses")
    for caller in (server, other):
        quiet(t, 850)
        if t.helped:
            t.equal(len(t.active()), 1000, "active registrations")
        together([called(t, reg, caller, 40000) for reg in regs])
    t.nothing_lost()
    together([ending(t, reg) for reg in regs])
    t.empty(300)
