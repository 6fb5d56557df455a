// SPDX-License-Identifier: GPL-2.0-only
/*
 * sdp.c - one pass over a session description.
 */
#include "sdp.h"
#include "addr.h"

/* Four letters that tell attributes apart. */
#define FOUR(a, b, c, d)						       \
	((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

#define IP4		SPAN_WORD('i', 'p', '4', 0, 0, 0, 0, 0)
#define IP4_BLANK	SPAN_WORD('i', 'p', '4', ' ', 0, 0, 0, 0)
#define UDP		SPAN_WORD('u', 'd', 'p', 0, 0, 0, 0, 0)
#define TYP		SPAN_WORD('t', 'y', 'p', 0, 0, 0, 0, 0)
#define HOST		SPAN_WORD('h', 'o', 's', 't', 0, 0, 0, 0)
/* behind the "ca" that leads here */
#define CANDIDATE	SPAN_WORD('n', 'd', 'i', 'd', 'a', 't', 'e', ':')
#define RTP_SLASH	SPAN_WORD('r', 't', 'p', '/', 0, 0, 0, 0)

/* One line: [from, to) is what follows "x=", without the line end. */
struct line {
	u32 from;
	u32 to;
};

static u32 trim_blanks(const struct sip_buf *b, u32 from, u32 to)
{
	while (to > from && b->data[to - 1] == ' ')
		to--;
	return to;
}

/* The same where there are more blanks than need be. */
static struct span read_addr_blanks(const struct sip_buf *b, struct line l)
{
	u32 end = trim_blanks(b, l.from, l.to);
	u32 from = span_rfind(b, l.from, end, ' ');
	u32 type = trim_blanks(b, l.from, from);

	if (from >= end || type < l.from + 3 ||
	    span_word(b, type - 3, 3) != IP4)
		return (struct span){ 0, 0 };
	return span_make(from + 1, end);
}

/*
 * "... IN IP4 ADDR", read from the end: what is before it does not matter.
 * Return: ADDR, {0, 0} for anything but IP4.
 */
static struct span read_any_addr(const struct sip_buf *b, struct line l)
{
	u32 from = span_rfind(b, l.from, l.to, ' ');

	if (likely(from + 1 < l.to && from >= l.from + 3 &&
		   span_word(b, from - 3, 3) == IP4))
		return span_make(from + 1, l.to);
	return read_addr_blanks(b, l);
}

/* The same, and most of them are the one that is looked for. */
static inline struct span read_addr(const struct sip_buf *b, struct line l,
				    const struct addr_text *own)
{
	u32 from = l.to - own->len;

	if (likely(own->len && l.to >= l.from + 4 + own->len &&
		   span_word(b, from - 4, 4) == IP4_BLANK &&
		   addr_at(b, from, l.to, own)))
		return span_make(from, l.to);
	return read_any_addr(b, l);
}

static u8 read_proto(const struct sip_buf *b, u32 from, u32 end)
{
	if (from + 4 <= end && span_word(b, from, 4) == RTP_SLASH)
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

static inline u32 skip_blanks(const struct sip_buf *b, u32 from, u32 end)
{
	while (from < end && b->data[from] == ' ')
		from++;
	return from;
}

/* m=audio 49170/2 RTP/AVP 0 */
static int read_media(const struct sip_buf *b, struct line l,
		      struct sdp_body *sdp)
{
	struct sdp_media *m = &sdp->media[sdp->nmedia];
	u32 from = skip_blanks(b, l.from, l.to);
	u32 count = 1;
	u32 port;
	int to;

	if (sdp->nmedia == SDP_MAX_MEDIA)
		return -E2BIG;
	memset(m, 0, sizeof(*m));
	from = skip_blanks(b, span_seek(b, from, l.to, ' '), l.to);
	to = span_number(b, from, l.to, 65535, &port);
	if (to < 0)
		return to;
	m->port = span_make(from, (u32)to);
	m->port_num = (u16)port;
	if ((u32)to < l.to && b->data[to] == '/')
		to = span_number(b, (u32)to + 1, l.to, 255, &count);
	if (to < 0 || (u32)to >= l.to || b->data[to] != ' ')
		return -EBADMSG;
	m->count = (u8)count;
	m->proto = read_proto(b, skip_blanks(b, (u32)to, l.to), l.to);
	sdp->nmedia++;
	return 0;
}

/* a=rtcp:53020 IN IP4 126.16.64.4; l.from is behind the colon */
static void read_rtcp(const struct sip_buf *b, struct line l,
		      struct sdp_media *m)
{
	u32 port;
	int end;

	end = span_number(b, l.from, l.to, 65535, &port);
	if (end < 0 || ((u32)end < l.to && b->data[end] != ' '))
		return;
	m->rtcp = span_make(l.from, (u32)end);
	m->rtcp_num = (u16)port;
	m->rtcp_addr = (struct span){ 0, 0 };
	if ((u32)end < l.to) {
		l.from = (u32)end;
		m->rtcp_addr = read_any_addr(b, l);
	}
}

/* A candidate as words: what stands where (RFC 8839 5.1). */
enum {
	CAND_FOUNDATION, CAND_COMPONENT, CAND_TRANSPORT, CAND_PRIORITY,
	CAND_ADDRESS, CAND_PORT, CAND_TYP, CAND_TYPE, CAND_WORDS,
};

/* The first words of a line. Several blanks are as one. */
static u32 split_words(const struct sip_buf *b, struct line l,
		       struct span *word)
{
	struct span_scan scan = span_scan_from(l.from, l.to);
	u32 from = l.from;
	u32 n = 0;
	u32 to;

	while (n < CAND_WORDS && from < l.to) {
		to = span_next_char(b, &scan, ' ');
		if (likely(to > from))
			word[n++] = span_make(from, to);
		from = to + 1;
	}
	return n;
}

static inline bool is_word(const struct sip_buf *b, struct span s, u64 word,
			   u32 len)
{
	return s.len == len && span_word(b, s.off, len) == word;
}

/*
 * a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host: host candidates over
 * UDP are kept.
 */
static int read_candidate(const struct sip_buf *b, struct line l,
			  struct sdp_body *sdp)
{
	struct sdp_cand *c = &sdp->cand[sdp->ncand];
	struct span word[CAND_WORDS];
	u32 port;
	int end;

	if (sdp->nseen++ == SDP_MAX_CAND)
		return -E2BIG;
	if (split_words(b, l, word) < CAND_WORDS ||
	    !is_word(b, word[CAND_TRANSPORT], UDP, 3) ||
	    !is_word(b, word[CAND_TYP], TYP, 3) ||
	    !is_word(b, word[CAND_TYPE], HOST, 4))
		return 0;
	end = span_number(b, word[CAND_PORT].off, span_end(word[CAND_PORT]),
			  65535, &port);
	if (end < 0 || (u32)end != span_end(word[CAND_PORT]))
		return 0;
	c->addr = word[CAND_ADDRESS];
	c->port = word[CAND_PORT];
	c->port_num = (u16)port;
	c->media = (u8)(sdp->nmedia - 1);
	sdp->ncand++;
	return 0;
}

static u8 read_dir(const struct sip_buf *b, struct line l)
{
	if (l.to - l.from != 8)
		return SDP_DIR_NONE;
	switch (span_load64(b, l.from)) {
	case SPAN_WORD('s', 'e', 'n', 'd', 'r', 'e', 'c', 'v'):
		return SDP_DIR_SENDRECV;
	case SPAN_WORD('s', 'e', 'n', 'd', 'o', 'n', 'l', 'y'):
		return SDP_DIR_SENDONLY;
	case SPAN_WORD('r', 'e', 'c', 'v', 'o', 'n', 'l', 'y'):
		return SDP_DIR_RECVONLY;
	case SPAN_WORD('i', 'n', 'a', 'c', 't', 'i', 'v', 'e'):
		return SDP_DIR_INACTIVE;
	}
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

static void read_setup(const struct sip_buf *b, struct line l,
		       struct sdp_media *m)
{
	if (m && span_is(b, span_make(l.from, l.to), "setup:active"))
		m->flags |= SDP_MEDIA_ACTIVE;
}

/* a=rtcp:..., a=rtcp-mux, and others that begin so */
static void read_rtcp_kind(const struct sip_buf *b, struct line l,
			   struct sdp_media *m)
{
	u32 colon = l.from + 4;

	if (!m || colon >= l.to)
		return;
	if (b->data[colon] == ':') {
		l.from = colon + 1;
		read_rtcp(b, l, m);
	} else if (l.to - l.from == 8 &&
		   span_load64(b, l.from) ==
		   SPAN_WORD('r', 't', 'c', 'p', '-', 'm', 'u', 'x')) {
		m->flags |= SDP_MEDIA_MUX;
	}
}

/* @four: how it begins. @m: its media line, NULL at session level. */
static int read_attribute(const struct sip_buf *b, struct line l, u32 four,
			  struct sdp_body *sdp, struct sdp_media *m)
{
	switch (four) {
	case FOUR('r', 't', 'c', 'p'):
		read_rtcp_kind(b, l, m);
		break;
	case FOUR('c', 'a', 'n', 'd'):
		if (m && l.to - l.from > 10 &&
		    span_word(b, l.from + 2, 8) == CANDIDATE)
			return read_candidate(b, l, sdp);
		break;
	case FOUR('s', 'e', 't', 'u'):
		read_setup(b, l, m);
		break;
	case FOUR('s', 'e', 'n', 'd'):
	case FOUR('r', 'e', 'c', 'v'):
	case FOUR('i', 'n', 'a', 'c'):
		read_direction(b, l, sdp, m);
		break;
	}
	return 0;
}

/*
 * c=, of the session or of a media line. Some write it twice; more of them
 * are for the layers of a multicast only (RFC 8866 5.7).
 */
static int read_connection(const struct sip_buf *b, struct line l,
			   struct sdp_body *sdp)
{
	struct span *before = &sdp->addr_before;
	struct span *addr = &sdp->addr;

	if (sdp->nmedia) {
		before = &sdp->media[sdp->nmedia - 1].addr_before;
		addr = &sdp->media[sdp->nmedia - 1].addr;
	}
	if (before->len)
		return -E2BIG;
	*before = *addr;
	*addr = read_addr(b, l, sdp->own);
	/* then the session's does not count for this line either */
	if (!addr->len && sdp->nmedia)
		*addr = span_make(l.from - 2, l.to);
	return 0;
}

/* The line from @p to @eol; @w: its first eight bytes, the second is '='. */
static int read_line(const struct sip_buf *b, const char *p, const char *eol,
		     u64 w, struct sdp_body *sdp)
{
	struct line l = { (u32)(p - b->data) + 2, (u32)(eol - b->data) };
	struct sdp_media *m = NULL;

	if (l.to > l.from && eol[-1] == '\r')
		l.to--;
	switch ((u8)w) {
	case 'a':
		if (sdp->nmedia)
			m = &sdp->media[sdp->nmedia - 1];
		return read_attribute(b, l, (u32)(w >> 16), sdp, m);
	case 'm':
		return read_media(b, l, sdp);
	case 'c':
		return read_connection(b, l, sdp);
	case 'o':
		if (!sdp->nmedia)
			sdp->origin = read_addr(b, l, sdp->own);
		break;
	}
	return 0;
}

/* Attributes that are looked at begin with one of these letters... */
#define LETTERS	(1u << ('r' & 31) | 1u << ('c' & 31) | 1u << ('s' & 31) |     \
		 1u << ('i' & 31))

/* ...and most lines say nothing about addresses, ports and directions. */
static inline bool is_dull(u64 w)
{
	if ((u16)w == ('a' | '=' << 8))
		return !(LETTERS >> (w >> 16 & 31) & 1) ||
		       (u32)(w >> 16) == FOUR('r', 't', 'p', 'm');
	return (u16)w != ('m' | '=' << 8) && (u16)w != ('c' | '=' << 8) &&
	       (u16)w != ('o' | '=' << 8);
}

/*
 * The line feed that ends the line at @p, or @end. @w: its first eight bytes.
 * A body stands behind headers: its last eight bytes can be looked at as one,
 * without those that were looked at before.
 */
static inline const char *line_end(const char *p, const char *end, u64 w)
{
	const char *last = end - 8;
	const char *line = p;
	u64 hits = span_eol_bytes(w);

	while (!hits) {
		p += 8;
		if (likely(p <= last)) {
			hits = span_eol_bytes(port_load64(p));
			continue;
		}
		if (p >= end)
			return end;
		hits = span_eol_bytes(port_load64(last)) &
		       ~0ULL << 8 * (p - last);
		if (!hits)
			return end;
		p = last;
	}
	p += port_ctz64(hits) / 8;
	return likely(*p == '\n') ? p : span_slow_eol(line, end);
}

int sdp_parse(const struct sip_buf *b, struct span text,
	      const struct addr_text *own, struct sdp_body *sdp)
{
	const char *p = b->data + text.off;
	const char *end = p + text.len;
	const char *sure = span_sure_line(p, end);
	const char *eol;
	u64 w;
	int rc;

	memset(sdp, 0, offsetof(struct sdp_body, media));
	sdp->text = text;
	sdp->own = own;
	for (; p < end; p = eol + 1) {
		eol = NULL;
		if (likely(p <= sure))
			eol = span_sure_eol(p);
		w = likely(eol || p <= end - 8) ? port_load64(p) :
						  span_line_tail(p, end);
		if (unlikely(!eol))
			eol = line_end(p, end, w);
		if (unlikely(!eol))
			return -EBADMSG;
		if (is_dull(w))
			continue;
		rc = read_line(b, p, eol, w, sdp);
		if (rc)
			return rc;
	}
	return 0;
}

u32 sdp_media_tail(const struct sip_buf *b, const struct sdp_body *sdp,
		   u32 index)
{
	u32 from = sdp->media[index].port.off;
	u32 end = span_end(sdp->text);
	u32 at = end;

	if (index + 1 < sdp->nmedia)
		at = span_rfind(b, from, sdp->media[index + 1].port.off,
				'\n') + 1;
	while (at > from && b->data[at - 1] == '\n')
		at -= b->data[at - 2] == '\r' ? 2 : 1;
	/* half a line end is one */
	if (at == end && b->data[at - 1] == '\r')
		at--;
	return at;
}
