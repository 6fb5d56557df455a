# SPDX-License-Identifier: GPL-2.0-only
"""The test network: phones behind a NAT router, a provider outside.

    LAN 192.168.1.0/24                router                  outside
    p1  192.168.1.10 --+
    p2  192.168.1.11 --+-- br0 192.168.1.1   wan 45.0.2.2 --- 45.0.2.1  o
    p3  192.168.1.12 --+         (NAT, firewall,               |
                                  ENGINE)        52.0.0.10 registrar, proxy
                                                 52.0.0.20 second proxy
                                                 52.0.0.30 media host
                                                 52.0.0.40 a phone outside (f)

With wans=2 there is a second line: wan2 46.0.2.2 --- 46.0.2.1 (o).

Every host outside lives on addresses of one namespace (o); `f` is a namespace
of its own, made only for a real program.  Outside has no route to 192.168/16:
what is sent to a private address never arrives.
"""
import contextlib
import ctypes
import os
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SELF = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

PHONES = ("192.168.1.10", "192.168.1.11", "192.168.1.12")
ROUTER = "192.168.1.1"
WAN = "45.0.2.2"
ISP = "45.0.2.1"
WAN2 = "46.0.2.2"
ISP2 = "46.0.2.1"
REGISTRAR = "52.0.0.10"
PROXY2 = "52.0.0.20"
MEDIA = "52.0.0.30"
FAR = "52.0.0.40"
OUTSIDE = (REGISTRAR, PROXY2, MEDIA)
IPTABLES = {"ipt-legacy": "iptables-legacy", "ipt-nft": "iptables-nft",
            "ipt-snat": "iptables-legacy"}


class TopologyError(Exception):
    """The test network could not be made: nothing about sipalg is known."""


def setns(fd):
    if LIBC.setns(fd, CLONE_NEWNET):
        err = ctypes.get_errno()
        raise TopologyError("setns: " + os.strerror(err))


@contextlib.contextmanager
def inside(netns):
    """Runs the body in a network namespace; sockets opened there stay."""
    fd = os.open("/run/netns/" + netns, os.O_RDONLY | os.O_CLOEXEC)
    try:
        setns(fd)
        yield
    finally:
        setns(SELF)
        os.close(fd)


