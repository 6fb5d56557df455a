# SPDX-License-Identifier: GPL-2.0-only
"""Real programs: baresip phones, Kamailio with digest, sipp.

    baresip 192.168.1.10 --- router 45.0.2.2 --- kamailio 52.0.0.10
    baresip 192.168.1.11                         baresip  52.0.0.40
    sipp    192.168.1.10 -.                      sipp     52.0.0.20
"""
from case import row
from real import Baresip, Kamailio, Sipp, Wire, mute, rate
from topo import FAR, PHONES, PROXY2, WAN


def wire(t, netns, device):
    found = Wire(netns, device)
    t.programs.insert(0, found)
    return found


@row("S1-21/kamailio", "baresip registers with digest at Kamailio")
def kamailio_register(t):
    server = Kamailio(t)
    Baresip(t, t.net.phones[0], PHONES[0], "alice")
    contact = server.contact("alice")
    t.ok("@%s:5060" % WAN in contact, "Kamailio's contact is " + contact)


def talk(caller, callee, first=None):
    """A call; each hears the other's tone; the caller hangs up.

    Until `first` is heard, the other side sends no RTP."""
    second = callee if first is caller else caller
    if first:
        mute(second, True)
    caller.dial(callee.user)
    caller.event("CALL_ESTABLISHED")
    if first:
        second.hears(first.user)
        mute(second, False)
    callee.hears(caller.user)
    caller.hears(callee.user)
    caller.hang_up()
    callee.event("CALL_CLOSED")
    caller.forget()
    callee.forget()


@row("S5-17/baresip", "calls out and in through Kamailio, heard on both sides",
     phones=2, far=True, nat="ipt-nft")
def baresip_calls(t):
    server = Kamailio(t)
    alice = Baresip(t, t.net.phones[0], PHONES[0], "alice")
    carol = Baresip(t, t.net.phones[1], PHONES[1], "carol")
    bob = Baresip(t, t.net.far, FAR, "bob", rtp=41000)
    for user in ("alice", "carol"):
        contact = server.contact(user)
        t.ok("@%s:" % WAN in contact, "Kamailio's contact is " + contact)
    server.contact("bob")
    talk(alice, bob, first=bob)
    talk(bob, carol, first=bob)


@row("S5-09/sipp", "five sipp calls with audio at the same time")
def sipp_calls(t):
    outside = wire(t, t.net.outside, "wan0")
    far = Sipp(t, t.net.outside, "-sn", "uas", "-i", PROXY2, "-p", "5060",
               "-mi", PROXY2, "-mp", "20000", "-rtp_echo")
    near = Sipp(t, t.net.phones[0], "-sn", "uac_pcap", PROXY2 + ":5060", "-i",
                PHONES[0], "-mi", PHONES[0], "-mp", "30000", "-m", "5",
                "-l", "5", *rate(2), "-d", "500")
    t.until(lambda: outside.find("INVITE"), "no INVITE arrived", 40)
    offers = outside.find("INVITE")
    t.equal(offers[0].sdp.rtp()[0], WAN, "address in the SDP")
    near.success(outside)
    far.stop()
    ports = {m.sdp.rtp() for m in outside.find("INVITE")}
    for addr in ports:
        t.ok(outside.packets(source=addr) > 0,
             "no RTP from the announced %s:%d" % addr)
        t.ok(outside.packets(to=addr) > 0, "no RTP to %s:%d" % addr)


@row("I-15/load", "a hundred calls on one 5-tuple leave nothing behind")
def many_calls(t):
    outside = wire(t, t.net.outside, "wan0")
    Sipp(t, t.net.outside, "-sn", "uas", "-i", PROXY2, "-p", "5060")
    near = Sipp(t, t.net.phones[0], "-sn", "uac", PROXY2 + ":5060", "-i",
                PHONES[0], "-mp", "30000", "-m", "100", "-l", "100",
                *rate(25), "-d", "3000")
    t.until(lambda: outside.find("INVITE"), "no INVITE arrived", 40)
    t.equal(outside.find("INVITE")[0].sdp.rtp()[0], WAN, "address in the SDP")
    near.success(outside)
    if t.helped:
        t.until(lambda: t.show("status")["calls"] == 0, "calls remain")
        t.equal(t.show("media"), [], "media")
        # what is left is the binding of the signalling address alone
        t.ok(t.show("status")["memory"] < 4096, "memory of the tables")
    t.equal(t.net.conntrack("expect"), [], "expectations")
