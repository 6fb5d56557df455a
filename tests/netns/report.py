# SPDX-License-Identifier: GPL-2.0-only
"""How a failed scenario explains itself: messages, traffic, counters."""
import difflib


def readable(data):
    """Bytes of a datagram as lines of text."""
    if data is None:
        return []
    return data.decode("latin1").replace("\r\n", "\n").split("\n")


def block(title, data):
    lines = [l for l in readable(data)]
    while lines and not lines[-1]:
        lines.pop()
    return ["  %s:" % title] + ["    | " + repr(l)[1:-1] for l in lines]


def differences(expected, after):
    """Lines that differ: - expected, + arrived."""
    diff = difflib.ndiff(readable(expected), readable(after))
    return ["    %s %s" % (l[0], repr(l[2:])[1:-1])
            for l in diff if l[0] in "-+"]


def evidence(failure):
    """Message before, after, expected."""
    lines = []
    if failure.before is not None:
        lines += block("message as sent", failure.before)
    if failure.after is not None:
        lines += block("message as received", failure.after)
    if failure.expected is not None and failure.after is not None:
        lines += ["  expected (-) against received (+):"]
        lines += differences(failure.expected, failure.after)
    return lines


def traffic(trace):
    """One line a datagram, the newest last."""
    lines = ["  traffic:"]
    for when, who, arrow, other, data in trace[-30:]:
        first = readable(data[:70])[0]
        if not first.isprintable():
            first = "%d bytes %s" % (len(data), data[:4].hex())
        lines.append("    %6.2f %-19s %s %-19s %s"
                     % (when, who, arrow, other, first))
    return lines


def router(case):
    """What the router knows: counters, conntrack, expectations."""
    lines = []
    if case.helped:
        try:
            values = case.show("status")["counters"]
            lines.append("  counters: " + (", ".join(
                "%s %d" % kv for kv in values.items() if kv[1]) or "none"))
        except Exception as err:        # a report must not hide the failure
            lines.append("  counters: not readable: %s" % err)
    for title, args in (("conntrack", ["-p", "udp"]),
                        ("expectations", ["expect"])):
        found = case.net.conntrack(*args)[:12]
        lines.append("  %s:%s" % (title, "" if found else " none"))
        lines += ["    " + " ".join(l.split()) for l in found]
    return lines


def explain(case, failure):
    """The whole report on one failed run."""
    lines = ["  " + line for line in str(failure).splitlines()]
    lines += evidence(failure) + traffic(case.trace)
    try:
        lines += router(case)
    except Exception as err:            # the namespace may not exist
        lines.append("  router: %s" % err)
    return lines
