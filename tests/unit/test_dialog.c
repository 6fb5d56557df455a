// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_dialog.c - registrations and dialogs over whole sequences of messages
 * (dialog.h, register.h; RFC 3261 10, 12-15; SEC-6, SEC-18).
 *
 * A message is a line: > out, < in; [STATUS] METHOD CSEQ FROMTAG TOTAG, then
 * sdp=PORT a=ATTRIBUTE id=CALLID br=BRANCH exp=EXPIRES c=CONTACT. Beside it
 * stands the step that it has to make.
 */
#include <stdlib.h>
#include "props.h"
#include "text.h"
#include "unit.h"

enum { MAX_ROWS = 24 };

struct row {
	const char *line;
	const char *step;
};

static const struct {
	const char *what;
	struct row row[MAX_ROWS];
} sequences[] = {
	{ "a call out, each message twice", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "> INVITE 1 a - sdp=4000", "none" },
		{ "< 100 INVITE 1 a -", "none" },
		{ "< 180 INVITE 1 a b", "call-update early" },
		{ "< 180 INVITE 1 a b", "none" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> ACK 1 a b", "none" },
		{ "> ACK 1 a b", "none" },
		{ "> BYE 2 a b", "call-update confirmed" },
		{ "> BYE 2 a b", "none" },
		{ "< 200 BYE 2 a b", "call-end" },
		{ "< 200 BYE 2 a b", "none" },
	} },
	{ "a call in; the caller hangs up", {
		{ "< INVITE 7 c - sdp=7000", "call-new early" },
		{ "> 180 INVITE 7 c d", "call-update early" },
		{ "> 200 INVITE 7 c d sdp=4000", "call-answer confirmed" },
		{ "< ACK 7 c d", "none" },
		{ "< BYE 8 c d", "call-update confirmed" },
		{ "> 200 BYE 8 c d", "call-end" },
	} },
	{ "a call in; the phone hangs up", {
		{ "< INVITE 7 c - sdp=7000", "call-new early" },
		{ "> 200 INVITE 7 c d sdp=4000", "call-answer confirmed" },
		{ "> BYE 1 d c", "call-update confirmed" },
		{ "< 200 BYE 1 d c", "call-end" },
	} },
	{ "both hang up at once", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> BYE 2 a b", "call-update confirmed" },
		{ "< BYE 9 b a", "call-update confirmed" },
		{ "< 200 BYE 2 a b", "call-end" },
		{ "> 200 BYE 9 b a", "none" },
	} },
	{ "a BYE that is not answered with 200", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> BYE 2 a b", "call-update confirmed" },
		{ "< 100 BYE 2 a b", "none" },
		{ "< 481 BYE 2 a b", "call-end" },
	} },
	{ "cancelled", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 180 INVITE 1 a b", "call-update early" },
		{ "> CANCEL 1 a -", "none" },
		{ "< 200 CANCEL 1 a b", "none" },
		{ "< 487 INVITE 1 a b", "call-end" },
		{ "> ACK 1 a b", "none" },
	} },
	{ "CANCEL alone ends nothing, a 200 may cross it", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "> CANCEL 1 a -", "none" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "< 481 CANCEL 1 a b", "none" },
		{ "> ACK 1 a b", "none" },
	} },
	{ "redirected", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 300 INVITE 1 a b", "call-end" },
	} },
	{ "held by both, resumed by one, refused", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=4000 a=inactive",
		  "call-update confirmed" },
		{ "< 200 INVITE 2 a b sdp=7000 a=inactive",
		  "call-answer held" },
		{ "> INVITE 3 a b sdp=4000", "call-update held" },
		{ "< 500 INVITE 3 a b", "call-reject held" },
		{ "< INVITE 4 b a sdp=7000", "call-update held" },
		{ "> 200 INVITE 4 b a sdp=4000 a=inactive",
		  "call-answer held" },
	} },
	{ "busy", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 486 INVITE 1 a b", "call-end" },
	} },
	{ "challenged: the second INVITE is the call", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 407 INVITE 1 a b", "call-end" },
		{ "> ACK 1 a b", "none" },
		{ "> INVITE 2 a - sdp=4000", "call-new early" },
		{ "< 407 INVITE 1 a b", "none" },
		{ "< 200 INVITE 2 a d sdp=7000", "call-answer confirmed" },
	} },
	{ "hold and resume", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=4000 a=sendonly",
		  "call-update confirmed" },
		{ "< 200 INVITE 2 a b sdp=7000 a=recvonly",
		  "call-answer held" },
		{ "> ACK 2 a b", "none" },
		{ "> INVITE 3 a b sdp=4000", "call-update held" },
		{ "< 200 INVITE 3 a b sdp=7000", "call-answer confirmed" },
		{ "< INVITE 4 b a sdp=7000 a=inactive",
		  "call-update confirmed" },
		{ "> 200 INVITE 4 b a sdp=4000 a=inactive",
		  "call-answer held" },
		{ "> BYE 4 a b", "call-update held" },
		{ "< 200 BYE 4 a b", "call-end" },
	} },
	{ "a hold that is refused", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=4000 a=sendonly",
		  "call-update confirmed" },
		{ "< 488 INVITE 2 a b", "call-reject confirmed" },
		{ "> ACK 2 a b", "none" },
		{ "< INVITE 5 b a sdp=7002", "call-update confirmed" },
		{ "> 491 INVITE 5 b a", "call-reject confirmed" },
	} },
	{ "a re-INVITE that finds no dialog any more", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=4000", "call-update confirmed" },
		{ "< 481 INVITE 2 a b", "call-end" },
	} },
	{ "answers to an older re-INVITE change nothing", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=4000", "call-update confirmed" },
		{ "< 500 INVITE 1 a b", "none" },
		{ "< 200 INVITE 2 a b sdp=7000", "call-answer confirmed" },
	} },
	{ "wrong tags, wrong CSeq, wrong direction (SEC-18)", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "< BYE 9 x a", "none" },
		{ "< 200 BYE 9 x a", "none" },
		{ "< BYE 9 b x", "none" },
		{ "< BYE 2 a b", "none" },
		{ "> BYE 9 b a", "none" },
		{ "> BYE 9 b a id=other", "none" },
		{ "> BYE 2 a b", "call-update confirmed" },
		{ "< 200 BYE 3 a b", "none" },
		{ "< 200 BYE 2 a x", "none" },
		{ "> 200 BYE 2 a b", "none" },
		{ "< 200 BYE 2 a b", "call-end" },
	} },
	{ "forked: the branch that answers is the dialog", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 183 INVITE 1 a b sdp=7000", "call-update early" },
		{ "< 183 INVITE 1 a c sdp=7100", "none" },
		{ "< 200 INVITE 1 a c sdp=7100", "call-answer confirmed" },
		{ "< BYE 5 b a", "none" },
		{ "< BYE 5 c a", "call-update confirmed" },
		{ "> 200 BYE 5 c a", "call-end" },
	} },
	{ "offer in 200, answer in ACK", {
		{ "> INVITE 1 a -", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-update confirmed" },
		{ "> ACK 1 a b sdp=4000", "call-answer confirmed" },
	} },
	{ "an UPDATE without an offer refreshes the session", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> UPDATE 2 a b", "none" },
		{ "< 200 UPDATE 2 a b", "none" },
	} },
	{ "a BYE that is challenged or refused ends nothing", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> BYE 2 a b", "call-update confirmed" },
		{ "< 407 BYE 2 a b", "none" },
		{ "< BYE 1 b a", "call-update confirmed" },
		{ "> 500 BYE 1 b a", "none" },
		{ "> BYE 3 a b", "call-update confirmed" },
		{ "< 200 BYE 3 a b", "call-end" },
	} },
	{ "PRACK and UPDATE carry offers too", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 183 INVITE 1 a b sdp=7000", "call-update early" },
		{ "> PRACK 2 a b sdp=4002", "none" },
		{ "< 200 PRACK 2 a b sdp=7002", "call-answer early" },
		{ "> UPDATE 3 a b sdp=4004", "call-update early" },
		{ "< 200 UPDATE 3 a b sdp=7004", "call-answer early" },
		{ "< UPDATE 9 b a sdp=7006", "call-update early" },
		{ "> 488 UPDATE 9 b a", "call-reject early" },
		{ "< 200 INVITE 1 a b", "call-answer confirmed" },
	} },
	{ "an UPDATE that finds no dialog", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 183 INVITE 1 a b sdp=7000", "call-update early" },
		{ "> UPDATE 2 a b sdp=4002", "call-update early" },
		{ "< 481 UPDATE 2 a b", "call-reject early" },
		{ "< 200 INVITE 1 a b", "call-answer confirmed" },
		{ "> UPDATE 3 a b sdp=4002", "none" },
		{ "< 100 UPDATE 3 a b", "none" },
		{ "< 481 UPDATE 3 a b", "call-end" },
	} },
	{ "a description without any stream is no hold", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
		{ "> INVITE 2 a b sdp=0 a=inactive",
		  "call-update confirmed" },
		{ "< 200 INVITE 2 a b sdp=0 a=inactive",
		  "call-answer confirmed" },
	} },
	{ "the callee cannot end an early dialog with BYE", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "< 180 INVITE 1 a b", "call-update early" },
		{ "< BYE 5 b a", "none" },
		{ "> 481 BYE 5 b a", "none" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
	} },
	{ "a dialog that began before we saw it", {
		{ "> INVITE 8 a b sdp=4000", "call-new confirmed" },
		{ "< 200 INVITE 8 a b sdp=7000", "call-answer confirmed" },
		{ "< BYE 5 b a", "call-update confirmed" },
		{ "> 200 BYE 5 b a", "call-end" },
	} },
	{ "our 200 of a call that began before we saw it", {
		{ "> 200 INVITE 8 c d sdp=4000", "call-new confirmed" },
		{ "< BYE 9 c d", "call-update confirmed" },
		{ "> 200 BYE 9 c d", "call-end" },
	} },
	{ "two calls with one Call-ID (a spiral)", {
		{ "> INVITE 1 a - sdp=4000", "call-new early" },
		{ "> INVITE 1 e - sdp=4002", "call-new early" },
		{ "< 486 INVITE 1 e f", "call-end" },
		{ "< 200 INVITE 1 a b sdp=7000", "call-answer confirmed" },
	} },
	{ "a peer without tags (RFC 2543)", {
		{ "< INVITE 1 - - sdp=7000", "call-new early" },
		{ "> 200 INVITE 1 - d sdp=4000", "call-answer confirmed" },
		{ "< BYE 2 - d", "call-update confirmed" },
		{ "> 200 BYE 2 - d", "call-end" },
	} },
	{ "messages that never belong to a call", {
		{ "> OPTIONS 1 a -", "none" },
		{ "> MESSAGE 1 a -", "none" },
		{ "< BYE 9 b a", "none" },
		{ "< 200 INVITE 3 a b sdp=7000", "none" },
		{ "> ACK 3 a b", "none" },
		{ "> NOTIFY 4 a b", "none" },
	} },
	{ "registered, refreshed, ended", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 200 REGISTER 1 a b br=1 exp=50", "reg-active 60 50" },
		{ "< 200 REGISTER 1 a b br=1 exp=50", "reg-active 60 50" },
		{ "> REGISTER 2 a - br=2 exp=60", "reg-pending 60 50" },
		{ "< 200 REGISTER 2 a b br=2 exp=40", "reg-active 60 40" },
		{ "> REGISTER 3 a - br=3 exp=0", "reg-pending 0 40" },
		{ "< 200 REGISTER 3 a b br=3", "reg-end" },
		{ "< 200 REGISTER 3 a b br=3", "none" },
	} },
	{ "a challenge takes nothing away", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 401 REGISTER 1 a b br=1", "none" },
		{ "> REGISTER 2 a - br=2 exp=60", "reg-pending 60 0" },
		{ "< 200 REGISTER 2 a b br=2 exp=60", "reg-active 60 60" },
		{ "> REGISTER 3 a - br=3 exp=60", "reg-pending 60 60" },
		{ "< 401 REGISTER 3 a b br=3", "none" },
		{ "> REGISTER 4 a - br=4 exp=60", "reg-pending 60 60" },
		{ "< 503 REGISTER 4 a b br=4", "none" },
	} },
	{ "other answers after which the phone tries again", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 407 REGISTER 1 a b br=1", "none" },
		{ "< 491 REGISTER 1 a b br=1", "none" },
		{ "< 494 REGISTER 1 a b br=1", "none" },
		{ "< 100 REGISTER 1 a b br=1", "none" },
		{ "< 300 REGISTER 1 a b br=1", "reg-failed" },
	} },
	{ "too brief, then granted", {
		{ "> REGISTER 1 a - br=1 exp=10", "reg-pending 10 0" },
		{ "< 423 REGISTER 1 a b br=1", "none" },
		{ "> REGISTER 2 a - br=2 exp=300", "reg-pending 300 0" },
		{ "< 200 REGISTER 2 a b br=2 exp=300",
		  "reg-active 300 300" },
	} },
	{ "never registered: nothing to end", {
		{ "> REGISTER 1 a - br=1 exp=0", "none" },
		{ "< 200 REGISTER 1 a b br=1", "none" },
	} },
	{ "refused: the pending one goes", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 403 REGISTER 1 a b br=1", "reg-failed" },
		{ "< 200 REGISTER 1 a b br=1 exp=60", "none" },
	} },
	{ "an older REGISTER that comes late", {
		{ "> REGISTER 2 a - br=2 exp=60", "reg-pending 60 0" },
		{ "> REGISTER 1 a - br=1 exp=0", "none" },
		{ "< 200 REGISTER 1 a b br=1 exp=60", "none" },
		{ "< 200 REGISTER 2 a b br=2 exp=60", "reg-active 60 60" },
	} },
	{ "a reboot: new Call-ID, CSeq begins again", {
		{ "> REGISTER 90 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 200 REGISTER 90 a b br=1 exp=60", "reg-active 60 60" },
		{ "> REGISTER 1 z - br=7 exp=60 id=new",
		  "reg-pending 60 60" },
		{ "< 200 REGISTER 90 a b br=1 exp=60", "none" },
		{ "< 200 REGISTER 1 z b br=7 exp=60 id=new",
		  "reg-active 60 60" },
	} },
	{ "all bindings removed with a star", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "< 200 REGISTER 1 a b br=1 exp=60", "reg-active 60 60" },
		{ "> REGISTER 2 a - br=2 exp=0 c=*", "reg-pending 0 60" },
		{ "< 200 REGISTER 2 a b br=2", "reg-end" },
	} },
	{ "a question (no Contact) registers nothing", {
		{ "> REGISTER 1 a - br=1 c=-", "none" },
		{ "< 200 REGISTER 1 a b br=1 exp=60", "none" },
	} },
	{ "an answer from the LAN is no grant", {
		{ "> REGISTER 1 a - br=1 exp=60", "reg-pending 60 0" },
		{ "> 200 REGISTER 1 a b br=1 exp=60", "none" },
		{ "< REGISTER 1 a - br=1 exp=60", "none" },
	} },
};

