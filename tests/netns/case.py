# SPDX-License-Identifier: GPL-2.0-only
"""What a scenario is, and how it says what it expects.

    @row("I-01", "two phones with the same RTP port", phones=2)
    def same_rtp_port(t): ...

kind HELPED: it is about rewriting or pinholes; it must fail with ENGINE=none.
kind SAME:   it is about transparency; it must pass with and without the module.
kind MODULE: it is about the module or the tool alone; there is no `none` run.
"""
import json
import os
import time

from topo import Topology

HELPED, SAME, MODULE = "helped", "same", "module"
SLOW = int(os.environ.get("SLOW", "1"))
ROWS = []


def deadline(seconds):
    """When a poll gives up that takes so long on a usual kernel at most."""
    return time.monotonic() + seconds * SLOW


class Fail(Exception):
    """An expectation that did not hold, with the messages that show it."""

    def __init__(self, text, before=None, after=None, expected=None):
        super().__init__(text)
        self.before, self.after, self.expected = before, after, expected


class Row:
    """One registered scenario."""

    def __init__(self, name, title, func, kind, silence, alone, options):
        self.name, self.title, self.func = name, title, func
        self.kind, self.silence, self.alone = kind, silence, alone
        self.options = options


def row(name, title, kind=HELPED, silence=False, alone=False, **options):
    """Registers a scenario; options go to the Topology.

    silence: it waits long, so it runs in virtual time (an own boot).
    alone: it loads or unloads the module; nothing else runs beside it."""
    def add(func):
        ROWS.append(Row(name, title, func, kind, silence, alone, options))
        return func
    return add


class Case:
    """One run of a scenario with one engine."""

    def __init__(self, scenario, engine, name, ctl):
        self.row, self.engine = scenario, engine
        self.patience = 2.0 if engine == "none" else 10.0 * SLOW
        self.trace, self.sockets, self.programs = [], [], []
        self.net = Topology(name, engine=engine, ctl=ctl, **scenario.options)
        self.born = time.monotonic()

    def run(self):
        self.net.start()
        if self.row.silence:
            self.read_programs()
        self.row.func(self)

    def read_programs(self):
        """Has the programs in memory before virtual time matters: the clock
        runs on while one is read from the disk."""
        self.net.conntrack("-p", "udp")
        self.net.conntrack("expect")
        for table in ("status", "reg", "call", "media"):
            if self.helped:
                self.show(table)

    def end(self):
        for program in self.programs:
            program.stop()
        for sock in self.sockets:
            sock.close()
        self.net.stop()

    @property
    def helped(self):
        return self.engine == "sipalg"

    # -- the record -----------------------------------------------------
    def note(self, who, arrow, other, data):
        self.trace.append((time.monotonic() - self.born, str(who), arrow,
                           "%s:%d" % other, data))

    # -- expectations ---------------------------------------------------
    def ok(self, condition, text, **evidence):
        if not condition:
            raise Fail(text, **evidence)

    def equal(self, got, wanted, text):
        if got != wanted and isinstance(got, bytes):
            raise Fail(text + " was changed", before=wanted, after=got,
                       expected=wanted)
        if got != wanted:
            raise Fail("%s: %r, expected %r" % (text, got, wanted))

    def seen(self, sent, got, **other):
        """The far side got this message, with these other values in it, and
        not one byte more was changed."""
        expected = sent.as_seen(**other)
        if got.data != expected:
            raise Fail("the message arrived with other text than expected",
                       before=sent.data, after=got.data, expected=expected)

    def untouched(self, sent, got):
        """The message arrived byte for byte."""
        data = getattr(sent, "data", sent)
        if got.data != data:
            raise Fail("the message was changed", before=data,
                       after=got.data, expected=data)

    def until(self, test, text, within=None, every=0.05):
        """Polls until a test is true."""
        end = deadline(within) if within else time.monotonic() + self.patience
        while not test():
            if time.monotonic() > end:
                raise Fail(text)
            time.sleep(every)

    # -- the module's own view --------------------------------------------
    def show(self, *words):
        """`sipalgctl -j WORDS` as Python objects."""
        return json.loads(self.net.sipalgctl("-j", *words).stdout)

    def counter(self, name):
        return self.show("status")["counters"].get(name, 0)

    def counters(self, prefix):
        """The sum of the counters with a prefix, and the non-zero ones."""
        values = {k: v for k, v in self.show("status")["counters"].items()
                  if k.startswith(prefix) and v}
        return sum(values.values()), values

    def nothing_lost(self):
        """No message was dropped, none was left as it came for a lack."""
        if self.helped:
            for prefix in ("raw_", "drop_"):
                self.equal(self.counters(prefix), (0, {}),
                           "counters " + prefix)

    def empty(self, within=60):
        """Nothing is left: tables, expectations, and of conntracks only
        signalling ones that end in two minutes (RFC 4787 REQ-5); in virtual
        time they are awaited."""
        self.until(lambda: not self.net.conntrack("expect"),
                   "expectations remain", within, 0.5)
        for table in ("call", "media", "reg") if self.helped else ():
            self.until(lambda name=table: not self.show(name),
                       "`%s show` is not empty" % table, within, 0.5)
        self.until(lambda: not self.lasting(), "conntracks remain", within,
                   0.5)

    def lasting(self):
        """Conntracks that are there for longer than any idle flow."""
        lines = self.net.conntrack("-p", "udp")
        return lines if self.row.silence else [
            l for l in lines if "helper=sipalg" not in l or
            int(l.split()[2]) > 120]

    def active(self):
        """Registrations that the registrar has granted."""
        return [r for r in self.show("reg") if r["state"] == "active"]
