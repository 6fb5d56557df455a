# SPDX-License-Identifier: GPL-2.0-only
"""Is what came out of the router what had to come out?

Two independent looks at a message before and after: byte by byte, that
nothing but whole literals of ours, ports of media and Content-Length differ;
and by the grammar, that every value means the same but for these literals.
"""
import re

from siptext import (Bad, Message, Uri, addresses, parts, sdp_lines, streams,
                     vias)

# Headers whose literals may be replaced; all others leave as they came.
LISTS = (b"contact", b"route", b"record-route", b"path", b"service-route",
         b"refer-to", b"referred-by", b"p-asserted-identity",
         b"p-preferred-identity", b"remote-party-id", b"diversion",
         b"history-info", b"reply-to")
OFFERS = (b"INVITE", b"UPDATE", b"ACK", b"PRACK")


class World:
    """Which way a message goes, and what stands for what.

    own: the literal that may be replaced; other: what stands for it then.
    ports: {port: outside port} of SIP, None for those that nobody knows."""

    def __init__(self, outward, own, other, ports):
        self.out, self.own, self.other, self.ports = outward, own, other, ports
        self.literal = re.compile(
            rb"(?<![0-9A-Za-z.\-_])" + re.escape(own) +
            rb"(:\d+)?(?![0-9A-Za-z\-_]|\.[0-9A-Za-z])")

    def mapped(self, place):
        """What the port of a URI or a Via becomes: a number, None if that
        cannot be told."""
        return self.ports.get(place.port or place.default)


# -- byte by byte -------------------------------------------------------------
def pattern(world, raw):
    """What a value may become: each literal as it was or replaced."""
    out, at = b"", 0
    for found in world.literal.finditer(raw):
        out += re.escape(raw[at:found.start()]) + b"(?:%s|%s(?::\\d+)?)" % (
            re.escape(found.group()), re.escape(world.other))
        at = found.end()
    return out + re.escape(raw[at:])


def head_pattern(world, message):
    """What the start line and the headers may become."""
    start = message.start
    if not world.out and message.status is None:
        start = pattern(world, start)
    else:
        start = re.escape(start)
    out, top = start + rb"\r?\n", True
    for header in message.headers:
        value = re.escape(header.raw)
        if header.key in LISTS:
            value = pattern(world, header.raw)
        elif header.key == b"via" and top:
            top = False
            value = re.sub(rb"(rport\\?=)\d+", rb"\1\\d+",
                           pattern(world, header.raw))
        elif header.key == b"content-length":
            value = rb"\s*\d+\s*"
        out += re.escape(header.name) + rb"[ \t]*:" + value + rb"\r?\n"
    return out


def head_of(message):
    """The bytes from the start line to the empty line."""
    end = re.compile(rb"\n\r?\n").search(message.data,
                                         message.data.index(message.start))
    return message.data[message.data.index(message.start):end.start() + 1]


def line_pattern(world, line):
    """What a line of a description may become."""
    if line.startswith(b"m="):
        return re.sub(rb"^(m=\S+\s+)(\d+)", rb"\1\\d+", re.escape(line))
    if line.startswith(b"a=rtcp:"):
        return re.sub(rb"^(a=rtcp:)\d+", rb"\1\\d+", pattern(world, line))
    if line.startswith(b"a=candidate:"):
        return re.sub(rb"(\\? \d+\\? typ\\? host)", rb"\\ \\d+\\ typ\\ host",
                      pattern(world, line))
    if line[:2] in (b"o=", b"c="):
        return pattern(world, line)
    return re.escape(line)


def description(world, before, after):
    """Complaints about a session description."""
    new = sdp_lines(after)
    for line in sdp_lines(before):
        while new and re.fullmatch(rb"a=rtcp:\d+", new[0]) and \
                not line.startswith(b"a=rtcp:"):
            new.pop(0)                  # where RTCP went, told by a new line
        if not new or not re.fullmatch(line_pattern(world, line), new[0],
                                       re.S):
            return ["a line of the description: %r became %r" %
                    (line, new[0] if new else None)]
        new.pop(0)
    return [] if new in ([], [b""]) else ["lines were added: %r" % new]


# -- by the grammar -----------------------------------------------------------
def same_place(world, old, new, what):
    """Complaints about host and port of a URI or a Via."""
    if (old.host, old.port) == (new.host, new.port):
        return []
    if old.host != world.own or new.host != world.other:
        return ["%s: %r:%s became %r:%s" % (what, old.host, old.port,
                                            new.host, new.port)]
    port = world.mapped(old)
    if port is None or (new.port or new.default) == port:
        return []
    return ["%s: port %s became %s, and is %s outside" %
            (what, old.port, new.port, port)]


def same_uri(world, old, new, what):
    if old.host is None or new.host is None:
        return [] if old.text == new.text else [what + ": another URI"]
    bad = same_place(world, old, new, what)
    if (old.scheme, old.user) != (new.scheme, new.user):
        bad.append(what + ": another scheme or user")
    strip = re.compile(rb"(;maddr=)[0-9.]+", re.I)
    if strip.sub(rb"\1", old.params) != strip.sub(rb"\1", new.params):
        bad.append(what + ": other parameters")
    return bad


def same_list(world, old, new, what):
    """Complaints about a list of addresses."""
    try:
        before = addresses(old)
    except Bad:
        return []               # then only the look at its bytes counts
    after, bad = addresses(new), []
    if len(before) != len(after):
        return [what + ": another number of addresses"]
    for a, b in zip(before, after):
        bad += same_uri(world, a.uri, b.uri, what)
        if (a.display, a.params) != (b.display, b.params):
            bad.append(what + ": other name or parameters")
    return bad


