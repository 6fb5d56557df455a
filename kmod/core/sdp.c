// SPDX-License-Identifier: GPL-2.0-only
/*
 * sdp.c - one pass over a session description.
 */
#include "sdp.h"

struct line {
	u32 from;		/* after "x=" */
	u32 to;			/* before the line end */
	bool bare;		/* which is LF alone */
};

/* The next word: [skip blanks, next blank). *pos goes behind it. */
static struct span next_word(const struct sip_buf *b, u32 *pos, u32 end)
{
	u32 from = *pos;
	u32 to;

	while (from < end && b->data[from] == ' ')
		from++;
	for (to = from; to < end && b->data[to] != ' '; to++)
		;
	*pos = to;
	return span_make(from, to);
}

/*
 * "... IN IP4 ADDR", read from the end: what is before it does not matter.
 * Return: ADDR, {0, 0} for anything but IP4.
 */
static struct span read_addr(const struct sip_buf *b, struct line l)
{
	u32 end = l.to;
	u32 from, type;

	while (end > l.from && b->data[end - 1] == ' ')
		end--;
	for (from = end; from > l.from && b->data[from - 1] != ' '; from--)
		;
	for (type = from; type > l.from && b->data[type - 1] == ' '; type--)
		;
	if (type == from || type < l.from + 3 ||
	    !span_starts(b, type - 3, type, "ip4"))
		return (struct span){ 0, 0 };
	return span_make(from, end);
}

static u8 read_proto(const struct sip_buf *b, struct span s)
{
	u32 from = s.off;
	u32 end = span_end(s);

	if (span_starts(b, from, end, "rtp/"))
		return SDP_PROTO_RTP;
	if (span_starts(b, from, end, "tcp"))
		return SDP_PROTO_TCP;
	if (span_starts(b, from, end, "udp/tls/"))
		from += 8;
	if (span_starts(b, from, end, "rtp/"))
		return SDP_PROTO_RTP;
	if (span_starts(b, from, end, "udptl"))
		return SDP_PROTO_UDPTL;
	return SDP_PROTO_OTHER;
}

/* m=audio 49170/2 RTP/AVP 0 */
static int read_media(const struct sip_buf *b, struct line l,
		      struct sdp_body *sdp)
{
	struct sdp_media *m = &sdp->media[sdp->nmedia];
	u32 pos = l.from;
	u32 slash, port;
	struct span word;
	u32 count = 1;

	if (sdp->nmedia == SDP_MAX_MEDIA)
		return -E2BIG;
	memset(m, 0, sizeof(*m));
	next_word(b, &pos, l.to);
	word = next_word(b, &pos, l.to);
	slash = span_digits(b, word.off, span_end(word));
	m->port = span_make(word.off, slash);
	if (span_u32(b, m->port, 65535, &port))
		return -EBADMSG;
	if (slash < span_end(word) &&
	    (b->data[slash] != '/' ||
	     span_u32(b, span_make(slash + 1, span_end(word)), 255, &count)))
		return -EBADMSG;
	m->port_num = (u16)port;
	m->count = (u8)count;
	m->proto = read_proto(b, next_word(b, &pos, l.to));
	m->flags = l.bare ? SDP_MEDIA_BARE_LF : 0;
	sdp->nmedia++;
	return 0;
}

/* a=rtcp:53020 IN IP4 126.16.64.4; l.from is behind the colon */
static void read_rtcp(const struct sip_buf *b, struct line l,
		      struct sdp_media *m)
{
	u32 end = span_digits(b, l.from, l.to);
	struct span digits = span_make(l.from, end);
	u32 port;

	if (span_u32(b, digits, 65535, &port))
		return;
	m->rtcp = digits;
	m->rtcp_num = (u16)port;
	m->rtcp_addr = span_make(0, 0);
	if (end < l.to)
		m->rtcp_addr = read_addr(b, (struct line){ end, l.to, false });
}

/* a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host; RFC 8839 5.1 */
static int read_candidate(const struct sip_buf *b, struct line l,
			  struct sdp_body *sdp)
{
	struct sdp_cand *c = &sdp->cand[sdp->ncand];
	struct span transport, word;
	u32 pos = l.from;
	u32 port;

