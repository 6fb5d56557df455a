# SPDX-License-Identifier: GPL-2.0-only
"""Third-party messages through the live module, and headers of every kind.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- far end 52.0.0.10:5060

What came out is judged by tests/corpora, which shares nothing with the core.
"""
import hashlib
import os
import re
import sys
import time

from case import Fail, SAME, row
from flows import (INVITE, OPTIONS, REGISTER, phone, registrar, text,
                   via_back)
from peer import GONE
from sip import fill
from topo import REGISTRAR, WAN

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../corpora")

import material                         # noqa: E402
from judge import World, judge          # noqa: E402

LAN = "192.168.1.10"
AT_ONCE, BYTES_AT_ONCE = 24, 60000      # datagrams on their way together


def corpora_row(*args, **options):
    """A row that needs the corpora; without them there is none of it."""
    if os.path.isdir(material.folder()) or os.environ.get("CI") == "true":
        return row(*args, **options)
    print("# skip %s: %s is missing" % (args[0], material.folder()),
          file=sys.stderr)
    return lambda func: func


def some(only=None):
    """Messages of the corpora without the addresses of this network."""
    found = material.items(only)
    if not found:
        raise Fail("%s is missing" % material.folder())
    for item in found:
        for ours in (LAN.encode(), WAN.encode()):
            item.data = item.data.replace(ours, b"198.51.100.7")
    return found


def batches(items):
    """Messages in groups that a socket surely holds."""
    group, size = [], 0
    for item in items:
        group.append(item)
        size += len(item.data) + 1000
        if len(group) == AT_ONCE or size > BYTES_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def send(sender, data, to):
    try:
        sender.sock.sendto(data, to)
    except OSError as err:
        if err.errno not in GONE:
            raise


def relay(t, items, sender, to, receiver):
    """Sends messages, many at once; (item, what arrived) one by one."""
    processors = sorted(os.sched_getaffinity(0))        # one: in order
    os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})
    for group in batches(items):
        for item in group:
            send(sender, item.data, to)
        until = time.monotonic() + t.patience
        for item in group:
            receiver.sock.settimeout(max(until - time.monotonic(), 0.01))
            try:
                yield item, receiver.sock.recv(65536)
            except TimeoutError:
                raise Fail("%s, or one after it, did not arrive" % item.name,
                           before=item.data) from None


def open_flow(t, who, far):
    """A keep-alive out, so that there is a way in; its outside address."""
    who.raw(b"\r\n\r\n", (REGISTRAR, 5060))
    t.equal(far.datagram(), b"\r\n\r\n", "a keep-alive")
    return far.source


def is_call(item):
    return re.match(rb"\s*INVITE\b", item.data)


def nothing_remembered(t, why):
    """No state of ours, and no expectation."""
    if not t.helped:
        return
    for table in ("reg", "call", "media"):
        t.equal(t.show(table), [], "%s show, %s" % (table, why))
    t.equal(t.net.conntrack("expect"), [], "expectations, " + why)


def pass_as_is(t, items, sender, to, receiver):
    for item, got in relay(t, items, sender, to, receiver):
        if got != item.data:
            raise Fail("%s was changed, though no address in it is ours\n"
                       "in user space: tests/corpora/run %s" %
                       (item.name, item.name),
                       before=item.data, after=got, expected=item.data)


@corpora_row("F10/corpora", "foreign and broken messages arrive as sent, and "
             "nothing remains of them", kind=SAME)
def as_is(t):
    who, far = phone(t), registrar(t)
    outside = open_flow(t, who, far)
    found = some()
    t.ok(len(found) > 900, "there are only %d messages" % len(found))
    pass_as_is(t, found, who, (REGISTRAR, 5060), far)
    nothing_remembered(t, "after messages from inside")
    # a call from outside is remembered until the phone has answered it
    calls = [item for item in found if is_call(item)]
    others = [item for item in found if not is_call(item)]
    pass_as_is(t, others, far, outside, who)
    nothing_remembered(t, "after messages from outside")
    pass_as_is(t, calls, far, outside, who)
    if t.helped:
        t.equal(t.counters("edit_")[0], 0, "rewritten messages")
        t.equal(t.show("media"), [], "media show, after calls from outside")


class Rendered:
    """A message of the corpora with an address of this network in it."""

    def __init__(self, item, address, port):
        self.name, self.valid = item.name, item.valid
        self.data = material.render(item.data, address.encode(), port)


def pass_rendered(t, items, world, sender, to, receiver):
    """Only what is ours may change, and what is ours has to."""
    own = (LAN, 5060) if world.out else to
    changed = 0
    for item, got in relay(t, [Rendered(i, *own) for i in items], sender, to,
                           receiver):
        bad = judge(world, item.data, got)
        as_sent = got == item.data and (
            item.valid is False or item.name in material.LEFT)
        if bad and not as_sent:
            raise Fail("%s: %s\nin user space: tests/corpora/run %s" % (
                item.name, "; ".join(bad), item.name),
                before=item.data, after=got)
        changed += got != item.data
    t.ok(changed, "not one message was rewritten")


