/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * span.h - a piece of a message as offset and length, and the bounded helpers
 * that read it.
 *
 * Every parser of the core works on offsets into one buffer, never on
 * pointers: a span stays true when the bytes are copied. Nothing here reads a
 * byte at or after buf->len, not even when it loads eight at a time.
 */
#ifndef SIPALG_CORE_SPAN_H
#define SIPALG_CORE_SPAN_H

#include "port.h"

/**
 * struct span - bytes [off, off + len) of a message
 * @off: first byte, from the start of the message
 * @len: how many; an absent field is {0, 0}
 */
struct span {
	u16 off;
	u16 len;
};

/**
 * struct sip_buf - the bytes that spans point into; never written
 * @data: first byte
 * @len: how many, at most 65535
 */
struct sip_buf {
	const char *data;
	u32 len;
};

static inline struct span span_make(u32 from, u32 to)
{
	return (struct span){ .off = (u16)from, .len = (u16)(to - from) };
}

static inline u32 span_end(struct span s)
{
	return (u32)s.off + s.len;
}

/* SP and HTAB, the white space inside a line. */
static inline bool span_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* LWS of RFC 3261 25.1 once folding is allowed for: blanks and line ends. */
static inline bool span_is_lws(char c)
{
	return (u8)c <= ' ' &&
	       (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

static inline bool span_is_digit(char c)
{
	return (u8)(c - '0') <= 9;
}

static inline u32 span_skip_lws(const struct sip_buf *b, u32 from, u32 to)
{
	while (from < to && span_is_lws(b->data[from]))
		from++;
	return from;
}

static inline u32 span_trim_lws(const struct sip_buf *b, u32 from, u32 to)
{
	while (to > from && span_is_lws(b->data[to - 1]))
		to--;
	return to;
}

/* One bit (0x80) for each byte of @w that is zero; the lowest is exact. */
static inline u64 span_zero_bytes(u64 w)
{
	return (w - 0x0101010101010101ULL) & ~w & 0x8080808080808080ULL;
}

/**
 * span_load64() - eight bytes, or what is left of them
 * @b: buffer
 * @off: offset of the first, at most b->len
 *
 * Return: the bytes in little-endian order; those past the end are zero.
 */
u64 span_load64_tail(const struct sip_buf *b, u32 off);

static inline u64 span_load64(const struct sip_buf *b, u32 off)
{
	if (likely(off + 8 <= b->len))
		return port_load64(b->data + off);
	return span_load64_tail(b, off);
}

#define SPAN_ONES	0x0101010101010101ULL
#define SPAN_FOLD	0x2020202020202020ULL

/* As span_zero_bytes(), and exact for every byte. */
static inline u64 span_exact_zeros(u64 w)
{
	const u64 low = 0x7f * SPAN_ONES;

	return ~(((w & low) + low) | w | low);
}

/*
 * A word of up to eight lower-case letters as span_word() gives it. Folding
 * makes letters small and nothing else into a letter.
 */
#define SPAN_WORD(a, b, c, d, e, f, g, h)				       \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 |	       \
	 (u64)(e) << 32 | (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)

/* The first @n (1..8) bytes of a word, the others zero. */
static inline u64 span_keep(u64 w, u32 n)
{
	return w & (~0ULL >> (64 - 8 * n));
}

/* The first @n (1..8) bytes at @off, folded; compare with SPAN_WORD(). */
static inline u64 span_word(const struct sip_buf *b, u32 off, u32 n)
{
	return span_keep(span_load64(b, off) | SPAN_FOLD, n);
}

/* Bytes below @n (at most 0x80), one bit each; the lowest is exact. */
static inline u64 span_low_bytes(u64 w, u8 n)
{
	return (w - n * SPAN_ONES) & ~w & 0x80 * SPAN_ONES;
}

/* span_line_word() near the end of a search */
u64 span_line_tail(const char *p, const char *end);

/* Eight bytes at @p; those at or after @end are 0x7f, which is nothing. */
static inline u64 span_line_word(const char *p, const char *end)
{
	return likely(end - p >= 8) ? port_load64(p) : span_line_tail(p, end);
}

/* Bytes below 0x0b: a line feed, a NUL, a tab; and letters beyond ASCII. */
static inline u64 span_eol_bytes(u64 w)
{
	return (w - 0x0b * SPAN_ONES) & 0x80 * SPAN_ONES;
}

/**
 * span_slow_eol() - the line feed that ends a line
 * @p: where the line begins
 * @end: limit
 *
 * Return: the line feed, or @end; NULL when a NUL comes first.
 */
const char *span_slow_eol(const char *p, const char *end);

/* The same, faster where the line is not short. */
const char *span_eol(const char *p, const char *end);

/**
 * span_sure_line() - up to where span_sure_eol() can be asked
 * @p: first byte
 * @end: limit
 *
 * Return: a line feed with at least seven bytes behind it, one of the last;
 * NULL if none is found near the end.
 */
const char *span_sure_line(const char *p, const char *end);

/**
 * span_sure_eol() - the line feed that ends a line, where there is one
 * @p: where the line begins, at or before what span_sure_line() returned
 *
 * Return: the line feed; NULL where span_slow_eol() must look.
 */
static inline const char *span_sure_eol(const char *p)
{
	u64 hits;

	for (;; p += 8) {
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
		p += 8;
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
		p += 8;
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
		p += 8;
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
	}
	p += port_ctz64(hits) / 8;
	return likely(*p == '\n') ? p : NULL;
}

/**
 * struct span_scan - a running search, eight bytes at a time
 * @hits: those of the current eight bytes that were not given out yet
 * @base: offset of these bytes
 * @end: where the search ends
 */
struct span_scan {
	u64 hits;
	u32 base;
	u32 end;
};

static inline struct span_scan span_scan_from(u32 from, u32 end)
{
	return (struct span_scan){ .base = from - 8, .end = end };
}

/**
 * span_next_char() - the next @c
 * Return: its offset, or that of the end.
 */
static inline u32 span_next_char(const struct sip_buf *b, struct span_scan *s,
				 char c)
{
	u32 at;

	while (!s->hits) {
		s->base += 8;
		if (s->base >= s->end)
			return s->end;
		s->hits = span_exact_zeros(span_load64(b, s->base) ^
					   (u8)c * SPAN_ONES);
	}
	at = s->base + port_ctz64(s->hits) / 8;
	s->hits &= s->hits - 1;
	return at < s->end ? at : s->end;
}

/**
 * span_host_end() - where a host name or IPv4 literal ends
 * @b: buffer
 * @from: where it begins
 * @to: limit
 *
 * Return: the first of ':' ';' '>' '?' or anything up to ',', or @to.
 */
static inline u32 span_host_end(const struct sip_buf *b, u32 from, u32 to)
{
	u64 w, hits;

	for (; from < to; from += 8) {
		w = span_load64(b, from);
		hits = span_zero_bytes((w | 5 * SPAN_ONES) ^
				       '?' * SPAN_ONES) |
		       span_low_bytes(w, '-');
		if (hits) {
			from += port_ctz64(hits) / 8;
			return from < to ? from : to;
		}
	}
	return to;
}

/* span_find() from a place where the quick test was fooled, or at the end */
u32 span_find_slow(const struct sip_buf *b, u32 from, u32 to, char c);

/*
 * span_find() where it is worth the code. The quick test takes letters
 * beyond ASCII for hits.
 */
static inline u32 span_seek(const struct sip_buf *b, u32 from, u32 to, char c)
{
	const char *p = b->data + from;
	const char *end = b->data + to;
	const char *last = b->data + b->len - 8;
	u64 hits;

	for (; p < end; p += 8) {
		if (unlikely(p > last))
			return span_find_slow(b, (u32)(p - b->data), to, c);
		hits = ((port_load64(p) ^ (u8)c * SPAN_ONES) - SPAN_ONES) &
		       0x80 * SPAN_ONES;
		if (!hits)
			continue;
		p += port_ctz64(hits) / 8;
		if (unlikely(p >= end))
			break;
		if (likely(*p == c))
			return (u32)(p - b->data);
		return span_find_slow(b, (u32)(p - b->data), to, c);
	}
	return to;
}

/**
 * span_find() - first @c in [from, to)
 * Return: its offset, or @to.
 */
u32 span_find(const struct sip_buf *b, u32 from, u32 to, char c);

/**
 * span_find2() - first @c or @d in [from, to)
 * Return: its offset, or @to.
 */
u32 span_find2(const struct sip_buf *b, u32 from, u32 to, char c, char d);

/**
 * span_rfind() - last @c in [from, to)
 * Return: its offset, or @to.
 */
u32 span_rfind(const struct sip_buf *b, u32 from, u32 to, char c);

/**
 * span_skip_quoted() - the end of a quoted-string (RFC 3261 25.1)
 * @b: buffer
 * @from: offset of the opening quote
 * @to: limit
 *
 * Return: the offset after the closing quote, or @to when there is none.
 */
u32 span_skip_quoted(const struct sip_buf *b, u32 from, u32 to);

/**
 * span_find_unquoted() - first @c or @d in [from, to) outside quoted strings
 * Return: its offset, or @to.
 */
u32 span_find_unquoted(const struct sip_buf *b, u32 from, u32 to, char c,
		       char d);

/**
 * span_u32() - a decimal number that fills the span
 * @b: buffer
 * @s: digits only
 * @max: the largest value that is accepted
 * @out: the number
 *
 * Return: 0; -EBADMSG when empty, not all digits or above @max.
 */
int __must_check span_u32(const struct sip_buf *b, struct span s, u32 max,
			  u32 *out);

/* span_number() near the end of the message, or with many digits */
int __must_check span_number_slow(const struct sip_buf *b, u32 from, u32 to,
				  u32 max, u32 *out);

/**
 * span_number() - the digits at @from as a number
 * @b: buffer
 * @from: where they begin
 * @to: limit
 * @max: the largest value that is accepted
 * @out: the number
 *
 * Up to seven digits are taken at once: those of a word are moved to its
 * upper end, where zeros do no harm, and added up in pairs, fours and eights.
 *
 * Return: the offset after the digits; -EBADMSG without any, or above @max.
 */
static inline int __must_check span_number(const struct sip_buf *b, u32 from,
					   u32 to, u32 max, u32 *out)
{
	u64 w, other;
	u32 n;

	if (unlikely(from + 8 > b->len))
		return span_number_slow(b, from, to, max, out);
	w = port_load64(b->data + from) ^ '0' * SPAN_ONES;
	other = (w | ((w & 0x7f * SPAN_ONES) + 0x76 * SPAN_ONES)) &
		0x80 * SPAN_ONES;
	if (unlikely(!other || other & 0x80))
		return span_number_slow(b, from, to, max, out);
	n = port_ctz64(other) / 8;
	if (unlikely(from + n > to))
		return span_number_slow(b, from, to, max, out);
	w <<= 64 - 8 * n;
	w = w * 10 + (w >> 8);
	w = ((w & 0x000000ff000000ffULL) * 0x000f424000000064ULL +
	     (w >> 16 & 0x000000ff000000ffULL) * 0x0000271000000001ULL) >> 32;
	if ((u32)w > max)
		return -EBADMSG;
	*out = (u32)w;
	return (int)(from + n);
}

#define SPAN_SHORT	9u	/* digits that fit 32 bits in any case */

/**
 * span_short_number() - a number that has few digits, mostly
 * @b: buffer
 * @from: where they begin
 * @to: limit
 * @out: the number, if there are SPAN_SHORT digits or less
 *
 * Return: the offset of the first character that is no digit.
 */
static inline u32 span_short_number(const struct sip_buf *b, u32 from, u32 to,
				    u32 *out)
{
	const char *p = b->data + from;
	const char *end = b->data + to;
	u32 n = 0;

	for (; p < end && span_is_digit(*p); p++)
		n = n * 10 + (u8)(*p - '0');
	*out = n;
	return (u32)(p - b->data);
}

/**
 * span_digits() - digits at @from
 * Return: the offset of the first character that is none.
 */
static inline u32 span_digits(const struct sip_buf *b, u32 from, u32 to)
{
	while (from < to && span_is_digit(b->data[from]))
		from++;
	return from;
}

/**
 * span_is() - is the span this word, upper and lower case the same?
 * @b: buffer
 * @s: text
 * @word: lower case, ends with NUL
 */
bool span_is(const struct sip_buf *b, struct span s, const char *word);

/**
 * span_starts() - does [from, to) begin with this word, in any case?
 */
bool span_starts(const struct sip_buf *b, u32 from, u32 to, const char *word);

/**
 * span_equal() - are two spans of one buffer the same bytes?
 */
bool span_equal(const struct sip_buf *b, struct span s, struct span t);

/**
 * span_hash() - keyed hash of a span, chained
 * @b: buffer
 * @s: text
 * @seed: secret of the host, or the hash so far
 *
 * Return: 64 bits, never 0.
 */
u64 span_hash(const struct sip_buf *b, struct span s, u64 seed);

/* One step of the hash. */
static inline u64 span_fold(u64 h)
{
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

/**
 * span_mix() - one more word into a hash
 * Return: 64 bits, never 0.
 */
static inline u64 span_mix(u64 h, u64 v)
{
	h = span_fold(h ^ v);
	return h ? h : 1;
}

#endif /* SIPALG_CORE_SPAN_H */
