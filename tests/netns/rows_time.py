# SPDX-License-Identifier: GPL-2.0-only
"""Long silences, keep-alives, refreshes, and the end of registrations.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- 52.0.0.10 registrar
                                                    52.0.0.20 second proxy
                                                    52.0.0.30 far end itself

Rows with silence=True run in virtual time: hours cost seconds.
"""
import struct
import time

from case import row
from flows import (IN, OPTIONS, REGISTER, SDP, call_in, calling_in,
                   calling_out, phone, register, registrar, second_proxy,
                   text, together, via_back)
from peer import Peer, Port, Rtp
from topo import MEDIA, REGISTRAR

SHORT = {"net/netfilter/nf_conntrack_udp_timeout": 2,
         "net/netfilter/nf_conntrack_udp_timeout_stream": 2}
USUAL = {"net/netfilter/nf_conntrack_udp_timeout": 30,
         "net/netfilter/nf_conntrack_udp_timeout_stream": 120}
GRACE = 60                              # `set reg-grace`, its default
KEEP_ALIVES = {"CRLF": b"\r\n", "CRLF CRLF": b"\r\n\r\n", "empty": b"",
               "four zero bytes": bytes(4),
               "STUN": struct.pack(">HHI", 1, 0, 0x2112A442) + b"transaction1"}


def quiet(t, seconds):
    """Nothing at all happens for a while."""
    end = time.monotonic() + seconds
    t.until(lambda: time.monotonic() >= end, "time stands still",
            seconds + 60, min(seconds / 4, 60))


def is_gone(t, port):
    """Has an unhelped flow to this port left conntrack?"""
    return not any("dport=%d " % port in l for l in t.net.conntrack("-p",
                                                                     "udp"))


@row("F1", "after conntrack's timeouts the registered phone can be called",
     sysctls=SHORT)
def silence(t):
    reg = register(t, phone(t), registrar(t), expires=60)
    t.net.allow("iifname br0 udp dport 7000")
    Port(t, reg.phone.addr, 7000).raw(b"control flow", (MEDIA, 7000))
    t.until(lambda: is_gone(t, 7000), "the control flow did not expire", 60,
            0.5)
    call = call_in(t, reg)
    call.audio()
    call.end("far")
    call_in(t, reg, second_proxy(t), rtp=22010, far_rtp=32010).audio()


def both_call(t, reg, other, rtp):
    """The registrar and a proxy that the phone does not know call it."""
    for i, caller in enumerate((reg.server, other)):
        call = call_in(t, reg, caller, rtp=rtp + 10 * i,
                       far_rtp=rtp + 10000 + 10 * i)
        call.audio()
        call.end("far")


def knock(t, reg, caller, callid):
    """An INVITE to the contact that must not arrive any more."""
    caller.say(IN, reg.wan, ruri=reg.contact.text, rtp=40000,
               user=reg.phone.user, callid=callid)
    reg.phone.nothing("INVITE", 1)


@row("S2-18", "an hour granted: called after 3,590 s of silence, not after it",
     silence=True, nat="nft-random", sysctls=USUAL)
def granted(t):
    server, other = registrar(t), second_proxy(t)
    start = time.monotonic()
    reg = register(t, phone(t), server, expires=7200, granted=3600)
    if t.helped:
        left = t.show("reg")[0]["expires_s"]
        t.ok(3590 <= left <= 3600, "granted 3600 s, `reg show`: %d" % left)
    quiet(t, start + 3590 - time.monotonic())
    both_call(t, reg, other, 22000)
    quiet(t, start + 3600 + GRACE / 2 - time.monotonic())
    both_call(t, reg, other, 23000)     # in its grace
    again = register(t, reg.phone, server, cseq=2, expires=600,
                     callid=reg.request.values["callid"])
    t.equal(again.wan, reg.wan, "outside address after a refresh")
    quiet(t, 600 + GRACE + 10)
    if t.helped:
        t.equal(t.show("reg"), [], "registrations after their time")
    for caller in (server, other):
        knock(t, reg, caller, "too-late" + caller.addr)
    t.empty(300)


def unregister(t, reg, cseq, contact="<sip:{user}@{at};line=7f>;expires=0"):
    """REGISTER that takes the contact away, and its answer."""
    template = REGISTER.replace("<sip:{user}@{at};line=7f>;expires={expires}",
                                contact)
    if contact == "*":
        template = template.replace("User-Agent:", "Expires: 0\nUser-Agent:")
    sent = reg.phone.say(template, (REGISTRAR, 5060), cseq=cseq,
                         callid=reg.request.values["callid"])
    got = reg.server.expect("REGISTER", callid=sent.values["callid"])
    t.seen(sent, got, at=text(reg.wan))
    back = reg.server.reply(got, 200)
    ok = reg.phone.expect(200, callid=sent.values["callid"])
    t.seen(back, ok, topvia=via_back(sent, reg.phone))


