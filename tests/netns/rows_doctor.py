# SPDX-License-Identifier: GPL-2.0-only
"""`doctor`: each check is broken, found, and mended with what it prints.

    phone 192.168.1.10 --- br0 router wan --- 45.0.2.1, registrar 52.0.0.10
                           ^ rules and sysctls change here

`export`: what it prints is loaded, and then a call works.
"""
import contextlib
import glob
import json
import os
import shutil
import subprocess
import tempfile

from case import HELPED, MODULE, Fail, row
from flows import REGISTER, call_in, phone, register, registrar
from rows_life import module, reload
from topo import REGISTRAR, WAN, run

RELEASE = os.uname().release
MODULES = os.path.realpath("/lib/modules/" + RELEASE)
NEEDED = ("nf_conntrack", "nf_nat", "nf_defrag_ipv4", "nf_defrag_ipv6",
          "libcrc32c")
VERSION = "0.1"
NAMES = ["module", "version", "enabled", "helper-conflict", "ip-forward",
         "rp-filter", "masquerade", "forward-accept", "outbound-policy",
         "flowtable", "upnp", "expect-limit", "conntrack-limit",
         "udp-timeout", "config"]


def doctor(t):
    """All checks by name; JSON, text and exit status tell the same."""
    done = t.net.sipalgctl("-j", "doctor", check=False)
    found = json.loads(done.stdout)
    t.equal(sorted(found), ["checks", "problems"], "keys of doctor")
    for check in found["checks"]:
        t.equal(sorted(check), ["detail", "fix", "name", "state"],
                "keys of a check")
    bad = [c for c in found["checks"] if c["state"] != "ok"]
    t.equal(found["problems"], len(bad), "problems")
    t.equal(done.returncode, 4 if bad else 0, "exit status of doctor")
    lines = t.net.sipalgctl("doctor", check=False).stdout.splitlines()[1:]
    t.equal([l.split()[:2] for l in lines],
            [[c["state"], c["name"]] for c in found["checks"]],
            "state and name of each line")
    for line, check in zip(lines, found["checks"]):
        if check["name"] == "conntrack-limit":  # it counts meanwhile
            continue
        t.ok(line.endswith(check["fix"] or check["detail"]),
             "the line does not end with the command: " + line)
    return {c["name"]: c for c in found["checks"]}


def healthy(t, name):
    check = doctor(t)[name]
    t.equal((check["state"], check["fix"]), ("ok", None),
            "%s (%s)" % (name, check["detail"]))


def sick(t, name, state, says):
    """The check is not ok, says why, and names a command."""
    check = doctor(t)[name]
    t.equal(check["state"], state, "%s (%s)" % (name, check["detail"]))
    t.ok(says in check["detail"], "%s says: %s" % (name, check["detail"]),
         expected=says.encode())
    t.ok(check["fix"], name + " names no command")
    return check["fix"]


def do(t, command):
    """Runs a printed command as an admin would: in a shell, as it stands."""
    done = subprocess.run(
        ["sh", "-ec", command], text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=dict(os.environ, PATH=os.path.dirname(t.net.ctl) + ":" +
                 os.environ["PATH"] + ":/usr/sbin:/sbin"))
    if done.returncode:
        raise Fail("`%s`: exit %d\n%s" % (command, done.returncode,
                                          done.stdout[-1500:]))


def trouble(t, name, state, says, breaks):
    """ok; broken and found; mended with what it prints."""
    healthy(t, name)
    breaks()
    do(t, sick(t, name, state, says))
    healthy(t, name)


@row("doctor/permission", "doctor without permission: exit 3 and why",
     kind=MODULE)
def permission(t):
    done = t.net.sh("setpriv", "--reuid=65534", "--regid=65534",
                    "--clear-groups", t.net.ctl, "doctor", check=False)
    t.equal((done.returncode, done.stdout), (3, ""), "status and output")
    t.ok("permission" in done.stderr, "stderr: " + done.stderr)


@row("doctor/enabled", "doctor: nothing is helped before enable", kind=MODULE)
def enabled(t):
    trouble(t, "enabled", "fail", "enable",
            lambda: t.net.sipalgctl("disable"))


@row("doctor/ip-forward", "doctor: a router that does not forward",
     kind=MODULE)
