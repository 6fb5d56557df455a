# SPDX-License-Identifier: GPL-2.0-only
"""What text may change, and what must never: headers, users, bodies, digest.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- proxy 52.0.0.10
"""
from case import SAME, row
from flows import (IN, INVITE, OPTIONS, REGISTER, call_in, call_out, phone,
                   register, registrar, text, via_back)
from sip import digest_answer, digest_valid
from topo import REGISTRAR, WAN


@row("S1-27", "user parts and display names never change, whatever they hold")
def users(t):
    server = registrar(t)
    who = phone(t, user="192.168.1.10")
    odd = REGISTER.replace('"Alice"', '"192.168.1.10:5060"')
    reg = register(t, who, server, template=odd)
    t.equal(reg.contact.user, "192.168.1.10", "user of the Contact")
    out = INVITE.replace('"Alice"', '"<sip:192.168.1.10:5060>"')
    call_out(t, who, server, template=out,
             ruri="sip:192.168.1.10@52.0.0.10").audio()
    into = IN.replace('"Bob"', '"45.0.2.2"').replace("sip:bob@",
                                                     "sip:45.0.2.2@")
    call_in(t, reg, template=into).audio()


@row("S1-28", "From host and source address are untouched inbound")
def from_host(t):
    server = registrar(t)
    reg = register(t, phone(t), server)
    for host in ("provider.example:5070", "52.0.0.99:5080", "45.0.2.2"):
        template = IN.replace("<sip:bob@52.0.0.10>;tag",
                              "<sip:bob@%s>;tag" % host)
        sent = server.say(template, reg.contact.at, ruri=reg.contact.text,
                          rtp=40000, user="alice")
        got = reg.phone.expect("INVITE", callid=sent.values["callid"])
        t.seen(sent, got, ruri=reg.request.message.contact.text)
        t.equal(got.source, (REGISTRAR, 5060), "source of the INVITE")
        t.ok("@%s>" % host in got.get("from"), "From host changed",
             before=sent.data, after=got.data)


VIAS = """Via: SIP/2.0/UDP 52.0.0.10:5060;branch={branch}
Via: SIP/2.0/UDP 10.0.0.5:5080;branch=z9hG4bK.a;received=10.0.0.5;rport=5080
v: SIP/2.0/TCP sbc.example.net;branch=z9hG4bK.b, SIP/2.0/UDP 10.0.0.9;branch=0
Record-Route: <sip:52.0.0.10;lr;ftag=1>
Record-Route: <sip:52.0.0.20:5080;lr=on>,<sip:sbc.example.net;transport=tcp;lr>
"""
ROUTED = IN.replace("Via: SIP/2.0/UDP {at};branch={branch};rport\n", VIAS)


@row("S1-29", "responses carry the Via set that the provider sent")
def via_set(t):
    server = registrar(t)
    reg = register(t, phone(t), server)
    sent = server.say(ROUTED, reg.contact.at, ruri=reg.contact.text,
                      rtp=40000, user="alice")
    got = reg.phone.expect("INVITE")
    t.seen(sent, got, ruri=reg.request.message.contact.text)
    for status in (100, 180, 603):
        back = reg.phone.reply(got, status, "Status",
                               "Contact: <sip:{user}@{at}>")
        seen = server.expect(status)
        t.seen(back, seen, at=text(reg.wan))
        t.equal(seen.all("via"), sent.message.all("via"), "Via set")


