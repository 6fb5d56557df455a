# SPDX-License-Identifier: GPL-2.0-only
"""What needs no help is forwarded byte for byte: STUN, public literals, IAX2,
and (until there is a stream editor) TCP.

    PBX 192.168.1.10:5060 --- router 45.0.2.2 --- STUN server 52.0.0.30
                                                  firewall checker 52.0.0.10
"""
import hashlib
import os
import socket
import struct

from case import SAME, row
from flows import (IN, INVITE, OPTIONS, REGISTER, phone, registrar, text)
from peer import Peer, Port
from sip import fill
from topo import MEDIA, PROXY2, REGISTRAR, WAN, inside, run

COOKIE = 0x2112A442


class StunServer(Port):
    """A STUN server (RFC 5389, and RFC 3489 without the cookie)."""

    def answer(self):
        """Answers one Binding request; gives both messages."""
        data, source = self.datagram(), self.source
        addr = struct.unpack(">I", socket.inet_aton(source[0]))[0]
        plain = struct.pack(">HHBBHI", 1, 8, 0, 1, source[1], addr)
        xor = struct.pack(">HHBBHI", 0x20, 8, 0, 1,
                          source[1] ^ (COOKIE >> 16), addr ^ COOKIE)
        body = plain + xor
        reply = struct.pack(">HH", 0x0101, len(body)) + data[4:20] + body
        self.raw(reply, source)
        return data, reply, source


def stun_request(t, client, server, classic=False):
    """A Binding request and its answer, bytes unchanged; the mapping."""
    head = os.urandom(4) if classic else struct.pack(">I", COOKIE)
    request = struct.pack(">HH", 1, 0) + head + os.urandom(12)
    client.raw(request, (server.addr, server.port))
    arrived, reply, source = server.answer()
    t.equal(arrived, request, "the STUN request")
    t.equal(client.datagram(), reply, "the STUN answer")
    return source


@row("S1-08", "STUN from the SIP port works, then the PBX registers", kind=SAME)
def stun_on_sip_port(t):
    t.net.allow("iifname br0 udp dport 3478")
    pbx, server = phone(t), registrar(t)
    for stun in (StunServer(t, MEDIA, 3478), StunServer(t, MEDIA, 5060)):
        for classic in (False, True):
            mapped = stun_request(t, pbx, stun, classic)
            t.equal(mapped[0], WAN, "mapped address")
    public_register(t, pbx, server, mapped)


def public_register(t, pbx, server, mapped):
    """REGISTER with the public address, as a client with STUN writes it."""
    sent = pbx.say(REGISTER, (server.addr, server.port), at=text(mapped),
                   expires=600)
    got = server.expect("REGISTER")
    t.untouched(sent, got)
    back = server.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>;expires="
                        "600", user=pbx.user, at=text(mapped))
    t.untouched(back, pbx.expect(200))
    return got


@row("S2-07", "any STUN server on any port", kind=SAME)
def any_stun_server(t):
    client = phone(t)
    media = Port(t, client.addr, 20000)
    for addr, port in ((MEDIA, 3478), (PROXY2, 19302), (REGISTRAR, 10000),
                       (PROXY2, 5060), (MEDIA, 3479)):
        t.net.allow("iifname br0 udp dport %d" % port)
        server = StunServer(t, addr, port)
        stun_request(t, client, server)
        stun_request(t, media, server, classic=True)


def full_exchange(t, pbx, server, public):
    """Registration, call out and call in, all with public literals."""
    got = public_register(t, pbx, server, public)
    sent = pbx.say(INVITE, (REGISTRAR, 5060), at=text(public), ip=public[0],
                   rtp=20000, ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    t.untouched(sent, got)
    body = "v=0\no=- 1 1 IN IP4 52.0.0.30\ns=-\nc=IN IP4 52.0.0.30\nt=0 0\n" \
        "m=audio 40000 RTP/AVP 0"
    back = server.reply(got, 200, "OK", "Contact: <sip:bob@{at}>", body=body)
    t.untouched(back, pbx.expect(200))
    sent = server.say(IN, public, ruri="sip:alice@" + text(public),
                      rtp=40000, user="alice")
    got = pbx.expect("INVITE")
    t.untouched(sent, got)
    back = pbx.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>",
                     body=body.replace("52.0.0.30", public[0]),
                     at=text(public))
    t.untouched(back, server.expect(
        lambda m: m.status == 200 and m.method == "INVITE"))


