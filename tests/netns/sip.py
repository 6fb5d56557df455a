# SPDX-License-Identifier: GPL-2.0-only
"""SIP as a small peer needs it: messages, URIs, SDP, digest.

Independent of the project's core on purpose: it judges it.  It reads what
arrived and never repairs it.
"""
import hashlib
import re

COMPACT = {"v": "via", "m": "contact", "f": "from", "t": "to", "i": "call-id",
           "l": "content-length", "c": "content-type"}


class Uri:
    """sip:user@host:port;params of a header value or a Request-URI."""

    PATTERN = re.compile(
        r"(?P<scheme>sips?):(?:(?P<user>[^@>\s]*)@)?"
        r"(?P<host>\[[^\]]*\]|[^;:?>\s,]+)(?::(?P<port>\d+))?"
        r"(?P<params>(?:;[^?>\s,]*)?)", re.I)

    def __init__(self, text):
        addr = re.search(r"<([^>]*)>", text)
        found = self.PATTERN.match((addr.group(1) if addr else text).strip())
        if not found:
            raise ValueError("no SIP URI in %r" % text)
        self.text = found.group(0)
        self.user, self.host = found.group("user"), found.group("host")
        self.written_port = found.group("port")
        self.port = int(self.written_port or 5060)
        self.params = found.group("params") or ""

    @property
    def at(self):
        return (self.host, self.port)

    @property
    def hostport(self):
        port = ":" + self.written_port if self.written_port else ""
        return self.host + port


class Sdp:
    """c=, m= and a=rtcp of a body, per media line."""

    def __init__(self, body):
        self.media, session = [], None
        current = None
        for line in body.decode("latin1").splitlines():
            if line.startswith("c="):
                addr = line.split()[-1].split("/")[0]
                if current is None:
                    session = addr
                else:
                    current["addr"] = addr
            elif line.startswith("m="):
                word = line[2:].split()
                current = {"kind": word[0], "port": int(word[1].split("/")[0]),
                           "addr": session, "rtcp": None}
                self.media.append(current)
            elif line.startswith("a=rtcp:") and current is not None:
                word = line[7:].split()
                current["rtcp"] = (word[-1] if len(word) > 1 else None,
                                   int(word[0]))

    def rtp(self, index=0):
        """Where RTP of a media line goes."""
        m = self.media[index]
        return (m["addr"], m["port"])

    def rtcp(self, index=0):
        """Where RTCP of a media line goes (RFC 3605)."""
        m = self.media[index]
        if m["rtcp"]:
            return (m["rtcp"][0] or m["addr"], m["rtcp"][1])
        return (m["addr"], m["port"] + 1)


class Message:
    """One SIP message as it stood on the wire."""

    def __init__(self, data, source=None):
        self.data, self.source = data, source
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("latin1")).split("\r\n")
        self.start = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                name = name.strip().lower()
                self.headers.append((COMPACT.get(name, name), value.strip()))
        word = self.start.split(" ", 2)
        self.status = int(word[1]) if word[0] == "SIP/2.0" else None
        self.method = word[0] if self.status is None \
            else (self.get("cseq") or "0 ?").split()[-1]
        self.ruri = word[1] if self.status is None and len(word) > 1 else None

    def all(self, name):
        """Values of a header; comma lists of routes and Vias taken apart."""
        found = [v for n, v in self.headers if n == name.lower()]
        if name.lower() in ("via", "route", "record-route", "contact"):
            found = [p.strip() for v in found for p in split_list(v)]
        return found

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    @property
    def contact(self):
        return Uri(self.get("contact"))

    @property
    def sdp(self):
        return Sdp(self.body)

    def param(self, name, header):
        """A header's parameter, None when absent, "" without value."""
        value = re.sub(r'"[^"]*"|<[^>]*>', "", self.get(header) or "")
        found = re.search(r";\s*%s(?:\s*=\s*([^;,\s]*))?(?=\s*(?:;|,|$))"
                          % re.escape(name), value, re.I)
        return (found.group(1) or "") if found else None

    def tag(self, header):
        return self.param("tag", header)


def split_list(value):
    """A comma list, not split inside quotes or angle brackets."""
    parts, depth, quoted, start = [], 0, False, 0
    for i, ch in enumerate(value):
        if ch == '"' and (i == 0 or value[i - 1] != "\\"):
            quoted = not quoted
        elif not quoted and ch in "<>":
            depth += 1 if ch == "<" else -1
        elif ch == "," and not quoted and not depth:
            parts.append(value[start:i])
            start = i + 1
    return parts + [value[start:]]


def via_target(via, source):
    """Where a response goes (RFC 3261 18.2.2, RFC 3581), and the Via with
    received= and rport= as the server adds them."""
    sent_by = re.match(r"\s*SIP\s*/\s*2\.0\s*/\s*\w+\s+([^;\s:]+)\s*"
                       r"(?::\s*(\d+))?", via)
    if not sent_by:
        raise ValueError("bogus Via: %r" % via)
    host, port = sent_by.group(1), int(sent_by.group(2) or 5060)
    asked = re.search(r";\s*rport(?=\s*(?:;|$))", via)
    if asked:
        via = via[:asked.start()] + ";received=%s;rport=%d" % source \
            + via[asked.end():]
        return source, via
    if host != source[0]:
        via += ";received=" + source[0]
    return (source[0], port), via


def fill(template, **values):
    """A message of a template: {words} replaced, {length} computed, CRLF."""
    text = template.strip("\n").replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    if body and not body.endswith("\n"):
        body += "\n"
    body = put(body, values).replace("\n", "\r\n")
    head = put(head, dict(values, length=len(body)))
    return (head.replace("\n", "\r\n") + "\r\n\r\n" + body).encode("latin1")


def put(text, values):
    """Replaces {word} where word is known, and leaves other braces."""
    return re.sub(r"\{(\w+)\}", lambda m: str(values.get(m.group(1),
                                                         m.group(0))), text)


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def digest_answer(challenge, user, password, method, uri, cnonce="0a4f113b"):
    """The value of an Authorization header for a challenge (RFC 2617)."""
    field = digest_fields(challenge)
    ha1 = md5("%s:%s:%s" % (user, field["realm"], password))
    ha2 = md5("%s:%s" % (method, uri))
    out = 'Digest username="%s", realm="%s", nonce="%s", uri="%s"' % (
        user, field["realm"], field["nonce"], uri)
    if "qop" in field:
        answer = md5(":".join([ha1, field["nonce"], "00000001", cnonce,
                               "auth", ha2]))
        return out + (', algorithm=MD5, qop=auth, nc=00000001, cnonce="%s", '
                      'response="%s"' % (cnonce, answer))
    return out + ', response="%s"' % md5(":".join([ha1, field["nonce"], ha2]))


def digest_fields(value):
    return {k.lower(): v.strip('"') for k, v in
            re.findall(r'(\w+)\s*=\s*("[^"]*"|[^,\s]*)', value)}


def digest_valid(value, password, method, nonce, ruri):
    """Does an Authorization value verify for this request?  The verifier
    also insists that uri= is the Request-URI it received."""
    field = digest_fields(value)
    if field.get("nonce") != nonce or field.get("uri") != ruri:
        return False
    ha1 = md5("%s:%s:%s" % (field["username"], field["realm"], password))
    ha2 = md5("%s:%s" % (method, field["uri"]))
    middle = [field["nonce"]]
    if "qop" in field:
        middle += [field["nc"], field["cnonce"], field["qop"]]
    return field.get("response") == md5(":".join([ha1, *middle, ha2]))
