# SPDX-License-Identifier: GPL-2.0-only
"""Registration: the contact is the mapping, the digest stays whole.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
                                                    second proxy 52.0.0.20
"""
from case import Fail, row
from flows import (IN, REGISTER, call_in, digest_register, phone, register,
                   registrar, second_proxy, text)
from peer import Peer, Port, Rtp
from topo import MEDIA, PROXY2, REGISTRAR, WAN


@row("S1-21", "REGISTER, 401, REGISTER with digest, 200: nothing of it changes")
def digest(t):
    digest_register(t, phone(t), registrar(t))


@row("S1-21/rfc2069", "the same with a digest without qop", nat="ipt-legacy")
def digest_without_qop(t):
    digest_register(t, phone(t), registrar(t), qop=False)


@row("S1-22", "the Contact is the true public address and port", phones=2)
def contact(t):
    server = registrar(t)
    first = register(t, phone(t), server)
    second = register(t, phone(t, 1, user="carol"), server, user="carol")
    t.ok(first.wan != second.wan, "two phones share one outside address")


@row("S1-23", "wrong credentials: 403 passes, nothing is opened")
def forbidden(t):
    who, server, other = phone(t), registrar(t), second_proxy(t)
    got = digest_register(t, who, server, good=False)
    other.say(IN, got.source, ruri=got.contact.text, rtp=40000, user="alice")
    server.say(IN, got.source, ruri=got.contact.text, rtp=40002, user="alice",
               callid="through-the-flow-itself")
    who.expect("INVITE", callid="through-the-flow-itself")
    t.equal([m.source for m in who.drain()], [],
            "requests of a stranger that reached the phone")
    if t.helped:
        t.equal(t.active(), [], "active registrations after 403")
        t.equal(t.net.conntrack("expect"), [], "expectations after 403")


@row("S4-05", "a phone without STUN registers what STUN would have told")
def without_stun(t):
    from rows_stun import StunServer, stun_request
    reg = register(t, phone(t), registrar(t))
    t.net.allow("iifname br0 udp dport 3478")
    server = StunServer(t, MEDIA, 3478)
    mapped = stun_request(t, reg.phone, server)
    t.equal(mapped, reg.contact.at, "STUN from the SIP port, and the Contact")


@row("I-24",
     "REGISTER without Expires opens, a 401 to a refresh closes nothing")
def without_expires(t):
    who, server = phone(t), registrar(t)
    plain = REGISTER.replace(";expires={expires}", "")
    reg = register(t, who, server, template=plain, granted=3600)
    refresh = who.say(plain, (REGISTRAR, 5060), cseq=2, callid=reg.got.get(
        "call-id"))
    got = server.expect("REGISTER")
    t.seen(refresh, got, at=text(reg.wan))
    server.reply(got, 401, "Unauthorized", 'WWW-Authenticate: Digest '
                 'realm="52.0.0.10", nonce="8452cd5a"')
    who.expect(401)
    call_in(t, reg, second_proxy(t)).audio()


@row("I-09", "an incoming call from the provider's second proxy")
def second_proxy_calls(t):
    reg = register(t, phone(t), registrar(t))
    call = call_in(t, reg, second_proxy(t), far_media=MEDIA)
    call.audio()
    call.end("far")


@row("I-09/early", "a proxy that knocked before the phone was there calls it",
     firewall="open")
def knocked_before(t):
    server, other = registrar(t), second_proxy(t)
    other.say(IN, (WAN, 5060), ruri="sip:alice@45.0.2.2:5060", rtp=40000,
              user="alice", callid="too-early")
    reg = register(t, phone(t), server)
    sent = other.say(IN, (WAN, 5060), ruri=reg.contact.text, rtp=40000,
                     user="alice", callid="again")

    def rings():
        other.again(sent, (WAN, 5060))
        return any(m.get("call-id") == "again" for m in reg.phone.drain())
    t.until(rings, "its INVITE never arrives", every=0.5)
    call_in(t, reg, other).audio()


@row("F13", "two phones on one account: both ring, the other is cancelled",
     phones=2)
def one_account(t):
    server = registrar(t)
    regs = [register(t, phone(t, i), server) for i in (0, 1)]
    t.ok(regs[0].wan != regs[1].wan, "two phones share one outside address")
    asked = []
    for reg in regs:
        sent = server.say(IN, reg.contact.at, ruri=reg.contact.text,
                          rtp=40000, user="alice", callid="forked-call")
        asked.append((reg, sent))
    for reg, sent in asked:
        got = reg.phone.expect("INVITE", callid="forked-call")
        t.seen(sent, got, ruri=reg.request.message.contact.text)
        reg.invite = got
        back = reg.phone.reply(got, 180, "Ringing",
                               "Contact: <sip:{user}@{at}>")
        t.seen(back, server.expect(180), at=text(reg.wan))
    cancel(t, server, *asked[1])


