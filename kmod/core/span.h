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
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
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

/**
 * span_mix() - one more word into a hash
 * Return: 64 bits, never 0.
 */
static inline u64 span_mix(u64 h, u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	h ^= h >> 29;
	return h ? h : 1;
}

#endif /* SIPALG_CORE_SPAN_H */