def ip_forward(t):
    trouble(t, "ip-forward", "fail", "not forwarded",
            lambda: t.net.sysctl({"net/ipv4/ip_forward": 0}))
    trouble(t, "ip-forward", "fail", "by wan",
            lambda: t.net.sysctl({"net/ipv4/conf/wan/forwarding": 0}))


@row("doctor/rp-filter", "doctor: a strict reverse path filter", kind=MODULE,
     wans=2)
def rp_filter(t):
    for dev in ("wan", "wan2"):
        trouble(t, "rp-filter", "warn", dev + " drops",
                lambda d=dev: t.net.sysctl(
                    {"net/ipv4/conf/%s/rp_filter" % d: 1}))
    trouble(t, "rp-filter", "warn", "wan",
            lambda: t.net.sysctl({"net/ipv4/conf/wan/rp_filter": 0,
                                  "net/ipv4/conf/wan2/rp_filter": 0,
                                  "net/ipv4/conf/all/rp_filter": 1}))


def no_nat(t):
    if t.net.nat.startswith("ipt"):
        t.net.sh(t.net.nat.replace("ipt-", "iptables-"), "-t", "nat", "-F")
    else:
        t.net.nft("flush chain ip nat post\n")


def masquerade(t):
    trouble(t, "masquerade", "fail", "leaves by wan", lambda: no_nat(t))
    who, server = phone(t), registrar(t)
    sent = who.say(REGISTER, (REGISTRAR, 5060), expires=60)
    got = server.expect("REGISTER", callid=sent.message.get("call-id"))
    t.equal(got.source[0], WAN, "the source address after the mend")


for nat in ("nft-masquerade", "ipt-legacy", "ipt-nft"):
    row("doctor/masquerade-" + nat, "doctor: no source NAT, " + nat,
        kind=MODULE, nat=nat)(masquerade)


@row("doctor/masquerade-none", "doctor: no NAT table at all; another device's",
     kind=MODULE, nat="none")
def no_table(t):
    do(t, sick(t, "masquerade", "fail", "leaves by wan"))
    healthy(t, "masquerade")
    t.net.nft("flush chain ip nat postrouting\nadd rule ip nat postrouting "
              "oifname \"ppp*\" masquerade\n")
    do(t, sick(t, "masquerade", "fail", "leaves by wan"))
    healthy(t, "masquerade")


def close(t):
    """A forward policy that accepts nothing but ssh."""
    if t.net.nat.startswith("ipt"):
        tool = t.net.nat.replace("ipt-", "iptables-")
        t.net.sh(tool, "-F", "FORWARD")
        t.net.sh(tool, "-A", "FORWARD", "-p", "tcp", "--dport", "22", "-j",
                 "ACCEPT")
    else:
        t.net.nft("flush chain inet fw forward\n"
                  "add rule inet fw forward tcp dport 22 accept\n")


def call_works(t):
    call = call_in(t, register(t, phone(t), registrar(t)))
    call.audio()


def closed(t):
    """What a closed policy blocks is named; the commands open it."""
    for name in ("forward-accept", "outbound-policy"):
        healthy(t, name)
    close(t)
    out = doctor(t)["outbound-policy"]["detail"]
    for what in ("SIP (udp 5060)", "STUN (udp 3478)", "RTP"):
        t.ok(what in out, "outbound-policy does not name %s: %s" % (what, out))
    do(t, sick(t, "forward-accept", "fail", "accepts"))
    healthy(t, "forward-accept")
    t.ok("RTP" not in doctor(t)["outbound-policy"]["detail"],
         "RTP is still said to be blocked")
    do(t, sick(t, "outbound-policy", "fail", "SIP (udp 5060)"))
    healthy(t, "outbound-policy")
    call_works(t)


for nat in ("nft-masquerade", "ipt-legacy", "ipt-nft"):
    row("S1-05/" + nat, "doctor names what a closed policy blocks, " + nat,
        kind=MODULE, nat=nat)(closed)


@row("doctor/chains", "doctor reads jumps, sets, maps, negations as nft does",
     kind=MODULE)