def rendered(t, only):
    who, far = phone(t), registrar(t)
    outside = open_flow(t, who, far)
    found = some(only)
    out = World(True, LAN.encode(), WAN.encode(), {5060: outside[1]})
    into = World(False, WAN.encode(), LAN.encode(), {outside[1]: 5060})
    pass_rendered(t, found, out, who, (REGISTRAR, 5060), far)
    # how the phone writes its address, for what comes back
    who.say(OPTIONS.replace("Max-", "Record-Route: <sip:{at};lr>\nMax-"),
            (REGISTRAR, 5060), ruri="sip:52.0.0.10")
    far.expect("OPTIONS")
    pass_rendered(t, found, into, far, outside, who)


@corpora_row("S4-29", "RFC 4475 with our addresses: nothing else changes")
def torture(t):
    rendered(t, "rfc4475")


@corpora_row("S4-29/port", "the same when NAT moves the port",
             nat="nft-ports")
def torture_moved(t):
    rendered(t, "rfc4475")


@corpora_row("S4-29/corpora", "all corpora with our addresses: nothing else "
             "changes")
def all_rendered(t):
    rendered(t, None)


class Hashes:
    """What was sent and what arrived, each way, as one hash."""

    def __init__(self, t):
        self.t, self.sent, self.seen = t, hashlib.sha256(), hashlib.sha256()

    def pass_on(self, sender, data, to, receiver):
        """One datagram; the next one waits for it."""
        sender.raw(data, to)
        got = receiver.datagram()
        for total, part in ((self.sent, data), (self.seen, got)):
            total.update(b"%d:" % len(part) + part)
        if self.sent.digest() != self.seen.digest():
            raise Fail("the hash of what arrived is another", before=data,
                       after=got, expected=data)


KEEPALIVES = (b"\r\n\r\n", b"\r\n", b"\0\0\0\0", b"\0",
              bytes.fromhex("000100002112a442") + b"192.168.1.10")
PUBLIC = INVITE.replace("Max-", "Record-Route: <sip:{at};lr>\nMax-")
ANSWER = """
SIP/2.0 200 OK
Via: SIP/2.0/UDP {at};received={ip};rport={port};branch={branch}
Record-Route: <sip:{at};lr>
From: "Alice" <sip:{user}@52.0.0.10>;tag={tag}
To: <sip:bob@52.0.0.10>;tag=1
Call-ID: {callid}
CSeq: 1 {method}
Contact: <sip:{user}@{at}>;expires=60
Content-Type: application/sdp
Content-Length: {length}

""" + INVITE.split("\n\n")[1]


@row("S1-31", "a flow that needs no help: one hash before and after",
     kind=SAME)
def transparent(t):
    who, far = phone(t), registrar(t)
    outside = open_flow(t, who, far)
    hashes = Hashes(t)
    values = {"at": text(outside), "ip": outside[0], "port": outside[1],
              "user": "alice", "tag": "a", "rtp": 20000, "expires": 60,
              "cseq": 1}
    for i, template in enumerate((REGISTER, OPTIONS, INVITE, PUBLIC)):
        method = template.split()[0]
        values.update(callid="c%d" % i, branch="z9hG4bK%d" % i,
                      method=method, ruri="sip:bob@52.0.0.10")
        sent, answer = fill(template, **values), fill(ANSWER, **values)
        for data in (sent, sent) + KEEPALIVES:
            hashes.pass_on(who, data, (REGISTRAR, 5060), far)
            hashes.pass_on(far, KEEPALIVES[0], outside, who)
        hashes.pass_on(far, answer, outside, who)
        into = dict(values, callid="in%d" % i, at="52.0.0.10:5060",
                    ip="52.0.0.30", ruri="sip:alice@" + text(outside))
        hashes.pass_on(far, fill(template, **into), outside, who)
        hashes.pass_on(who, fill(ANSWER, **into), (REGISTRAR, 5060), far)
    if t.helped:
        t.equal(t.counters("edit_")[0], 0, "rewritten messages")
        t.equal(t.show("media"), [], "media show")
        t.equal(t.show("reg"), [], "reg show")
        t.equal(t.net.conntrack("expect"), [], "expectations")


# -- every header that carries an address -------------------------------------
IDENTITY = """P-Asserted-Identity: "192.168.1.10" <sip:{user}@{at}>, <tel:+49>
P-Preferred-Identity: <sip:{user}@{at}>
Remote-Party-ID: <sip:{user}@{at}>;party=calling;privacy=off
Diversion: <sip:desk@{at}>;reason=unconditional
History-Info: <sip:bob@{at}?Reason=SIP%3Bcause%3D302>;index=1,
 <sip:bob@52.0.0.10>;index=1.1
Referred-By: <sip:{user}@{at}>;cid="1@192.168.1.10"
Reply-To: "192.168.1.10" <sip:{user}@{at}>
Warning: 399 192.168.1.10 "192.168.1.10:5060"
"""
ROUTED = INVITE.replace("Max-", "Record-Route: <sip:pbx@{at};lr>\n" +
                        IDENTITY + "Max-")