/* The words of a line. */
struct words {
	bool out;
	int status;
	char method[16], cseq[12], from[8], to[8];
	const char *sdp, *attr, *id, *branch, *expires, *contact;
};

static const char *option(char *word, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(word, name, n) && word[n] == '=' ? word + n + 1 :
							    NULL;
}

static void read_option(struct words *w, char *word)
{
	if (option(word, "sdp"))
		w->sdp = option(word, "sdp");
	else if (option(word, "a"))
		w->attr = option(word, "a");
	else if (option(word, "id"))
		w->id = option(word, "id");
	else if (option(word, "br"))
		w->branch = option(word, "br");
	else if (option(word, "exp"))
		w->expires = option(word, "exp");
	else if (option(word, "c"))
		w->contact = option(word, "c");
	else
		ck_abort_msg("what is %s?", word);
}

static void read_words(struct words *w, char *line)
{
	char *save = NULL, *word;

	memset(w, 0, sizeof(*w));
	w->id = "id1";
	w->branch = "1";
	w->out = *strtok_r(line, " ", &save) == '>';
	word = strtok_r(NULL, " ", &save);
	w->status = atoi(word);
	if (w->status)
		word = strtok_r(NULL, " ", &save);
	strcpy(w->method, word);
	strcpy(w->cseq, strtok_r(NULL, " ", &save));
	strcpy(w->from, strtok_r(NULL, " ", &save));
	strcpy(w->to, strtok_r(NULL, " ", &save));
	while ((word = strtok_r(NULL, " ", &save)))
		read_option(w, word);
}