@row("S1-30", "Route and Record-Route keep order and names, ours is mapped")
def routes(t):
    server = registrar(t)
    pbx = phone(t)
    reg = register(t, pbx, server)
    sent = server.say(ROUTED, reg.contact.at, ruri=reg.contact.text,
                      rtp=40000, user="alice")
    got = pbx.expect("INVITE")
    t.seen(sent, got, ruri=reg.request.message.contact.text)
    back = pbx.reply(got, 200, "OK", "Record-Route: <sip:pbx@{at};lr;drop=no>"
                     "\nContact: <sip:{user}@{at}>", body="v=0\no=- 1 1 IN IP4 "
                     "{ip}\ns=-\nc=IN IP4 {ip}\nt=0 0\nm=audio {rtp} RTP/AVP "
                     "0", rtp=20000)
    ok = server.expect(200)
    t.seen(back, ok, at=text(reg.wan), ip=WAN, rtp=ok.sdp.rtp()[1])
    inside = pbx.dialog(got, back.message)
    t.equal(len(inside.routes), 3, "Record-Routes of the INVITE")
    bye = inside.send("BYE")
    t.seen(bye, server.expect("BYE"), at=text(reg.wan))
    bye = server.say(
        "BYE {target} SIP/2.0\nVia: SIP/2.0/UDP {at};branch={branch}\n"
        "Max-Forwards: 68\nRoute: {route}\nFrom: %s\nTo: %s\nCall-ID: %s\n"
        "CSeq: 9 BYE\nContent-Length: 0\n" % (
            ok.get("from"), ok.get("to"), ok.get("call-id")),
        reg.wan, target=ok.contact.text, route=ok.all("record-route")[-1])
    t.seen(bye, pbx.expect("BYE"), target=back.message.contact.text,
           route="<sip:pbx@%s;lr;drop=no>" % pbx)


