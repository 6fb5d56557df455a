# SPDX-License-Identifier: GPL-2.0-only
"""SIP and SDP, read by the grammar of RFC 3261 and RFC 8866.

A second opinion on what the project's core reads and writes: nothing here
knows how the core does it.  What is not well-formed raises Bad.
"""
import re

LONG = {b"v": b"via", b"m": b"contact", b"f": b"from", b"t": b"to",
        b"i": b"call-id", b"l": b"content-length", b"c": b"content-type",
        b"e": b"content-encoding", b"k": b"supported", b"s": b"subject",
        b"r": b"refer-to", b"b": b"referred-by", b"o": b"event",
        b"u": b"allow-events", b"a": b"accept-contact",
        b"j": b"reject-contact", b"d": b"request-disposition",
        b"x": b"session-expires", b"y": b"identity"}
ONCE = (b"from", b"to", b"call-id", b"cseq")
AT_MOST_ONCE = (b"content-length", b"content-type", b"expires")
TOKEN = rb"[A-Za-z0-9\-.!%*_+`'~]+"
REQUEST = re.compile(rb"(" + TOKEN + rb") ([^\s]+) SIP/2\.0", re.I)
RESPONSE = re.compile(rb"SIP/2\.0 ([1-6]\d\d)(?: .*)?", re.I | re.S)
HEADER = re.compile(rb"([^\s:]+)[ \t]*:")
HOST = rb"(\[[0-9A-Fa-f:.]+\]|[^\[\]\s:;,<>?\"@]+)"
SENT_BY = re.compile(rb"\s*SIP\s*/\s*2\.0\s*/\s*(" + TOKEN + rb")\s+" + HOST +
                     rb"(?:\s*:\s*(\d+))?\s*", re.I)
URI = re.compile(rb"(sips?):(?:([^@<>\s\"]*)@)?" + HOST +
                 rb"(?::(\d+))?((?:;[^?>\s]*)?)((?:\?[^>\s]*)?)\Z", re.I)


class Bad(ValueError):
    """Not well-formed; the text says why."""


class Header:
    """One header: as it is named, and its value without folding."""

    def __init__(self, name, raw):
        self.name, self.raw = name, raw
        key = name.lower()
        self.key = LONG.get(key, key)
        self.value = re.sub(rb"\r?\n[ \t]+", b" ", raw).strip(b" \t\r\n")


class Message:
    """Start line, headers in order, body, and what is behind the body."""

    def __init__(self, data):
        self.data = data
        skip = re.match(rb"(?:\r\n){0,2}", data).end()
        end = re.compile(rb"\n\r?\n").search(data, skip)
        if not end:
            raise Bad("no empty line")
        head, rest = data[skip:end.start() + 1], data[end.end():]
        self.start, _, lines = head.partition(b"\n")
        self.start = self.start.rstrip(b"\r")
        self.headers = list(read_headers(lines))
        self.read_start()
        self.check()
        self.take_body(rest)

    def read_start(self):
        found = REQUEST.fullmatch(self.start)
        self.status = None
        if found:
            self.method, self.ruri = found.groups()
            Uri(self.ruri)
            return
        found = RESPONSE.fullmatch(self.start)
        if not found:
            raise Bad("start line %r" % self.start[:60])
        self.status, self.method, self.ruri = int(found.group(1)), None, None

    def check(self):
        for key in ONCE:
            if len(self.all(key)) != 1 or not self.get(key):
                raise Bad("%d %s headers" % (len(self.all(key)),
                                             key.decode()))
        for key in AT_MOST_ONCE:
            if len(self.all(key)) > 1:
                raise Bad("several " + key.decode())
        if not self.get(b"via"):
            raise Bad("no Via")
        found = re.fullmatch(rb"(\d+)\s+(" + TOKEN + rb")", self.get(b"cseq"))
        if not found or int(found.group(1)) > 0xffffffff:
            raise Bad("CSeq")
        if self.status is None and found.group(2) != self.method:
            raise Bad("CSeq of another method")
        self.method = found.group(2)

    def take_body(self, rest):
        self.length = self.get(b"content-length")
        size = len(rest)
        if self.length is not None:
            if not re.fullmatch(rb"\d+", self.length):
                raise Bad("Content-Length is no number")
            size = int(self.length)
            if size > len(rest):
                raise Bad("Content-Length beyond the datagram")
        self.body, self.behind = rest[:size], rest[size:]

    def all(self, key):
        return [h.value for h in self.headers if h.key == key]

    def get(self, key):
        values = self.all(key)
        return values[0] if values else None

    def media_type(self):
        return (self.get(b"content-type") or b"").split(b";")[0].strip() \
            .lower().replace(b" ", b"")


def read_headers(lines):
    """Headers of a header section; folded lines belong to the one before."""
    if lines[:1] in (b" ", b"\t"):
        raise Bad("a folded start line")
    for line in re.findall(rb"[^\n]*\n(?:[ \t][^\n]*\n)*", lines):
        found = HEADER.match(line)
        if not found:
            raise Bad("a line without a name: %r" % line[:60])
        raw = line[found.end():]
        yield Header(found.group(1), raw[:-2] if raw.endswith(b"\r\n")
                     else raw[:-1])