/* The address that the sender of this message writes. */
static const char *own_address(const struct words *w)
{
	return w->out ? "192.168.1.10" : "52.0.0.31";
}

/* The side that sent the request wrote the Via. */
static const char *via_address(const struct words *w)
{
	if (!w->status)
		return own_address(w);
	return w->out ? "52.0.0.10" : "45.0.2.2";
}

/* A registrar's answer repeats our contact as it knows it. */
static size_t add_contact(char *out, const struct words *w)
{
	bool reg = !strcmp(w->method, "REGISTER");
	size_t n = 0;

	if (w->contact && *w->contact == '-')
		return 0;
	if (w->contact)
		n = (size_t)sprintf(out, "Contact: %s\r\n", w->contact);
	else if (!reg)
		n = (size_t)sprintf(out, "Contact: <sip:u@%s>\r\n",
				    own_address(w));
	else if (!w->status || w->expires)
		n = (size_t)sprintf(out, "Contact: <sip:u@%s>\r\n",
				    w->out ? "192.168.1.10" : "45.0.2.2");
	if (w->expires)
		n += (size_t)sprintf(out + n, "Expires: %s\r\n", w->expires);
	return n;
}

static size_t add_body(char *out, const struct words *w)
{
	size_t n;

	if (!w->sdp)
		return (size_t)sprintf(out, "\r\n");
	n = (size_t)sprintf(out, "Content-Type: application/sdp\r\n\r\n"
			    "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\n"
			    "c=IN IP4 %s\r\nt=0 0\r\nm=audio %s RTP/AVP 0\r\n",
			    own_address(w), own_address(w), w->sdp);
	if (w->attr)
		n += (size_t)sprintf(out + n, "a=%s\r\n", w->attr);
	return n;
}

