# SPDX-License-Identifier: GPL-2.0-only
"""Calls and their media behind a firewall that lets RTP pass only as RELATED.

    phones 192.168.1.10, .11 --- router 45.0.2.2 --- 52.0.0.10 registrar
                                                     52.0.0.20 second proxy
                                                     52.0.0.30 media host
"""
from case import row
from flows import (INVITE, call_in, call_out, phone, register, registrar,
                   text, via_back)
from peer import Rtp
from topo import MEDIA, REGISTRAR, WAN


@row("S2-19", "the RTP hole is open before the first RTP of either side")
def hole_before_rtp(t):
    who, server = phone(t), registrar(t)
    rtp, far = Rtp(t, who.addr, 20000), Rtp(t, server.addr, 30000)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    to = got.sdp.rtp()
    t.seen(sent, got, at=text(got.source), ip=WAN, rtp=to[1])
    rtp.expect(far.send(to))            # no answer has been sent yet
    reg = register(t, who, server)
    for first in ("far", "phone"):
        base = 22000 if first == "far" else 23000
        call_in(t, reg, rtp=base, far_rtp=base + 10000).audio(first)
        call_out(t, who, server, rtp=base + 100, far_rtp=base + 10100).audio(
            first)


def rtcp_ports(call):
    """RTCP sockets of both sides, one above RTP."""
    t = call.t
    return (Rtp(t, call.phone_rtp.addr, call.phone_rtp.port + 1),
            Rtp(t, call.far_rtp.addr, call.far_rtp.port + 1))


@row("S2-24", "what is announced is open, and what is open was announced",
     phones=2)
def announced_is_open(t):
    server = registrar(t)
    users = [phone(t, 0), phone(t, 1, user="carol")]
    calls = [call_out(t, users[i % 2], server, rtp=20000 + 10 * i,
                      far_rtp=30000 + 10 * i) for i in range(3)]
    announced = {call.far_to[1] for call in calls}
    t.equal(len(announced), 3, "different announced ports")
    stranger = Rtp(t, MEDIA, 50000)
    for call in calls:
        call.audio()
        rtcp, far_rtcp = rtcp_ports(call)
        port = call.far_to[1]
        rtcp.expect(far_rtcp.send((WAN, port + 1)))
        beside = [Rtp(t, call.phone_rtp.addr, call.phone_rtp.port + d)
                  for d in (2, 4)]
        for near in (port + 2, port + 4, port - 2):
            if near not in announced:
                stranger.send((WAN, near))
                call.far_rtp.send((WAN, near))
        call.from_far()
        for closed in beside:
            closed.nothing(0.05)
    media_list(t, calls)
    for call in calls:
        call.end()
        call.far_rtp.send(call.far_to)
        call.phone_rtp.nothing(0.5)


def media_list(t, calls):
    """`media show` lists what was announced, and nothing else."""
    if not t.helped:
        return
    listed = {(m["lan"], m["wan"]) for m in t.show("media")
              if m["kind"] in ("rtp", "rtp+rtcp")}
    wanted = {(str(c.phone_rtp), text(c.far_to)) for c in calls}
    t.equal(listed, wanted, "RTP of `media show`")


@row("S5-09", "two phones call at once: audio both ways in all calls",
     phones=2, nat="ipt-nft")
def two_at_once(t):
    server = registrar(t)
    users = [phone(t, 0), phone(t, 1, user="carol")]
    regs = [register(t, who, server) for who in users]
    calls = [call_out(t, who, server, rtp=20000 + 100 * i,
                      far_rtp=30000 + 10 * i)
             for i, who in enumerate(users)]
    calls += [call_in(t, reg, rtp=24000, far_rtp=34000 + 10 * i)
              for i, reg in enumerate(regs)]
    for _ in range(3):
        for call in calls:
            call.audio("phone")


def core_promise(t):
    """A call out and a call in, audio both ways, BYE from either side."""
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    out = call_out(t, who, server)
    out.audio()
    out.end("far")
    into = call_in(t, reg)
    into.audio("phone")
    into.end("phone")


row("S5-17", "the firewall rewrites the body and forwards the RTP",
    nat="nft-snat")(core_promise)
row("S5-15/legacy", "iptables-legacy MASQUERADE", nat="ipt-legacy")(
    core_promise)
row("S5-15/snat", "iptables SNAT", nat="ipt-snat")(core_promise)
row("S5-15/iptables-nft", "iptables-nft MASQUERADE", nat="ipt-nft")(
    core_promise)
row("S5-15/nft", "nft masquerade")(core_promise)