def chains(t):
    t.net.sipalgctl("-q", "port", "add", "udp", "5080")
    rules = "flush chain inet fw forward\n%s"
    for text, name, state in (
            ("add rule inet fw forward ct state vmap { established : accept, "
             "related : accept, invalid : drop }\n", "forward-accept", "ok"),
            ("add rule inet fw forward ct state established accept\n",
             "forward-accept", "fail"),
            ("add rule inet fw forward iifname != wan udp dport "
             "{ 5000-5100 } accept\n", "outbound-policy", "ok"),
            ("add rule inet fw forward iifname br0 udp dport 5060 accept\n",
             "outbound-policy", "fail"),
            ("add rule inet fw forward iifname wan accept\n",
             "outbound-policy", "fail"),
            ("add rule inet fw forward ip saddr 10.0.0.0/8 accept\n",
             "outbound-policy", "ok"),
            ("add rule inet fw forward udp dport 5060 drop\n"
             "add rule inet fw forward accept\n", "outbound-policy", "fail"),
            ("add rule inet fw forward tcp dport 5060 drop\n"
             "add rule inet fw forward accept\n", "outbound-policy", "ok"),
            ("add chain inet fw sub\nadd rule inet fw sub udp dport 5060 "
             "return\nadd rule inet fw sub accept\nadd rule inet fw forward "
             "jump sub\n", "outbound-policy", "fail"),
            ("flush chain inet fw sub\nadd set inet fw sip { type "
             "inet_service; elements = { 5060, 5080 }; }\nadd rule inet fw "
             "sub udp dport @sip accept\nadd rule inet fw forward goto sub\n",
             "outbound-policy", "ok")):
        t.net.nft(rules % text)
        found = doctor(t)[name]
        t.equal(found["state"], state, "%s (%s) with:\n%s" % (
            name, found["detail"], text))


@row("doctor/udp-timeout", "doctor: UDP timeouts shorter than RFC 4787's",
     kind=MODULE)
def udp_timeout(t):
    key = "net/netfilter/nf_conntrack_udp_timeout"
    trouble(t, "udp-timeout", "warn", "110 s idle",
            lambda: t.net.sysctl({key + "_stream": 110}))
    trouble(t, "udp-timeout", "warn", "10 s without answer",
            lambda: t.net.sysctl({key: 10, key + "_stream": 60}))


@row("doctor/flowtable", "doctor: a flowtable that takes SIP", kind=MODULE)
def flowtable(t):
    rule = "insert rule inet fw forward %s flow add @fast\n"

    def add(match):
        t.net.nft(rule % match)

    t.net.nft("add flowtable inet fw fast { hook ingress priority 0; "
              "devices = { br0, wan }; }\n")
    add("tcp dport != 5060")
    trouble(t, "flowtable", "warn", "flowtable",
            lambda: add("meta l4proto { tcp, udp }"))
    listed = t.net.sh("nft", "list", "chain", "inet", "fw", "forward").stdout
    t.ok("meta l4proto { tcp, udp } flow add @fast" in listed.replace(
        "\n", " "), "the rule is gone:\n" + listed)
    t.net.sipalgctl("-q", "port", "add", "udp", "5080")
    trouble_again = sick(t, "flowtable", "warn", "flowtable")
    do(t, trouble_again)
    healthy(t, "flowtable")
    call_works(t)


@row("doctor/upnp", "doctor: a UPnP lease of the SIP port", kind=MODULE)
def upnp(t):
    lease = "add rule ip nat prerouting_miniupnpd iifname wan udp dport %d " \
        "dnat to 192.168.1.10:5060\n"
    t.net.nft("add chain ip nat prerouting_miniupnpd\n" + lease % 5099)
    trouble(t, "upnp", "warn", "udp 5060", lambda: t.net.nft(lease % 5060))
    t.net.sh("iptables-legacy", "-t", "nat", "-N", "MINIUPNPD")
    trouble(t, "upnp", "warn", "udp 5060", lambda: t.net.sh(
        "iptables-legacy", "-t", "nat", "-A", "MINIUPNPD", "-p", "udp",
        "--dport", "5060", "-j", "DNAT", "--to-destination", "192.168.1.10"))
    t.ok("5099" in t.net.sh("nft", "list", "table", "ip", "nat").stdout,
         "another lease is gone")


@row("doctor/config", "doctor: the configuration file is not what is in force",
     kind=MODULE)