static size_t make_message(char *out, const struct words *w)
{
	size_t n;

	if (w->status)
		n = (size_t)sprintf(out, "SIP/2.0 %d x\r\n", w->status);
	else
		n = (size_t)sprintf(out, "%s sip:h.example SIP/2.0\r\n",
				    w->method);
	n += (size_t)sprintf(out + n, "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s"
			     "\r\nFrom: <sip:u@h.example>%s%s\r\n"
			     "To: <sip:u@h.example>%s%s\r\nCall-ID: %s\r\n"
			     "CSeq: %s %s\r\n", via_address(w), w->branch,
			     *w->from == '-' ? "" : ";tag=",
			     *w->from == '-' ? "" : w->from,
			     *w->to == '-' ? "" : ";tag=",
			     *w->to == '-' ? "" : w->to, w->id, w->cseq,
			     w->method);
	n += add_contact(out + n, w);
	return n + add_body(out + n, w);
}

static const char *step_words(const struct alg_ctx *ctx)
{
	static const char * const names[] = {
		"none", "reg-pending", "reg-active", "reg-failed", "reg-end",
		"call-new", "call-update", "call-answer", "call-reject",
		"call-end",
	};
	static const char * const states[] = {
		"early", "confirmed", "held", "ended",
	};
	static char out[64];
	const struct alg_step *s = &ctx->step;

	if (s->what == ALG_STEP_REG_PENDING || s->what == ALG_STEP_REG_ACTIVE)
		snprintf(out, sizeof(out), "%s %u %u", names[s->what],
			 s->reg.asked, s->reg.expires);
	else if (s->what >= ALG_STEP_CALL_NEW && s->what < ALG_STEP_CALL_END)
		snprintf(out, sizeof(out), "%s %s", names[s->what],
			 states[s->call.state]);
	else
		snprintf(out, sizeof(out), "%s", names[s->what]);
	return out;
}