@row("S5-14", "the user's own DNAT for 5060 and 10000:10100", nat="ipt-legacy")
def own_dnat(t):
    for ports in ("5060", "10000:10100"):
        t.net.sh("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-i",
                 "wan", "-p", "udp", "--dport", ports, "-j", "DNAT", "--to",
                 "192.168.1.10")
    t.net.sh("iptables-legacy", "-A", "FORWARD", "-m", "conntrack",
             "--ctstate", "DNAT", "-j", "ACCEPT")
    pbx, server = phone(t), registrar(t)

    class Trunk:                        # a "registration" by configuration
        phone, wan = pbx, (WAN, 5060)
        contact = type("Contact", (), {"at": (WAN, 5060),
                                       "text": "sip:100@45.0.2.2:5060"})
        request = type("Request", (), {"message": type("Message", (), {
            "contact": type("Contact", (), {
                "text": "sip:100@192.168.1.10:5060"})})})
    Trunk.server = server
    call = call_in(t, Trunk, rtp=10004)
    t.equal(call.far_to, (WAN, 10004), "announced RTP address")
    call.audio()
    call.end("phone")
    out = call_out(t, pbx, server, rtp=10006)
    t.equal(out.far_to, (WAN, 10006), "announced RTP address")
    t.equal(out.wan, (WAN, 5060), "source of signalling")
    out.audio()


@row("F2", "address, port, a=rtcp and candidates change together")
def atomic(t):
    who, server = phone(t), registrar(t)
    body = """
v=0
o=- 1 1 IN IP4 {ip}
s=-
c=IN IP4 {ip}
t=0 0
m=audio {rtp} RTP/AVP 0
c=IN IP4 {ip}
a=rtcp:{rtcp} IN IP4 {ip}
a=sendrecv
m=video {video} RTP/AVP 31
a=rtcp:{vrtcp}"""
    template = INVITE.split("\n\n")[0] + "\n" + body
    sent = who.say(template, (REGISTRAR, 5060), rtp=20000, rtcp=20007,
                   video=20010, vrtcp=20011, ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    sdp = got.sdp
    seen = {"rtp": sdp.rtp()[1], "rtcp": sdp.rtcp()[1],
            "video": sdp.rtp(1)[1], "vrtcp": sdp.rtcp(1)[1]}
    t.seen(sent, got, at=text(got.source), ip=WAN, **seen)
    for name, inner in (("rtp", 20000), ("rtcp", 20007), ("video", 20010),
                        ("vrtcp", 20011)):
        near = Rtp(t, who.addr, inner)
        far = Rtp(t, MEDIA, 40000 + inner % 100)
        source = near.expect(far.send((WAN, seen[name])))
        t.equal(source, (far.addr, far.port), "source of " + name)
        t.equal(far.expect(near.send(source)), (WAN, seen[name]),
                "source of outbound " + name)


@row("I-01", "two phones with the same RTP port towards one provider",
     phones=2)
def same_rtp_port(t):
    server = registrar(t)
    users = [phone(t, 0), phone(t, 1, user="carol")]
    calls = [call_out(t, who, server, rtp=20000, far_rtp=30000 + 10 * i)
             for i, who in enumerate(users)]
    t.ok(calls[0].far_to != calls[1].far_to, "both calls got one RTP address")
    for call in calls + calls:
        call.audio()


@row("I-02", "media from another address than the signalling peer's")
def media_elsewhere(t):
    who, server = phone(t), registrar(t)
    call = call_out(t, who, server, far_media=MEDIA, early=True)
    call.audio()
    reg = register(t, who, server)
    call_in(t, reg, far_media=MEDIA).audio()


@row("I-15", "BYE closes the RTP flows too")
def bye_closes(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    for call, by in ((call_out(t, who, server), "phone"),
                     (call_in(t, reg), "far")):
        call.audio()
        rtp = "dport=%d " % call.far_to[1]
        t.ok(any(rtp in l for l in t.net.conntrack("-p", "udp")),
             "the RTP flow is not in conntrack")
        call.end(by)
        t.until(lambda port=rtp: not any(
            port in l for l in t.net.conntrack("-p", "udp")),
            "conntrack still has the RTP flow after BYE")
        call.far_rtp.send(call.far_to)
        call.phone_rtp.nothing(0.5)
    t.equal(t.net.conntrack("expect"), [], "expectations after BYE")
    if t.helped:
        t.until(lambda: not t.show("media"), "`media show` is not empty")


@row("I-15/reject", "486 and CANCEL close what the INVITE opened")
def rejected(t):
    who, server = phone(t), registrar(t)
    from rows_register import CANCEL
    for i, status in enumerate((486, 487)):
        rtp = Rtp(t, who.addr, 20000 + 10 * i)
        far = Rtp(t, MEDIA, 40000 + 10 * i)
        sent = who.say(INVITE, (REGISTRAR, 5060), rtp=rtp.port,
                       ruri="sip:bob@52.0.0.10")
        got = server.expect("INVITE")
        announced = got.sdp.rtp()
        t.seen(sent, got, at=text(got.source), ip=WAN, rtp=announced[1])
        rtp.expect(far.send(announced))
        if status == 487:
            m = sent.message
            cancel = who.say(CANCEL, (REGISTRAR, 5060), from_=m.get("from"),
                             ruri="sip:bob@52.0.0.10", to=m.get("to"),
                             via=m.get("via"), callid=m.get("call-id"))
            heard = server.expect("CANCEL")
            t.seen(cancel, heard, via=got.get("via"))
            server.reply(heard, 200)
            who.expect(200)
        back = server.reply(got, status, "No")
        t.seen(back, who.expect(status), topvia=via_back(sent, who))
        t.until(lambda: not t.net.conntrack("expect"), "expectations remain")
        far.send(announced)
        rtp.nothing(0.5)


