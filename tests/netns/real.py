# SPDX-License-Identifier: GPL-2.0-only
"""Real programs in the namespaces: kamailio, baresip, sipp; and the wire."""
import glob
import json
import math
import os
import re
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import wave

from case import SLOW, Fail, deadline
from sip import Message
from topo import inside, run

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "s3cret"
TONES = {"alice": 440, "carol": 660, "bob": 1000}
RATE = 8000


class Program:
    """A program in a namespace, with a directory of its own."""

    def __init__(self, t, netns, name):
        self.t, self.netns, self.name = t, netns, name
        self.dir = tempfile.mkdtemp(prefix="sipalg-%s." % name)
        self.child = None
        t.programs.append(self)

    def start(self, argv):
        with open(self.path("log"), "wb") as log:
            self.child = subprocess.Popen(
                ["ip", "netns", "exec", self.netns, *argv], cwd=self.dir,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def log(self):
        with open(self.path("log"), errors="replace") as f:
            return f.read()

    def wait_log(self, word, within=40):
        """Polls until the program printed a word."""
        end = deadline(within)
        while word not in self.log():
            if time.monotonic() > end or self.child.poll() is not None:
                raise Fail("%s did not say %r:\n%s" % (
                    self.name, word, self.log()[-1500:]))
            time.sleep(0.05)

    def wait(self, within):
        try:
            return self.child.wait(within)
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        """Ends the program, with the processes that it started."""
        if self.child and self.child.poll() is None:
            os.killpg(self.child.pid, 15)
            if self.wait(3) is None:
                os.killpg(self.child.pid, 9)
                self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Kamailio(Program):
    """Registrar and proxy on 52.0.0.10, digest, no NAT help."""

    def __init__(self, t):
        super().__init__(t, t.net.outside, "kamailio")
        self.start(["kamailio", "-f", HERE + "/kamailio.cfg", "-DD", "-E",
                    "-m", "32", "-M", "4", "-Y", self.dir])
        self.ready()

    def ready(self, within=60):
        """Polls until it answers OPTIONS."""
        with inside(self.netns):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ask = ("OPTIONS sip:52.0.0.10 SIP/2.0\r\nVia: SIP/2.0/UDP 52.0.0.20:"
               "%d;branch=z9hG4bKr;rport\r\nFrom: <sip:r@a>;tag=r\r\nTo: "
               "<sip:r@a>\r\nCall-ID: r\r\nCSeq: 1 OPTIONS\r\n"
               "Max-Forwards: 9\r\nContent-Length: 0\r\n\r\n")
        with sock:
            sock.bind(("52.0.0.20", 0))
            sock.settimeout(0.3)
            end = deadline(within)
            while time.monotonic() < end and self.child.poll() is None:
                try:
                    sock.sendto((ask % sock.getsockname()[1]).encode(),
                                ("52.0.0.10", 5060))
                    if sock.recv(4096).startswith(b"SIP/2.0 200"):
                        return
                except OSError:
                    continue
        raise Fail("kamailio does not answer:\n" + self.log()[-1500:])

    def contact(self, user, within=40):
        """The Contact with which a user is registered here."""
        self.wait_log("registered sip:%s@" % user, within)
        line = [l for l in self.log().splitlines()
                if "registered sip:%s@" % user in l][-1]
        return line.split(" contact ")[1].split(" from ")[0]


def tone(path, hertz, seconds=60):
    """A WAV file with one tone, 8 kHz mono."""
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        second = struct.pack("<%dh" % RATE, *(
            int(9000 * math.sin(2 * math.pi * hertz * i / RATE))
            for i in range(RATE)))
        out.writeframes(second * seconds)


def loudness(samples, hertz):
    """Amplitude of one tone in a block of samples (Goertzel)."""
    w = 2 * math.cos(2 * math.pi * hertz / RATE)
    a = b = 0.0
    for x in samples:
        a, b = x + w * a - b, a
    power = a * a + b * b - w * a * b
    return 2 * math.sqrt(max(power, 0)) / max(len(samples), 1)


class Baresip(Program):
    """A phone that answers by itself and plays a tone of its own.

    It sends RTP to the address in the SDP and records what it hears."""

    def __init__(self, t, netns, addr, user, rtp=31000, register=True):
        super().__init__(t, netns, "baresip")
        self.user, self.addr, self.rtp = user, addr, rtp
        self.events, self.rest, self.number = [], b"", 0
        tone(self.path("tone.wav"), TONES[user])
        with open(HERE + "/baresip.config") as f:
            config = f.read()
        for key, value in (("addr", addr), ("tone", "tone.wav"),
                           ("rtp", rtp), ("rtp_end", rtp + 100)):
            config = config.replace("{%s}" % key, str(value))
        account = "<sip:%s@52.0.0.10>;auth_user=%s;auth_pass=%s;regint=%d;" \
            "answermode=auto;audio_codecs=PCMU\n" % (
                user, user, PASSWORD, 600 if register else 0)
        for name, text in (("config", config), ("accounts", account),
                           ("contacts", "")):
            with open(self.path(name), "w") as f:
                f.write(text)
        self.start(["baresip", "-f", self.dir])
        self.control = self.connect()

    def connect(self, within=60):
        end = deadline(within)
        while time.monotonic() < end and self.child.poll() is None:
            with inside(self.netns):
                sock = socket.socket()
            if sock.connect_ex(("127.0.0.1", 4444)) == 0:
                return sock
            sock.close()
            time.sleep(0.1)
        raise Fail("baresip does not run:\n" + self.log()[-1500:])

    def command(self, name, params=""):
        """One command of ctrl_tcp, as a netstring."""
        text = json.dumps({"command": name, "params": params,
                           "token": name}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def read(self, within):
        """Reads events; keeps them in self.events."""
        if not select.select([self.control], [], [], within)[0]:
            return
        data = self.control.recv(65536)
        if not data:
            raise Fail("baresip ended:\n" + self.log()[-1500:])
        self.rest += data
        while b":" in self.rest:
            size, _, rest = self.rest.partition(b":")
            if len(rest) <= int(size):
                return
            self.events.append(json.loads(rest[:int(size)]))
            self.rest = rest[int(size) + 1:]

    def event(self, *kinds, within=60):
        """The next event of one of these types."""
        end = deadline(within)
        while True:
            for i, event in enumerate(self.events):
                if event.get("type") in kinds:
                    self.events = self.events[i + 1:]
                    return event
            left = end - time.monotonic()
            if left <= 0:
                raise Fail("%s: no %s in time, but %s" % (
                    self.user, " or ".join(kinds),
                    [e.get("type") for e in self.events]))
            self.read(left)

    def dial(self, user):
        """Calls; events of earlier calls are forgotten."""
        while select.select([self.control], [], [], 0)[0]:
            self.read(0)
        self.events.clear()
        self.command("dial", "sip:%s@52.0.0.10" % user)

    def hang_up(self):
        self.command("hangup")

    def hears(self, user, within=60):
        """Polls the newest recording until it holds another's tone."""
        end = deadline(within)
        while time.monotonic() < end:
            if self.heard(user):
                return
            time.sleep(0.2)
        raise Fail("%s does not hear %s" % (self.user, user))

    def heard(self, user):
        """Is the tone in half a second of what was received, and louder
        than everybody else's?"""
        for path in sorted(glob.glob(self.path("dump-*-dec.wav"))):
            with open(path, "rb") as f:
                data = f.read()[44:][-RATE * 2:]
            block = struct.unpack("<%dh" % (len(data) // 2),
                                  data[:len(data) // 2 * 2])
            loud = {name: loudness(block, hertz)
                    for name, hertz in TONES.items()}
            if loud[user] > 2000 and loud[user] == max(loud.values()):
                return True
        return False

    def forget(self):
        """Removes recordings of earlier calls."""
        for path in glob.glob(self.path("dump-*.wav")):
            os.unlink(path)

    def stop(self):
        control = getattr(self, "control", None)
        if control:
            control.close()
        super().stop()


def mute(phone, on):
    """Keeps a phone's own RTP in its namespace, or lets it go again."""
    rules = "delete table ip mute\n"
    if on:
        rules = "table ip mute { chain out {\n" \
            "type filter hook output priority 0;\n" \
            "udp sport %d-%d drop\n}\n}\n" % (phone.rtp, phone.rtp + 100)
    run(["ip", "netns", "exec", phone.netns, "nft", "-f", "-"], rules)


def rate(calls):
    """sipp's option for so many calls a second on a usual kernel."""
    return "-r", str(max(1, calls // SLOW))


class Sipp(Program):
    """sipp with one of its built-in scenarios.

    Its watchdogs would end it when the machine is busy, whatever the calls
    do; how long it may take is for success() to say."""

    def __init__(self, t, netns, *args):
        super().__init__(t, netns, "sipp")
        os.mkdir(self.path("pcap"))
        for name in glob.glob("/usr/share/sip-tester/*.pcap"):
            os.symlink(name, self.path("pcap/" + os.path.basename(name)))
        self.start(["sipp", *args, "-nostdin", "-watchdog_interval", "0",
                    "-trace_err", "-error_file", self.path("errors")])

    def success(self, wire, within=120):
        """Polls until it has ended; every call must have succeeded.

        What the wire saw of the first one that did not is told."""
        status = self.wait(within * SLOW)
        if status == 0:
            return
        errors = ""
        if os.path.exists(self.path("errors")):
            with open(self.path("errors"), errors="replace") as f:
                errors = f.read()
        failed = re.search(r"Aborting call .* Call-ID '(.*?)'", errors)
        raise Fail("sipp ended with %s\n%s\n%s\n%s" % (
            status, errors[-1500:], self.log()[-1500:],
            wire.story(failed.group(1)) if failed else ""))


class Wire:
    """Reads the IPv4/UDP packets of one device: SIP kept, the rest counted."""

    def __init__(self, netns, device):
        with inside(netns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(3))
            self.sock.bind((device, 3))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.messages, self.rtp = [], {}
        self.end = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.end.is_set():
            if select.select([self.sock], [], [], 0.2)[0]:
                data, where = self.sock.recvfrom(65535)
                if where[1] == 0x0800:
                    self.packet(data)

    def packet(self, data):
        head = (data[0] & 15) * 4
        if len(data) < head + 12 or data[9] != 17:
            return
        sport, dport = struct.unpack(">HH", data[head:head + 4])
        source = (socket.inet_ntoa(data[12:16]), sport)
        to = (socket.inet_ntoa(data[16:20]), dport)
        payload = data[head + 8:]
        if b"SIP/2.0" in payload[:200]:
            message = Message(payload, source)
            message.to, message.when = to, time.monotonic()
            self.messages.append(message)
        elif payload[0] >> 6 == 2 and not 200 <= payload[1] <= 204:
            self.rtp[(source, to)] = self.rtp.get((source, to), 0) + 1

    def find(self, what, test=lambda m: True):
        """SIP messages of a method or status seen so far."""
        return [m for m in list(self.messages) if test(m) and (
            m.status == what if isinstance(what, int) else
            m.status is None and m.method == what)]

    def story(self, callid):
        """The messages of one call, a line each."""
        return "\n".join(
            "%10.2f %s:%d -> %s:%d %s, CSeq %s" % (
                (m.when,) + m.source + m.to + (m.start, m.get("cseq")))
            for m in list(self.messages) if m.get("call-id") == callid)

    def packets(self, source=None, to=None):
        """RTP packets from or to an address."""
        return sum(n for (a, b), n in list(self.rtp.items())
                   if source in (None, a, a[0]) and to in (None, b, b[0]))

    def stop(self):
        self.end.set()
        self.thread.join()
        self.sock.close()