static struct fakehost fh, before;
static struct alg_ctx ctx;

static void play_row(const char *what, const struct row *row)
{
	char line[128], text[1024], *copy;
	const char *broken;
	struct alg_pkt pkt;
	struct words w;
	size_t n;

	strcpy(line, row->line);
	read_words(&w, line);
	n = make_message(text, &w);
	copy = guard_copy(text, n);
	pkt = text_pkt(w.out ? ALG_OUT : ALG_IN, copy, n);
	before = fh;
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_msg(ctx.verdict == ALG_REWRITE || ctx.verdict == ALG_SAME,
		      "%s: %s: left as %s", what, row->line,
		      alg_reason_name(ctx.reason));
	ck_assert_msg(!strcmp(step_words(&ctx), row->step),
		      "%s: %s: step %s, expected %s", what, row->line,
		      step_words(&ctx), row->step);
	broken = props_check(&ctx, &fh, &before);
	ck_assert_msg(!broken, "%s: %s: %s", what, row->line, broken);
	guard_free(copy, n);
}

START_TEST(sequence)
{
	struct alg_pkt pkt = text_pkt(ALG_OUT, "", 0);
	int i;

	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	for (i = 0; i < MAX_ROWS && sequences[_i].row[i].line; i++)
		play_row(sequences[_i].what, &sequences[_i].row[i]);
	ck_assert_int_gt(i, 0);
}
END_TEST

struct Suite *suite_dialog(void)
{
	struct Suite *s = suite_create("dialog");
	TCase *tc = tcase_create("dialog");

	unit_add_table(tc, sequence, sequences);
	suite_add_tcase(s, tc);
	return s;
}