def refused_refresh(t, reg, cseq, status):
    """A refresh that is answered with an error takes nothing away."""
    sent = reg.phone.say(REGISTER, (REGISTRAR, 5060), cseq=cseq, expires=600,
                         callid=reg.request.values["callid"])
    got = reg.server.expect("REGISTER", callid=sent.values["callid"])
    t.seen(sent, got, at=text(reg.wan))
    if status:
        reg.server.reply(got, status, "No")
        reg.phone.expect(status)


@row("F1/refresh", "refreshes, lost and refused ones, carry a registration on",
     silence=True, nat="nft-random", sysctls=USUAL)
def refreshes(t):
    server, other, who = registrar(t), second_proxy(t), phone(t)
    reg = register(t, who, server, expires=600)
    callid = reg.request.values["callid"]
    for cseq, granted_s in ((2, 600), (3, 300), (4, 900)):
        quiet(t, 290)
        again = register(t, who, server, cseq=cseq, callid=callid,
                         expires=600, granted=granted_s)
        t.equal(again.wan, reg.wan, "outside address after a refresh")
    end = time.monotonic() + 900
    for cseq, status in ((5, 0), (6, 503), (7, 401)):
        quiet(t, 200)
        refused_refresh(t, reg, cseq, status)
        both_call(t, reg, other, 22000 + 100 * cseq)
    quiet(t, end - 10 - time.monotonic())
    both_call(t, reg, other, 24000)
    quiet(t, GRACE + 130)               # two minutes for an idle flow
    if t.helped:
        t.equal(t.show("reg"), [], "registrations after the last granted one")
    for caller in (server, other):
        knock(t, reg, caller, "too-late" + caller.addr)
    t.empty(300)


@row("F1/end", "an unregistration closes every way in and leaves nothing",
     silence=True, sysctls=USUAL)
def ends(t):
    server, other, who = registrar(t), second_proxy(t), phone(t)
    for cseq, contact in ((11, "*"),
                          (12, "<sip:{user}@{at};line=7f>;expires=0")):
        reg = register(t, who, server, expires=3600)
        both_call(t, reg, other, 20000 + 100 * cseq)
        unregister(t, reg, cseq, contact)
        if t.helped:
            t.equal(t.show("reg"), [], "registrations")
        t.empty(300)                    # long before the 3600 s
        for caller in (server, other):
            knock(t, reg, caller, "gone" + caller.addr)


def pings(t, who, server):
    """Every keep-alive without text, each way; the phone's mapping."""
    found = set()
    for what, data in KEEP_ALIVES.items():
        who.raw(data, (server.addr, server.port))
        t.equal(server.datagram(), data, what + " from the phone")
        found.add(server.source)
        server.raw(data, server.source)
        t.equal(who.datagram(), data, what + " from the server")
    t.equal(len(found), 1, "mappings of the keep-alives")
    return found.pop()


def options(t, who, server, reg=None):
    """OPTIONS and 200 from end to end, and back if there is a contact."""
    sent = who.say(OPTIONS, (server.addr, server.port),
                   ruri="sip:" + server.addr)
    got = server.expect("OPTIONS", callid=sent.values["callid"])
    t.seen(sent, got, at=text(got.source))
    back = server.reply(got, 200)
    t.seen(back, who.expect(200, callid=sent.values["callid"]),
           topvia=via_back(sent, who))
    if reg is None:
        return got.source
    asked = server.say(OPTIONS, reg.wan, ruri=reg.contact.text)
    heard = who.expect("OPTIONS", callid=asked.values["callid"])
    t.seen(asked, heard, ruri=reg.request.message.contact.text)
    who.reply(heard, 200)
    server.expect(200, callid=asked.values["callid"])
    return got.source


def flow_timeout(t, reg):
    """Seconds that conntrack still gives the registration's flow."""
    for line in t.net.conntrack("-p", "udp"):
        if "src=%s " % reg.phone.addr in line and \
                "dst=%s " % reg.server.addr in line:
            return int(line.split()[2])
    return 0


@row("S2-17", "keep-alives of every kind pass, refresh and are no attack",
     nat="nft-random", sysctls=SHORT)
def keep_alives(t):
    reg = register(t, phone(t), registrar(t))
    for _ in range(3):
        t.equal(pings(t, reg.phone, reg.server), reg.wan, "the mapping")
        if t.helped:
            t.ok(flow_timeout(t, reg) > 3500,
                 "a keep-alive shortened the flow's time to %d s"
                 % flow_timeout(t, reg))
        t.equal(options(t, reg.phone, reg.server, reg), reg.wan,
                "the mapping of OPTIONS")
    call_in(t, reg).audio()
    t.nothing_lost()


@row("S5-05", "a packet a minute for an hour: the mapping never changes",
     silence=True, phones=2, nat="nft-random", sysctls=USUAL)
