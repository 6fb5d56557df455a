// SPDX-License-Identifier: GPL-2.0-only
/*
 * addr.c - IPv4 addresses as text, and back.
 */
#include "alg.h"

u32 addr_put_port(char *out, u32 port)
{
	char digits[ADDR_PORT_MAX];
	u32 n = 0;
	u32 i;

	do {
		digits[n++] = (char)('0' + port % 10);
		port /= 10;
	} while (port && n < ADDR_PORT_MAX);
	for (i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return n;
}

void addr_render(const struct alg_ep *ep, struct addr_text *out)
{
	u32 n = 0;
	u32 i;

	memset(out, 0, sizeof(*out));
	if (ep->family != 4)
		return;
	for (i = 0; i < 4; i++) {
		if (i)
			out->text[n++] = '.';
		n += addr_put_port(out->text + n, ep->ip[i]);
	}
	out->len = (u8)n;
}

/* A text is at least "0.0.0.0": seven bytes, so both loads of four are in. */
bool addr_is(const struct sip_buf *b, struct span s,
	     const struct addr_text *text)
{
	return s.len == text->len && s.len &&
	       !memcmp(b->data + s.off, text->text, s.len);
}

int addr_parse4(const struct sip_buf *b, struct span s, u32 *v4)
{
	u32 end = span_end(s);
	u32 from = s.off;
	u8 ip[4];
	u32 i, to, n;

	for (i = 0; i < 4; i++) {
		to = span_digits(b, from, end);
		if (to - from > 3 ||
		    span_u32(b, span_make(from, to), 255, &n))
			return -ENOENT;
		ip[i] = (u8)n;
		if (i < 3 && (to >= end || b->data[to] != '.'))
			return -ENOENT;
		from = to + 1;
	}
	if (to != end)
		return -ENOENT;
	memcpy(v4, ip, sizeof(ip));
	return 0;
}

bool addr_is_private4(u32 v4)
{
	u32 ip = port_ntohl(v4);

	return ip >> 24 == 10 || ip >> 24 == 127 ||
	       ip >> 20 == (172 << 4 | 1) || ip >> 16 == (192 << 8 | 168) ||
	       ip >> 16 == (169 << 8 | 254) || ip >> 22 == (100 << 2 | 1);
}
