# SPDX-License-Identifier: GPL-2.0-only
"""Enable, disable, load, unload: live, and without cutting calls.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
"""
import os
import subprocess

from case import MODULE, SLOW, Fail, row
from flows import (REGISTER, call_in, call_out, phone, register, registrar,
                   second_proxy, text)
from topo import PHONES, PROXY2, REGISTRAR


@row("S4-32", "disable acts at once, calls in progress go on, enable is back")
def switch(t):
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    calls = [call_out(t, who, server), call_in(t, reg)]
    for call in calls:
        call.audio()
    if t.helped:
        t.net.sipalgctl("disable")
        t.equal(t.show("status")["enabled"], False, "status after disable")
    for call in calls:
        call.audio()
    sent = who.say(REGISTER, (REGISTRAR, 5060), expires=60)
    t.untouched(sent, server.expect("REGISTER"))
    sent = calls[0].phone_dialog.send("BYE")
    t.untouched(sent, server.expect("BYE"))
    if t.helped:
        t.net.sipalgctl("enable")
    reg = register(t, who, server)
    call_in(t, reg, rtp=24000, far_rtp=34000).audio()


@row("F36", "it attaches itself: no CT rule anywhere", nat="ipt-nft")
def attachment(t):
    rules = t.net.sh("nft", "list", "ruleset").stdout
    t.ok("helper" not in rules and "-j CT" not in rules, "a CT rule is there")
    who, server = phone(t), registrar(t)
    reg = register(t, who, server)
    call_in(t, reg).audio()
    flow = [l for l in t.net.conntrack("-p", "udp")
            if "sport=5060 dport=5060" in l]
    t.ok(any("helper=sipalg" in l for l in flow),
         "the SIP flow does not carry the helper: %s" % flow)


@row("F36/intree", "a flow of the in-tree helper is left to it, and told",
     kind=MODULE)
def beside_intree(t):
    who, server = phone(t), registrar(t)
    subprocess.run(["modprobe", "-q", "nf_nat_sip"], check=False)
    register(t, who, server)            # loaded only: nothing changes
    t.net.nft("""
table ip intree {
    ct helper sip5060 { type "sip" protocol udp; }
    chain pre {
        type filter hook prerouting priority -150;
        ip daddr 52.0.0.20 udp dport 5060 ct helper set "sip5060"
    }
}
""")
    other = second_proxy(t)
    sent = who.say(REGISTER, (PROXY2, 5060), expires=60)
    got = other.expect("REGISTER")
    t.seen(sent, got, at=text(got.source))
    flow = [l for l in t.net.conntrack("-p", "udp") if PROXY2 in l]
    t.ok("helper=sip " in flow[0] + " ", "the flow's helper: %s" % flow)
    t.ok(t.show("status")["warnings"], "`status` does not warn")
    register(t, who, server)


@row("I-20", "lists, counters, and help for flows that were there before")
def visible(t):
    who, server = phone(t), registrar(t)
    if t.helped:
        t.net.sipalgctl("disable")
    sent = who.say(REGISTER, (REGISTRAR, 5060), expires=60)
    got = server.expect("REGISTER")
    t.untouched(sent, got)
    server.reply(got, 200)
    who.expect(200)
    if t.helped:
        t.net.sipalgctl("enable")
    reg = register(t, who, server)      # the same flow, now helped
    call = call_in(t, reg)
    call.audio()
    if t.helped:
        shown(t, reg, call)