def same_vias(world, old, new):
    """Complaints about the Vias: only the topmost may differ."""
    try:
        before = vias(old)
    except Bad:
        return []
    after = vias(new)
    if len(before) != len(after):
        return ["Via: another number"]
    if old.all(b"via")[1:] != new.all(b"via")[1:] or [
            (v.host, v.port, v.rest) for v in before[1:]] != [
            (v.host, v.port, v.rest) for v in after[1:]]:
        return ["Via: one below the topmost was changed"]
    bad = same_place(world, before[0], after[0], "Via")
    loose = (b"received", b"rport", b"maddr")
    if [(k, k in loose or v) for k, v in before[0].params] != [
            (k, k in loose or v) for k, v in after[0].params]:
        bad.append("Via: other parameters")
    return bad


def same_streams(world, old, new):
    """Complaints about the streams: where they are, as one."""
    try:
        before = streams(old)
    except Bad:
        return []
    after, bad = streams(new), []
    if len(before) != len(after):
        return ["another number of streams"]
    for i, (a, b) in enumerate(zip(before, after)):
        what = "stream %d" % i
        if (a.kind, a.proto) != (b.kind, b.proto):
            bad.append(what + ": another kind")
        if a.addr != b.addr and (a.addr, b.addr) != (world.own, world.other):
            bad.append("%s: %r became %r" % (what, a.addr, b.addr))
        if a.addr != world.own and a.port != b.port:
            bad.append(what + ": another port, though it is not ours")
        if a.addr == b.addr and is_for_us(world, a):
            bad.append(what + ": keeps our address")
    return bad


# -- what had to be replaced --------------------------------------------------
def host_is_left(world, place):
    """Has this URI or Via our literal, where we know its port?"""
    ours = place.host == world.own or (
        place.param(b"maddr") == world.own and
        place.host in (world.own, world.other))
    return ours and world.mapped(place) is not None


def left(world, message):
    """Literals that are ours and that the far side must not see."""
    request, found = message.status is None, []
    keys = LISTS if world.out or not request else (b"route",)
    try:
        if request and not world.out and b"authorization" not in \
                b" ".join(h.key for h in message.headers) and \
                host_is_left(world, Uri(message.ruri)):
            found.append("Request-URI")
        if request == world.out and host_is_left(world, vias(message)[0]):
            found.append("Via")
        found += [h.key.decode() for h in message.headers if h.key in keys and
                  any(host_is_left(world, a.uri) for a in addresses(h.value))]
        if world.out and request and message.method == b"INVITE":
            found += left_streams(world, message)
    except Bad:
        return []
    return found


def is_for_us(world, stream):
    """Does a pinhole belong to this stream? (TCP has none yet.)"""
    return stream.addr == world.own and stream.port >= 1024 and \
        not stream.proto.upper().startswith(b"TCP")


def left_streams(world, message):
    return ["stream %d" % i for kind, body in parts(message)
            if kind == b"application/sdp"
            for i, stream in enumerate(streams(body))
            if is_for_us(world, stream)]


def can_be_read(message):
    """Has its session description, if any, streams with ports?"""
    try:
        for kind, body in parts(message):
            if kind == b"application/sdp":
                streams(body)
        return True
    except Bad:
        return False


def judge(world, before, after):
    """Complaints about a message that may have been rewritten."""
    try:
        old = Message(before)
    except Bad as why:
        return [] if before == after else ["not well-formed (%s), and "
                                           "changed" % why]
    try:
        new = Message(after)
    except Bad as why:
        return ["well-formed before, and not after: %s" % why]
    if before == after and not can_be_read(old):
        return []
    bad = ["%s: keeps a literal that is ours" % name
           for name in left(world, new)]
    if before == after:
        return bad
    if not re.fullmatch(head_pattern(world, old), head_of(new), re.S):
        bad.append("something else than literals of ours was changed")
    try:
        return bad + same_headers(world, old, new) + \
            same_body(world, old, new)
    except Bad as why:
        return bad + ["not well-formed any more: %s" % why]


def same_headers(world, old, new):
    if [h.name for h in old.headers] != [h.name for h in new.headers]:
        return ["other headers, or in another order"]
    bad = same_vias(world, old, new)
    if old.ruri != new.ruri:
        bad += same_uri(world, Uri(old.ruri), Uri(new.ruri), "Request-URI")
    for a, b in zip(old.headers, new.headers):
        if a.value != b.value and a.key in LISTS:
            bad += same_list(world, a.value, b.value, a.key.decode())
        elif a.value != b.value and a.key not in (b"via", b"content-length"):
            bad.append("%s was changed" % a.key.decode())
    return bad


def same_body(world, old, new):
    """Complaints about body, Content-Length and what is behind it."""
    if old.behind != new.behind:
        return ["Content-Length is not true any more"]
    if (old.length is None) != (new.length is None):
        return ["Content-Length came or went"]
    if old.body == new.body:
        return []
    if not world.out or old.method not in OFFERS:
        return ["the body was changed"]
    before, after, bad = parts(old), parts(new), []
    if [kind for kind, _ in before] != [kind for kind, _ in after]:
        return ["other parts of the body"]
    for (kind, a), (_, b) in zip(before, after):
        if kind == b"application/sdp":
            bad += description(world, a, b) + same_streams(world, a, b)
        elif a != b:
            bad.append("a part of the body that is no description")
    return bad
