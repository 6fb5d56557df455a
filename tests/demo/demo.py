#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The demo: two phones behind a NAT router talk to one outside.

First with sipalg, then the same without.  Exit status 0 only if with sipalg
both directions of both calls carried audio.
"""
import difflib
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, TOP + "/tests/netns")
sys.dont_write_bytecode = True

import case as cases                    # noqa: E402
import run as runner                    # noqa: E402
from real import Baresip, Kamailio, Wire, mute    # noqa: E402
from topo import FAR, PHONES            # noqa: E402

PICTURE = """
  alice 192.168.1.10 --.
                        }-- router 45.0.2.2 --- Kamailio 52.0.0.10
  carol 192.168.1.11 --'    NAT: iptables       (registrar and proxy, digest,
                            firewall: RTP only   no NAT help of its own)
                            as RELATED          bob 52.0.0.40

  Three baresip phones; each plays a tone of its own and answers by itself."""
COLOUR = sys.stdout.isatty() or os.environ.get("DEMO_COLOUR") == "1"
SECRET = re.compile(r"^((?:Proxy-)?Authorization:|a=crypto:|k=)(.*)$", re.I)


def head(text):
    print("\n" + ("\033[1m%s\033[0m" if COLOUR else "== %s ==") % text)
    sys.stdout.flush()


def say(text):
    print(("  " + text).rstrip())
    sys.stdout.flush()


def mark(old, new):
    """Two versions of a line with the bytes that differ marked."""
    out = ["", ""]
    on, off = ("\033[7m", "\033[0m") if COLOUR else ("[", "]")
    parts = zip(*(re.findall(r"[\d.]+|[^\d.]+", line) for line in (old, new)))
    for a, b in parts:
        for i, word in enumerate((a, b)):
            out[i] += word if a == b else on + word + off
    return out


def hide(line):
    return SECRET.sub(r"\1 (hidden)", line)


def show_change(sent, received):
    """A message once, the lines that changed as sent (-) and received (+)."""
    before, after = ([hide(l) for l in m.data.decode("latin1").split("\r\n")]
                     for m in (sent, received))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for line in before[a:b]:
                say("    " + line)
        elif what == "replace" and b - a == d - c:
            for old, new in zip(before[a:b], after[c:d]):
                for sign, line in zip("-+", mark(old, new)):
                    say("  %s %s" % (sign, line))
        else:
            for sign, lines in (("-", before[a:b]), ("+", after[c:d])):
                for line in lines:
                    say("  %s %s" % (sign, line))


class Side:
    """The whole network once, with or without sipalg."""

    def __init__(self, engine, ctl):
        row = cases.Row("demo", "", self.play, cases.MODULE, False, False,
                        {"phones": 2, "far": True, "nat": "ipt-nft"})
        self.t = cases.Case(row, engine, "demo-" + engine[0], ctl)
        self.wires, self.audio = {}, []

    def play(self, t):
        net = t.net
        for name, netns, device in (("alice", net.phones[0], "eth0"),
                                    ("carol", net.phones[1], "eth0"),
                                    ("bob", net.far, "eth0"),
                                    ("outside", net.outside, "wan0")):
            self.wires[name] = Wire(netns, device)
            t.programs.append(self.wires[name])
        if not t.helped:
            net.sipalgctl("disable")
        server = Kamailio(t)
        alice = Baresip(t, net.phones[0], PHONES[0], "alice")
        carol = Baresip(t, net.phones[1], PHONES[1], "carol")
        bob = Baresip(t, net.far, FAR, "bob", rtp=41000)
        head("Register")
        for who in (alice, carol, bob):
            say("%-5s at %-17s Kamailio reaches %s at %s" % (
                who.user, who.addr + ":5060", who.user,
                re.search(r"@([\d.]+:\d+)", server.contact(who.user))[1]))
        self.call("Call out: alice calls bob, who speaks first", alice, bob)
        self.call("Call in: bob calls carol", bob, carol)

    def call(self, title, caller, callee):
        """One call, with what was heard and counted."""
        t = self.t
        head(title)
        inner = caller if caller.user != "bob" else callee
        bob = callee if inner is caller else caller
        counted = self.counts(inner, bob)
        if caller is inner:
            mute(inner, True)
        caller.dial(callee.user)
        stands = self.answered(caller)
        if caller is inner:
            # until she has heard him, alice's own RTP is held back
            self.hear(inner, bob)
            mute(inner, False)
            self.hear(bob, inner)
            self.message()
        else:
            self.hear(inner, bob)
            self.hear(bob, inner)
        self.lists(inner, bob, counted)
        caller.hang_up()
        if stands:
            callee.event("CALL_CLOSED", within=20)
        for who in (caller, callee):
            who.forget()

    def answered(self, caller):
        """Waits for the answer; says so if there is none."""
        try:
            event = caller.event("CALL_ESTABLISHED", "CALL_CLOSED",
                                 within=60 if self.t.helped else 8)
        except cases.Fail:
            say("the call gets no answer")
            return False
        if event["type"] == "CALL_CLOSED":
            say("the call fails: " + event.get("param", "no reason given"))
        return event["type"] == "CALL_ESTABLISHED"

    def hear(self, listener, speaker):
        within = 60 if self.t.helped else 4
        try:
            listener.hears(speaker.user, within)
            self.audio.append(True)
            say("%-5s hears %s" % (listener.user, speaker.user))
        except cases.Fail:
            self.audio.append(False)
            say("%-5s does NOT hear %s" % (listener.user, speaker.user))

    def message(self):
        """The INVITE of the call out on both sides of the router."""
        sent = self.wires["alice"].find("INVITE")
        got = self.wires["outside"].find("INVITE")
        if not sent or not got:
            say("no INVITE was seen")
            return
        if sent[-1].data == got[-1].data:
            say("Kamailio receives the INVITE as alice sent it: her private "
                "address is in it")
            return
        say("The INVITE as alice sent it (-) and as Kamailio received it (+):")
        show_change(sent[-1], got[-1])

    def counts(self, inner, bob):
        return (self.wires["bob"].packets(to=bob.addr),
                self.wires[inner.user].packets(to=inner.addr))

    def lists(self, inner, bob, before):
        """The tables of the tool, and RTP packets that arrived."""
        if self.t.helped:
            for words in (("reg", "show"), ("call", "show"),
                          ("media", "show")):
                say("$ sipalgctl " + " ".join(words))
                for line in self.t.net.sipalgctl(*words).stdout.splitlines():
                    say("    " + line)
        now = self.counts(inner, bob)
        say("RTP packets that arrived: %s -> bob %d, bob -> %s %d" % (
            inner.user, now[0] - before[0], inner.user, now[1] - before[1]))


def play(engine, ctl):
    """Runs one side; gives the audio directions that worked."""
    side = Side(engine, ctl)
    try:
        side.t.run()
    except cases.Fail as failure:
        say("failed: %s" % failure)
    finally:
        side.t.end()
    return side.audio


def main():
    ctl = runner.find_ctl()
    if ctl is None:
        print("no sipalgctl: run make first", file=sys.stderr)
        return 1
    runner.load_module()
    head("sipalg: phones behind NAT, without configuring the phones")
    print(PICTURE)
    head("With sipalg")
    say("# modprobe -a nf_conntrack nf_nat; insmod sipalg.ko")
    say("# sipalgctl enable")
    helped = play("sipalg", ctl)
    head("The same with sipalg switched off")
    say("# sipalgctl disable")
    plain = play("none", ctl)
    head("Result")
    for name, audio in (("with sipalg", helped), ("without", plain)):
        say("%-12s %d of 4 directions carried audio" % (name, sum(audio)))
    return 0 if len(helped) == 4 and all(helped) else 1


if __name__ == "__main__":
    sys.exit(main())
