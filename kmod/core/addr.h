/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * addr.h - addresses as text, and back.
 *
 * Addresses in a message are compared as text with the one text that counts,
 * rendered once: a literal that is written in another way is not ours.
 */
#ifndef SIPALG_CORE_ADDR_H
#define SIPALG_CORE_ADDR_H

#include "span.h"

struct alg_ep;

enum addr_limit {
	ADDR_TEXT_MAX	= 24,	/* "255.255.255.255:65535" and padding */
	ADDR_PORT_MAX	= 5,	/* "65535" */
};

/**
 * struct addr_text - an address and its port as they stand in messages
 * @text: "ADDR:PORT", padded with zeros
 * @len: length of the address alone; 0 for one that is not compared (IPv6
 *	for now)
 * @all: with ':' and port
 * @port: the port
 * @mid: where the second eight letters are compared: 8, or 0 again where two
 *	words are enough
 * @first: the first letter eight times, for searches
 * @second: the second letter eight times
 */
struct addr_text {
	char text[ADDR_TEXT_MAX];
	u8 len;
	u8 all;
	u8 mid;
	u16 port;
	u64 first;
	u64 second;
};

/**
 * addr_render() - write an endpoint as text
 * @ep: address and port
 * @out: result, all of it is written
 */
void addr_render(const struct alg_ep *ep, struct addr_text *out);

/**
 * addr_put_port() - write a number below 65536 in decimal
 * @out: room for ADDR_PORT_MAX bytes
 * @port: host byte order
 *
 * Return: bytes written.
 */
u32 addr_put_port(char *out, u32 port);

/* addr_at() for "1.2.3.4", which has less than eight letters */
bool addr_at_short(const struct sip_buf *b, u32 off,
		   const struct addr_text *text);

/**
 * addr_at() - does that address stand at @off?
 * @b: the message
 * @off: where
 * @end: limit; what follows the address is not looked at
 * @text: rendered address
 *
 * A text of eight letters and more is two overlapping words.
 */
static inline bool addr_at(const struct sip_buf *b, u32 off, u32 end,
			   const struct addr_text *text)
{
	const char *p = b->data + off;
	u32 len = text->len;

	if (!len || off + len > end)
		return false;
	if (unlikely(len < 8))
		return addr_at_short(b, off, text);
	return !((port_load64(p) ^ port_load64(text->text)) |
		 (port_load64(p + len - 8) ^
		  port_load64(text->text + len - 8)));
}

/**
 * addr_is() - is this literal that address?
 * @b: the message
 * @s: a whole host
 * @text: rendered address
 */
static inline bool addr_is(const struct sip_buf *b, struct span s,
			   const struct addr_text *text)
{
	return s.len == text->len && addr_at(b, s.off, span_end(s), text);
}

/**
 * addr_port_at() - do that address and its port stand at @off?
 * @b: the message
 * @off: where
 * @end: limit
 * @text: rendered address
 *
 * Return: true when they do and something that is no digit follows.
 */
static inline bool addr_port_at(const struct sip_buf *b, u32 off, u32 end,
				const struct addr_text *text)
{
	const char *p = b->data + off;
	u32 len = text->all;
	u64 x;

	if (!len || off + len >= end)
		return false;
	x = port_load64(p) ^ port_load64(text->text);
	x |= port_load64(p + text->mid) ^ port_load64(text->text + text->mid);
	x |= port_load64(p + len - 8) ^ port_load64(text->text + len - 8);
	return !x && !span_is_digit(p[len]);
}

/**
 * addr_find() - where does this address stand in [from, to)?
 * @b: the message
 * @from: where the search begins
 * @to: limit
 * @text: rendered address
 *
 * Return: offset of the first one, also where it is a part of a longer text;
 * @to when there is none.
 */
u32 addr_find(const struct sip_buf *b, u32 from, u32 to,
	      const struct addr_text *text);

/**
 * addr_parse4() - read an IPv4 literal
 * @b: the message
 * @s: a whole host
 * @v4: the address in network byte order
 *
 * Return: 0; -ENOENT when it is none (a name, IPv6, numbers above 255).
 */
int __must_check addr_parse4(const struct sip_buf *b, struct span s, u32 *v4);

/**
 * addr_is_private4() - RFC 1918, RFC 6598, loopback or link-local?
 * @v4: network byte order
 */
bool addr_is_private4(u32 v4);

#endif /* SIPALG_CORE_ADDR_H */