@row("F5", "digest: Authorization and a Request-URI that it signs stay")
def digest(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    challenge = 'Digest realm="45.0.2.2", nonce="192.168.1.10:5060"'
    template = IN.replace("User-Agent", "").replace(
        "Content-Type", "Authorization: {auth}\nContent-Type")
    auth = digest_answer(challenge, "bob", "pw", "INVITE", reg.contact.text)
    sent = server.say(template, reg.contact.at, ruri=reg.contact.text,
                      rtp=40000, user="alice", auth=auth)
    got = who.expect("INVITE")
    t.untouched(sent, got)
    t.ok(digest_valid(got.get("authorization"), "pw", "INVITE",
                      "192.168.1.10:5060", got.ruri),
         "the phone's digest check fails", before=sent.data, after=got.data)
    back = who.reply(got, 401, "Unauthorized", "Contact: <sip:{user}@{at}>\n"
                     "WWW-Authenticate: %s, domain=\"sip:192.168.1.10:5060\""
                     % challenge)
    t.seen(back, server.expect(401), at=text(reg.wan))
    reinvite_challenged(t, who, server)


def reinvite_challenged(t, who, server):
    """A re-INVITE from inside that the far end challenges."""
    call = call_out(t, who, server, rtp=21000)
    for auth in (None, 'Digest username="alice", realm="r", nonce="n", '
                 'uri="sip:alice@192.168.1.10:5060", response="00"'):
        extra = "Contact: <sip:{user}@{at}>\n"
        extra += "Proxy-Authorization: %s\n" % auth if auth else ""
        body = "v=0\no=- 1 2 IN IP4 {ip}\ns=-\nc=IN IP4 {ip}\nt=0 0\n" \
            "m=audio {rtp} RTP/AVP 0"
        sent = call.phone_dialog.send("INVITE", extra, body, rtp=21000)
        got = server.expect("INVITE", callid=call.callid)
        t.seen(sent, got, at=text(call.wan), ip=WAN, rtp=call.far_to[1])
        back = server.reply(got, 407, "Auth", "Proxy-Authenticate: Digest "
                            'realm="r", nonce="n", domain="sip:45.0.2.2"')
        t.seen(back, who.expect(407), topvia=via_back(sent, who))
        ack = who.say("ACK %s SIP/2.0\nVia: {via}\nFrom: %s\nTo: %s\nCall-ID:"
                      " %s\nCSeq: %d ACK\n" % (
                          sent.message.ruri, sent.message.get("from"),
                          sent.message.get("to"), call.callid,
                          call.phone_dialog.invite_cseq), (REGISTRAR, 5060),
                      via=sent.message.get("via"))
        t.seen(ack, server.expect("ACK", callid=call.callid),
               via=got.get("via"))
    call.audio()


@row("F6", "the Via is inverted on the response, however it was written")
def via_inverse(t):
    who, server = phone(t), registrar(t)
    forms = ("192.168.1.10:5060;branch={branch}",
             "192.168.1.10:5060;rport;branch={branch}",
             "192.168.1.10;branch={branch};rport",
             "192.168.1.10:5060;alias;branch={branch};keep",
             "192.168.1.10:5060 ;rport ;branch={branch}")
    for form in forms:
        template = OPTIONS.replace("{at};branch={branch};rport",
                                   form.replace("192.168.1.10:5060", "{at}")
                                   .replace("192.168.1.10", "{ip}"))
        sent = who.say(template, (REGISTRAR, 5060), ruri="sip:52.0.0.10")
        got = server.expect("OPTIONS")
        t.seen(sent, got, at=text(got.source), ip=got.source[0])
        t.ok("rport=" not in got.get("via"), "rport was filled in on the way",
             before=sent.data, after=got.data)
        back = server.reply(got, 200, "OK", "Accept: application/sdp")
        t.seen(back, who.expect(200), topvia=via_back(sent, who))


@row("F6/port", "the same when the port outside is another", nat="nft-ports")
def via_inverse_remapped(t):
    who, server = phone(t), registrar(t)
    for form in ("{ip}", "{at}"):
        template = OPTIONS.replace("UDP {at}", "UDP " + form).replace(
            "{user}@{at}", "{user}@" + form)
        sent = who.say(template, (REGISTRAR, 5060), ruri="sip:52.0.0.10")
        got = server.expect("OPTIONS")
        outside = text(got.source)
        t.seen(sent, got, at=outside, ip=outside)
        back = server.reply(got, 200)
        t.seen(back, who.expect(200), topvia=via_back(sent, who))


@row("I-23/port", "a port that NAT needs is added, and taken away on the way "
     "back", nat="nft-ports")
def no_port_written(t):
    who, server = phone(t), registrar(t)
    who.written = who.addr
    reg = register(t, who, server)
    t.ok(reg.contact.written_port, "the Contact says no port")
    call_in(t, reg).audio()
    out = call_out(t, who, server)
    out.audio()
    out.end("far")


BODY = """
MESSAGE sip:bob@52.0.0.10 SIP/2.0
Via: SIP/2.0/UDP {at};branch={branch};rport
Max-Forwards: 70
From: <sip:alice@52.0.0.10>;tag={tag}
To: <sip:bob@52.0.0.10>
Call-ID: {callid}
CSeq: 1 {method}
Contact: <sip:alice@{at}>
Content-Type: {type}
Content-Length: {length}

{body}
"""
FRAGMENT = """SIP/2.0 100 Trying
Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1
Contact: <sip:alice@192.168.1.10:5060>
Content-Length: 3

c=IN IP4 192.168.1.10
m=audio 20000 RTP/AVP 0"""
DIALOG = """<?xml version="1.0"?>
<dialog-info entity="sip:alice@192.168.1.10"><dialog id="1">
<local><target uri="sip:alice@192.168.1.10:5060"/></local></dialog>
</dialog-info>"""


@row("F8", "bodies other than SDP are never edited")
def bodies(t):
    who, server = phone(t), registrar(t)
    for method, kind, body in (("NOTIFY", "message/sipfrag", FRAGMENT),
                               ("NOTIFY", "application/dialog-info+xml",
                                DIALOG),
                               ("PUBLISH", "application/pidf+xml", DIALOG),
                               ("MESSAGE", "text/plain", FRAGMENT),
                               ("INFO", "application/sdpx", FRAGMENT)):
        template = BODY.replace("MESSAGE sip", method + " sip")
        sent = who.say(template, (REGISTRAR, 5060), method=method, type=kind,
                       body=body)
        got = server.expect(method)
        t.seen(sent, got, at=text(got.source))
        back = server.reply(got, 200)
        t.seen(back, who.expect(200), topvia=via_back(sent, who))
    multipart(t, who, server)


PARTS = """--edge.1
Content-Type: application/pidf+xml

<geo>sip:alice@192.168.1.10:5060 c=IN IP4 192.168.1.10</geo>
--edge.1
Content-Type: application/sdp

v=0
o=- 1 1 IN IP4 {ip}
s=-
c=IN IP4 {ip}
t=0 0
m=audio {rtp} RTP/AVP 0
--edge.1
Content-Type: message/sipfrag

Contact: <sip:alice@192.168.1.10:5060>
m=audio 20000 RTP/AVP 0
--edge.1--"""


def multipart(t, who, server):
    """Only the SDP part of a multipart body changes; the length is true."""
    head = INVITE.split("\n\n")[0].replace(
        "application/sdp", 'multipart/mixed;boundary="edge.1"')
    sent = who.say(head + "\n\n" + PARTS, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    t.seen(sent, got, at=text(got.source), ip=WAN, rtp=got.sdp.rtp()[1])


@row("F8/inbound", "bodies from outside are never edited either")
def inbound_bodies(t):
    reg = register(t, phone(t), registrar(t))
    for kind, body in (("message/sipfrag", FRAGMENT),
                       ("application/dialog-info+xml", DIALOG)):
        template = BODY.replace("MESSAGE sip:bob@52.0.0.10", "NOTIFY {ruri}")
        sent = reg.server.say(
            template, reg.contact.at, method="NOTIFY", type=kind,
            ruri=reg.contact.text, body=body.replace("192.168.1.10", WAN))
        t.seen(sent, reg.phone.expect("NOTIFY"),
               ruri=reg.request.message.contact.text)


@row("F11", "identity: From, To, names, tags and parameters arrive unchanged")
def identity(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    names = INVITE.replace(
        '"Alice" <sip:{user}@52.0.0.10>;tag={tag}',
        r'"A \"b\" <sip:x@192.168.1.10>" '
        r'<sip:{user};phone-context=192.168.1.10@52.0.0.10>;tag={tag};x="@"'
    ).replace("Allow:", "P-Asserted-Identity: \"A\" <sip:+4930@52.0.0.10>\n"
              "P-Preferred-Identity: <tel:+4930>\nPrivacy: id\n"
              "Remote-Party-ID: \"A\" <sip:1@52.0.0.10>;party=calling\nAllow:")
    call = call_out(t, who, server, template=names)
    call.audio()
    call.end()
    into = IN.replace('"Bob" <sip:bob@52.0.0.10>',
                      r'"45.0.2.2, \\" <sip:b;x=45.0.2.2@52.0.0.10;u=phone>')
    call_in(t, reg, template=into).end("far")


@row("I-23", "From and To gain or lose no port on any way")
def ports_in_from_to(t):
    who, server = phone(t), registrar(t)
    own = INVITE.replace("<sip:{user}@52.0.0.10>;tag",
                         "<sip:{user}@192.168.1.10>;tag")
    call = call_out(t, who, server, template=own)
    for message in (call.far_saw, call.phone_dialog.local):
        value = message if isinstance(message, str) else message.get("from")
        t.ok("@192.168.1.10>" in value, "From changed: " + value)
    bye = call.far_dialog.send("BYE")
    got = who.expect("BYE")
    t.seen(bye, got, target=call.phone_dialog_contact)
    t.equal(got.get("to").split(";")[0], '"Alice" <sip:alice@192.168.1.10>',
            "To of the far end's BYE")
    reg = register(t, who, server)
    into = IN.replace("To: <sip:bob@52.0.0.10>", "To: <sip:alice@45.0.2.2>") \
        .replace("To: <sip:{user}@52.0.0.10>", "To: <sip:alice@45.0.2.2>")
    call_in(t, reg, template=into).end("phone")


NO_LENGTH = INVITE.replace("Content-Length: {length}\n", "")
SESSION = "v=0\no=- 1 1 IN IP4 {o}\ns=-\nc=IN IP4 {c}\nt=0 0\n"
LEGAL = {
    "without Content-Length": (NO_LENGTH, {}),
    "host name in o=": (INVITE.replace("o=- 3747 3747 IN IP4 {ip}",
                                       "o=- 1 1 IN IP4 phone.example"), {}),
    "IPv6 in o=": (INVITE.replace("o=- 3747 3747 IN IP4 {ip}",
                                  "o=- 1 1 IN IP6 2001:db8::10"), {}),
    "m=audio 9": (INVITE + "\nm=audio 9 RTP/AVP 0\nc=IN IP4 192.168.1.10\n"
                  "a=inactive", {}),
    "m=video 0": (INVITE + "\nm=video 0 RTP/AVP 31", {}),
    "a port below 1024": (INVITE + "\nm=audio 1000 RTP/AVP 0\n"
                          "c=IN IP4 192.168.1.10", {}),
    "no SDP": (INVITE.split("\n\n")[0].replace(
        "Content-Type: application/sdp\n", "") + "\n", {}),
}
NOT_OURS = {
    "host name in c=": "c=IN IP4 phone.example",
    "IPv6 in c=": "c=IN IP6 2001:db8::10",
}


@row("I-05", "legal messages arrive: no length, host names, IPv6, port 9")
def legal(t):
    who, server = phone(t), registrar(t)
    for i, (what, (template, values)) in enumerate(LEGAL.items()):
        port = 20000 + 10 * i
        sent = who.say(template, (REGISTRAR, 5060), rtp=port,
                       ruri="sip:bob@52.0.0.10", **values)
        got = server.expect("INVITE", callid=sent.message.get("call-id"))
        rtp = got.sdp.rtp()[1] if got.sdp.media else port
        t.seen(sent, got, at=text(got.source), ip=WAN, rtp=rtp)
    for what, line in NOT_OURS.items():
        template = INVITE.replace("c=IN IP4 {ip}", line).replace(
            "IN IP4 {ip}", "IN IP4 phone.example")
        sent = who.say(template, (REGISTRAR, 5060), rtp=20900,
                       ruri="sip:bob@52.0.0.10")
        got = server.expect("INVITE", callid=sent.message.get("call-id"))
        t.seen(sent, got, at=text(got.source))


ODD = """
INVITE sip:bob@52.0.0.10 SIP/2.0
Via:  SIP / 2.0 / UDP   {at} ;branch={branch};note="x@192.168.1.10:5060"
Tox: <sip:alice@192.168.1.10:5060>
Contacts: <sip:alice@192.168.1.10:5060>
Via-x: SIP/2.0/UDP 192.168.1.10:5060
f: "a@b <sip:192.168.1.10>" <sip:alice@52.0.0.10>;tag={tag};x="y@192.168.1.10"
t: <sip:bob@52.0.0.10>
i: {callid}
CSeq: 1 INVITE
Max-Forwards: 70
m: "x\\"@192.168.1.10:5060" <sips:a%40b;p=1:pw@{at};u="@"?h=a@b> ;q=0.5
c: application/sdp
l: {length}

v=0
o=- 1 1 IN IP4 {ip}
s=c=IN IP4 192.168.1.10
c=IN IP4 {ip}
t=0 0
m=audio {rtp} RTP/AVP 0
a=x-note:c=IN IP4 192.168.1.10
"""


@row("I-22", "odd but legal text does not confuse the parser")
def odd_text(t):
    who, server = phone(t), registrar(t)
    sent = who.say(ODD, (REGISTRAR, 5060), rtp=20000)
    got = server.expect("INVITE")
    t.seen(sent, got, at=text(got.source), ip=WAN, rtp=got.sdp.rtp()[1])
    folded = OPTIONS.replace("Contact: <", "Contact:\n  <").replace(
        "Via: SIP", "Via:\n\tSIP")
    sent = who.say(folded, (REGISTRAR, 5060), ruri="sips:52.0.0.10")
    got = server.expect("OPTIONS")
    t.seen(sent, got, at=text(got.source))


BROKEN = {
    "no Call-ID": INVITE.replace("Call-ID: {callid}\n", ""),
    "no CSeq": INVITE.replace("CSeq: {cseq} INVITE\n", ""),
    "no Via": INVITE.replace("Via: SIP/2.0/UDP {at};branch={branch};rport\n",
                             ""),
    "no From": INVITE.replace("From:", "X-From:"),
    "CSeq of another method": INVITE.replace("{cseq} INVITE", "{cseq} BYE"),
    "CSeq without number": INVITE.replace("{cseq} INVITE", "x INVITE"),
    "length beyond the body": INVITE.replace("{length}", "60000"),
    "length not a number": INVITE.replace("{length}", "-1"),
    "NUL": INVITE.replace("Allow:", "X: a\0b\nAllow:"),
    "bogus Via": INVITE.replace("Via: SIP/2.0/UDP {at}", "Via: {at}"),
    "unclosed <": INVITE.replace("Contact: <sip:{user}@{at}>",
                                 "Contact: <sip:{user}@{at}"),
    "two From": INVITE.replace("From:", "From: <sip:a@b>;tag=1\nFrom:"),
    "two Call-IDs": INVITE.replace("Call-ID:", "Call-ID: x\nCall-ID:"),
}


@row("F10", "what cannot be parsed arrives untouched, and is counted",
     kind=SAME)
def fail_open(t):
    who, server = phone(t), registrar(t)
    for i, (what, template) in enumerate(BROKEN.items()):
        before = t.counters("raw_")[0] if t.helped else 0
        sent = who.say(template, (REGISTRAR, 5060), rtp=20000 + 2 * i,
                       ruri="sip:bob@52.0.0.10")
        t.equal(server.datagram(), sent.data, "message with %s" % what)
        if t.helped:
            t.ok(t.counters("raw_")[0] == before + 1,
                 "no raw_* counter for a message with %s" % what,
                 before=sent.data)
    if t.helped:
        t.equal(t.net.conntrack("expect"), [], "expectations")
        t.equal(t.show("call"), [], "calls")
    call_from_second(t, server)


def call_from_second(t, server):
    """What is malformed from outside arrives untouched too."""
    who = phone(t, port=5070)
    t.net.allow("iifname br0 udp sport 5070")
    who.say(OPTIONS, (REGISTRAR, 5060), ruri="sip:52.0.0.10", at="x.example")
    source = server.expect("OPTIONS").source
    sent = server.say(BROKEN["no CSeq"], source, ruri="sip:a@b", rtp=1)
    t.equal(who.datagram(), sent.data, "malformed message from outside")


@row("S5-07", "qualify: twenty OPTIONS each way, none lost, none late")
def qualify(t):
    import time
    server = registrar(t)
    reg = register(t, phone(t), server)
    slowest = 0
    for i in range(20):
        for asker, other, to, ruri, seen in (
                (server, reg.phone, reg.contact.at, reg.contact.text,
                 {"ruri": reg.request.message.contact.text}),
                (reg.phone, server, (REGISTRAR, 5060), "sip:52.0.0.10",
                 {"at": text(reg.wan)})):
            start = time.monotonic()
            sent = asker.say(OPTIONS, to, ruri=ruri, cseq=i + 1)
            got = other.expect("OPTIONS", callid=sent.values["callid"])
            t.seen(sent, got, **seen)
            other.reply(got, 200)
            asker.expect(200, callid=sent.values["callid"])
            slowest = max(slowest, time.monotonic() - start)
    t.ok(slowest < 2, "an OPTIONS took %.1f s" % slowest)