PATHS = REGISTER.replace("Max-", "Path: <sip:pbx@{at};lr;ob>\n"
                         "Supported: path\nMax-")
ASKING = OPTIONS.replace("Max-", "Route: {route}\nMax-")
REFER = """
REFER {ruri} SIP/2.0
Via: SIP/2.0/UDP {via};branch={branch};rport
Max-Forwards: 70
From: <sip:{user}@52.0.0.10>;tag={tag}
To: <sip:bob@52.0.0.10>;tag=1
Call-ID: {callid}
CSeq: 2 REFER
Contact: <sip:{user}@{via}>
Refer-To: <sip:carol@{at}?Replaces=a%40192.168.1.10%3Bto-tag%3D1>
Referred-By: <sip:{user}@{at}>
Content-Length: 0
"""
SERVICE = "<sip:52.0.0.20;lr>,<sip:52.0.0.10;lr>"


def path_out(t, who, far):
    """REGISTER with Path; the answer brings it back, and a Service-Route."""
    sent = who.say(PATHS, (REGISTRAR, 5060), expires=600)
    got = far.expect("REGISTER")
    t.seen(sent, got, at=text(got.source))
    back = far.reply(got, 200, "OK", "Path: <sip:pbx@{at};lr;ob>\n"
                     "Contact: <sip:{user}@{at};line=7f>;expires=600\n"
                     "Service-Route: " + SERVICE, user=who.user,
                     at=text(got.source))
    t.seen(back, who.expect(200), at=str(who), topvia=via_back(sent, who))
    return got.source, got.contact.text


def path_in(t, who, far, outside, contact):
    """A request by that Path arrives with the phone's own Route."""
    asked = far.say(ASKING, outside, ruri=contact,
                    route="<sip:pbx@%s;lr;ob>" % text(outside))
    got = who.expect("OPTIONS")
    t.seen(asked, got, ruri="sip:%s@%s;line=7f" % (who.user, who),
           route="<sip:pbx@%s;lr;ob>" % who)
    back = who.reply(got, 200, "OK", IDENTITY + "Contact: <sip:{user}@{at}>")
    t.seen(back, far.expect(200), at=text(outside))


def identities(t, who, far):
    """A call whose INVITE has every one of these headers."""
    sent = who.say(ROUTED, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    got = far.expect("INVITE")
    t.seen(sent, got, at=text(got.source), ip=got.source[0],
           rtp=got.sdp.rtp()[1])
    back = far.reply(got, 200, "OK", "Contact: <sip:bob@52.0.0.10>\n"
                     "P-Asserted-Identity: <sip:bob@52.0.0.10>")
    ok = who.expect(200)
    t.equal(ok.all("record-route"), sent.message.all("record-route"),
            "Record-Route of the answer")
    t.equal(ok.get("via"), via_back(sent, who), "Via of the answer")
    asked = far.say(ASKING, got.source, ruri=got.contact.text,
                    route=back.message.all("record-route")[0])
    t.seen(asked, who.expect("OPTIONS"),
           ruri=sent.message.contact.text,
           route=sent.message.all("record-route")[0])


def refers(t, who, far, outside, contact):
    """Refer-To and Referred-By, out and back in."""
    sent = who.say(REFER, (REGISTRAR, 5060), ruri="sip:bob@52.0.0.10",
                   via=str(who))
    got = far.expect("REFER")
    t.seen(sent, got, via=text(outside), at=text(outside))
    sent = far.say(REFER, outside, ruri=contact, at=text(outside),
                   via=str(far))
    t.seen(sent, who.expect("REFER"), at=str(who),
           ruri="sip:%s@%s;line=7f" % (who.user, who))


def service_route(t, who, far, outside, contact):
    """A phone outside registers with the PBX inside, and comes by the
    Service-Route that it was given."""
    sent = far.say(REGISTER.replace("sip:52.0.0.10", "{ruri}", 1), outside,
                   ruri=contact, expires=60)
    got = who.expect("REGISTER")
    t.seen(sent, got, ruri="sip:%s@%s;line=7f" % (who.user, who))
    back = who.reply(got, 200, "OK", "Service-Route: <sip:pbx@{at};lr>")
    ok = far.expect(200)
    t.seen(back, ok, at=text(outside))
    asked = far.say(ASKING, outside, ruri=contact,
                    route=ok.get("service-route"))
    t.seen(asked, who.expect("OPTIONS"),
           ruri="sip:%s@%s;line=7f" % (who.user, who),
           route=back.message.get("service-route"))


def every_header(t):
    who, far = phone(t), registrar(t)
    outside, contact = path_out(t, who, far)
    path_in(t, who, far, outside, contact)
    identities(t, who, far)
    refers(t, who, far, outside, contact)
    service_route(t, who, far, outside, contact)


@row("I-18", "routes, paths, referrals and identities leak nothing, and route "
     "both ways")
def headers(t):
    every_header(t)


@row("I-18/port", "the same when NAT moves the port", nat="nft-ports")
def headers_moved(t):
    every_header(t)
