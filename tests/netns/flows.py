# SPDX-License-Identifier: GPL-2.0-only
"""Registrations and calls, message by message, checked byte by byte.

The templates have {places} where the two sides of the NAT see different
text; everything else must arrive as it was sent.
"""
from peer import Peer, Rtp
from sip import digest_answer, digest_valid, via_target
from topo import PHONES, PROXY2, REGISTRAR

REGISTER = """
REGISTER sip:52.0.0.10 SIP/2.0
Via: SIP/2.0/UDP {at};branch={branch};rport
Max-Forwards: 70
From: "Alice" <sip:{user}@52.0.0.10>;tag={tag}
To: "Alice" <sip:{user}@52.0.0.10>
Call-ID: {callid}
CSeq: {cseq} REGISTER
Contact: <sip:{user}@{at};line=7f>;expires={expires}
User-Agent: Phone/1.0 (192.168.1.10)
Content-Length: 0
"""

AUTHORIZED = REGISTER.replace("User-Agent", "Authorization: {auth}\nUser-Agent")

SDP = """
v=0
o=- 3747 3747 IN IP4 {ip}
s=-
c=IN IP4 {ip}
t=0 0
m=audio {rtp} RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
"""

INVITE = """
INVITE {ruri} SIP/2.0
Via: SIP/2.0/UDP {at};branch={branch};rport
Max-Forwards: 70
From: "Alice" <sip:{user}@52.0.0.10>;tag={tag}
To: <sip:bob@52.0.0.10>
Call-ID: {callid}
CSeq: {cseq} INVITE
Contact: <sip:{user}@{at}>
Allow: INVITE, ACK, CANCEL, BYE, OPTIONS
Content-Type: application/sdp
Content-Length: {length}

""" + SDP.strip("\n")

ACK = """
ACK {ruri} SIP/2.0
Via: {via}
Max-Forwards: 70
From: {from_}
To: {to}
Call-ID: {callid}
CSeq: {cseq} ACK
Content-Length: 0
"""

OPTIONS = """
OPTIONS {ruri} SIP/2.0
Via: SIP/2.0/UDP {at};branch={branch};rport
Max-Forwards: 70
From: <sip:{user}@52.0.0.10>;tag={tag}
To: <sip:service@52.0.0.10>
Call-ID: {callid}
CSeq: {cseq} OPTIONS
Contact: <sip:{user}@{at}>
Accept: application/sdp
Content-Length: 0
"""


def text(addr):
    """("45.0.2.2", 5060) as a header has it."""
    return "%s:%d" % addr


def phone(t, index=0, port=5060, user="alice"):
    return Peer(t, PHONES[index], port, user)


def registrar(t):
    return Peer(t, REGISTRAR, user="registrar")


def second_proxy(t):
    return Peer(t, PROXY2, user="proxy2")


def via_back(sent, who):
    """The top Via of a response as the phone must see it: as it wrote it,
    and received= and rport= telling of its own address."""
    via = sent.message.get("via")
    return via_target(via, (who.addr, who.port))[1]


class Registered:
    """A registration: the outside address and the contact as learned."""

    def __init__(self, who, server, request, got, sent_ok, ok):
        self.phone, self.server, self.request = who, server, request
        self.got, self.sent_ok, self.ok = got, sent_ok, ok
        self.wan = got.source
        self.contact = got.contact


def together(exchanges):
    """Runs many exchanges at once, leg by leg; gives what they return."""
    results = [None] * len(exchanges)
    active = list(enumerate(exchanges))
    while active:
        going = []
        for number, exchange in active:
            try:
                next(exchange)
                going.append((number, exchange))
            except StopIteration as end:
                results[number] = end.value
        active = going
    return results


def register(t, who, server, **options):
    """REGISTER and 200, each byte checked in both directions."""
    reg = together([registering(t, who, server, **options)])[0]
    listed(t, reg)
    return reg


def registering(t, who, server, template=REGISTER, expires=3600, granted=None,
                **values):
    """The legs of a registration; for together()."""
    sent = who.say(template, (server.addr, server.port), expires=expires,
                   **values)
    yield
    got = server.expect("REGISTER", callid=sent.message.get("call-id"))
    return (yield from granting(t, who, server, sent, got,
                                granted or expires))


def registered(t, who, server, sent, got, granted, status=200):
    """Checks a REGISTER at the registrar, answers it, checks the answer."""
    reg = together([granting(t, who, server, sent, got, granted, status)])[0]
    listed(t, reg)
    return reg


