# SPDX-License-Identifier: GPL-2.0-only
"""Which host is left alone, which gets pinholes only, and what is local.

    p1  192.168.1.10 --+                                52.0.0.10 registrar
    p2  192.168.1.11 --+-- router 192.168.1.1 | 45.0.2.2 --- 52.0.0.20 proxy
        172.16.5.10 ---+   172.16.5.1                   52.0.0.30 STUN, media
"""
import time

from case import MODULE, SAME, row
from flows import (IN, INVITE, REGISTER, SDP, call_in, call_out, phone,
                   register, registrar, second_proxy, text)
from peer import Peer, Rtp
from rows_stun import StunServer, public_register, stun_request
from topo import MEDIA, PHONES, PROXY2, REGISTRAR, ROUTER, WAN, run


def host(t, *words):
    """`sipalgctl host WORDS`, when there is a module."""
    if t.helped:
        t.net.sipalgctl("host", *words)


def raw_register(t, who, server, expires=600):
    """A REGISTER with private text arrives byte for byte, so does its 200."""
    sent = who.say(REGISTER, (server.addr, server.port), expires=expires)
    got = server.expect("REGISTER", callid=sent.values["callid"])
    t.untouched(sent, got)
    back = server.reply(got, 200, "OK", "Contact: <sip:{user}@{at}>;expires="
                        "600", user=who.user, at=text((who.addr, who.port)))
    t.untouched(back, who.expect(200, callid=sent.values["callid"]))
    return got


def only_counted(t, name):
    """Every message is under this counter and nothing else."""
    if not t.helped:
        return
    t.ok(t.counter(name) > 0, "nothing is counted as " + name)
    for prefix in ("edit_", "raw_", "drop_"):
        t.equal(t.counters(prefix), (0, {}), "counters " + prefix)
    for table in ("reg", "call", "media"):
        t.equal(t.show(table), [], table + " show")


@row("S2-26", "a bypassed PBX: zero touch, ports forwarded by hand work",
     kind=SAME)
def forwarded_by_hand(t):
    host(t, "set", PHONES[0], "mode", "bypass")
    t.net.nft("table ip hand {\n chain pre {\n type nat hook prerouting "
              "priority -100;\n iifname wan udp dport { 5060, 9000-9010 } "
              "dnat to %s\n }\n}\n" % PHONES[0])
    t.net.allow("ct status dnat")
    pbx, provider, trunk = phone(t), registrar(t), second_proxy(t)
    raw_register(t, pbx, provider)
    rtp, far = Rtp(t, pbx.addr, 9000), Rtp(t, trunk.addr, 31000)
    sent = trunk.say(IN, (WAN, 5060), ruri="sip:100@45.0.2.2", rtp=far.port,
                     user="100")
    got = pbx.expect("INVITE")
    t.untouched(sent, got)
    back = pbx.reply(got, 200, "OK", "Contact: <sip:100@45.0.2.2>", body=SDP,
                     ip=WAN, rtp=9000)
    ok = trunk.expect(200)
    t.untouched(back, ok)
    rtp.expect(far.send(ok.sdp.rtp()))
    t.equal(far.expect(rtp.send((far.addr, far.port))), (WAN, 9000),
            "RTP of the PBX has another source")
    only_counted(t, "same_bypass")


