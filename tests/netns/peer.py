# SPDX-License-Identifier: GPL-2.0-only
"""A small SIP peer that a scenario drives.

It acts only on what it receives, as a real one: responses go where the top
Via says, requests in a dialog where Contact and Record-Route say, RTP where
the SDP says.  A response whose top Via is not the one it wrote is discarded.
Everything it sends and receives goes into the case's trace.
"""
import errno
import itertools
import os
import re
import select
import socket
import struct
import time

from case import Fail
from sip import Message, Uri, fill, via_target
from topo import inside

SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33         # asm-generic/socket.h
SERIAL = itertools.count(1)
GONE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED,
        errno.EPERM, errno.EINVAL, errno.EACCES)


def token(prefix):
    """A short word that was not used before in this run."""
    return "%s%x%x" % (prefix, os.getpid(), next(SERIAL))


class Sent:
    """A message as it left, with the template that it was made of."""

    def __init__(self, template, values, data):
        self.template, self.values, self.data = template, values, data
        self.message = Message(data)

    def as_seen(self, **other):
        """The same message with other values in its places."""
        return fill(self.template, **dict(self.values, **other))


class Port:
    """A UDP socket of one host, with everything it sent and received."""

    def __init__(self, t, addr, port):
        self.t, self.addr, self.port = t, addr, port
        self.source = None
        with inside(t.net.addrs[addr]):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (SO_SNDBUFFORCE, SO_RCVBUFFORCE):
            self.sock.setsockopt(socket.SOL_SOCKET, option, 4 << 20)
        self.sock.bind((addr, port))
        t.sockets.append(self.sock)

    def __str__(self):
        return "%s:%d" % (self.addr, self.port)

    def raw(self, data, to):
        """Sends bytes as they are; an unreachable address is noted only."""
        self.t.note(self, "->", to, data)
        try:
            self.sock.sendto(data, to)
        except OSError as err:
            if err.errno not in GONE:
                raise
            self.t.note(self, "!!", to, os.strerror(err.errno).encode())

    def arrived(self, until):
        """The next datagram before a moment, or None."""
        while True:
            left = until - time.monotonic()
            if not select.select([self.sock], [], [], max(left, 0))[0]:
                if left <= 0:
                    return None
                continue
            try:
                data, source = self.sock.recvfrom(65536)
            except OSError as err:
                if err.errno not in GONE:
                    raise
                continue
            self.t.note(self, "<-", source, data)
            self.source = source
            return data, source

    def datagram(self):
        """The bytes of the next datagram; its sender is in source."""
        got = self.arrived(time.monotonic() + self.t.patience)
        if got is None:
            raise Fail("%s received nothing" % self)
        return got[0]


class Peer(Port):
    """A SIP user agent or proxy on UDP."""

    def __init__(self, t, addr, port=5060, user="alice"):
        super().__init__(t, addr, port)
        self.user, self.tag = user, token("t")
        self.written = str(self)        # how it writes its own address
        self.inbox, self.vias = [], {}

    def values(self):
        return {"at": self.written, "ip": self.addr, "port": self.port,
                "user": self.user, "tag": self.tag}

    def say(self, template, to, /, **values):
        """Sends a request or response made of a template."""
        values = dict(self.values(), branch="z9hG4bK" + token("b"),
                      callid=token("c") + "@" + self.addr, cseq=1) | values
        values = {k: v() if callable(v) else v for k, v in values.items()}
        sent = Sent(template, values, fill(template, **values))
        self.own(sent.message)
        self.raw(sent.data, to)
        return sent

    def own(self, message):
        """Remembers the top Via of a request of ours."""
        via = message.get("via")
        if message.status is None and via:
            self.vias[message.param("branch", "via")] = via

    def again(self, sent, to):
        """A retransmission."""
        self.raw(sent.data, to)

    # -- receiving ------------------------------------------------------
    def expect(self, what, within=None, callid=None):
        """The next message that is a method, a status, or fits a test.

        Others stay in the inbox.  None in time: the case has failed."""
        until = time.monotonic() + (within or self.t.patience)
        while True:
            for message in self.inbox:
                if fits(message, what) and callid in (
                        None, message.get("call-id")):
                    self.inbox.remove(message)
                    return message
            got = self.arrived(until)
            if got is None:
                raise Fail("%s received no %s" % (self, name_of(what)))
            self.keep(*got)

    def keep(self, data, source):
        """Puts a datagram into the inbox, unless a real peer drops it."""
        try:
            message = Message(data, source)
        except (ValueError, IndexError):
            message = None
        if message is None or not data.strip():
            return
        if message.status is not None:
            wrote = self.vias.get(message.param("branch", "via"))
            if wrote is None or sent_by(wrote) != sent_by(
                    message.get("via") or ""):
                self.t.note(self, "xx", source, b"discarded: the top Via is "
                            b"not the one that was sent")
                return
        self.inbox.append(message)

    def nothing(self, what, within):
        """What must not arrive, watched for a while."""
        try:
            got = self.expect(what, within)
        except Fail:
            return
        raise Fail("%s received a %s that it must not get" %
                   (self, name_of(what)), after=got.data)

    def drain(self):
        """Everything that has arrived by now."""
        while True:
            got = self.arrived(time.monotonic())
            if got is None:
                return self.inbox
            self.keep(*got)

    # -- answering ------------------------------------------------------
    def reply(self, request, status, reason="OK", headers="", body="",
              to_tag=True, **values):
        """A response, by the rules of RFC 3261 18.2.2 and RFC 3581."""
        vias = request.all("via")
        try:
            target, top = via_target(vias[0], request.source)
        except (ValueError, IndexError) as err:
            raise Fail("%s cannot answer: %s" % (self, err),
                       after=request.data) from err
        to = request.get("to")
        if to_tag and status > 100 and request.tag("to") is None:
            to += ";tag=" + self.tag
        lines = ["SIP/2.0 %d %s" % (status, reason), "Via: {topvia}"]
        lines += ["Via: " + v for v in vias[1:]]
        lines += ["Record-Route: " + v for v in request.all("record-route")]
        lines += ["From: " + request.get("from"), "To: " + to,
                  "Call-ID: " + request.get("call-id"),
                  "CSeq: " + request.get("cseq")]
        lines += [h for h in headers.strip("\n").split("\n") if h]
        if body:
            lines += ["Content-Type: application/sdp"]
        lines += ["Content-Length: {length}", "", body.strip("\n")]
        return self.say("\n".join(lines), target, topvia=top, **values)

    def dialog(self, first, second):
        """The dialog that a request and its final answer make for us."""
        return Dialog(self, first, second)