CANCEL = """
CANCEL {ruri} SIP/2.0
Via: {via}
Max-Forwards: 70
From: {from_}
To: {to}
Call-ID: {callid}
CSeq: 1 CANCEL
Content-Length: 0
"""


def cancel(t, server, reg, invite):
    """CANCEL, its 200, and the 487 of the INVITE."""
    m = invite.message
    sent = server.say(CANCEL, reg.contact.at, ruri=reg.contact.text,
                      via=m.get("via"), from_=m.get("from"), to=m.get("to"),
                      callid=m.get("call-id"))
    got = reg.phone.expect("CANCEL")
    t.seen(sent, got, ruri=reg.request.message.contact.text)
    reg.phone.reply(got, 200)
    server.expect(200)
    gone = reg.phone.reply(reg.invite, 487, "Request Terminated")
    t.seen(gone, server.expect(487))


@row("S4-24", "port collision: the second phone gets a stable port, both ring",
     phones=2)
def collision(t):
    server = registrar(t)
    regs = [register(t, phone(t, i), server) for i in (0, 1)]
    again = [register(t, reg.phone, server, cseq=2) for reg in regs]
    t.equal([r.wan for r in again], [r.wan for r in regs], "after a refresh")
    calls = [call_in(t, reg, rtp=22000, far_rtp=32000 + 10 * i)
             for i, reg in enumerate(regs)]
    for call in calls:
        call.audio()


@row("S4-22", "PAT remaps the ports: the text is the mapping", nat="nft-ports")
def remapped(t):
    reg = register(t, phone(t), registrar(t))
    t.ok(20000 <= reg.wan[1] <= 20400, "the NAT rule did not remap")
    call_in(t, reg).audio()


@row("S4-23", "the same outer port for every peer, under random masquerade",
     nat="nft-random", firewall="open")
def one_outer_port(t):
    from flows import call_out
    who, server, other = phone(t), registrar(t), second_proxy(t)
    reg = register(t, who, server)
    second = register(t, who, other)
    t.equal(second.wan, reg.wan, "outside address towards the second proxy")
    call = call_out(t, who, server)
    call.audio("phone")
    third = Rtp(t, MEDIA, 40000)
    mark = call.phone_rtp.send((MEDIA, 40000))
    t.equal(third.expect(mark), call.far_to,
            "source of RTP towards a third address")


CISCO = REGISTER.replace(";rport", "").replace("{at}", "{contact}")


@row("F17", "source port 49152, Via and Contact 5060, no rport: answers arrive")
def cisco(t):
    who, server = phone(t), registrar(t)
    out = Port(t, who.addr, 49152)
    who.raw = out.raw                   # it listens on 5060, sends from 49152
    sent = who.say(CISCO, (REGISTRAR, 5060), expires=3600, contact=str(who))
    got = server.expect("REGISTER")
    mapped = got.contact.at
    t.seen(sent, got, contact=text(mapped))
    t.equal(mapped[0], got.source[0], "Contact and source address")
    back = server.reply(got, 200, "OK", "Contact: <sip:{user}@{contact};"
                        "line=7f>;expires=3600", user="alice",
                        contact=text(mapped))
    ok = who.expect(200)
    t.seen(back, ok, contact=str(who), topvia=sent.message.get("via"))
    if t.helped:        # the answer came by another flow than the question
        t.equal([r["state"] for r in t.show("reg")], ["active"], "reg state")
    invite = server.say(IN, mapped, ruri=got.contact.text, rtp=40000,
                        user="alice")
    t.seen(invite, who.expect("INVITE"), ruri=sent.message.contact.text)


@row("SEC-6", "a way in for the registrar, for others only to the contact")
def way_in(t):
    who, server, other = phone(t), registrar(t), second_proxy(t)
    sent = who.say(REGISTER, (REGISTRAR, 5060), expires=3600)
    got = server.expect("REGISTER")
    t.seen(sent, got, at=text(got.source))
    forged_answers(t, who, server, other, got)
    reg = register(t, who, server, cseq=2,
                   callid=sent.values["callid"])
    for i, ruri in enumerate(("sip:mallory@45.0.2.2:%d" % reg.wan[1],
                              "sip:45.0.2.2:%d" % reg.wan[1],
                              "sip:alice@52.0.0.10")):
        other.say(IN, reg.wan, ruri=ruri, rtp=40000, user="alice",
                  callid="stranger%d" % i)
    other.raw(b"no SIP at all\r\n\r\n", reg.wan)
    call_in(t, reg, other).audio()
    t.equal([m.start for m in who.drain() if m.source[0] == other.addr], [],
            "requests to something else than the contact")