@row("S4-32/bypass", "bypass acts at once, calls go on and end, and it is back")
def bypass_live(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    calls = [call_out(t, who, server), call_in(t, reg)]
    for call in calls:
        call.audio()
    flows = mappings(t)
    host(t, "set", PHONES[0], "mode", "bypass")
    for call in calls:
        call.audio()
    t.equal(raw_register(t, who, server).source, reg.wan,
            "the flow's mapping, which lives")
    for call in calls:
        sent = call.phone_dialog.send("BYE")
        got = server.expect("BYE", callid=call.callid)
        t.untouched(sent, got)
        server.reply(got, 200)
        who.expect(200, callid=call.callid)
    if t.helped:
        t.until(lambda: not t.show("call") and not t.show("media"),
                "calls of before do not end")
        t.ok(t.counter("same_bypass") >= 5, "same_bypass: %d"
             % t.counter("same_bypass"))
    t.ok(flows[0] in mappings(t), "the signalling flow was mapped again")
    host(t, "del", PHONES[0])
    reg = register(t, who, server)
    call_in(t, reg, rtp=24000, far_rtp=34000).audio()


def mappings(t):
    """Address and port of every flow before and after NAT."""
    found = []
    for line in t.net.conntrack("-p", "udp"):
        word = [w for w in line.split()
                if w.startswith(("src=", "dst=", "sport=", "dport="))]
        found.append(" ".join(word))
    return sorted(found, key=lambda w: "sport=5060" not in w)


@row("F38/for", "`bypass for N` returns to what it was before")
def bypass_for(t):
    who, server = phone(t), registrar(t)
    register(t, who, server)
    host(t, "set", PHONES[0], "mode", "bypass", "for", "3")
    if t.helped:
        shown = t.show("host")
        t.equal((shown[0]["net"], shown[0]["mode"]), (PHONES[0], "bypass"),
                "host show")
        t.ok(1 <= shown[0]["expires_s"] <= 3, "expires_s: %s" % shown)
        t.until(lambda: t.show("host") == [], "it does not end", 30)
    register(t, who, server)
    host(t, "set", "192.168.1.0/24", "mode", "bypass")
    host(t, "set", "192.168.1.0/24", "mode", "active", "for", "600")
    register(t, who, server)
    host(t, "set", "192.168.1.0/24", "mode", "passive", "for", "2")
    if t.helped:
        t.until(lambda: t.show("host") == [
            {"net": "192.168.1.0/24", "mode": "bypass", "expires_s": None}],
                "it is not what it was before", 30)
    raw_register(t, who, server)
    host(t, "flush")
    register(t, who, server)


@row("F38/prefix", "the longest prefix wins", phones=2)
def longest_prefix(t):
    server = registrar(t)
    one, two = phone(t), phone(t, 1, user="carol")
    host(t, "set", "192.168.0.0/16", "mode", "active")
    host(t, "set", "192.168.1.0/24", "mode", "bypass")
    host(t, "set", PHONES[0], "mode", "active")
    register(t, one, server)
    raw_register(t, two, server)
    host(t, "set", PHONES[1], "mode", "active")
    register(t, two, server, user="carol")
    host(t, "del", PHONES[0])
    raw_register(t, one, server)
    host(t, "del", "192.168.1.0/24")
    register(t, one, server)


def mapped_phone(t):
    """A phone that learned by STUN what its SIP and RTP ports are outside."""
    t.net.allow("iifname br0 udp dport 3478")
    who, rtp = phone(t), Rtp(t, PHONES[0], 20000)
    stun = StunServer(t, MEDIA, 3478)
    return who, rtp, stun_request(t, who, stun), stun_request(t, rtp, stun)


def passive_call(t, learn_first):
    """A call of a passive host that writes what it learned."""
    if learn_first:
        who, rtp, sip, media = mapped_phone(t)
    host(t, "set", PHONES[0], "mode", "passive")
    if not learn_first:
        who, rtp, sip, media = mapped_phone(t)
    server, far = registrar(t), Rtp(t, PROXY2, 31000)
    sip = public_register(t, who, server, sip).source
    sent = who.say(INVITE, (REGISTRAR, 5060), at=text(sip), ip=media[0],
                   rtp=media[1], ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    t.untouched(sent, got)
    back = server.reply(got, 200, "OK", "Contact: <sip:bob@{at}>", body=SDP,
                        ip=far.addr, rtp=far.port)
    t.untouched(back, who.expect(200))
    dialog = who.dialog(sent.message, back.message)
    t.untouched(dialog.send("ACK"), server.expect("ACK"))
    rtp.expect(far.send(media))         # nobody sent to there before
    t.equal(far.expect(rtp.send((far.addr, far.port))), media,
            "RTP leaves from another port than it learned")
    return who, server, dialog, media


@row("F3/passive", "a passive host: pinholes for its own mappings, no edit",
     nat="nft-fully-random")
def passive(t):
    who, server, dialog, media = passive_call(t, False)
    if t.helped:
        shown = t.show("media")
        t.equal([(m["lan"], m["wan"], m["remote"]) for m in shown
                 if m["kind"] == "rtp"],
                [(PHONES[0] + ":20000", text(media), PROXY2 + ":31000")],
                "media show")
        t.equal(t.show("call")[0]["lan"], PHONES[0] + ":5060", "call show")
    sent = dialog.send("BYE")
    got = server.expect("BYE")
    t.untouched(sent, got)
    t.untouched(server.reply(got, 200), who.expect(200, callid=got.get(
        "call-id")))
    if t.helped:
        t.until(lambda: not t.show("call") and not t.show("media"),
                "the call does not end")
        t.equal(t.counters("edit_"), (0, {}), "counters edit_")
        t.ok(t.counter("same_passive") >= 7, "same_passive: %d"
             % t.counter("same_passive"))


@row("F3/passive-late", "mappings from before the host was passive count",
     nat="nft-fully-random")
def passive_late(t):
    passive_call(t, True)


@row("F3/passive-private", "a passive host with private text: nothing at all",
     kind=SAME)
def passive_private(t):
    host(t, "set", "192.168.0.0/16", "mode", "passive")
    who, server = phone(t), registrar(t)
    raw_register(t, who, server)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=20000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    t.untouched(sent, got)
    t.untouched(server.reply(got, 486, "Busy Here"), who.expect(486))
    sent = who.say(INVITE, (REGISTRAR, 5060), ip=WAN, rtp=20000,
                   at=text((WAN, 5060)), ruri="sip:bob@52.0.0.10")
    t.untouched(sent, server.expect(
        "INVITE", callid=sent.values["callid"]))
    if t.helped:
        t.equal(t.show("media"), [], "a pinhole for what is no mapping")
    t.ok(not t.net.conntrack("expect"), "an expectation")


def second_lan(t):
    """A PBX in another network of the house, and the way there."""
    ns = t.net.phones[1]
    run(["ip", "-n", ns, "addr", "add", "172.16.5.10/24", "dev", "eth0"])
    run(["ip", "-n", ns, "route", "replace", "192.168.1.10/32", "via",
         "172.16.5.1"])
    t.net.sh("ip", "addr", "add", "172.16.5.1/24", "dev", "br0")
    t.net.addrs["172.16.5.10"] = ns
    return Peer(t, "172.16.5.10", user="pbx")


def local_exchange(t, who, pbx):
    """A call within the house: not a byte changes."""
    sent = who.say(REGISTER, (pbx.addr, 5060), expires=60)
    got = pbx.expect("REGISTER", callid=sent.values["callid"])
    t.untouched(sent, got)
    t.equal(got.source, (who.addr, who.port), "source")
    t.untouched(pbx.reply(got, 200), who.expect(200))
    sent = who.say(INVITE, (pbx.addr, 5060), rtp=20000,
                   ruri="sip:100@" + pbx.addr)
    got = pbx.expect("INVITE", callid=sent.values["callid"])
    t.untouched(sent, got)
    back = pbx.reply(got, 200, "OK", "Contact: <sip:100@{at}>", body=SDP,
                     ip=pbx.addr, rtp=30000)
    t.untouched(back, who.expect(200, callid=sent.values["callid"]))


@row("S1-20", "local to local is never touched; `localnet set` says what is",
     kind=SAME, phones=2, firewall="open")
def local(t):
    t.net.sysctl({"net/ipv4/conf/%s/send_redirects" % dev: 0
                  for dev in ("all", "br0")})
    who, pbx = phone(t), second_lan(t)
    local_exchange(t, who, pbx)
    only_counted(t, "same_local")
    if t.helped:
        seen = t.counter("same_local")
        t.ok(seen >= 4, "same_local: %d" % seen)
        t.net.sipalgctl("localnet", "set", "192.168.1.0/24")
        t.equal(t.show("localnet"), [{"net": "192.168.1.0/24"}],
                "localnet show")
    local_exchange(t, who, pbx)
    if t.helped:
        t.equal(t.counter("same_local"), seen,
                "same_local, one end of the flow in no local network")
        t.net.sipalgctl("localnet", "add", "172.16.5.10")
        t.equal(t.show("localnet"), [{"net": "172.16.5.10"},
                                     {"net": "192.168.1.0/24"}],
                "localnet show after `add`")
    local_exchange(t, who, pbx)
    if t.helped:
        t.ok(t.counter("same_local") > seen, "same_local after `add`")


@row("S5-06/local", "a PBX on the router: calls of the house stay plain",
     kind=SAME, firewall="open")
def local_router(t):
    local_exchange(t, phone(t), Peer(t, ROUTER, user="pbx"))
    only_counted(t, "same_local")


@row("S1-20/wan", "a carrier with a private address behind NAT is not local",
     firewall="open")
def private_carrier(t):
    run(["ip", "-n", t.net.outside, "addr", "add", "10.9.0.1/32", "dev",
         "lo"])
    t.net.addrs["10.9.0.1"] = t.net.outside
    carrier = Peer(t, "10.9.0.1", user="carrier")
    reg = register(t, phone(t), carrier)
    t.equal(reg.wan[0], WAN, "outside address")
    if t.helped:
        t.equal(t.counter("same_local"), 0, "same_local")


@row("HOSTS", "a thousand hosts, and all of them gone with the namespace",
     kind=MODULE)
def thousand(t):
    lines = ["host set 10.%d.%d.0/26 mode bypass" % (i // 250, i % 250)
             for i in range(1000)]
    lines += ["host set %s mode active" % PHONES[0],
              "host set 192.168.1.0/24 mode bypass for 600"]
    start = time.monotonic()
    run([t.net.ctl, "-n", t.net.router, "-b", "-"], "\n".join(lines) + "\n")
    t.ok(time.monotonic() - start < 60 * t.patience, "too slow")
    shown = t.show("host")
    t.equal(len(shown), 1002, "host show")
    t.equal(len({h["net"] for h in shown}), 1002, "networks shown")
    register(t, phone(t), registrar(t))
