# SPDX-License-Identifier: GPL-2.0-only
"""Does the judge see what is wrong?  Each change here has to be found."""
from judge import World, judge

LAN, WAN = b"192.168.1.10", b"45.0.2.2"
INVITE = b"""INVITE sip:bob@52.0.0.10 SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;rport
v: SIP/2.0/UDP 192.168.1.10:5070;branch=z9hG4bK2
Record-Route: <sip:52.0.0.20;lr>, <sip:192.168.1.10;lr>
From: "192.168.1.10" <sip:alice@192.168.1.10>;tag=a
To: <sip:bob@52.0.0.10>
Call-ID: 1@192.168.1.10
CSeq: 1 INVITE
m: "A, B" <sip:192.168.1.10@192.168.1.10:5060;x=1>;q=0.5
Content-Type: application/sdp
Content-Length: 126

v=0
o=- 1 1 IN IP4 192.168.1.10
s=192.168.1.10
c=IN IP4 192.168.1.10
t=0 0
m=audio 4000 RTP/AVP 0
a=sendrecv
a=x:192.168.1.10
""".replace(b"\n", b"\r\n")
GOOD = ((b"UDP 192.168.1.10:5060;", b"UDP 45.0.2.2:40960;"),
        (b"<sip:192.168.1.10;lr>", b"<sip:45.0.2.2:40960;lr>"),
        (b"@192.168.1.10:5060;x=1>", b"@45.0.2.2:40960;x=1>"),
        (b"o=- 1 1 IN IP4 192.168.1.10", b"o=- 1 1 IN IP4 45.0.2.2"),
        (b"c=IN IP4 192.168.1.10", b"c=IN IP4 45.0.2.2"),
        (b"m=audio 4000", b"m=audio 6000"))
BAD = ((b"branch=z9hG4bK1", b"branch=z9hG4bK3"), (b";rport", b""),
       (b"192.168.1.10:5070", b"45.0.2.2:5070"),
       (b"45.0.2.2:40960;branch", b"45.0.2.2:40961;branch"),
       (b"45.0.2.2:40960;branch", b"192.168.1.10:5060;branch"),
       (b"45.0.2.2:40960;lr", b"192.168.1.10;lr"),
       (b"<sip:52.0.0.20;lr>, ", b""), (b"From: \"192.168.1.10\"",
                                        b"From: \"45.0.2.2\""),
       (b"alice@192.168.1.10", b"alice@45.0.2.2"),
       (b"1@192.168.1.10", b"1@45.0.2.2"),
       (b"sip:192.168.1.10@45.0.2.2", b"sip:45.0.2.2@45.0.2.2"),
       (b"\"A, B\"", b"\"A,B\""), (b";x=1>", b">"), (b";q=0.5", b";q=0.6"),
       (b"45.0.2.2:40960;x=1", b"192.168.1.10:5060;x=1"),
       (b"CSeq: 1", b"CSeq: 2"), (b"v: SIP", b"Via: SIP"),
       (b"t=0 0\r\n", b""), (b"a=sendrecv", b"a=sendonly"),
       (b"s=192.168.1.10", b"s=45.0.2.2"),
       (b"a=x:192.168.1.10", b"a=x:45.0.2.2"),
       (b"c=IN IP4 45.0.2.2", b"c=IN IP4 192.168.1.10"),
       (b"RTP/AVP 0", b"RTP/AVP 8"), (b"m=audio 6000", b"m=audio 70000"),
       (b"t=0 0", b"t=0 0\r\na=x"))


def made(changes, start=INVITE):
    """The message with these changes, and a true Content-Length."""
    for old, new in changes:
        assert old in start, old
        start = start.replace(old, new, 1)
    head, _, body = start.partition(b"\r\n\r\n")
    at = head.index(b"Content-Length: ") + 16
    return head[:at] + b"%d" % len(body) + b"\r\n\r\n" + body


def mistakes():
    """What the judge did not see, or saw where nothing is wrong."""
    world = World(True, LAN, WAN, {5060: 40960})
    before, right = made(()), made(GOOD)
    found = judge(world, before, right)
    wrong = ["a right change: " + "; ".join(found)] if found else []
    for old, new in BAD:
        if not judge(world, before, made(((old, new),), right)):
            wrong.append("%r for %r" % (new, old))
    length = right.replace(b"Content-Length: ", b"Content-Length: 1")
    for after in (before, length, right[:-1], right + b"x"):
        if not judge(world, before, after):
            wrong.append("%d bytes for %d" % (len(after), len(before)))
    return wrong
