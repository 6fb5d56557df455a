// SPDX-License-Identifier: GPL-2.0-only
/*
 * start.c - [4] the start line: is this SIP at all?
 *
 * Keep-alives, STUN, RTP and whatever else comes to a SIP port leave here,
 * at the first byte mostly.
 */
#include "start.h"

#define SIP_2_0		0x302e322f504953ULL	/* "SIP/2.0", first byte low */
#define SIP_2_0_CR	(SIP_2_0 | 0x0dULL << 56)
#define SIP_2_0_BLANK	(SIP_2_0 | 0x20ULL << 56)
#define SIP_FOLD	0x202020ULL		/* the letters of it */

/* Methods of three to eight letters; @w are these, and zeros. */
static inline enum sip_method find_method(u64 w)
{
	switch (w) {
	case SPAN_WORD('I', 'N', 'V', 'I', 'T', 'E', 0, 0):
		return SIP_METHOD_INVITE;
	case SPAN_WORD('A', 'C', 'K', 0, 0, 0, 0, 0):
		return SIP_METHOD_ACK;
	case SPAN_WORD('B', 'Y', 'E', 0, 0, 0, 0, 0):
		return SIP_METHOD_BYE;
	case SPAN_WORD('C', 'A', 'N', 'C', 'E', 'L', 0, 0):
		return SIP_METHOD_CANCEL;
	case SPAN_WORD('R', 'E', 'G', 'I', 'S', 'T', 'E', 'R'):
		return SIP_METHOD_REGISTER;
	case SPAN_WORD('O', 'P', 'T', 'I', 'O', 'N', 'S', 0):
		return SIP_METHOD_OPTIONS;
	case SPAN_WORD('P', 'R', 'A', 'C', 'K', 0, 0, 0):
		return SIP_METHOD_PRACK;
	case SPAN_WORD('U', 'P', 'D', 'A', 'T', 'E', 0, 0):
		return SIP_METHOD_UPDATE;
	case SPAN_WORD('I', 'N', 'F', 'O', 0, 0, 0, 0):
		return SIP_METHOD_INFO;
	case SPAN_WORD('R', 'E', 'F', 'E', 'R', 0, 0, 0):
		return SIP_METHOD_REFER;
	case SPAN_WORD('N', 'O', 'T', 'I', 'F', 'Y', 0, 0):
		return SIP_METHOD_NOTIFY;
	case SPAN_WORD('P', 'U', 'B', 'L', 'I', 'S', 'H', 0):
		return SIP_METHOD_PUBLISH;
	case SPAN_WORD('M', 'E', 'S', 'S', 'A', 'G', 'E', 0):
		return SIP_METHOD_MESSAGE;
	}
	return SIP_METHOD_OTHER;
}

enum sip_method sip_method_find(const struct sip_buf *b, struct span s)
{
	if (s.len == 9 && !memcmp(b->data + s.off, "SUBSCRIBE", 9))
		return SIP_METHOD_SUBSCRIBE;
	if (!s.len || s.len > 8)
		return SIP_METHOD_OTHER;
	return find_method(span_keep(span_load64(b, s.off), s.len));
}

static bool is_token_char(char c)
{
	static const char marks[] = "-.!%*_+`'~";
	u32 i;

	if ((u8)((c | 0x20) - 'a') < 26 || span_is_digit(c))
		return true;
	for (i = 0; marks[i]; i++) {
		if (c == marks[i])
			return true;
	}
	return false;
}

/* "SIP/2.0" at @off, in any case (RFC 3261 7.1)? */
static bool is_version(const struct sip_buf *b, u32 off)
{
	u64 w = span_load64(b, off);

	return ((w | SIP_FOLD) & (~0ULL >> 8)) == (SIP_2_0 | SIP_FOLD);
}

/* "SIP/2.0 200 OK" from @from to @end; three digits, and a blank behind them */
static int parse_status(const struct sip_buf *b, u32 from, u32 end,
			struct sip_start *out)
{
	const char *p = b->data + from + 8;
	u32 code;