def config(t):
    place = "/etc/netns/%s/sipalg" % t.net.router
    os.makedirs(place)
    path = place + "/sipalg.conf"
    healthy(t, "config")
    t.net.sipalgctl("config", "save", path)
    healthy(t, "config")
    t.ok(path in doctor(t)["config"]["detail"], "the file is not named")
    trouble(t, "config", "warn", "2 lines",
            lambda: t.net.sipalgctl("set", "reg-grace", "90"))
    t.equal(t.show("config")["reg-grace"], 60, "reg-grace after the mend")
    with open(path, "a") as f:
        f.write("port add udp 70000\n")
    check = sick(t, "config", "fail", "line")
    done = subprocess.run(["sh", "-c", check.replace("sipalgctl", t.net.ctl)],
                          capture_output=True, text=True, check=False)
    t.ok(done.returncode == 1 and "70000" in done.stderr,
         "`%s` does not say what is wrong: %s" % (check, done.stderr))


# -- what is the machine's: nothing else may run beside these ---------------

def without_intree(t):
    """Another row may have loaded it; its flows go with its namespace."""
    t.until(lambda: subprocess.run(
        ["modprobe", "-rq", "nf_nat_sip", "nf_conntrack_sip"],
        check=False).returncode == 0, "the in-tree helper stays loaded")


@row("doctor/healthy", "a router where calls work: every check is ok, exit 0",
     kind=MODULE, alone=True)
def all_ok(t):
    without_intree(t)
    found = doctor(t)
    t.equal(list(found), NAMES, "the checks")
    t.equal([c for c in found.values() if c["state"] != "ok"], [],
            "checks that are not ok")
    register(t, phone(t), registrar(t))
    t.equal([c for c in doctor(t).values() if c["state"] != "ok"], [],
            "checks that are not ok with a registration")


@row("SEC-9", "doctor: rules that assign sip, irc, pptp or h323 helpers",
     kind=MODULE, alone=True)
def helpers(t):
    without_intree(t)
    table = "table ip holes { ct helper h { type \"%s\" protocol %s; }\n" \
        "chain pre { type filter hook prerouting priority -150;\n" \
        "%s ct helper set \"h\"\n}\n}\n"
    for name, proto, match in (("sip", "udp", "udp dport 5060"),
                               ("irc", "tcp", "tcp dport 6667"),
                               ("pptp", "tcp", "tcp dport 1723"),
                               ("RAS", "udp", "udp dport 1719")):
        trouble(t, "helper-conflict", "fail", name,
                lambda w=(name, proto, match): t.net.nft(table % w))
        t.net.nft("delete table ip holes\n")
    for tool in ("iptables-legacy", "iptables-nft"):
        trouble(t, "helper-conflict", "fail", "sip",
                lambda w=tool: t.net.sh(
                    w, "-t", "raw", "-A", "PREROUTING", "-p", "udp",
                    "--dport", "5060", "-j", "CT", "--helper", "sip"))
    t.ok(not os.path.isdir("/sys/module/nf_conntrack_sip"),
         "the in-tree helper is still loaded")


@row("doctor/helper-flows", "doctor: flows that carry the in-tree helper",
     kind=MODULE, alone=True)
def helper_flows(t):
    without_intree(t)

    def assign():
        t.net.sipalgctl("disable")
        run(["modprobe", "nf_nat_sip"])
        t.net.nft("table ip intree { ct helper h { type \"sip\" protocol "
                  "udp; }\nchain pre { type filter hook prerouting priority "
                  "-150;\nudp dport 5060 ct helper set \"h\"\n}\n}\n")
        who, server = phone(t), registrar(t)
        who.say(REGISTER, (REGISTRAR, 5060), expires=60)
        server.expect("REGISTER")
        t.ok(any("helper=sip" in l for l in t.net.conntrack("-p", "udp")),
             "no flow has the in-tree helper: nothing is tested")
    trouble(t, "helper-conflict", "fail", "1 flows carry", assign)
    t.ok(not any("helper=sip" in l for l in t.net.conntrack("-p", "udp")),
         "a flow still has the in-tree helper")


def sysctl(key, value=None):
    """A setting of the machine; the old value."""
    with open("/proc/sys/net/netfilter/nf_conntrack_" + key) as f:
        old = f.read().strip()
    if value is not None:
        with open("/proc/sys/net/netfilter/nf_conntrack_" + key, "w") as f:
            f.write(str(value))
    return old


