# SPDX-License-Identifier: GPL-2.0-only
"""The ends of things: full tables, time-outs, unregistration, settings.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
                                                    second proxy 52.0.0.20
"""
from case import row
from flows import (IN, INVITE, OPTIONS, call_in, call_out, check_offer, phone,
                   register, registrar, second_proxy, text, via_back)
from peer import Peer, Rtp
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