	if (end < from + 11 || p[-1] != ' ' || !span_is_digit(p[0]) ||
	    !span_is_digit(p[1]) || !span_is_digit(p[2]) ||
	    (end > from + 11 && p[3] != ' '))
		return -EBADMSG;
	code = (u32)(p[0] - '0') * 100 + (u32)(p[1] - '0') * 10 +
	       (u32)(p[2] - '0');
	if (code < 100 || code > 699)
		return -EBADMSG;
	out->status = (u16)code;
	out->method = SIP_METHOD_OTHER;
	out->method_text = (struct span){ 0, 0 };
	out->ruri = (struct span){ 0, 0 };
	return 0;
}

/*
 * A status line as nearly all are, at @from: three digits and a blank behind
 * "SIP/2.0 ". Return: false to judge it as any other.
 */
static inline bool read_status(const struct sip_buf *b, u32 from,
			       struct sip_start *out)
{
	const char *p = b->data + from;
	const char *last = b->data + b->len - 8;
	u32 code;
	u64 hits;

	if (b->len < 32 || (port_load64(p) | SIP_FOLD) !=
			   (SIP_2_0_BLANK | SIP_FOLD) ||
	    !span_is_digit(p[8]) || !span_is_digit(p[9]) ||
	    !span_is_digit(p[10]) || p[11] != ' ')
		return false;
	code = (u32)(p[8] - '0') * 100 + (u32)(p[9] - '0') * 10 +
	       (u32)(p[10] - '0');
	for (p += 12; p <= last; p += 8) {
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
	}
	if (p > last || code < 100 || code > 699)
		return false;
	p += port_ctz64(hits) / 8;
	out->status = (u16)code;
	out->method = SIP_METHOD_OTHER;
	out->method_text = (struct span){ 0, 0 };
	out->ruri = (struct span){ 0, 0 };
	out->next = (u32)(p + 1 - b->data);
	return *p == '\n';
}

static bool is_token(const struct sip_buf *b, struct span s)
{
	u32 i;

	for (i = s.off; i < span_end(s); i++) {
		if (!is_token_char(b->data[i]))
			return false;
	}
	return s.len;
}

/* The first byte at or behind @p that is no letter, or beyond ASCII. */
static inline const char *find_blank(const char *p, const char *last)
{
	u64 hits;

	for (; p <= last; p += 8) {
		hits = (port_load64(p) - 0x21 * SPAN_ONES) & 0x80 * SPAN_ONES;
		if (hits)
			return p + port_ctz64(hits) / 8;
	}
	return NULL;
}

#define INVITE_		SPAN_WORD('I', 'N', 'V', 'I', 'T', 'E', ' ', 0)
#define ACK_		SPAN_WORD('A', 'C', 'K', ' ', 0, 0, 0, 0)
#define BYE_		SPAN_WORD('B', 'Y', 'E', ' ', 0, 0, 0, 0)
#define REGISTER	SPAN_WORD('R', 'E', 'G', 'I', 'S', 'T', 'E', 'R')
#define OPTIONS_	SPAN_WORD('O', 'P', 'T', 'I', 'O', 'N', 'S', ' ')

/* The methods that come most. @w: the line's first eight letters. */
static inline u32 read_common(const char *p, u64 w, u8 *method)
{
	if (span_keep(w, 7) == INVITE_) {
		*method = SIP_METHOD_INVITE;
		return 6;
	}
	if (w == REGISTER && p[8] == ' ') {
		*method = SIP_METHOD_REGISTER;
		return 8;
	}
	if ((u32)w == ACK_) {
		*method = SIP_METHOD_ACK;
		return 3;
	}
	if ((u32)w == BYE_) {
		*method = SIP_METHOD_BYE;
		return 3;
	}
	if (w == OPTIONS_) {
		*method = SIP_METHOD_OPTIONS;
		return 7;
	}
	return 0;
}

/*
 * The method of a request line and the blank behind it. Return: where that
 * is, or NULL for one that is not known.
 */
static inline const char *read_method(const char *p, const char *last,
				      u8 *method)
{
	u64 w = port_load64(p);
	u32 len = read_common(p, w, method);
	const char *blank;

	if (len)
		return p + len;
	blank = find_blank(p, last);
	if (!blank || *blank != ' ' || blank - p > 8 || blank == p)
		return NULL;
	*method = (u8)find_method(span_keep(w, (u32)(blank - p)));
	return *method ? blank : NULL;
}