	if (sdp->nseen++ == SDP_MAX_CAND)
		return -E2BIG;
	next_word(b, &pos, l.to);
	next_word(b, &pos, l.to);
	transport = next_word(b, &pos, l.to);
	if (!span_is(b, transport, "udp"))
		return 0;
	next_word(b, &pos, l.to);
	c->addr = next_word(b, &pos, l.to);
	c->port = next_word(b, &pos, l.to);
	if (span_u32(b, c->port, 65535, &port))
		return 0;
	word = next_word(b, &pos, l.to);
	if (!span_is(b, word, "typ") ||
	    !span_is(b, next_word(b, &pos, l.to), "host"))
		return 0;
	c->port_num = (u16)port;
	c->media = (u8)(sdp->nmedia - 1);
	sdp->ncand++;
	return 0;
}

static u8 read_dir(const struct sip_buf *b, struct line l)
{
	struct span s = span_make(l.from, l.to);

	if (l.to - l.from != 8)
		return SDP_DIR_NONE;
	if (span_is(b, s, "sendrecv"))
		return SDP_DIR_SENDRECV;
	if (span_is(b, s, "sendonly"))
		return SDP_DIR_SENDONLY;
	if (span_is(b, s, "recvonly"))
		return SDP_DIR_RECVONLY;
	if (span_is(b, s, "inactive"))
		return SDP_DIR_INACTIVE;
	return SDP_DIR_NONE;
}

static void read_direction(const struct sip_buf *b, struct line l,
			   struct sdp_body *sdp, struct sdp_media *m)
{
	u8 dir = read_dir(b, l);

	if (!dir)
		return;
	if (m)
		m->dir = dir;
	else
		sdp->dir = dir;
}

/* a=r...: rtcp, rtcp-mux, recvonly */
static void read_r(const struct sip_buf *b, struct line l,
		   struct sdp_media *m)
{
	u32 colon = l.from + 4;

	if (!m || !span_starts(b, l.from, l.to, "rtcp"))
		return;
	if (span_is(b, span_make(l.from, l.to), "rtcp-mux")) {
		m->flags |= SDP_MEDIA_MUX;
	} else if (colon < l.to && b->data[colon] == ':') {
		l.from = colon + 1;
		read_rtcp(b, l, m);
	}
}

/* @m: the media line that it belongs to, NULL at session level. */
static int read_attribute(const struct sip_buf *b, struct line l,
			  struct sdp_body *sdp, struct sdp_media *m)
{
	if (l.from >= l.to)
		return 0;
	switch (b->data[l.from]) {
	case 'c':
		if (m && span_starts(b, l.from, l.to, "candidate:"))
			return read_candidate(b, l, sdp);
		break;
	case 'r':
		read_r(b, l, m);
		read_direction(b, l, sdp, m);
		break;
	case 's':
		if (m && span_starts(b, l.from, l.to, "setup:active"))
			m->flags |= SDP_MEDIA_ACTIVE;
		read_direction(b, l, sdp, m);
		break;
	case 'i':
		read_direction(b, l, sdp, m);
		break;
	}
	return 0;
}

static int read_line(const struct sip_buf *b, struct line l, char type,
		     struct sdp_body *sdp)
{
	struct sdp_media *m = NULL;

	if (sdp->nmedia)
		m = &sdp->media[sdp->nmedia - 1];
	switch (type) {
	case 'a':
		return read_attribute(b, l, sdp, m);
	case 'm':
		return read_media(b, l, sdp);
	case 'c':
		if (m)
			m->addr = read_addr(b, l);
		else
			sdp->addr = read_addr(b, l);
		break;
	case 'o':
		if (!m)
			sdp->origin = read_addr(b, l);
		break;
	}
	return 0;
}

int sdp_parse(const struct sip_buf *b, struct span text,
	      struct sdp_body *sdp)
{
	u32 end = span_end(text);
	u32 from = text.off;
	struct line l;
	u32 eol;
	int rc;

	memset(sdp, 0, offsetof(struct sdp_body, media));
	sdp->text = text;
	for (; from < end; from = eol + 1) {
		eol = span_find(b, from, end, '\n');
		l.from = from + 2;
		l.to = eol;
		if (l.to > from && b->data[l.to - 1] == '\r')
			l.to--;
		l.bare = eol < end && l.to == eol;
		if (l.to < l.from || b->data[from + 1] != '=')
			continue;
		rc = read_line(b, l, b->data[from], sdp);
		if (rc)
			return rc;
		if (sdp->nmedia)
			sdp->media[sdp->nmedia - 1].tail = (u16)l.to;
	}
	return 0;
}