def run(argv, stdin=None, check=True):
    """Runs one program; its output is in the error when it fails.

    No time limit here: in virtual time a wait for the disk is as good as
    hours.  The run as a whole has one."""
    done = subprocess.run(argv, input=stdin, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and done.returncode:
        raise TopologyError("%s: exit %d\n%s%s" % (
            " ".join(argv), done.returncode, done.stdout, done.stderr))
    return done


class Topology:
    """One set of namespaces, made by start() and removed by stop()."""

    def __init__(self, name, nat="nft-masquerade", firewall="strict",
                 engine="none", phones=1, far=False, lan=None, ctl=None,
                 sysctls=None, wans=1):
        self.nat, self.firewall, self.engine = nat, firewall, engine
        self.ctl = ctl
        self.sysctls = dict(sysctls or {})
        self.lan, self.wans = lan, wans
        self.router = name + "r"
        self.outside = name + "o"
        self.far = name + "f" if far else None
        self.phones = [name + "p%d" % (i + 1) for i in range(phones)]
        self.addrs = {PHONES[i]: ns for i, ns in enumerate(self.phones)}
        self.addrs.update({addr: self.outside for addr in OUTSIDE + (ISP,)})
        self.addrs.update({ROUTER: self.router, WAN: self.router})
        if far:
            self.addrs[FAR] = self.far

    # -- set-up ---------------------------------------------------------
    def start(self):
        names = [self.router, self.outside] + self.phones
        names += [self.far] if self.far else []
        run(["ip", "-b", "-"], "".join("netns add %s\n" % n for n in names))
        self._outside()
        self._router()
        for i, ns in enumerate(self.phones):
            self._ip(ns, "link set lo up", "link set eth0 up",
                     "addr add %s/24 dev eth0" % PHONES[i],
                     "route add default via " + ROUTER)
        if self.far:
            self._ip(self.far, "link set lo up", "link set eth0 up",
                     "addr add %s/32 dev eth0" % FAR,
                     "route add default dev eth0")
        self._sysctl(self.router, {"net/ipv4/ip_forward": 1,
                                   "net/ipv4/conf/all/rp_filter": 0})
        if self.wans > 1:
            self._second_wan()
        self._nat()
        self._firewall()
        self._engine()
        self.sysctl(self.sysctls)
        return self

    def _outside(self):
        r, o = self.router, self.outside
        extra = []
        self._ip(o, "link set lo up",
                 "link add wan0 type veth peer name wan netns " + r,
                 *["addr add %s/32 dev lo" % a for a in OUTSIDE],
                 "addr add %s/24 dev wan0" % ISP, "link set wan0 up",
                 *(["route add %s via %s" % (self.lan, WAN)]
                   if self.lan else []), *extra)
        if self.far:
            self._ip(o, "link add far0 type veth peer name eth0 netns "
                     + self.far, "link set far0 up",
                     "route add %s/32 dev far0" % FAR)
            self._sysctl(o, {"net/ipv4/ip_forward": 1,
                             "net/ipv4/conf/all/rp_filter": 0,
                             "net/ipv4/conf/far0/proxy_arp": 1})

    def _router(self):
        ports = []
        for i, ns in enumerate(self.phones):
            ports += ["link add lan%d type veth peer name eth0 netns %s"
                      % (i, ns), "link set lan%d master br0 up" % i]
        self._ip(self.router, "link set lo up",
                 "link add br0 type bridge",
                 "addr add %s/24 dev br0" % ROUTER,
                 *ports, "link set br0 up",
                 "addr add %s/24 dev wan" % WAN, "link set wan up",
                 "route add default via " + ISP)

    def _second_wan(self):
        """Another line to the Internet; table 102 has a route by it."""
        self._ip(self.outside, "link add wan20 type veth peer name wan2 netns "
                 + self.router, "addr add %s/24 dev wan20" % ISP2,
                 "link set wan20 up")
        self._ip(self.router, "addr add %s/24 dev wan2" % WAN2,
                 "link set wan2 up",
                 "route add default via %s table 102" % ISP2)

    def add_hosts(self, count):
        """More LAN addresses, all in the first phone's namespace."""
        found = ["192.168.1.%d" % (20 + i) for i in range(count)]
        self._ip(self.phones[0],
                 *["addr add %s/24 dev eth0" % addr for addr in found])
        self.addrs.update({addr: self.phones[0] for addr in found})
        return found

    def _ip(self, netns, *lines):
        run(["ip", "-n", netns, "-b", "-"], "\n".join(lines) + "\n")

    def sysctl(self, values):
        """Settings of the router's kernel."""
        self._sysctl(self.router, values)

    def _sysctl(self, netns, values):
        with inside(netns):
            for key, value in values.items():
                with open("/proc/sys/" + key, "w") as f:
                    f.write(str(value))

    # -- NAT and firewall -----------------------------------------------
    def sh(self, *argv, check=True, stdin=None):
        """Runs a program on the router."""
        return run(["ip", "netns", "exec", self.router, *argv], stdin, check)

    def nft(self, text):
        """Adds nft rules on the router."""
        self.sh("nft", "-f", "-", stdin=text)

    def _nat(self):
        if self.nat == "none":
            return
        if self.nat in IPTABLES:
            target = ["-j", "MASQUERADE"]
            if self.nat == "ipt-snat":
                target = ["-j", "SNAT", "--to-source", WAN]
            self.sh(IPTABLES[self.nat], "-t", "nat", "-A", "POSTROUTING",
                    "-o", "wan", *target)
            return
        rule = {"nft-masquerade": "oifname wan masquerade",
                "nft-snat": "oifname wan snat to " + WAN,
                "nft-random": "oifname wan masquerade random",
                "nft-fully-random": "oifname \"wan*\" masquerade "
                                    "random,fully-random",
                "nft-ports": "oifname wan meta l4proto udp masquerade "
                             "to :20000-20400"}[self.nat]
        self.nft("table ip nat {\n chain post {\n type nat hook postrouting"
                 " priority 100;\n %s\n }\n}\n" % rule)

    def _firewall(self):
        """Strict: RTP passes, out and in, only as ESTABLISHED or RELATED."""
        if self.firewall == "open":
            return
        if self.nat in IPTABLES:
            ipt = IPTABLES[self.nat]
            for rule in (["-P", "FORWARD", "DROP"],
                         ["-A", "FORWARD", "-m", "conntrack", "--ctstate",
                          "ESTABLISHED,RELATED", "-j", "ACCEPT"],
                         ["-A", "FORWARD", "-i", "br0", "-p", "udp",
                          "--dport", "5060", "-m", "conntrack", "--ctstate",
                          "NEW", "-j", "ACCEPT"],
                         ["-A", "INPUT", "-i", "wan", "-j", "DROP"]):
                self.sh(ipt, *rule)
            return
        self.nft("""
table inet fw {
    chain forward {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        iifname br0 udp dport 5060 ct state new accept
    }
    chain input {
        type filter hook input priority 0; policy accept;
        iifname "wan*" drop
    }
}
""")

    def allow(self, match):
        """Lets one more kind of new flow through the strict firewall."""
        if self.firewall == "open":
            return
        if self.nat in IPTABLES:
            raise TopologyError("allow() is for nft variants")
        self.nft("insert rule inet fw forward %s accept\n" % match)

    # -- engine ---------------------------------------------------------
    def _engine(self):
        if self.engine == "intree":
            run(["modprobe", "-q", "nf_nat_sip"], check=False)
            self.nft("""
table ip intree {
    ct helper sip5060 { type "sip" protocol udp; }
    chain pre {
        type filter hook prerouting priority -150;
        udp dport 5060 ct helper set "sip5060"
    }
}
""")
        elif self.engine == "sipalg":
            self.sipalgctl("enable")

    def sipalgctl(self, *args, check=True):
        if not self.ctl:
            raise TopologyError("no sipalgctl: run make first")
        return run([self.ctl, "-n", self.router, *args], check=check)

    def conntrack(self, *args):
        """Lines of `conntrack -L` (or of `-L expect`) on the router."""
        done = self.sh("conntrack", "-L", *args, check=False)
        return [l for l in done.stdout.splitlines() if l.strip()]

    def stop(self):
        names = [self.router, self.outside] + self.phones
        names += [self.far] if self.far else []
        run(["ip", "-force", "-b", "-"],
            "".join("netns del %s\n" % n for n in names), check=False)