def granting(t, who, server, sent, got, granted, status=200):
    """The second half of a registration."""
    t.seen(sent, got, at=text(got.source))
    t.equal(got.contact.at, got.source, "Contact is not the real mapping")
    back = server.reply(got, status, "OK",
                        "Contact: <sip:{user}@{at};line=7f>;expires=%s\n"
                        "Date: Thu, 20 Nov 2026 10:00:00 GMT" % granted,
                        user=sent.values["user"], at=text(got.source))
    yield
    ok = who.expect(status, callid=got.get("call-id"))
    t.seen(back, ok, at=who.written, topvia=via_back(sent, who))
    return Registered(who, server, sent, got, back, ok)


def listed(t, reg):
    """`reg show` has it."""
    if t.helped:
        t.until(lambda: any(r["lan"] == str(reg.phone) and
                            r["state"] == "active" for r in t.show("reg")),
                "`reg show` does not list the registration as active")


def digest_register(t, who, server, password="s3cret", qop=True, good=True):
    """REGISTER, 401, REGISTER with Authorization, 200 or 403."""
    first = who.say(REGISTER, (server.addr, server.port), expires=3600)
    got = server.expect("REGISTER")
    t.seen(first, got, at=text(got.source))
    nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093@45.0.2.2"
    value = 'Digest realm="52.0.0.10", nonce="%s", opaque="%s"%s' % (
        nonce, "192.168.1.10", ', qop="auth", algorithm=MD5' if qop else "")
    back = server.reply(got, 401, "Unauthorized",
                        "WWW-Authenticate: " + value)
    denied = who.expect(401)
    t.seen(back, denied, topvia=via_back(first, who))
    auth = digest_answer(denied.get("www-authenticate"), who.user,
                         password if good else "wrong", "REGISTER",
                         "sip:52.0.0.10")
    second = who.say(AUTHORIZED, (server.addr, server.port), expires=3600,
                     auth=auth, cseq=2, callid=first.values["callid"])
    got = server.expect("REGISTER")
    t.seen(second, got, at=text(got.source))
    valid = digest_valid(got.get("authorization"), password, "REGISTER",
                         nonce, got.ruri)
    t.equal(valid, good, "the registrar's digest check")
    if good:
        return registered(t, who, server, second, got, 3600)
    back = server.reply(got, 403, "Forbidden")
    t.seen(back, who.expect(403), topvia=via_back(second, who))
    return got


class Call:
    """A call between a phone inside and a peer outside.

    phone_to and far_to are the RTP addresses that each side was told."""

    def __init__(self, t, who, far, phone_rtp, far_rtp):
        self.t, self.phone, self.far = t, who, far
        self.phone_rtp, self.far_rtp = phone_rtp, far_rtp
        self.phone_rtcp = self.far_rtcp = None
        self.phone_to = self.far_to = self.callid = None
        self.phone_dialog = self.far_dialog = None
        self.wan = self.phone_said = self.far_saw = None

    def audio(self, first="far"):
        """RTP both ways, from the announced to the announced address."""
        ways = [self.from_far, self.from_phone]
        for way in ways if first == "far" else reversed(ways):
            way()

    def from_far(self):
        """The far end's RTP reaches the phone's announced address."""
        source = self.phone_rtp.expect(self.far_rtp.send(self.far_to))
        self.t.equal(source, self.phone_to,
                     "RTP from outside has another source than announced")

    def from_phone(self):
        """The phone's RTP leaves from the address that was announced."""
        source = self.far_rtp.expect(self.phone_rtp.send(self.phone_to))
        self.t.equal(source, self.far_to,
                     "RTP from inside has another source than announced")

    def end(self, by="phone"):
        """BYE and its answer."""
        together([self.ending(by)])

    def ending(self, by="phone"):
        """The legs of a BYE; for together()."""
        dialog, other = (self.phone_dialog, self.far) if by == "phone" \
            else (self.far_dialog, self.phone)
        sent = dialog.send("BYE")
        yield
        got = other.expect("BYE", callid=self.callid)
        if by == "phone":
            self.t.seen(sent, got, at=text(self.wan))
        else:
            self.t.seen(sent, got, target=self.phone_dialog_contact)
        back = other.reply(got, 200)
        yield
        ok = dialog.peer.expect(200, callid=self.callid)
        if by == "phone":
            self.t.seen(back, ok, topvia=via_back(sent, self.phone))
        else:
            self.t.seen(back, ok)


def call_out(t, who, server, **options):
    """INVITE from inside, (183,) 200, ACK: a call that stands."""
    return together([calling_out(t, who, server, **options)])[0]


