# SPDX-License-Identifier: GPL-2.0-only
"""Messages that do not belong to the dialog that they name.

    phone 192.168.1.10:5060 --- router 45.0.2.2 --- registrar 52.0.0.10
                                                    second proxy 52.0.0.20
"""
import re

from case import Fail, row
from flows import (INVITE, call_in, call_out, phone, register, registrar,
                   second_proxy, text, via_back)
from peer import Peer, Rtp
from topo import PHONES, PROXY2, REGISTRAR

FORGED = """
SIP/2.0 200 OK
Via: SIP/2.0/UDP {via};branch=z9hG4bKforged
From: {from_}
To: {to}
Call-ID: {callid}
CSeq: {cseq}
Content-Length: 0
"""


class Forger:
    """Whoever sends what does not belong to a dialog."""

    def __init__(self, t, calls, reg):
        self.t, self.calls, self.reg = t, calls, reg

    def unchanged(self, what):
        """The dialogs stand, the registration too, audio goes on."""
        if self.t.helped:
            states = {c["call_id"]: c["state"] for c in self.t.show("call")}
            for call in self.calls:
                self.t.equal(states.get(call.callid), "confirmed",
                             "a call after %s" % what)
            self.t.equal(len(self.t.active()), 1,
                         "active registrations after %s" % what)
        for call in self.calls:
            call.audio()

    def request(self, who, call, method, **wrong):
        """A request to the phone, which says yes to everything."""
        d = call.far_dialog
        values = {"local": d.local, "remote": d.remote, "callid": d.callid,
                  **wrong}
        sent = who.say("%s {target} SIP/2.0\nVia: SIP/2.0/UDP {at};branch="
                       "{branch};rport\nFrom: {local}\nTo: {remote}\n"
                       "Call-ID: {callid}\nCSeq: 900 %s\n"
                       "Content-Length: 0" % (method, method), call.wan,
                       target=d.target.text, **values)
        try:
            got = call.phone.expect(method, 1, callid=values["callid"])
        except Fail:                    # a stranger's may not arrive at all
            self.t.ok(who is not call.far, "%s did not arrive" % method)
            return
        call.phone.reply(got, 200, to_tag=False)
        who.expect(200, callid=sent.values["callid"])

    def answer(self, call, cseq, **wrong):
        """A 200 to the phone for a request that it did not send so."""
        d = call.phone_dialog
        values = {"from_": d.local, "to": d.remote, "callid": d.callid,
                  **wrong}
        call.far.say(FORGED, call.wan, via=text(call.wan), cseq=cseq,
                     **values)


def tagged(value, tag="0ther"):
    """A From or To with another tag."""
    return re.sub(r";tag=[^;]*", ";tag=" + tag, value)


@row("SEC-18", "BYE, CANCEL and un-REGISTER of somebody else change nothing")
def forged(t):
    who, server, other = phone(t), registrar(t), second_proxy(t)
    reg = register(t, who, server)
    calls = [call_out(t, who, server), call_in(t, reg)]
    f = Forger(t, calls, reg)
    for call in calls:
        d = call.far_dialog
        for what, wrong in (("tag of From", {"local": tagged(d.local)}),
                            ("tag of To", {"remote": tagged(d.remote)}),
                            ("Call-ID", {"callid": "0ther@call"}),
                            ("tags changed over", {"local": d.remote,
                                                   "remote": d.local})):
            for sender in (server, other):
                f.request(sender, call, "BYE", **wrong)
            f.unchanged("BYE with another " + what)
        f.request(server, call, "CANCEL")
        f.unchanged("CANCEL of an answered call")
        for cseq in ("2 BYE", "101 BYE", "1 BYE"):
            f.answer(call, cseq)
        f.unchanged("the answer to a BYE that nobody sent")
    real_bye(t, f, calls.pop())
    unregistered(t, f, reg)
    early(t, who, server)


def real_bye(t, f, call):
    """The phone's BYE: only its own answer ends the call."""
    sent = call.phone_dialog.send("BYE")
    got = call.far.expect("BYE", callid=call.callid)
    number = int(got.get("cseq").split()[0])
    d = call.phone_dialog
    f.answer(call, "%d BYE" % (number + 1))
    f.answer(call, "%d BYE" % number, to=tagged(d.remote))
    f.answer(call, "%d BYE" % number, from_=tagged(d.local))
    f.answer(call, "%d BYE" % number, callid="0ther@call")
    if t.helped:
        t.ok(any(c["call_id"] == call.callid for c in t.show("call")),
             "a forged answer to BYE ended the call")
    back = call.far.reply(got, 200)
    ok = call.phone.expect(lambda m: m.status == 200 and m.data != b"" and
                           "forged" not in m.get("via"), callid=call.callid)
    t.seen(back, ok, topvia=via_back(sent, call.phone))
    if t.helped:
        t.until(lambda: not any(c["call_id"] == call.callid
                                for c in t.show("call")), "it is still there")
    f.unchanged("the end of another call")


def unregistered(t, f, reg):
    """Only its registrar's 200 to this very REGISTER takes it away."""
    other = Peer(t, PROXY2, 5070, user="other")
    gone = reg.phone.say(reg.request.template, (REGISTRAR, 5060), cseq=2,
                         expires=0, callid=reg.request.values["callid"])
    got = reg.server.expect("REGISTER")
    real = {"from_": got.get("from"), "to": got.get("to"),
            "callid": got.get("call-id"), "cseq": "2 REGISTER",
            "via": text(reg.wan)}
    for wrong in ({"cseq": "1 REGISTER"}, {"callid": "0ther"}, {}):
        reg.server.say(FORGED, reg.wan, **{**real, **wrong})
    other.say(FORGED.replace("z9hG4bKforged", gone.values["branch"]),
              reg.wan, **real)
    if t.helped:
        f.unchanged("forged answers to an unregistration")
    back = reg.server.reply(got, 200)
    t.seen(back, reg.phone.expect(200, callid=got.get("call-id")),
           topvia=via_back(gone, reg.phone))
    if t.helped:
        t.until(lambda: not t.active(), "the real answer changed nothing")


def early(t, who, server):
    """A ringing call: only the answer to its INVITE refuses it."""
    rtp, far = Rtp(t, PHONES[0], 27000), Rtp(t, REGISTRAR, 37000)
    sent = who.say(INVITE, (REGISTRAR, 5060), rtp=27000,
                   ruri="sip:bob@52.0.0.10")
    got = server.expect("INVITE")
    real = {"from_": got.get("from"), "to": got.get("to") + ";tag=x",
            "callid": got.get("call-id"), "cseq": "1 INVITE",
            "via": text(got.source)}
    refuse = FORGED.replace("200 OK", "487 Request Terminated")
    for wrong in ({"cseq": "2 INVITE"}, {"cseq": "1 CANCEL"},
                  {"from_": tagged(real["from_"])}, {"callid": "0ther"}):
        server.say(refuse, got.source, **{**real, **wrong})
        rtp.expect(far.send(got.sdp.rtp()))
    back = server.reply(got, 487, "Request Terminated")
    t.seen(back, who.expect(487, callid=got.get("call-id")),
           topvia=via_back(sent, who))
    far.send(got.sdp.rtp())
    rtp.nothing(0.5)