@row("doctor/limits", "doctor: limits of conntrack too small for what is there",
     kind=MODULE, alone=True)
def limits(t):
    old = {key: sysctl(key) for key in ("expect_max", "max")}
    try:
        trouble(t, "expect-limit", "warn", "1 expectations at most",
                lambda: sysctl("expect_max", 1))
        call = call_in(t, register(t, phone(t), registrar(t)))
        call.audio()
        used = int(sysctl_here(t, "count"))
        t.ok(used >= 2, "there are %d conntracks only" % used)
        trouble(t, "conntrack-limit", "fail", "new flows are dropped",
                lambda: sysctl("max", used))
        trouble(t, "conntrack-limit", "warn", "signalling flows",
                lambda: sysctl("max", 2 * used))
    finally:
        for key, value in old.items():
            sysctl(key, value)


def sysctl_here(t, key):
    return t.net.sh("cat", "/proc/sys/net/netfilter/nf_conntrack_" +
                    key).stdout


@contextlib.contextmanager
def module_tree(t):
    """For modprobe only what ours needs is there: depmod is quick then."""
    call_works(t)               # what the rest needs is loaded
    tree = tempfile.mkdtemp()
    try:
        for path in glob.glob(MODULES + "/modules.*"):
            shutil.copy(path, tree)
        for name in NEEDED:
            path = run(["modinfo", "-n", name]).stdout.strip()
            if os.path.isfile(path):    # not built in
                shutil.copy(path, tree)
        os.symlink(os.path.realpath(MODULES + "/build"), tree + "/build")
        run(["mount", "--bind", tree, MODULES])
        yield
    finally:
        run(["umount", MODULES], check=False)
        shutil.rmtree(tree)
        if not os.path.isdir("/sys/module/sipalg"):
            reload(t)


def install(data=None):
    """Puts a module where modprobe finds it, or takes it away."""
    path = MODULES + "/updates/sipalg.ko"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if data is not None:
        with open(path, "wb") as f:
            f.write(data)
    elif os.path.exists(path):
        os.unlink(path)
    run(["depmod", "-a"])


def built():
    with open(os.environ.get("SIPALG_KO") or os.path.join(
            os.path.dirname(os.path.abspath(__file__)),
            "../../sipalg.ko"), "rb") as f:
        return f.read()


def without_module(t, says):
    """`module` fails and says why; what cannot be asked is left out."""
    command = sick(t, "module", "fail", says)
    found = doctor(t)
    t.equal([n for n in NAMES if n not in found],
            ["version", "enabled", "config"],
            "checks that are left out")
    t.equal([n for n in found if found[n]["state"] != "ok"], ["module"],
            "checks that are not ok")
    return command


@row("doctor/module", "doctor says why the module does not load",
     kind=MODULE, alone=True)
def why_not(t):
    without_intree(t)
    healthy(t, "module")
    with module_tree(t):
        reasons(t)
    healthy(t, "module")


def reasons(t):
    """Not installed, another kernel's, in a blacklist; then it loads."""
    module("rmmod", "sipalg")
    install()
    command = without_module(t, "not installed")
    t.ok(command.endswith(" && modprobe sipalg") and "make install-module"
         in command, "the command: " + command)
    install(built().replace(b" mod_unload ", b" mod_onload "))
    t.equal(without_module(t, "built for another kernel"), command,
            "the command")
    install(built())            # what `make install-module` does
    with open("/etc/modprobe.d/test-sipalg.conf", "w") as f:
        f.write("blacklist sipalg\n")
    do(t, without_module(t, "blacklist"))
    healthy(t, "module")
    os.unlink("/etc/modprobe.d/test-sipalg.conf")
    module("rmmod", "sipalg")
    healthy(t, "module")        # the question has loaded it
    do(t, sick(t, "enabled", "fail", "enable"))


def other_version(data, what):
    """The same program or module, of another version."""
    new = data.replace(b"\0" + VERSION.encode() + b"\0", b"\x000.9\0") \
        .replace(b"version=" + VERSION.encode() + b"\0", b"version=0.9\0")
    if new == data:
        raise Fail("no version is found in " + what)
    return new


@row("doctor/version", "doctor: module and tool of different versions",
     kind=MODULE, alone=True)
def version(t):
    without_intree(t)
    healthy(t, "version")
    with module_tree(t):
        other_versions(t)