def strangers(t, port, *uris):
    """INVITEs to these URIs, each by a flow of its own; their Call-IDs."""
    for i, (to, uri) in enumerate(uris):
        Peer(t, PROXY2, port + i).say(IN, to, ruri=uri, rtp=40000,
                                      user="stranger",
                                      callid="%d-%d" % (port, i))
    return ["%d-%d" % (port, i) for i in range(len(uris))]


def arrive(t, who, callids):
    for callid in callids:
        who.expect("INVITE", callid=callid)
    t.equal([m.get("call-id") for m in who.drain()], [],
            "requests that arrived and ought not")


@row("SEC-6/many", "thirty numbers of a PBX on one port, each with its Contact")
def many_contacts(t):
    who, server = phone(t), registrar(t)
    regs = [register(t, who, server, user="n%d" % i) for i in range(30)]
    wan = regs[0].wan
    uris = [(wan, r.contact.text) for r in regs]
    if t.helped:
        t.equal(sorted(r["contact"] for r in t.show("reg")),
                sorted("sip:n%d@192.168.1.10:5060;line=7f" % i
                       for i in range(30)), "the Contacts of `reg show`")
    callids = strangers(t, 5100, *uris, (wan, "sip:n30@%s" % text(wan)))
    arrive(t, who, callids[:-1])
    for reg in regs[5:]:
        gone = who.say(REGISTER, (REGISTRAR, 5060), cseq=2, expires=0,
                       user=reg.request.values["user"],
                       callid=reg.request.values["callid"])
        server.reply(server.expect("REGISTER",
                                   callid=gone.values["callid"]), 200)
        who.expect(200, callid=gone.values["callid"])
    arrive(t, who, strangers(t, 5200, *uris)[:5])


@row("SEC-6/other", "a refresh with another Contact takes the first one's place")
def other_contact(t):
    who, server = phone(t), registrar(t)
    first = register(t, who, server)
    template = REGISTER.replace("<sip:{user}@{at};line=7f>",
                                "<sip:desk-{user}@{at};ob>")
    sent = who.say(template, (REGISTRAR, 5060), cseq=2, expires=3600,
                   callid=first.request.values["callid"])
    got = server.expect("REGISTER", callid=sent.values["callid"])
    t.seen(sent, got, at=text(got.source))
    server.reply(got, 200, "OK", "Contact: %s;expires=3600" %
                 got.get("contact").split(";expires")[0])
    who.expect(200, callid=sent.values["callid"])
    if t.helped:
        t.equal([(r["aor"], r["contact"], r["lan"], r["wan"], r["peer"])
                 for r in t.active()],
                [("alice@52.0.0.10", "sip:desk-alice@192.168.1.10:5060;ob",
                  str(who), text(first.wan), str(server))], "`reg show`")
    arrive(t, who, strangers(t, 5100, (first.wan, got.contact.text),
                             (first.wan, first.contact.text))[:1])


def forged_answers(t, who, server, other, got):
    """200s that are not the registrar's answer to this REGISTER."""
    wrong = []
    for header, old, new in (("call-id", "", "x"), ("cseq", "1 ", "7 "),
                             ("via", "z9hG4bK", "z9hG4bKx")):
        copy = got.data.decode("latin1")
        value = got.get(header)
        copy = copy.replace(value, value.replace(old, new, 1) if old
                            else new + value)
        wrong.append((server, copy))
    wrong.append((other, got.data.decode("latin1")))
    for peer, copy in wrong:
        from sip import Message
        request = Message(copy.encode("latin1"), got.source)
        peer.reply(request, 200, "OK", "Contact: %s;expires=3600" %
                   request.get("contact").split(";expires")[0])
    server.say("OPTIONS sip:alice@{to} SIP/2.0\nVia: SIP/2.0/UDP {at};"
               "branch={branch}\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\n"
               "Call-ID: {callid}\nCSeq: 1 OPTIONS\n\n", got.source,
               to=text(got.source))
    who.expect("OPTIONS")
    who.drain().clear()
    if t.helped:
        t.equal(t.active(), [], "a forged answer made a registration active")
    try:
        other_invite(t, who, other, got)
    except Fail:
        return
    raise Fail("a stranger's INVITE passed before the registrar's answer")


def other_invite(t, who, other, got):
    """A stranger's INVITE that must not arrive."""
    other.say(IN, got.source, ruri=got.contact.text, rtp=40000, user="alice",
              callid="too-early")
    who.expect("INVITE", within=0.5, callid="too-early")