/*
 * A request line as nearly all are, at @from: a known method, a URI, version
 * and CR LF, one space between them. Return: false to judge it as any other.
 */
static inline bool read_request(const struct sip_buf *b, u32 from,
				struct sip_start *out)
{
	const char *method = b->data + from;
	const char *last = b->data + b->len - 10;
	const char *uri, *end;

	if (b->len < 32)
		return false;
	uri = read_method(method, last, &out->method);
	if (!uri)
		return false;
	uri++;
	end = find_blank(uri, last);
	if (!end || *end != ' ' ||
	    (u8)((*uri | 0x20) - 'a') >= 26 || end >= last ||
	    (port_load64(end + 1) | SIP_FOLD) != (SIP_2_0_CR | SIP_FOLD) ||
	    end[9] != '\n')
		return false;
	out->status = 0;
	out->method_text = span_make(from, (u32)(uri - 1 - b->data));
	out->ruri = span_make((u32)(uri - b->data), (u32)(end - b->data));
	out->next = (u32)(end + 10 - b->data);
	return true;
}

/* Any request line: at least a letter, a space, a letter and " SIP/2.0". */
static int parse_request(const struct sip_buf *b, u32 from, u32 end,
			 struct sip_start *out)
{
	u32 uri_end = end - 8;
	u32 to = span_find(b, from, uri_end, ' ');

	out->status = 0;
	if (to + 1 >= uri_end)
		return -EBADMSG;
	out->method_text = span_make(from, to);
	out->method = (u8)sip_method_find(b, out->method_text);
	out->ruri = span_make(to + 1, uri_end);
	if (!out->method && !is_token(b, out->method_text))
		return -EBADMSG;
	if ((u8)((b->data[to + 1] | 0x20) - 'a') >= 26 ||
	    span_find(b, to + 1, uri_end, ' ') < uri_end)
		return -EBADMSG;
	return 0;
}

/*
 * Not a start line of ours. Does it say SIP at all: "SIP/" at the beginning,
 * or as the last word? Then it is a broken one and counts as such.
 */
static int judge_other(const struct sip_buf *b, u32 from)
{
	u32 end = span_find2(b, from, b->len, '\n', '\0');
	u32 to = span_trim_lws(b, from, end);
	u32 word = to;

	if (span_starts(b, from, to, "sip/"))
		return -EBADMSG;
	while (word > from && !span_is_blank(b->data[word - 1]))
		word--;
	if (word > from && span_starts(b, word, to, "sip/"))
		return -EBADMSG;
	return -ENOENT;
}

/*
 * RFC 3261 7.5: empty lines before a start line are ignored. A keep-alive in
 * front of a message has one or two; more of them is not SIP (SEC-2).
 */
static u32 skip_empty_lines(const struct sip_buf *b)
{
	u32 from = 0;

	while (from < 4 && from + 2 <= b->len && b->data[from] == '\r' &&
	       b->data[from + 1] == '\n')
		from += 2;
	return from;
}

/* A start line that is no usual request. */
static port_noinline int parse_any(const struct sip_buf *b, u32 from, struct sip_start *out)
{
	const char *limit = b->data + b->len;
	const char *eol = span_eol(b->data + from, limit);
	u32 end;

	if (!eol || eol == limit)
		return judge_other(b, from);
	end = (u32)(eol - b->data);
	out->next = end + 1;
	if (b->data[end - 1] == '\r' && end > from)
		end--;
	if (is_version(b, from))
		return parse_status(b, from, end, out);
	if (end - from > 8 && b->data[end - 8] == ' ' &&
	    is_version(b, end - 7))
		return parse_request(b, from, end, out);
	return judge_other(b, from);
}

int sip_start_parse(const struct sip_buf *b, struct sip_start *out)
{
	u32 from = 0;

	if (b->len && b->data[0] == '\r')
		from = skip_empty_lines(b);
	if (from == b->len || !is_token_char(b->data[from]))
		return -ENOENT;
	if ((b->data[from] | 0x20) == 's' ? read_status(b, from, out) :
					    read_request(b, from, out))
		return 0;
	return parse_any(b, from, out);
}