def shown(t, reg, call):
    """status, reg, call, media and stats tell what is going on."""
    status = t.show("status")
    for key, value in (("enabled", True), ("engine", "kernel"),
                       ("registrations", 1), ("calls", 1)):
        t.equal(status[key], value, "status " + key)
    t.ok(status["memory"] > 0, "status memory is 0")
    t.ok({"proto": "udp", "port": 5060} in status["ports"],
         "status ports: %s" % status["ports"])
    entry = t.show("reg")[0]
    for key, value in (("lan", str(reg.phone)), ("wan", text(reg.wan)),
                       ("peer", str(reg.server)), ("proto", "udp"),
                       ("state", "active"), ("aor", "alice@52.0.0.10")):
        t.equal(entry[key], value, "reg " + key)
    t.ok(3500 < entry["expires_s"] <= 3600, "reg expires_s")
    entry = t.show("call")[0]
    for key, value in (("call_id", call.callid), ("state", "confirmed"),
                       ("lan", str(reg.phone)), ("peer", str(reg.server))):
        t.equal(entry[key], value, "call " + key)
    media = [m for m in t.show("media") if m["kind"] == "rtp"]
    t.equal(len(media), 1, "RTP entries of `media show`")
    for key, value in (("lan", str(call.phone_rtp)), ("packets_in", 1),
                       ("wan", text(call.far_to)), ("packets_out", 1),
                       ("call_id", call.callid),
                       ("remote", text(call.phone_to))):
        t.equal(media[0][key], value, "media " + key)
    for name in ("edit_request", "edit_response", "edit_sdp"):
        t.ok(t.counter(name) > 0, "counter %s is 0" % name)
    call.end("far")
    t.until(lambda: not t.show("call") and not t.show("media"),
            "the call stays in the lists after BYE")


def module(*command):
    """insmod or rmmod, with their own words when they fail."""
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise Fail("%s: %s" % (" ".join(command), done.stderr.strip()))


def reload(t):
    module("insmod", os.environ.get("SIPALG_KO") or os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "../../sipalg.ko"))
    t.net.sipalgctl("enable")


@row("L-11/during", "rmmod during calls: they go on, nothing is left behind",
     kind=MODULE, alone=True, phones=2)
def unload_during(t):
    server = registrar(t)
    users = [phone(t, 0), phone(t, 1, user="carol")]
    regs = [register(t, who, server) for who in users]
    calls = [call_in(t, reg, far_rtp=32000 + 10 * i)
             for i, reg in enumerate(regs)]
    calls.append(call_out(t, users[0], server))     # RTP has not flowed yet
    for call in calls[:2]:
        call.audio()
    module("rmmod", "sipalg")
    t.equal(t.net.conntrack("expect"), [], "expectations after rmmod")
    for call in calls[:2]:
        call.audio()
    sent = users[0].say(REGISTER, (REGISTRAR, 5060), expires=60)
    t.untouched(sent, server.expect("REGISTER"))
    reload(t)
    call_in(t, register(t, users[1], server), rtp=24000,
            far_rtp=34000).audio()


def unload(t):
    """rmmod, after which no flow expects anything or has our helper."""
    module("rmmod", "sipalg")
    t.equal(t.net.conntrack("expect"), [], "expectations after rmmod")
    release = [int(n) for n in os.uname().release.split(".")[:2]]
    if release < [7, 2]:        # later ones leave its name, and no function
        t.ok(not any("helper=sipalg" in l for l in t.net.conntrack(
            "-p", "udp")), "a flow still names the helper")


@row("L-11/after", "rmmod after calls, and insmod again in the same boot",
     kind=MODULE, alone=True)
def unload_after(t):
    who, server = phone(t), registrar(t)
    for i in range(3):
        call = call_in(t, register(t, who, server), rtp=24000 + 10 * i,
                       far_rtp=34000 + 10 * i)
        call.audio()
        call.end("far")
        unload(t)
        reload(t)


@row("L-11/load", "rmmod under load: two hundred calls a minute, no complaint",
     kind=MODULE, alone=True, phones=2)
def unload_under_load(t):
    from real import Sipp, rate
    server = registrar(t)
    far = Sipp(t, t.net.outside, "-sn", "uas", "-i", PROXY2, "-p", "5060")
    near = Sipp(t, t.net.phones[0], "-sn", "uac", PROXY2 + ":5060", "-i",
                PHONES[0], *rate(20), "-l", "40", "-d", str(500 * SLOW),
                "-m", "400")
    who = phone(t, 1, user="carol")
    for _ in range(3):
        t.until(lambda: len(t.show("call")) > 2, "no calls under way", 30)
        register(t, who, server)
        module("rmmod", "sipalg")
        t.equal(t.net.conntrack("expect"), [], "expectations after rmmod")
        reload(t)
    t.ok(near.child.poll() is None and far.child.poll() is None,
         "sipp ended early:\n" + near.log()[-800:])