class Dialog:
    """One end of a dialog: where the next request goes and what it says."""

    def __init__(self, peer, request, response):
        self.peer = peer
        mine = peer.vias.get(request.param("branch", "via"))
        self.caller = mine is not None
        remote = response if self.caller else request
        self.callid = request.get("call-id")
        self.local = response.get("from" if self.caller else "to")
        self.remote = response.get("to" if self.caller else "from")
        self.cseq = int(request.get("cseq").split()[0])
        if not self.caller:
            self.cseq += 100
        self.invite_cseq = self.cseq
        self.routes = remote.all("record-route")
        if self.caller:
            self.routes.reverse()
        self.refresh(remote)

    def refresh(self, message):
        """Takes the remote target of a Contact that was received."""
        if message.get("contact"):
            self.target = message.contact

    def hop(self):
        """Address and port of the next hop: top Route, or the target."""
        uri = Uri(self.routes[0]) if self.routes else self.target
        return uri.at

    def send(self, method, headers="", body="", cseq=None, **values):
        """A request in the dialog."""
        if method not in ("ACK", "CANCEL"):
            self.cseq += 1
        if method == "INVITE":
            self.invite_cseq = self.cseq
        number = cseq or (self.invite_cseq if method == "ACK" else self.cseq)
        lines = ["%s {target} SIP/2.0" % method,
                 "Via: SIP/2.0/UDP {at};branch={branch};rport",
                 "Max-Forwards: 70"]
        lines += ["Route: " + r for r in self.routes]
        lines += ["From: " + self.local, "To: " + self.remote,
                  "Call-ID: " + self.callid, "CSeq: %d %s" % (number, method)]
        lines += [h for h in headers.strip("\n").split("\n") if h]
        if body:
            lines += ["Content-Type: application/sdp"]
        lines += ["Content-Length: {length}", "", body.strip("\n")]
        values = {"target": self.target.text} | values
        return self.peer.say("\n".join(lines), self.hop(), **values)


class Rtp(Port):
    """A media port: sends where an SDP says, knows who sent."""

    HEADER = struct.Struct(">BBHII")

    def __init__(self, t, addr, port):
        super().__init__(t, addr, port)
        self.number, self.mark = 0, token("r").encode()

    def send(self, to):
        """One RTP packet; the answer is the text by which it is known."""
        self.number += 1
        text = self.mark + b".%d" % self.number
        head = self.HEADER.pack(0x80, 0, self.number, self.number * 160,
                                0x51AA1970)
        self.raw(head + text.ljust(160, b"\xd5"), to)
        return text

    def expect(self, text, within=None):
        """The source of the packet that is known by this text."""
        until = time.monotonic() + (within or self.t.patience)
        while True:
            got = self.arrived(until)
            if got is None:
                raise Fail("%s received no RTP" % self)
            if text in got[0]:
                return got[1]

    def nothing(self, within):
        got = self.arrived(time.monotonic() + within)
        if got is not None:
            raise Fail("%s received media that it must not get, from %s:%d"
                       % ((self,) + got[1]))


def sent_by(via):
    """Protocol and sent-by of a Via, without parameters and odd spaces."""
    return re.sub(r"\s*([/:])\s*", r"\1", via.split(";")[0].strip()).split()


def fits(message, what):
    if callable(what):
        return what(message)
    if isinstance(what, int):
        return message.status == what
    return message.status is None and message.method == what


def name_of(what):
    return getattr(what, "__doc__", None) or str(what) if callable(what) \
        else str(what)