def split_outside(text, mark):
    """Parts between marks that stand in no quotes and no angle brackets."""
    parts, start, quoted, depth, i = [], 0, False, 0, 0
    while i < len(text):
        c = text[i:i + 1]
        if quoted and c == b"\\":
            i += 1
        elif c == b'"' and not depth:
            quoted = not quoted
        elif not quoted and c == b"<":
            depth += 1
        elif not quoted and c == b">":
            depth = max(0, depth - 1)
        elif not quoted and not depth and c == mark:
            parts.append(text[start:i])
            start = i + 1
        i += 1
    if quoted or depth:
        raise Bad("a quote or < that does not end")
    return parts + [text[start:]]


class Uri:
    """A SIP URI, or an opaque one of another scheme."""

    def __init__(self, text):
        self.text, self.host, self.port = text, None, None
        self.user = self.params = self.headers = None
        if not re.match(rb"[A-Za-z][A-Za-z0-9+.\-]*:.", text, re.S):
            raise Bad("no URI: %r" % text[:60])
        self.scheme = text.split(b":")[0].lower()
        self.default = 5061 if self.scheme == b"sips" else 5060
        if self.scheme not in (b"sip", b"sips"):
            return
        found = URI.match(text)
        if not found:
            raise Bad("a SIP URI: %r" % text[:60])
        _, self.user, self.host, port, self.params, self.headers = \
            found.groups()
        self.port = number(port)

    def param(self, name):
        """The value of a URI parameter, None without it."""
        for part in (self.params or b"").split(b";"):
            key, _, value = part.partition(b"=")
            if key.lower() == name:
                return value
        return None


def number(port):
    if port is None:
        return None
    if not 0 < int(port) < 65536:
        raise Bad("port " + port.decode())
    return int(port)


class Address:
    """name-addr or addr-spec with what is behind it."""

    def __init__(self, text):
        text = text.strip()
        head = re.match(rb'\s*("(?:[^"\\]|\\.)*"|[^"<]*)\s*<', text, re.S)
        if head:
            self.display = head.group(1).strip()
            uri, closed, self.params = text[head.end():].partition(b">")
            if not closed:
                raise Bad("a < that does not end")
        else:
            self.display = None
            uri = re.split(rb"[;\s]", text, maxsplit=1)[0]
            self.params = text[len(uri):]
        self.uri = Uri(uri.strip())


def addresses(value):
    """A comma-separated list of addresses; Contact may be a star."""
    if value == b"*":
        return []
    return [Address(part) for part in split_outside(value, b",")
            if part.strip()]


class Via:
    """One via-parm."""

    def __init__(self, text):
        found = SENT_BY.match(text)
        if not found:
            raise Bad("a Via: %r" % text[:60])
        self.transport, self.host, port = found.groups()
        self.port, self.rest = number(port), text[found.end():]
        self.default = 5061 if self.transport.upper() == b"TLS" else 5060
        if self.rest and not self.rest.startswith(b";"):
            raise Bad("a Via with something behind it")
        self.params = []
        for part in split_outside(self.rest, b";")[1:]:
            key, equals, value = part.partition(b"=")
            self.params.append((key.strip().lower(), value.strip()
                                if equals else None))

    def param(self, name):
        return dict(self.params).get(name)


def vias(message):
    """All via-parms, topmost first."""
    return [Via(part) for value in message.all(b"via")
            for part in split_outside(value, b",")]


def sdp_lines(body):
    """Lines of a description, without their ends."""
    return [line[:-1] if line.endswith(b"\r") else line
            for line in body.split(b"\n")]


class Stream:
    """One m= line: where it is received."""

    def __init__(self, line, session):
        word = line[2:].split()
        if len(word) < 3 or not re.fullmatch(rb"\d+(/\d+)?", word[1]):
            raise Bad("a line %r" % line[:60])
        self.kind, self.proto = word[0], word[2]
        self.port = int(word[1].split(b"/")[0])
        if self.port > 65535:
            raise Bad("port %d" % self.port)
        self.addr, self.own_line, self.rtcp = session, False, None


def streams(body):
    """The streams of a description with the address that counts for each."""
    session, found = None, []
    for line in sdp_lines(body):
        if line.startswith(b"c="):
            word = line[2:].split()
            addr = word[2] if len(word) == 3 and word[1].upper() == b"IP4" \
                else None
            if found:
                found[-1].addr, found[-1].own_line = addr, True
            else:
                session = addr
        elif line.startswith(b"m="):
            found.append(Stream(line, session))
        elif line.startswith(b"a=rtcp:") and found:
            word = line[7:].split()
            if word and word[0].isdigit():
                found[-1].rtcp = (int(word[0]),
                                  word[3] if len(word) > 3 else None)
    return found


def parts(message):
    """(content type, bytes) of the body or of each part of a multipart."""
    kind = message.media_type()
    if not kind.startswith(b"multipart/"):
        return [(kind, message.body)]
    found = re.search(rb';\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))',
                      message.get(b"content-type"), re.I)
    if not found:
        return []
    border = b"--" + (found.group(1) or found.group(2))
    result = []
    for piece in (b"\r\n" + message.body).split(b"\n" + border)[1:]:
        if piece.startswith(b"--"):
            break
        head, _, text = piece.partition(b"\n\r\n")
        inner = re.search(rb"content-type\s*:\s*([^\s;]+)", head, re.I)
        result.append(((inner.group(1) if inner else b"").lower(),
                       text[:-1] if text.endswith(b"\r") else text))
    return result