def calling_out(t, who, server, rtp=20000, far_rtp=30000, far_media=None,
                template=INVITE, body=SDP, early=False, **values):
    """The legs of a call from inside; for together()."""
    call = Call(t, who, server, Rtp(t, who.addr, rtp),
                Rtp(t, far_media or server.addr, far_rtp))
    ruri = values.pop("ruri", "sip:bob@52.0.0.10")
    sent = who.say(template, (server.addr, server.port), rtp=rtp, ruri=ruri,
                   **values)
    yield
    got = server.expect("INVITE", callid=sent.message.get("call-id"))
    call.callid, call.wan = got.get("call-id"), got.source
    call.phone_said, call.far_saw = sent, got
    check_offer(t, sent, got)
    call.far_to = got.sdp.rtp()
    if early:
        yield from answer(t, call, sent, got, body, 183, "Session Progress")
        call.from_far()
    ok = yield from answer(t, call, sent, got, body, 200, "OK")
    call.phone_dialog = who.dialog(sent.message, ok)
    call.far_dialog = server.dialog(got, call.far_answer.message)
    call.phone_dialog_contact = sent.message.contact.text
    ack = call.phone_dialog.send("ACK")
    yield
    got_ack = server.expect("ACK", callid=call.callid)
    t.seen(ack, got_ack, at=text(got_ack.source))
    return call


def check_offer(t, sent, got):
    """An INVITE from inside: every literal is the mapping, and no other
    byte was changed; the media port keeps its parity."""
    t.ok(got.body, "the INVITE arrived without its body",
         before=sent.data, after=got.data)
    addr, port = got.sdp.rtp()
    t.seen(sent, got, at=text(got.source), ip=got.source[0], rtp=port)
    t.equal(addr, got.source[0], "media and signalling address differ")


def answer(t, call, sent, got, body, status, reason):
    """The far end's answer with SDP, checked where the phone sees it."""
    back = call.far.reply(
        got, status, reason, "Contact: <sip:bob@{at}>", body=body,
        ip=call.far_rtp.addr, rtp=call.far_rtp.port, user="bob")
    yield
    ok = call.phone.expect(status, callid=call.callid)
    t.seen(back, ok, topvia=via_back(sent, call.phone))
    call.phone_to, call.far_answer = ok.sdp.rtp(), back
    return ok


IN = INVITE.replace("bob", "{user}").replace("<sip:{user}@52.0.0.10>;tag",
                                             "<sip:bob@52.0.0.10>;tag") \
    .replace('"Alice"', '"Bob"').replace("<sip:{user}@{at}>", "<sip:bob@{at}>")


def call_in(t, reg, caller=None, **options):
    """INVITE from outside to a registered contact, 180, 200, ACK."""
    return together([calling_in(t, reg, caller, **options)])[0]


def calling_in(t, reg, caller=None, rtp=22000, far_rtp=32000, far_media=None,
               template=IN, body=SDP, **values):
    """The legs of a call from outside; for together()."""
    who, caller = reg.phone, caller or reg.server
    call = Call(t, who, caller, Rtp(t, who.addr, rtp),
                Rtp(t, far_media or caller.addr, far_rtp))
    sent = caller.say(template, reg.contact.at, ruri=reg.contact.text,
                      rtp=far_rtp, ip=call.far_rtp.addr, user=reg.phone.user,
                      **values)
    yield
    got = who.expect("INVITE", callid=sent.message.get("call-id"))
    t.seen(sent, got, ruri=reg.request.message.contact.text)
    call.callid, call.wan = got.get("call-id"), reg.wan
    call.phone_to = got.sdp.rtp()
    yield from ringing(t, call, got)
    back = who.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>", body=body,
                     rtp=rtp)
    yield
    ok = caller.expect(200, callid=call.callid)
    addr, port = ok.sdp.rtp()
    t.equal(ok.source, reg.wan, "the answer's source")
    t.seen(back, ok, at=text(reg.wan), ip=reg.wan[0], rtp=port)
    t.equal(addr, reg.wan[0], "media and signalling address differ")
    call.far_to = (addr, port)
    call.phone_said, call.far_saw = back, ok
    call.phone_dialog = who.dialog(got, back.message)
    call.far_dialog = caller.dialog(sent.message, ok)
    call.phone_dialog_contact = back.message.contact.text
    ack = call.far_dialog.send("ACK")
    yield
    got_ack = who.expect("ACK", callid=call.callid)
    t.seen(ack, got_ack, target=call.phone_dialog_contact)
    return call


def ringing(t, call, got):
    """180 from the phone, checked where the caller sees it."""
    back = call.phone.reply(got, 180, "Ringing", "Contact: <sip:{user}@{at}>")
    yield
    seen = call.far.expect(180, callid=call.callid)
    t.seen(back, seen, at=text(seen.source))