@row("S1-10", "a server with a public address: nothing is ever rewritten",
     kind=SAME, nat="none", firewall="open", lan="45.0.3.0/24")
def public_server(t):
    ns = t.net.phones[0]
    run(["ip", "-n", ns, "addr", "add", "45.0.3.10/32", "dev", "eth0"])
    t.net.sh("ip", "route", "add", "45.0.3.10/32", "dev", "br0")
    t.net.addrs["45.0.3.10"] = ns
    full_exchange(t, Peer(t, "45.0.3.10"), registrar(t), ("45.0.3.10", 5060))


@row("S1-10/externip", "a PBX behind NAT that writes its public address",
     kind=SAME)
def externip(t):
    t.net.allow("iifname br0 udp dport 3478")
    pbx = phone(t)
    mapped = stun_request(t, pbx, StunServer(t, MEDIA, 3478))
    full_exchange(t, pbx, registrar(t), mapped)


@row("F3", "the firewall checker's message hash is equal before and after",
     kind=SAME)
def message_hash(t):
    t.net.allow("iifname br0 udp dport 3478")
    pbx, checker = phone(t), registrar(t)
    mapped = stun_request(t, pbx, StunServer(t, MEDIA, 3478))
    for template in (OPTIONS, INVITE, REGISTER):
        sent = pbx.say(template, (REGISTRAR, 5060), at=text(mapped), ip=WAN,
                       ruri="sip:checker@52.0.0.10", rtp=9000, expires=60)
        got = checker.expect(sent.message.method)
        t.equal(hashlib.sha1(got.data).hexdigest()[:8],
                hashlib.sha1(sent.data).hexdigest()[:8], "hash received")
        back = checker.reply(got, 200, "OK",
                             "X-Hash: " + hashlib.sha1(got.data).hexdigest())
        t.untouched(back, pbx.expect(200))


@row("S5-20", "IAX2 on UDP 4569 is never touched", kind=SAME)
def iax2(t):
    t.net.allow("iifname br0 udp dport 4569")
    pbx, far = Port(t, phone(t).addr, 4569), Port(t, REGISTRAR, 4569)
    full_frame = bytes.fromhex("8001000000000000000006010d") + b"192.168.1.10"
    text_frame = b"REGISTER sip:52.0.0.10 SIP/2.0\r\nVia: SIP/2.0/UDP " \
        b"192.168.1.10:5060\r\nContact: <sip:a@192.168.1.10>\r\n\r\n"
    for data in (full_frame, text_frame, os.urandom(300)):
        pbx.raw(data, (REGISTRAR, 4569))
        t.equal(far.datagram(), data, "IAX2 frame")
        far.raw(data, far.source)
        t.equal(pbx.datagram(), data, "IAX2 answer")


@row("TCP", "SIP over TCP passes untouched", kind=SAME)
def tcp(t):
    t.net.allow("iifname br0 tcp dport 5060")
    with inside(t.net.outside):
        listener = socket.socket()
    with inside(t.net.phones[0]):
        client = socket.socket()
    t.sockets += [listener, client]
    listener.bind((REGISTRAR, 5060))
    listener.listen()
    for sock in (listener, client):
        sock.settimeout(t.patience)
    client.connect((REGISTRAR, 5060))
    server = listener.accept()[0]
    t.sockets.append(server)
    data = fill(REGISTER.replace("/UDP", "/TCP"), at="192.168.1.10:5060",
                branch="z9hG4bKt", user="alice", tag="t", callid="c", cseq=1,
                expires=60)
    server.settimeout(t.patience)
    for sender, receiver in ((client, server), (server, client)):
        sender.sendall(data)
        got = b""
        while len(got) < len(data):
            got += receiver.recv(65536)
        t.equal(got, data, "SIP over TCP")