def other_versions(t):
    """A newer tool meets the older module, which is then replaced."""
    old, place = t.net.ctl, tempfile.mkdtemp()
    try:
        with open(old, "rb") as f:
            tool = other_version(f.read(), "sipalgctl")
        t.net.ctl = place + "/sipalgctl"
        with open(t.net.ctl, "wb") as f:
            f.write(tool)
        os.chmod(t.net.ctl, 0o755)
        t.ok("make install && modprobe -r" in sick(
            t, "version", "warn", "is 0.1, sipalgctl is 0.9"),
            "no `make install` although nothing fits")
        install(other_version(built(), "sipalg.ko"))
        do(t, sick(t, "version", "warn", "is 0.1, sipalgctl is 0.9"))
        healthy(t, "version")
        healthy(t, "enabled")
    finally:
        t.net.ctl = old
        shutil.rmtree(place)
        module("rmmod", "sipalg")


# -- export ------------------------------------------------------------------

def exported(t):
    """A closed policy, opened with what export prints: a call works."""
    if t.helped:
        close(t)
        kind = "nft" if t.net.nat.startswith("nft") else "iptables"
        text = t.net.sipalgctl("export", kind).stdout
        for what in ("5060", "3478", "16384-65535"):
            t.ok(what in text, "export does not name %s:\n%s" % (what, text))
        if kind == "nft":
            t.net.nft(text)
        else:
            t.net.sh(t.net.nat.replace("ipt-", "iptables-") + "-restore",
                     "-n", stdin=text)
        for name in ("forward-accept", "outbound-policy"):
            healthy(t, name)
    call_works(t)


for nat in ("nft-masquerade", "ipt-legacy", "ipt-nft"):
    row("S1-04/" + nat, "export prints the rules that a closed policy needs, "
        + nat, kind=HELPED, nat=nat)(exported)


@row("export/open", "export nft without a closed chain: a table that loads",
     kind=MODULE, firewall="open")
def export_open(t):
    t.net.sipalgctl("-q", "port", "flush")
    t.net.sipalgctl("port", "add", "udp", "5080")
    t.net.sipalgctl("port", "add", "udp", "5090")
    t.net.nft(t.net.sipalgctl("export", "nft").stdout)
    listed = t.net.sh("nft", "list", "table", "inet", "sipalg").stdout
    t.ok('iifname "br0" udp dport { 5080, 5090 } accept' in listed and
         "policy accept" in listed, "the table:\n" + listed)
    t.ok("5060" not in listed, "a port that is not inspected:\n" + listed)
    text = t.net.sipalgctl("export", "iptables").stdout
    t.ok("--dports 5080,5090 -j ACCEPT" in text, "iptables:\n" + text)


@row("S5-24", "export asterisk: outside address, local nets, RTP ports",
     kind=MODULE)
def asterisk(t):
    t.net.sipalgctl("set", "rtp-ports", "20000-20100")
    text = t.net.sipalgctl("export", "asterisk").stdout
    for line in ("external_media_address = " + WAN, "externip = " + WAN,
                 "external_signaling_address = " + WAN,
                 "localnet = 192.168.0.0/16", "local_net = 192.168.0.0/16",
                 "rtpstart = 20000", "rtpend = 20100"):
        t.ok(line in text.splitlines(), "no line `%s`:\n%s" % (line, text))
    t.net.sh("ip", "addr", "flush", "dev", "wan")
    t.net.sh("ip", "addr", "add", "45.0.2.7/24", "dev", "wan")
    t.net.sh("ip", "route", "replace", "default", "via", "45.0.2.1")
    t.ok("externip = 45.0.2.7" in t.net.sipalgctl("export", "asterisk").stdout,
         "the new address is not exported")
    t.net.sh("ip", "route", "del", "default")
    done = t.net.sipalgctl("export", "asterisk", check=False)
    t.equal((done.returncode, done.stdout), (2, ""), "without an address")


@row("export/conntrackd", "export conntrackd: expectations of SIP",
     kind=MODULE)
def conntrackd(t):
    text = t.net.sipalgctl("export", "conntrackd").stdout
    plain = " ".join(l for l in text.splitlines() if not l.startswith("#"))
    t.equal(plain.split(), "Options { ExpectationSync { sip } }".split(),
            "for conntrackd.conf")
