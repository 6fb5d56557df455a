# SPDX-License-Identifier: GPL-2.0-only
"""The module's netlink family, and who may not speak to it.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
                                ^ requests come from programs here
"""
import ctypes
import errno
import os
import pickle
import random
import sys

from case import MODULE, Fail, row
from flows import call_in, phone, register, registrar
from rows_unload import Twin
from topo import setns

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../tool"))
import genl                             # noqa: E402

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADD_MEMBERSHIP = 1
NOBODY = 65534
SENT = 4000                             # random requests a kind of sender
LIBC = ctypes.CDLL(None, use_errno=True)


def unshare(flags):
    if LIBC.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def in_child(netns, become, work):
    """What a function answers as somebody else, in a network namespace."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            setns(os.open("/run/netns/" + netns, os.O_RDONLY))
            become()
            answer = work()
        except Exception as err:        # told by the parent
            answer = err
        os.write(write, pickle.dumps(answer))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    if not data:
        raise Fail("a program that speaks netlink died")
    answer = pickle.loads(data)
    if isinstance(answer, Exception):
        raise answer
    return answer


def nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def other_root():
    """Root, but of a user namespace that does not own this network."""
    unshare(CLONE_NEWUSER)


def container():
    """Root of a user namespace with a network namespace of its own."""
    unshare(CLONE_NEWUSER | CLONE_NEWNET)


def everything():
    """The errno of every request, dump and group, by name."""
    g = genl.Genl()
    answers = {}
    for name, number in genl.CMD.items():
        if number:
            answers[name] = g.ask(number, flags=genl.F_REQUEST |
                                  genl.F_ACK).number
            answers[name + " dump"] = g.dump(number).number
    for name, number in g.groups.items():
        try:
            g.sock.setsockopt(genl.SOL_NETLINK, ADD_MEMBERSHIP, number)
            answers["group " + name] = 0
        except OSError as err:
            answers["group " + name] = err.errno
    return answers


def own_network():
    """What a container may do with a network of its own."""
    g = genl.Genl()
    value = genl.text
    return {
        "enable": g.ask("ENABLE", genl.a("ENABLED", b"\1")).number,
        "reg": (g.dump(genl.CMD["SIPALG_CMD_REG_GET"]).number,
                len(g.answers)),
        "lower": g.ask("SET", value("KEY", "max-regs") +
                       value("VALUE", "10")).number,
        "raise": g.ask("SET", value("KEY", "max-regs") +
                       value("VALUE", "2000000")).number,
        "disable": g.ask("ENABLE", genl.a("ENABLED", b"\0")).number,
    }


def noise(harmless):
    """Random requests; only such that can change nothing, if harmless."""
    def work():
        g = genl.Genl()
        rng = random.Random(os.urandom(8))
        gets = [genl.CMD[c] for c in genl.GETS]
        taken = 0
        for _ in range(SENT):
            payload = b"".join(
                rng.choice((genl.random_attr, genl.good_attr))(rng)
                for _ in range(rng.randrange(5)))
            command = rng.choice(list(genl.CMD.values()))
            if harmless and command not in gets:
                payload += genl.attr(999, b"")      # no command takes it
            else:
                payload = genl.spoil(rng, payload)
            end = g.ask(command, payload, version=rng.randrange(3), flags=(
                genl.F_REQUEST | rng.choice((genl.F_ACK, genl.F_DUMP))))
            taken += end.number == 0
        return taken
    return work


def truncated():
    """Bytes that are no whole message, hundreds of them."""
    g = genl.Genl()
    genl.test_raw_bytes(g)
    return g.ask("STATUS_GET").number


def state(t):
    """All that a request could change."""
    calls = [(c["call_id"], c["state"]) for c in t.show("call")]
    regs = [(r["aor"], r["lan"], r["wan"]) for r in t.show("reg")]
    ctl = t.net.sipalgctl
    return (t.show("status")["enabled"], calls, regs, t.show("port"),
            ctl("-s", "-j", "status").stdout.count("max-regs"),
            [l.split()[:2] for l in ctl("-s", "status").stdout.splitlines()
             if l.startswith(("max-", "rtp-ports", "media-", "reg-"))])


@row("SEC-21", "netlink: its owner alone, and no noise does any harm",
     kind=MODULE)
def netlink(t):
    reg = register(t, phone(t), registrar(t))
    call = call_in(t, reg)
    call.audio()
    before = state(t)
    for who in (nobody, other_root):
        answers = in_child(t.net.router, who, everything)
        t.ok(len(answers) > 35, "too few requests: %s" % answers)
        allowed = {n: e for n, e in answers.items() if e not in (
            errno.EPERM, errno.EOPNOTSUPP, errno.EACCES)}
        t.equal(allowed, {}, "%s was not refused" % who.__name__)
        for name in ("REG_GET dump", "CALL_GET dump", "MEDIA_GET dump",
                     "SET", "ENABLE", "REG_FLUSH", "STATUS_GET"):
            t.equal(answers["SIPALG_CMD_" + name], errno.EPERM, name)
        t.equal(in_child(t.net.router, who, noise(False)), 0,
                "requests that were taken from %s" % who.__name__)
    t.equal(in_child(t.net.router, container, own_network),
            {"enable": 0, "reg": (0, 0), "lower": 0, "raise": errno.ERANGE,
             "disable": 0}, "a container with a network of its own")
    t.ok(in_child(t.net.router, lambda: None, noise(True)) > 50,
         "no harmless request was taken")
    t.equal(in_child(t.net.router, lambda: None, truncated), 0, "STATUS_GET")
    t.equal(state(t), before, "state after all that")
    call.audio()
    other_namespace(t)
    t.equal(state(t), before, "state after noise in another namespace")
    call.audio()
    call.end()


def other_namespace(t):
    """Anything may happen where root itself sends noise, but no crash."""
    case = Twin(t).case
    call_in(case, register(case, phone(case), registrar(case))).audio()
    t.ok(in_child(case.net.router, lambda: None, noise(False)) > 20,
         "no random request was taken")
    case.net.sipalgctl("disable")
    case.net.sipalgctl("enable")
    t.ok(case.show("status")["enabled"], "it does not enable any more")
