// SPDX-License-Identifier: GPL-2.0-only
/*
 * regtext.c - what a registration says: its AOR, its Contact.
 *
 * Both are kept for `reg show` alone. A Contact mostly begins with the user of
 * the AOR and the LAN host's own address; then only what comes behind them is
 * kept, and the rest is written anew. Everything here wants the namespace's
 * lock. Nothing may be shown that the LAN host did not write.
 */
#include <linux/string.h>

#include "sipalg.h"
#include "uri.h"

/*
 * The user part of the Contact, without password: the AOR's, or it is looked
 * for. Return: it begins "sip:USER@" as the AOR does.
 */
static bool read_user(const struct sip_buf *b, const struct sipalg_said *said,
		      struct span *user)
{
	struct span uri = said->contact, aor = said->aor;
	u32 at = span_find(b, aor.off, span_end(aor), '@');
	u32 from, to;
	u8 scheme;

	aor.len = at + 1 - aor.off;
	*user = (struct span){ .off = uri.off + 4, .len = aor.len };
	if (at < span_end(said->aor) && uri.len >= 4 + aor.len &&
	    !memcmp(b->data + uri.off, "sip:", 4) &&
	    span_equal(b, aor, *user)) {
		user->len--;
		return true;
	}
	at = sip_uri_host(b, uri, &scheme);
	from = uri.off + (scheme == SIP_SCHEME_SIPS ? 5 : 4);
	to = at > from ? at - 1 : from;
	*user = span_make(from, span_find(b, from, to, ':'));
	return false;
}

/*
 * Leaves what is to be kept of the Contact: what follows ADDR or ADDR:PORT.
 * The last eight letters of that, which has nine at least, hold the port.
 */
static void shorten(const struct sip_buf *b, const struct addr_text *own,
		    u16 port, u32 from, struct sipalg_said *said)
{
	u32 end = span_end(said->contact);

	if (!addr_at(b, from, end, own))
		return;
	said->form = SIPALG_CONTACT_HOST;
	if (own->port == port && from + own->all <= end &&
	    port_load64(b->data + from + own->all - 8) ==
	    port_load64(own->text + own->all - 8)) {
		said->form = SIPALG_CONTACT_PORT;
		from += own->all;
	} else {
		from += own->len;
	}
	said->contact = span_make(from, end);
}

/**
 * sipalg_regtext_read() - what the REGISTER at work says
 * @sn: namespace, locked
 * @b: the binding to which its Contact leads
 * @said: result; spans of the message
 */
void sipalg_regtext_read(struct sipalg_net *sn, const struct sipalg_binding *b,
			 struct sipalg_said *said)
{
	const struct alg_step *step = &sn->work->ctx.step;
	const struct sip_buf *buf = &sn->work->ctx.msg.buf;
	struct span user;
	bool usual;

	said->aor = step->aor;
	said->aor.len = min_t(u16, step->aor.len, SIPALG_TEXT);
	said->contact = step->contact;
	said->contact.len = min_t(u16, step->contact.len, SIPALG_TEXT);
	said->form = SIPALG_CONTACT_WHOLE;
	usual = read_user(buf, said, &user);
	said->user = (u32)span_hash(buf, user, sn->seed);
	if (usual)
		shorten(buf, sn->work->pkt.lan_text, b->lan.port,
			span_end(user) + 1, said);
}

/* Of the Contact; the key of the registration has the AOR in it. */
u32 sipalg_regtext_hash(struct sipalg_net *sn)
{
	return (u32)span_hash(&sn->work->ctx.msg.buf,
			      sn->work->ctx.step.contact, sn->seed);
}

static char *put(char *out, const char *text, size_t len)
{
	memcpy(out, text, len);
	return out + len;
}

/* What was left out of a Contact. */
static char *put_begin(char *out, const struct sipalg_reg *r)
{
	const char *at = memchr(r->text, '@', r->aor_len);
	struct addr_text own;
	struct alg_ep ep;

	if (r->form == SIPALG_CONTACT_WHOLE || !at)
		return out;
	sipalg_key_to_ep(&r->binding->lan, &ep);
	addr_render(&ep, &own);
	out = put(out, "sip:", 4);
	out = put(out, r->text, at + 1 - r->text);
	return put(out, own.text,
		   r->form == SIPALG_CONTACT_PORT ? own.all : own.len);
}

/**
 * sipalg_regtext_contact() - the Contact of a registration
 * @r: registration; its namespace is locked
 * @out: its text, not ended by NUL
 *
 * Return: bytes at @out.
 */
size_t sipalg_regtext_contact(const struct sipalg_reg *r,
			      char out[SIPALG_TEXT])
{
	char *end = put_begin(out, r);

	return put(end, r->text + r->aor_len, r->contact_len) - out;
}