def one_a_minute(t):
    server, lone = registrar(t), phone(t, 1, user="carol")
    reg = register(t, phone(t), server, expires=3600 + 300)
    wan = options(t, lone, server)      # it never registers
    kinds = list(KEEP_ALIVES.values()) + [None]
    for minute in range(60):
        quiet(t, 60)
        kind = kinds[minute % len(kinds)]
        for who, mapped in ((reg.phone, reg.wan), (lone, wan)):
            if kind is None:
                t.equal(options(t, who, server), mapped, "the mapping")
                continue
            who.raw(kind, (REGISTRAR, 5060))
            t.equal(server.datagram(), kind, "a keep-alive")
            t.equal(server.source, mapped, "the mapping")
            server.raw(kind, server.source)     # answered, as by nathelper
            t.equal(who.datagram(), kind, "its answer")
    call_in(t, reg).audio()
    t.nothing_lost()


@row("S4-26", "a known peer's keep-alives and OPTIONS are no scan")
def not_a_scan(t):
    server, other = registrar(t), second_proxy(t)
    reg = register(t, phone(t), server)
    for number in range(100):
        asked = server.say(OPTIONS, reg.wan, ruri=reg.contact.text)
        heard = reg.phone.expect("OPTIONS", callid=asked.values["callid"])
        t.seen(asked, heard, ruri=reg.request.message.contact.text)
        reg.phone.reply(heard, 200 if number % 2 else 404)
        server.expect(lambda m: m.status in (200, 404))
        data = list(KEEP_ALIVES.values())[number % len(KEEP_ALIVES)]
        server.raw(data, reg.wan)
        t.equal(reg.phone.datagram(), data, "a keep-alive")
    both_call(t, reg, other, 22000)
    t.nothing_lost()


def reinvite(t, call, far_port):
    """The legs of a re-INVITE from the far end; for together()."""
    rtp = call.phone_rtp.port
    sent = call.far_dialog.send(
        "INVITE", "Contact: <sip:bob@{at}>", SDP, ip=call.far_rtp.addr,
        rtp=far_port)
    yield
    got = call.phone.expect("INVITE", callid=call.callid)
    t.seen(sent, got, target=call.phone_dialog_contact)
    back = call.phone.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>",
                            body=SDP, rtp=rtp)
    yield
    ok = call.far_dialog.peer.expect(200, callid=call.callid)
    t.seen(back, ok, at=text(call.wan), ip=call.wan[0], rtp=call.far_to[1])
    ack = call.far_dialog.send("ACK")
    yield
    got = call.phone.expect("ACK", callid=call.callid)
    t.seen(ack, got, target=call.phone_dialog_contact)


def from_elsewhere(call, other):
    """From now on the far end itself sends, past the proxy."""
    other.vias.update(call.far_dialog.peer.vias)
    call.far_dialog.peer = call.far = other


def after_silence(t, unacked, standing):
    """ACK, re-INVITE and BYE from the far end, all at one moment."""
    changed, ended = standing[:2], standing[2:]
    calls = together([unacked] + [reinvite(t, call, call.far_rtp.port)
                                  for call in changed])
    calls[0].audio("phone")
    for call in changed:                # one had audio before, one had none
        call.audio("far")
    for call in ended:                  # its pinhole stays for the dialog
        call.audio("far")
    together([call.ending("far")
              for call in [calls[0]] + changed + ended])


@row("F24", "ACK, re-INVITE, BYE arrive after 32, 900 and 1,800 s of silence",
     silence=True, nat="nft-random", sysctls=USUAL)
def late_requests(t):
    server, who = registrar(t), phone(t)
    direct = Peer(t, MEDIA, user="bob")
    reg = register(t, who, server, expires=3600)
    unacked, standing = [], []
    for i in range(3):
        late = calling_in(t, reg, rtp=20000 + 10 * i, far_rtp=30000 + 10 * i)
        for _ in range(3):              # up to the 200; its ACK will be late
            next(late)
        unacked.append(late)
        standing.append(together(
            [calling_out(t, who, server, rtp=21000 + 100 * i + 10 * k,
                         far_rtp=31000 + 100 * i + 10 * k) for k in (0, 1)] +
            [calling_in(t, reg, rtp=22000 + 10 * i, far_rtp=32000 + 10 * i)]))
        for call in standing[i][1:]:
            call.audio()
        for call in standing[i][::2]:
            from_elsewhere(call, direct)
    for i, seconds in enumerate((32, 900, 1800)):
        quiet(t, seconds)
        after_silence(t, unacked[i], standing[i])
    t.nothing_lost()
    t.empty(1500)


@row("F24/trunk", "the same for a PBX that never registers",
     silence=True, nat="nft-random", sysctls=USUAL)
def late_on_trunk(t):
    server, pbx = registrar(t), phone(t)
    calls = together([calling_out(t, pbx, server, rtp=20000 + 10 * i,
                                  far_rtp=30000 + 10 * i) for i in range(3)])
    calls[0].audio()
    for seconds in (32, 900):
        quiet(t, seconds)
        together([reinvite(t, call, call.far_rtp.port) for call in calls])
        for call in calls:
            call.audio("far")
    quiet(t, 1800)
    stranger = Rtp(t, MEDIA, 50000)     # it never was in the call
    for call in calls:
        call.audio("phone")
        together([call.ending("far")])
        stranger.send(call.far_to)
        call.phone_rtp.nothing(1)
    t.nothing_lost()
    t.empty(300)
